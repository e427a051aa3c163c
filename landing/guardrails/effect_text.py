"""An effect of policies in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landing.policy import Changed, Effect
from landing.policy.testing.requests import in_words

SHOWN = 3
"""How many actions, or statements, are named."""

STATEMENTS = 5
"""Of how many statements (or sets of them) it is told apart what they decide."""


def said(found: Effect) -> tuple[object, ...]:
    """What is said of an effect, but for the example."""
    changed = tuple(
        frozenset((action, each.entirely, each.by) for each in some for action in each.actions)
        for some in (found.denied, found.permitted)
    )
    return (*changed, frozenset(action for each in found.undetermined for action in each.actions))


def told(found: Effect, where: str) -> Iterator[str]:
    """What becomes denied and permitted, by the statements that decide, and of what that cannot be told."""
    yield from _changed(found.denied, "denied", where, ", by {}")
    yield from _changed(found.permitted, "permitted", where, ", so far denied by {}")
    unknown = list(dict.fromkeys(action for each in found.undetermined for action in each.actions))
    if unknown:
        yield f"it cannot be told of {_actions(unknown)} {where}: {found.undetermined[0].reason}"


def _changed(changed: Iterable[Changed], becomes: str, where: str, by: str) -> Iterator[str]:
    """For each of the statements, those that decide on most actions first; an example for each."""
    groups: dict[tuple[str, ...], list[Changed]] = {}
    for each in changed:
        groups.setdefault(each.by, []).append(each)
    largest = sorted(groups.items(), key=lambda item: (-sum(len(each.actions) for each in item[1]), item[0]))
    for names, alike in largest[:STATEMENTS]:
        reason = by.format(_listed(names)) if names else ", for want of an Allow"
        yield from _counted(alike, becomes, where + reason)
    if rest := [each for _, alike in largest[STATEMENTS:] for each in alike]:
        yield from _counted(rest, becomes, where + by.format("other statements"))


def _counted(groups: list[Changed], becomes: str, where: str) -> Iterator[str]:
    partly = dict.fromkeys(action for each in groups if not each.entirely for action in each.actions)
    entirely = dict.fromkeys(action for each in groups for action in each.actions if action not in partly)
    for actions, extent in ((list(entirely), ""), (list(partly), " for some requests")):
        if actions:
            verb = "becomes" if len(actions) == 1 else "become"
            yield f"{_actions(actions)} {verb} {becomes}{extent} {where}"
    yield f"e.g. {in_words(groups[0].example)}"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _actions(actions: list[str]) -> str:
    if len(actions) == 1:
        return actions[0]
    more = ", …" if len(actions) > SHOWN else ""
    return f"{len(actions):,} actions ({', '.join(actions[:SHOWN])}{more})"
