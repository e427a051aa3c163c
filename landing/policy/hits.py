"""Which statements an action hits, for many actions at once."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from landing.policy.action_pattern import ActionPattern
from landing.policy.catalog import Action
from landing.policy.levels import Rule


@dataclass(frozen=True, slots=True)
class Hits:
    """The statements that some actions hit, by a bit each: `sure` ones, and with `may` those in doubt."""

    sure: int
    may: int


def group(actions: Iterable[Action], rules: Sequence[Rule]) -> dict[Hits, list[Action]]:
    """The actions by the statements whose Action or NotAction they hit."""
    actions = list(actions)
    index: dict[str, dict[str, str]] = defaultdict(dict)
    for action in actions:
        index[action.service][action.name.lower()] = action.lowered
    listed_sure: dict[str, int] = defaultdict(int)
    listed_may: dict[str, int] = defaultdict(int)
    everywhere = negated = 0
    for number, rule in enumerate(rules):
        bit = 1 << number
        for pattern in rule.actions:
            if pattern.text == "*":
                everywhere |= bit
                continue
            for text in _matching(pattern, index):
                listed_may[text] |= bit
                if pattern.service is not None:
                    listed_sure[text] |= bit
        negated |= bit if rule.statement.not_action else 0
    alike: dict[tuple[int, int], list[Action]] = defaultdict(list)
    for action in actions:
        text = action.lowered
        alike[listed_sure.get(text, 0) | everywhere, listed_may.get(text, 0) | everywhere].append(action)
    return {
        Hits((sure & ~negated) | (negated & ~may), (may & ~negated) | (negated & ~sure)): found
        for (sure, may), found in alike.items()
    }


def _matching(pattern: ActionPattern, index: dict[str, dict[str, str]]) -> Iterable[str]:
    if pattern.service is None:
        texts = (text for names in index.values() for text in names.values())
        return [text for text in texts if pattern(text) is not False]
    names = index.get(pattern.service, {})
    if pattern.name in names:
        return [names[pattern.name]]
    return [text for text in names.values() if pattern(text) is True] if pattern.wild else []
