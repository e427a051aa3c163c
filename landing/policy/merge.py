"""Deny statements written as one, where that cannot change what they deny; each such merge is proved before use.

A policy denies what any of its statements denies, so statements may be replaced by one that denies the same.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from landing.policy import catalog
from landing.policy.action_pattern import ActionPattern
from landing.policy.document import statements
from landing.policy.effects import effect

VERSION = "2012-10-17"
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_PROOFS_KEPT = 4096


@dataclass(frozen=True, slots=True)
class Piece:
    """A Deny statement and where it comes from: the guardrail, and its place in the guardrail's document."""

    guardrail: str
    number: int
    statement: Mapping[str, Any]

    @property
    def id(self) -> tuple[str, int]:
        """What it is known by."""
        return self.guardrail, self.number

    def __str__(self) -> str:
        return f"{self.guardrail}/{self.statement.get('Sid') or f'#{self.number + 1}'}"


@dataclass(frozen=True, slots=True)
class Merged:
    """A statement, and the pieces that it says the same as."""

    statement: Mapping[str, Any]
    pieces: tuple[Piece, ...]


def pieces_of(guardrail: str, document: Mapping[str, Any]) -> tuple[Piece, ...]:
    """The statements of a document, if it does nothing but deny and nothing in it is in doubt; else none."""
    if document.get("Version") != VERSION or not document.keys() <= {"Version", "Id", "Statement"}:
        return ()
    listed = document.get("Statement")
    items = [listed] if isinstance(listed, Mapping) else listed or []
    read = statements(document)
    if len(read) != len(items) or any(one.effect != "Deny" or one.faults for one in read):
        return ()
    return tuple(Piece(guardrail, number, item) for number, item in enumerate(items))


def merge(pieces: Iterable[Piece], apart: Collection[tuple[str, int]] = ()) -> tuple[Merged, ...]:
    """Statements as few as may be: those that differ in nothing but Action, then in nothing but Resource, become one.

    Pieces whose id is `apart` stay as they are. NotAction, NotResource and Condition are never put together.
    """
    found = [Merged(piece.statement, (piece,)) for piece in pieces]
    for element in ("Action", "Resource"):
        found = _united(found, element, apart)
    return tuple(_with_sids(found))


def document(merged: Iterable[Merged]) -> dict[str, Any]:
    """The policy that has these statements."""
    return {"Version": VERSION, "Statement": [dict(each.statement) for each in merged]}


def refused(merged: Iterable[Merged], policy_type: str) -> frozenset[tuple[str, int]]:
    """The ids of pieces whose merge is not proved to say the same as the pieces by themselves."""
    wrong = (each for each in merged if len(each.pieces) > 1 and not _proved(each, policy_type))
    return frozenset(piece.id for each in wrong for piece in each.pieces)


def _united(merged: Sequence[Merged], element: str, apart: Collection[tuple[str, int]]) -> list[Merged]:
    groups: dict[object, list[Merged]] = {}
    for number, each in enumerate(merged):
        alone = element not in each.statement or any(piece.id in apart for piece in each.pieces)
        groups.setdefault(number if alone else _but(each.statement, element), []).append(each)
    return [_union(group, element) if len(group) > 1 else group[0] for group in groups.values()]


def _but(statement: Mapping[str, Any], element: str) -> str:
    """Everything but one element and the Sid, as a text; equal for lists in different order."""
    rest = {name: value for name, value in statement.items() if name not in ("Sid", element)}
    for name in {"Action", "NotAction", "Resource", "NotResource"} & rest.keys():
        rest[name] = sorted({entry if "Resource" in name else entry.lower() for entry in _listed(rest[name])})
    return json.dumps(rest, sort_keys=True)


def _union(group: Sequence[Merged], element: str) -> Merged:
    entries = list(dict.fromkeys(entry for each in group for entry in _listed(each.statement[element])))
    entries = _uncovered(entries) if element == "Action" else ["*"] if "*" in entries else entries
    statement = {**group[0].statement, element: entries[0] if len(entries) == 1 else entries}
    return Merged(statement, tuple(piece for each in group for piece in each.pieces))


def _uncovered(actions: Sequence[str]) -> list[str]:
    """The actions without those that a wildcard among them covers, or that differ in case alone."""
    written = {action.lower(): action for action in reversed(actions)}
    wild = [action for action in written if set(action) & set("*?")]
    return [written[a] for a in dict.fromkeys(map(str.lower, actions)) if not any(_covers(w, a) for w in wild)]


@lru_cache(65_536)
def _covers(pattern: str, action: str) -> bool:
    """Whether a pattern matches all that another does: by its end alone where that has wildcards too."""
    if pattern == action:
        return False
    if set(action) & set("*?"):
        return pattern.endswith("*") and not set(pattern[:-1]) & set("*?") and action.startswith(pattern[:-1])
    return (pattern == "*" or pattern.partition(":")[0] == action.partition(":")[0]) and (
        ActionPattern(pattern)(action) is True
    )


def _listed(value: Any) -> list[str]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _with_sids(merged: Iterable[Merged]) -> Iterable[Merged]:
    """Sids stay as they are; one that was given twice gets the guardrail's name before it, as AWS wants them unique."""
    taken: set[str] = set()
    for each in merged:
        sid = each.statement.get("Sid")
        if sid in taken:
            camel = "".join(filter(str.isalnum, each.pieces[0].guardrail.replace("_", "-").title()))
            names = (f"{camel}{sid}{number or ''}" for number in range(len(taken) + 1))
            sid = next(name for name in names if name not in taken)
            each = replace(each, statement={**each.statement, "Sid": sid})  # noqa: PLW2901
        if sid:
            taken.add(sid)
        yield each


def _proved(merged: Merged, policy_type: str) -> bool:
    before = json.dumps([piece.statement for piece in merged.pieces], sort_keys=True)
    return _equal(before, json.dumps([merged.statement], sort_keys=True), policy_type)


@lru_cache(_PROOFS_KEPT)
def _equal(before: str, after: str, policy_type: str) -> bool:
    """Whether no request is treated otherwise by some statements than by others, which must be certain."""
    old, new = json.loads(before), json.loads(after)

    def levels(found: list[Any]) -> list[list[dict[str, Any]]]:
        return [[{"name": "", "policy": {"Version": VERSION, "Statement": [_EVERYTHING, *found]}}]]

    listed = {entry for each in (*old, *new) for entry in _listed(each.get("Action", "*"))}
    scope = {"actions": ["*"] if "*" in listed else sorted(map(_asked, listed))}
    try:
        found = effect(levels(old), levels(new), scope, policy_type)
    except ValueError:  # what is no action
        return False
    return not (found.denied or found.permitted or found.undetermined)


def _asked(pattern: str) -> str:
    """The pattern, or, when the catalogue has no action that it names, an action as there may be one."""
    return pattern if catalog.expand(pattern) else pattern.replace("*", "x").replace("?", "x")
