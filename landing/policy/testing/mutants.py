"""Policies that differ from a given one in a single place: what a good set of cases tells apart from it."""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.policy import catalog
from landing.policy.operators import OPERATORS, parse_use
from landing.policy.testing.suite import statements_of


@dataclass(frozen=True, slots=True)
class Mutant:
    """`name` says what is different, also for `equivalent:`; `statement` is the index of the place."""

    name: str
    statement: int
    document: Mapping[str, Any]


def mutants(document: Mapping[str, Any]) -> tuple[Mutant, ...]:
    """Each statement dropped, and each of its entries, condition lines and values dropped or bent.

    Left out is what cannot differ: the other key of a condition line (it is then absent, as in the line
    dropped or never true), and IfExists on operators for which a missing key is true anyway.
    """
    statements = statements_of(document)
    found: dict[str, Mutant] = {}
    for index, statement in enumerate(statements):
        sid = str(statement.get("Sid") or f"#{index + 1}")
        # A policy has at least one statement: the only one is dropped by one that matches nothing.
        rest = statements[:index] + statements[index + 1 :] or [{**_NOTHING, "Effect": statement.get("Effect")}]
        found[sid] = Mutant(f"{sid}: dropped", index, {**document, "Statement": rest})
        for what, changed in _changes(statement):
            if changed == statement:
                continue
            listed = [changed if at == index else item for at, item in enumerate(statements)]
            name = f"{sid}: {what}"
            found.setdefault(name, Mutant(name, index, {**document, "Statement": listed}))
    return tuple(found.values())


_NOTHING = {"Action": "none:None", "Resource": "*"}
_Changes = Iterator[tuple[str, dict[str, Any]]]


def _changes(statement: Mapping[str, Any]) -> _Changes:
    for element in ("Action", "NotAction", "Resource", "NotResource"):
        if element in statement:
            entries = _listed(statement[element])
            yield from _entries(statement, element, entries)
    if "Resource" in statement and _listed(statement["Resource"]) != ["*"]:
        yield "Resource widened to *", {**statement, "Resource": "*"}
    for change, block in _blocks(statement.get("Condition") or {}):
        changed = {key: value for key, value in statement.items() if key != "Condition"}
        yield change, {**changed, "Condition": block} if block else changed


def _entries(statement: Mapping[str, Any], element: str, entries: list[str]) -> _Changes:
    for at, entry in enumerate(entries):
        others = entries[:at] + entries[at + 1 :]
        if others:
            yield f"{element} without {entry}", {**statement, element: others}
        for other in _bent(entry) if element.endswith("Action") else ():
            changed = [*entries[:at], other, *entries[at + 1 :]]
            yield f"{element} {entry} as {other}", {**statement, element: changed}


def _bent(action: str) -> Iterator[str]:
    """An action pattern made wider (all of its service) and narrower (the first and the last it names)."""
    service, colon, name = action.partition(":")
    if not colon:
        return
    if name != "*":
        yield f"{service}:*"
    named = catalog.expand(action) if set(name) & set("*?") else ()
    for found in dict.fromkeys((named[0], named[-1]) if len(named) > 1 else ()):
        yield found.text


def _blocks(condition: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Condition blocks that differ in one place, with what is different."""
    for operator, lines in condition.items():
        for key, values in lines.items():
            where = f"{operator} {key}"
            yield f"without {where}", _without(condition, operator, key)
            for other in _operators(operator):
                yield f"{where} as {other}", _moved(condition, operator, key, other)
            for what, changed in _values(_listed(values)):
                block = copy.deepcopy(dict(condition))
                block[operator][key] = changed
                yield f"{where} {what}", block


def _without(condition: Mapping[str, Any], operator: str, key: str) -> dict[str, Any]:
    block = {name: dict(lines) for name, lines in condition.items()}
    del block[operator][key]
    return {name: lines for name, lines in block.items() if lines}


def _moved(condition: Mapping[str, Any], operator: str, key: str, other: str) -> dict[str, Any]:
    block = _without(condition, operator, key)
    block[other] = {**block.get(other, {}), key: condition[operator][key]}
    return block


def _operators(name: str) -> Iterator[str]:
    """Operators that are a slip away: negated or not, with or without IfExists, another set operator."""
    use = parse_use(name)
    if isinstance(use, str):
        return
    operator = use.operator
    prefix = f"{use.quantifier}:" if use.quantifier else ""
    suffix = "IfExists" if use.if_exists else ""
    positive = operator.name.replace("Not", "")
    for row in OPERATORS.values():
        if row.name.replace("Not", "") == positive and row.negated is not operator.negated:
            yield f"{prefix}{row.name}{suffix}"
    if use.quantifier:
        for other in {"ForAllValues:", "ForAnyValue:", ""} - {prefix}:
            yield f"{other}{operator.name}{suffix}"
    elif operator.family != "null" and not operator.negated:
        yield operator.name if use.if_exists else f"{operator.name}IfExists"


def _values(values: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    for at, value in enumerate(values):
        if len(values) > 1:
            yield f"without {value}", values[:at] + values[at + 1 :]
        for other in _bent_value(str(value)):
            yield f"{value} as {other}", [*values[:at], other, *values[at + 1 :]]


def _bent_value(value: str) -> Iterator[str]:
    if value.lower() in ("true", "false"):
        yield "false" if value.lower() == "true" else "true"
    elif re.fullmatch(r"\d{1,6}(\.\d+)?", value):
        number = float(value) if "." in value else int(value)
        step = 0.1 if "." in value else 1
        yield f"{round(number + step, 6)}"
        yield f"{round(number - step, 6)}"
    elif value.endswith("*") and len(value) > 1:
        yield value[:-1]


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
