"""Criteria of automation rules: as the config has them, and as AWS has them (OcsfFindingFilters, ResourcesFilters).

A field is a composite filter of its own, all of which must be true; of a text two, one of what must fit and one of what
must differ. `any` is one more, of nested composite filters, a group each. AWS nests no deeper, so that in a group of
several fields all filters have one operator: of a text one value may fit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.services.security_hub_v2 import fields
from landing.services.security_hub_v2.settings import BOUNDS, COMPARISONS, DAYS, NOT

AND, OR = "AND", "OR"
ANY = "any"
"""Of several groups of fields, one must be true."""
NESTED = "NestedCompositeFilters"
FINDING, RESOURCE = "OcsfFindingCriteria", "ResourceCriteria"
"""What AWS calls criteria of findings, and those of resources."""
_TEXTS = frozenset((*fields.TEXTS, *fields.RESOURCE_TEXTS))
_NUMBERS = frozenset((*fields.NUMBERS, *fields.RESOURCE_NUMBERS))
_DATES = frozenset((*fields.DATES, *fields.RESOURCE_DATES))
_DIFFERING = frozenset(COMPARISONS[test] for test in NOT)
_MAPS = frozenset((*fields.MAPS, *fields.RESOURCE_MAPS))


def sent(where: Mapping[str, Any]) -> dict[str, Any]:
    """What all must be true, as AWS takes it."""
    parts = [part for name, tests in where.items() if name != ANY for part in _composites(name, tests)]
    if ANY in where:
        parts.append({NESTED: [_group(group) for group in where[ANY]], "Operator": OR})
    return {"CompositeFilters": parts, "CompositeOperator": AND}


def too_deep(group: Mapping[str, Any]) -> str | None:
    """The field of a group of several fields of which one of several values must fit, if there is any."""
    parts = [(name, part) for name, tests in group.items() for part in _composites(name, tests)]
    if len(parts) == 1:
        return None
    return next((name for name, part in parts if part["Operator"] == OR and len(_entries(part)) > 1), None)


def _group(group: Mapping[str, Any]) -> dict[str, Any]:
    parts = [part for name, tests in group.items() for part in _composites(name, tests)]
    if len(parts) == 1:
        return parts[0]
    merged: dict[str, Any] = {}
    for part in parts:
        (kind,) = {*part} - {"Operator"}
        merged.setdefault(kind, []).extend(part[kind])
    return {**merged, "Operator": AND}


def _entries(part: Mapping[str, Any]) -> list[Any]:
    ((_, entries),) = ((kind, entries) for kind, entries in part.items() if kind != "Operator")
    return list(entries)


def _composites(name: str, tests: Any) -> Iterator[dict[str, Any]]:
    if name in _TEXTS:
        fitting = {test: values for test, values in tests.items() if test not in NOT}
        differing = {test: values for test, values in tests.items() if test in NOT}
        for operator, own in ((OR, fitting), (AND, differing)):
            entries = [{"Value": value, "Comparison": COMPARISONS[test]} for test in own for value in own[test]]
            if entries:
                yield _composite("StringFilters", name, entries, operator)
    elif name in _NUMBERS:
        yield _composite("NumberFilters", name, [{BOUNDS[test]: float(value) for test, value in tests.items()}])
    elif name in _DATES:
        ((test, value),) = tests.items()
        span = {"Value": value, "Unit": "DAYS", "Comparison": DAYS[test]}
        yield _composite("DateFilters", name, [{"DateRange": span}])
    elif name in _MAPS:
        entries = [{"Key": key, "Value": value, "Comparison": "EQUALS"} for key, value in tests.items()]
        yield _composite("MapFilters", name, entries)
    elif name in fields.SWITCHES:
        yield _composite("BooleanFilters", name, [{"Value": tests}])
    else:
        yield _composite("IpFilters", name, [{"Cidr": value} for value in tests], OR)


def _composite(kind: str, name: str, entries: list[dict[str, Any]], operator: str = AND) -> dict[str, Any]:
    return {kind: [{"FieldName": name, "Filter": entry} for entry in entries], "Operator": operator}


def seen(criteria: Mapping[str, Any]) -> Any:
    """Criteria of AWS as the config has them; what it cannot say stays as AWS has it."""
    parts = criteria.get("CompositeFilters") or []
    found: dict[str, Any] = {}
    if len(parts) > 1 and criteria.get("CompositeOperator", AND) != AND:
        return criteria
    for part in parts:
        read = _any(part) or _read(part)
        if read is None:
            return criteria
        name, tests = read
        if name not in found:
            found[name] = tests
        elif name in _TEXTS and _differ(found[name]) != _differ(tests):
            found[name] = {**found[name], **tests}
        else:
            return criteria
    return found


def _any(part: Mapping[str, Any]) -> tuple[str, Any] | None:
    """Groups of which one must be true; None where it is something else."""
    filled = {kind for kind, value in part.items() if value and kind != "Operator"}
    if filled != {NESTED} or (len(part[NESTED]) > 1 and part.get("Operator", AND) != OR):
        return None
    groups = [_fields(nested) for nested in part[NESTED]]
    return None if None in groups else (ANY, groups)


def _fields(nested: Mapping[str, Any]) -> dict[str, Any] | None:
    """The fields of a group, and their tests; None where the config cannot say them."""
    alone = _read(nested)
    if alone is not None:
        return dict([alone])
    filled = {kind: value for kind, value in nested.items() if value and kind != "Operator"}
    if NESTED in filled or nested.get("Operator", AND) != AND:
        return None
    found: dict[str, Any] = {}
    for kind, entries in filled.items():
        filters: dict[tuple[str, bool], list[Mapping[str, Any]]] = {}
        for entry in entries:
            differs = kind == "StringFilters" and entry["Filter"]["Comparison"] in _DIFFERING
            filters.setdefault((entry["FieldName"], differs), []).append(entry["Filter"])
        for (name, _), each in filters.items():
            tests = _tests(kind, each, AND if len(each) > 1 else None)
            if tests is None:
                return None
            found[name] = {**found[name], **tests} if name in found else tests
    return found


def _differ(tests: Mapping[str, Any]) -> bool:
    return {*tests} <= {*NOT}


def _read(part: Mapping[str, Any]) -> tuple[str, Any] | None:
    """The field of a composite filter, and its tests; None where it has several, or another form."""
    filled = {kind: value for kind, value in part.items() if value and kind != "Operator"}
    if len(filled) != 1:
        return None
    ((kind, entries),) = filled.items()
    names = {entry.get("FieldName") for entry in entries}
    if kind == NESTED or len(names) != 1:
        return None
    filters = [entry["Filter"] for entry in entries]
    operator = part.get("Operator", AND) if len(filters) > 1 else None
    tests = _tests(kind, filters, operator)
    return None if tests is None else (names.pop(), tests)


def _tests(kind: str, filters: list[Mapping[str, Any]], operator: str | None) -> Any:
    """The tests of one field; `operator` is None where there is one filter alone."""
    match kind:
        case "StringFilters":
            words = {comparison: test for test, comparison in COMPARISONS.items()}
            tests: dict[str, list[str]] = {}
            for each in filters:
                tests.setdefault(words[each["Comparison"]], []).append(each["Value"])
            differing = {test in NOT for test in tests}
            if operator is not None and differing != {operator == AND}:
                return None
            return {test: sorted(values) for test, values in tests.items()} if len(differing) == 1 else None
        case "NumberFilters" if len(filters) == 1:
            return {test: filters[0][bound] for test, bound in BOUNDS.items() if bound in filters[0]}
        case "DateFilters" if len(filters) == 1 and "DateRange" in filters[0]:
            span = filters[0]["DateRange"]
            return {test: span["Value"] for test, comparison in DAYS.items() if comparison == span["Comparison"]}
        case "BooleanFilters" if len(filters) == 1:
            return filters[0]["Value"]
        case "MapFilters" if operator != OR and all(each["Comparison"] == "EQUALS" for each in filters):
            pairs = {each["Key"]: each["Value"] for each in filters}
            return pairs if len(pairs) == len(filters) else None
        case "IpFilters" if operator != AND:
            return sorted(each["Cidr"] for each in filters)
    return None
