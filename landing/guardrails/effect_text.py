"""An effect of policies in sentences: what becomes of requests, and how things come to be set."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from landing.policy import Changed, Effect
from landing.policy.declarative import effective, leaves
from landing.policy.testing.requests import in_words
from landing.policy.testing.suite import Levels, documents

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


SETTINGS = 8
"""How many settings are named."""


@dataclass(frozen=True, slots=True)
class ChangedSetting:
    """What declarative policies come to set, and set so far; a text in which nothing is not set."""

    name: str
    before: str
    after: str


def settings_between(before: Levels, after: Levels) -> Iterator[ChangedSetting]:
    """What the declarative policies of one type come to set otherwise, given those on the way to an account."""
    old, new = (leaves(effective(documents(each)).document) for each in (before, after))
    for where in dict.fromkeys((*new, *old)):
        if old.get(where) != new.get(where):
            yield ChangedSetting(".".join(where), _value(old.get(where)), _value(new.get(where)))


def told_settings(changed: Mapping[ChangedSetting, int], where: str) -> Iterator[str]:
    """How things come to be set, and for how many accounts (one is not counted)."""
    for setting, number in list(changed.items())[:SETTINGS]:
        accounts = f" for {number:,} accounts" if number > 1 else ""
        so_far = f", so far {setting.before}" if setting.before else ""
        becomes = f"is set to {setting.after}" if setting.after else "is set no longer"
        yield f"{setting.name} {becomes}{accounts}{where}{so_far}"
    if len(changed) > SETTINGS:
        yield f"{len(changed) - SETTINGS} more settings change{where}"


def _value(value: object) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return "" if value is None else str(value)
