"""Gives live objects the names of the config.

By the ownership tag first, then by what a person would recognise: an account's e-mail, a unit's name under its
parent, a policy's name and type.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from landing.aws.survey import FoundUnit
from landing.core import forms
from landing.core.errors import NotThere
from landing.core.model import Diagnostic
from landing.organization import ROOT, TAG, Organization

T = TypeVar("T")


class Known(dict[str, T]):
    """What there is, by key; `[]` raises NotThere for what there is not, or not yet: AWS may show it later."""

    def __init__(self, what: str, found: Iterable[tuple[str, T]]) -> None:
        super().__init__(found)
        self._what = what

    def __missing__(self, key: str) -> T:
        raise NotThere(f"{self._what} {key} does not exist, or AWS does not show it yet")


@dataclass(frozen=True, slots=True)
class LiveUnit:
    """A unit of AWS under the key of the config, or, when the config does not know it, under a key made of names."""

    id: str
    key: str
    name: str
    parent: str
    marked: bool


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """An account of AWS; `key` is its id when the config does not know it. `unit` is a unit key or `root`."""

    id: str
    key: str
    name: str
    email: str
    state: str
    unit: str
    marked: bool


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """A policy of AWS; AWS's own ones have `aws_managed`."""

    id: str
    key: str
    name: str
    type: str
    description: str
    aws_managed: bool
    marked: bool
    holds: tuple[str, ...] = ()
    """Of a pack: what is in it, as its tags say."""


def marked_twice(
    wanted: Organization, root_id: str, found: Collection[FoundUnit], marks: Mapping[str, str]
) -> Iterator[Diagnostic]:
    """Units beside each other with the mark of one that belongs there: somebody has copied the tag; which is ours?

    Elsewhere a mark is none, however often it was copied.
    """
    keys = {root_id: ROOT} | {unit.id: unit.key for unit in units(wanted, root_id, found, marks)}
    carrying: dict[tuple[str, str], list[FoundUnit]] = {}
    for unit in found:
        if marks[unit.id] in wanted.children.get(keys.get(unit.parent_id, ""), ()):
            carrying.setdefault((unit.parent_id, marks[unit.id]), []).append(unit)
    for (_, mark), beside in carrying.items():
        if len(beside) > 1:
            names = " and ".join(f"{each.id} ({each.name})" for each in sorted(beside, key=lambda each: each.id))
            message = f"units {names} both have the tag `{TAG}={mark}`: which of them is `{mark}` nobody can tell"
            hint = f"take the tag off the other: aws organizations untag-resource --resource-id ID --tag-keys {TAG}"
            yield Diagnostic("LZ448", message, wanted.units[mark].source, hint)


def units(
    wanted: Organization, root_id: str, found: Iterable[FoundUnit], marks: Mapping[str, str]
) -> Iterator[LiveUnit]:
    """Parents first."""
    below: dict[str, list[FoundUnit]] = {}
    for unit in found:
        below.setdefault(unit.parent_id, []).append(unit)
    waiting = [(root_id, ROOT)]
    for parent_id, parent in waiting:
        named = list(_units_below(wanted, parent, below.get(parent_id, []), marks))
        waiting += [(unit.id, unit.key) for unit in named]
        yield from named


def _units_below(
    wanted: Organization, parent: str, found: Collection[FoundUnit], marks: Mapping[str, str]
) -> Iterator[LiveUnit]:
    below = {key: wanted.units[key] for key in wanted.children.get(parent, ())}
    marked = {marks[unit.id] for unit in found}
    names = {unit.name: key for key, unit in below.items() if key not in marked}
    for unit in found:
        mark = marks[unit.id]
        key = mark if mark in below else names.get(unit.name, "")
        if not key:
            path = unit.name if parent == ROOT else f"{parent}/{unit.name}"
            key = unit.id if path in wanted.units else path
        # A mark that belongs under another parent was copied, not set by us: such a unit is not ours.
        ours = bool(mark) and mark.rpartition("/")[0] == ("" if parent == ROOT else parent)
        key = mark if ours and key not in below else key
        yield LiveUnit(unit.id, key, unit.name, parent, ours and mark == key)


def accounts(
    wanted: Organization,
    management_id: str,
    found: Iterable[Mapping[str, Any]],
    marks: Mapping[str, str],
    units_of: Mapping[str, str],
) -> Iterator[LiveAccount]:
    """`found` as ListAccounts gives them; `units_of`: unit key by account id."""
    by_id = {account.id: key for key, account in wanted.accounts.items() if account.id}
    by_id[management_id] = wanted.management
    by_mark: dict[str, str] = {}
    for account_id, mark in marks.items():
        if mark and account_id not in by_id:
            by_mark.setdefault(mark, account_id)
    placed = set(by_id.values())
    by_email = {forms.email(account.email): key for key, account in wanted.accounts.items() if key not in placed}
    for live in found:
        account_id = live["Id"]
        mark = marks[account_id]
        ours = bool(mark) and mark not in placed and by_mark.get(mark, account_id) == account_id
        key = by_id.get(account_id, "") or (mark if ours else "")
        if not key:
            key = by_email.get(forms.email(live["Email"]), "")
            key = account_id if not key or key in by_mark else key
        marked = bool(mark) and mark == key
        yield LiveAccount(
            account_id, key, live["Name"], live["Email"], state(live), units_of.get(account_id, ROOT), marked
        )


def state(account: Mapping[str, Any]) -> str:
    """State of an account, as AWS means it since September 2025.

    Where it is missing, by Status, whose SUSPENDED meant closed.
    """
    if account.get("State"):
        return str(account["State"])
    status = str(account["Status"])
    return {"SUSPENDED": "CLOSED"}.get(status, status)


def policies(
    wanted: Organization,
    found: Mapping[str, Collection[Mapping[str, Any]]],
    marks: Mapping[str, str],
    becoming: Mapping[str, str],
    holds: Mapping[str, tuple[str, ...]],
) -> Iterator[LivePolicy]:
    """`found` by type, as ListPolicies gives them; `marks` and `holds` of those that are not AWS's own.

    `becoming` has the keys of the packs that some are to become.
    """
    taken: set[str] = {*wanted.policies, *marks.values()}
    for kind, listed in found.items():
        copies = set(_copies(wanted, listed, marks))
        marked = {marks.get(policy["Id"], "") for policy in listed}
        names = {
            policy.name: key for key, policy in wanted.policies.items() if policy.type == kind and key not in marked
        }
        for policy in listed:
            policy_id = policy["Id"]
            mark = "" if policy_id in copies else marks.get(policy_id, "")
            if mark in wanted.policies and wanted.policies[mark].type != kind:
                mark = f"{mark}.{kind}"  # the guardrail changed its type: this one is to go
            key = becoming.get(policy_id) or mark or names.get(policy["Name"], "")
            if not key:
                key = policy_id if policy["Name"] in taken else policy["Name"]
                taken.add(key)
            about, held = policy.get("Description", ""), holds.get(policy_id, ())
            ours = bool(mark) and policy_id not in becoming
            yield LivePolicy(policy_id, key, policy["Name"], kind, about, policy["AwsManaged"], ours, held)


def _copies(wanted: Organization, listed: Collection[Mapping[str, Any]], marks: Mapping[str, str]) -> Iterator[str]:
    """Policies of a type whose mark another has as well: a mark was copied, and one of them is not ours.

    Ours is the one with the name that the config gives it, or else the first.
    """
    held: dict[str, list[Mapping[str, Any]]] = {}
    for policy in listed:
        if mark := marks.get(policy["Id"], ""):
            held.setdefault(mark, []).append(policy)
    for mark, policies in held.items():
        name = wanted.policies[mark].name if mark in wanted.policies else ""
        ours = next((policy for policy in policies if policy["Name"] == name), policies[0])
        yield from (policy["Id"] for policy in policies if policy is not ours)
