"""An effect of policies in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landing.policy import Changed, Effect
from landing.policy.testing.requests import in_words

SHOWN = 3
"""How many actions are named."""


def said(found: Effect) -> tuple[object, ...]:
    """What is said of an effect, but for the example."""
    changed = tuple(
        frozenset((action, each.entirely) for each in some for action in each.actions)
        for some in (found.denied, found.permitted)
    )
    return (*changed, frozenset(action for each in found.undetermined for action in each.actions))


def told(found: Effect, where: str) -> Iterator[str]:
    """What becomes denied and permitted, each with an example, and of what that cannot be told."""
    yield from _counted(found.denied, "denied", where)
    yield from _counted(found.permitted, "permitted", where)
    unknown = list(dict.fromkeys(action for each in found.undetermined for action in each.actions))
    if unknown:
        yield f"it cannot be told of {_actions(unknown)} {where}: {found.undetermined[0].reason}"


def _counted(changed: Iterable[Changed], becomes: str, where: str) -> Iterator[str]:
    groups = list(changed)
    entirely = list(dict.fromkeys(action for each in groups if each.entirely for action in each.actions))
    partly = dict.fromkeys(action for each in groups if not each.entirely for action in each.actions)
    entirely = [action for action in entirely if action not in partly]
    for actions, extent in ((entirely, ""), (list(partly), " for some requests")):
        if actions:
            yield f"{_actions(actions)} {'becomes' if len(actions) == 1 else 'become'} {becomes}{extent} {where}"
    if groups:
        yield f"e.g. {in_words(groups[0].example)}"


def _actions(actions: list[str]) -> str:
    if len(actions) == 1:
        return actions[0]
    more = ", …" if len(actions) > SHOWN else ""
    return f"{len(actions):,} actions ({', '.join(actions[:SHOWN])}{more})"
