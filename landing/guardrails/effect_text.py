"""An effect of policies in sentences: what becomes of requests, and how things come to be set."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What becomes of actions in some accounts, as one statement (or none, or several at once) decides.

    `nodes` are what the accounts are below, none where that goes without saying.
    """

    actions: tuple[str, ...]
    becomes: str
    entirely: bool
    by: str
    accounts: int = 0
    nodes: tuple[str, ...] = ()
    policy_type: str = ""
    example: str = ""

    @property
    def decided(self) -> Hashable:
        """The same for what differs in actions, accounts and examples only."""
        return self.policy_type, self.becomes, self.entirely, self.by


Said = Outcome | str
"""An outcome, or a sentence about anything else."""


def outcomes(found: Effect, policy_type: str, accounts: int = 0, nodes: tuple[str, ...] = ()) -> Iterator[Said]:
    """What becomes denied and permitted, by the statements that decide, and of what that cannot be told.

    No `accounts` are the one that it is about anyway.
    """
    for changed, becomes, by in (
        (found.denied, "denied", ", by {}"),
        (found.permitted, "permitted", ", so far denied by {}"),
    ):
        for each in _changed(changed, becomes, by):
            yield replace(each, policy_type=policy_type, accounts=accounts, nodes=nodes)
    unknown = list(dict.fromkeys(action for each in found.undetermined for action in each.actions))
    if unknown:
        yield f"it cannot be told of {_actions(unknown)} {_for(accounts, nodes)}: {found.undetermined[0].reason}"


def sentences(told: Iterable[Said]) -> Iterator[str]:
    """All that is told, an example below each statement that decides."""
    for each in told:
        if isinstance(each, str):
            yield each
            continue
        yield _sentence(each, _actions(each.actions), len(each.actions))
        if each.example:
            yield f"e.g. {each.example}"


def in_brief(told: Sequence[Said], *, examples: bool = True) -> Iterator[str]:
    """The same with outcomes as one that differ only in how many actions and accounts they are of; one example.

    They do where at least half of the actions are those of all.
    """
    if not examples:
        told = [replace(each, example="") if isinstance(each, Outcome) else each for each in told]
    groups: dict[Hashable, list[Said]] = {}
    for number, each in enumerate(told):
        groups.setdefault(each.decided if isinstance(each, Outcome) else number, []).append(each)
    for alike in groups.values():
        found = [each for each in alike if isinstance(each, Outcome)]
        common = set[str].intersection(*(set(each.actions) for each in found)) if found else set[str]()
        most, fewest = (choice((len(each.actions) for each in found), default=0) for choice in (max, min))
        if len(found) < 2 or 2 * len(common) < most:
            yield from sentences(alike)
            continue
        whole = replace(
            found[0],
            accounts=sum(each.accounts for each in found),
            nodes=tuple(dict.fromkeys(node for each in found for node in each.nodes)),
        )
        named = [action for action in found[0].actions if action in common]
        words = _actions(found[0].actions) if fewest == most == len(common) else _between(fewest, most, named)
        yield _sentence(whole, words, most)
        if example := next((each.example for each in found if each.example), ""):
            yield f"e.g. {example}"


def _changed(changed: Iterable[Changed], becomes: str, by: str) -> Iterator[Outcome]:
    """For each of the statements, those that decide on most actions first; an example for each."""
    groups: dict[tuple[str, ...], list[Changed]] = {}
    for each in changed:
        groups.setdefault(each.by, []).append(each)
    largest = sorted(groups.items(), key=lambda item: (-sum(len(each.actions) for each in item[1]), item[0]))
    told = [
        (by.format(_listed(names)) if names else by.removesuffix(" by {}") + " for want of an Allow", alike)
        for names, alike in largest
    ]
    rest = [each for _, alike in told[STATEMENTS:] for each in alike]
    for reason, alike in (*told[:STATEMENTS], (by.format("other statements"), rest)):
        partly = dict.fromkeys(action for each in alike if not each.entirely for action in each.actions)
        entirely = dict.fromkeys(action for each in alike for action in each.actions if action not in partly)
        extents = [(actions, extent) for actions, extent in ((entirely, True), (partly, False)) if actions]
        for actions, extent in extents:
            example = in_words(alike[0].example) if actions is extents[-1][0] else ""
            yield Outcome(tuple(actions), becomes, extent, reason, example=example)


def _sentence(outcome: Outcome, actions: str, number: int) -> str:
    verb = "becomes" if number == 1 else "become"
    extent = "" if outcome.entirely else " for some requests"
    return f"{actions} {verb} {outcome.becomes}{extent} {_for(outcome.accounts, outcome.nodes)}{outcome.by}"


def _for(accounts: int, nodes: Sequence[str]) -> str:
    """For how many accounts, and where they are: accounts by themselves, others for what is below them."""
    if not accounts:
        return "for this account"
    return f"for {accounts:,} {'account' if accounts == 1 else 'accounts'}{below(nodes)}"


def below(nodes: Sequence[str]) -> str:
    """Where it is: accounts by themselves, others for what is below them; nothing where nothing is named."""
    if not nodes:
        return ""
    more = f" and {len(nodes) - SHOWN} more" if len(nodes) > SHOWN else ""
    listed = f"{', '.join(nodes[:SHOWN])}{more}"
    return f" ({listed})" if all(node.startswith("account/") for node in nodes) else f" below {listed}"


def _listed(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _actions(actions: Sequence[str]) -> str:
    if len(actions) == 1:
        return actions[0]
    more = ", …" if len(actions) > SHOWN else ""
    return f"{len(actions):,} actions ({', '.join(actions[:SHOWN])}{more})"


def _between(fewest: int, most: int, named: Sequence[str]) -> str:
    """Actions that are not in all accounts the same; those that are named are."""
    number = f"{fewest:,}" if fewest == most else f"{fewest:,} to {most:,}"
    return f"{number} actions ({', '.join(named[:SHOWN])}, …)"


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
            yield ChangedSetting(".".join(where), value_text(old.get(where)), value_text(new.get(where)))


def told_settings(changed: Mapping[ChangedSetting, int], where: str) -> Iterator[str]:
    """How things come to be set, and for how many accounts (one is not counted)."""
    for setting, number in list(changed.items())[:SETTINGS]:
        accounts = f" for {number:,} accounts" if number > 1 else ""
        so_far = f", so far {setting.before}" if setting.before else ""
        becomes = f"is set to {setting.after}" if setting.after else "is set no longer"
        yield f"{setting.name} {becomes}{accounts}{where}{so_far}"
    if len(changed) > SETTINGS:
        yield f"{len(changed) - SETTINGS} more settings change{where}"


def value_text(value: object) -> str:
    """A value of a setting; nothing where it has none."""
    if isinstance(value, list):
        return f"[{', '.join(map(str, value))}]"
    return "" if value is None else str(value)
