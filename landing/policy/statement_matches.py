"""Which statements an action hits, for many actions at once."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from landing.policy.action_pattern import ActionPattern
from landing.policy.catalog import Action
from landing.policy.levels import Rule


@dataclass(frozen=True, slots=True)
class Hits:
    """The statements that some actions hit, by a bit each: `sure` ones, and with `may` those in doubt."""

    sure: int
    may: int


class Actions:
    """Some actions, by service and name; what a pattern names of them is found once."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._all = {action.lowered: action for action in actions}
        self._index: dict[str, dict[str, str]] = defaultdict(dict)
        for action in self._all.values():
            self._index[action.service][action.name.lower()] = action.lowered
        self._named: dict[str, Collection[str]] = {}

    def group(self, rules: Sequence[Rule], hit_by: Iterable[Rule] | None = None) -> dict[Hits, list[Action]]:
        """The actions by the statements whose Action or NotAction they hit; only those that some others may hit."""
        listed_sure: dict[str, int] = defaultdict(int)
        listed_may: dict[str, int] = defaultdict(int)
        everywhere = negated = 0
        for number, rule in enumerate(rules):
            bit = 1 << number
            for pattern in rule.actions:
                if pattern.text == "*":
                    everywhere |= bit
                    continue
                for text in self._matching(pattern):
                    listed_may[text] |= bit
                    if pattern.service is not None:
                        listed_sure[text] |= bit
            negated |= bit if rule.statement.not_action else 0
        alike: dict[tuple[int, int], list[Action]] = defaultdict(list)
        for text, action in self._hit_by(hit_by).items():
            alike[listed_sure.get(text, 0) | everywhere, listed_may.get(text, 0) | everywhere].append(action)
        return {
            Hits((sure & ~negated) | (negated & ~may), (may & ~negated) | (negated & ~sure)): found
            for (sure, may), found in alike.items()
        }

    def _hit_by(self, rules: Iterable[Rule] | None) -> Mapping[str, Action]:
        if rules is None:
            return self._all
        hit: dict[str, None] = {}
        for rule in rules:
            if rule.statement.not_action or any(pattern.text == "*" for pattern in rule.actions):
                return self._all
            for pattern in rule.actions:
                hit.update(dict.fromkeys(self._matching(pattern)))
        return {text: action for text, action in self._all.items() if text in hit}

    def _matching(self, pattern: ActionPattern) -> Collection[str]:
        if pattern.text not in self._named:
            self._named[pattern.text] = self._found(pattern)
        return self._named[pattern.text]

    def _found(self, pattern: ActionPattern) -> Collection[str]:
        if pattern.service is None:
            return [text for text in self._all if pattern(text) is not False]
        names = self._index.get(pattern.service, {})
        if pattern.name in names:
            return [names[pattern.name]]
        return [text for text in names.values() if pattern(text) is True] if pattern.wild else []


def group(actions: Iterable[Action], rules: Sequence[Rule]) -> dict[Hits, list[Action]]:
    """The actions by the statements whose Action or NotAction they hit."""
    return Actions(actions).group(rules)
