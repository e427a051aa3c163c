"""The part of a document that is in order: what can be built and checked while something else is wrong.

What is declared stays, under its key: a part of it that is wrong is left out, or stands at the most harmless value. All
that is so is a hole of the document, and what is found there, or comes only from there, is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from landing.config.document import TRUSTED, Document, Path_, administrators, items, units_in
from landing.config.structure import place_of, violations
from landing.core.model import Diagnostic
from landing.core.partitions import OPT_IN_REGIONS, REGIONS
from landing.core.yaml_text import Map, Seq
from landing.organization import ROOT, Target
from landing.organization.targets import target_of

CANNOT_STAND = ("LZ306", "LZ308", "LZ319", "LZ326", "LZ327", "LZ334", "LZ338", "LZ350", "LZ414", "LZ481")
"""Codes of values that fit the schema and that no organization is built with; what is not there is left out anyway."""
UNKNOWN_KEY = "LZ201"
WRONG_KEYS = (UNKNOWN_KEY, "LZ204", "LZ319")
DECLARED = ("accounts", "baselines", "guardrails", "playbooks", "services", "units")
ROLES = ("management", "log_archive", "security_tooling")
GIVEN = ("parameters", "policy")
"""What of a guardrail decides on its text."""
TRIES = 20


def sound(document: Document, problems: Iterable[Diagnostic], schema: Mapping[str, Any]) -> Document | None:
    """A document of its own that fits the schema and names only what is there; None where that cannot be had."""
    found = Document()
    found.data, found.files, found.lines = _copied(document.data), dict(document.files), document.lines
    found.holes = set(document.holes)
    wrong = [each for each in problems if each.severity == "error" and each.pointer]
    places = {place_of(each): each.code for each in wrong if each.code[:3] == "LZ2" or each.code in CANNOT_STAND}
    for place in sorted(places, key=_order, reverse=True):
        _leave_out(found, place, with_key=places[place] in WRONG_KEYS)
    found.holes -= {place for place, code in places.items() if code == UNKNOWN_KEY}
    for _ in range(TRIES):
        _complete(found)
        misfits = sorted(set(violations(found.data, schema)), key=_order, reverse=True)
        if not misfits:
            _resolve(found)
            return found
        for place in misfits:
            _leave_out(found, place)
    return None


def unknown_targets(document: Document, known: Iterable[str]) -> Target | None:
    """Where guardrails may be of which it is not known what they do; `known` are the keys of all others."""
    units, accounts = set[str](), set[str]()
    declared, wanted = dict(items(document.data.get("guardrails"))), {*known}
    if document.holes & {(), ("guardrails",)}:
        units.add(ROOT)
    for key, value in declared.items():
        if document.in_doubt(("guardrails", key, "target")):
            units.add(ROOT)
        elif key not in wanted or any(document.in_doubt(("guardrails", key, part)) for part in GIVEN):
            target = target_of(value["target"])
            units |= {*target.units} if not target.tags else {ROOT}
            accounts |= {*target.accounts}
    for key in dict(items(document.data["accounts"])):
        if any(document.in_doubt(("accounts", key, part)) for part in ("unit", "full_access")):
            accounts.add(key)
    for key, path, _ in units_in(document):
        if document.in_doubt((*path, "full_access")):
            units.add(key)
    return Target(tuple(sorted(units)), tuple(sorted(accounts))) if units or accounts else None


def _copied(value: Any) -> Any:
    """The value as one of its own at every place, with the marks: what an alias repeats is not shared."""
    if isinstance(value, Map):
        mapping = Map()
        mapping.update((key, _copied(part)) for key, part in value.items())
        mapping.keys_at, mapping.values_at = dict(value.keys_at), dict(value.values_at)
        return mapping
    if isinstance(value, Seq):
        sequence = Seq()
        sequence.extend(map(_copied, value))
        sequence.values_at = list(value.values_at)
        return sequence
    return value


def _order(place: Path_) -> tuple[tuple[str, int], ...]:
    """Of two entries of a list the one behind comes later, and what is within something after it."""
    return tuple((step, 0) if isinstance(step, str) else ("", step) for step in place)


def _leave_out(document: Document, place: Path_, *, with_key: bool = False) -> None:
    """Take away what stands at a place; of what is declared there (unless `with_key`), only what it says."""
    document.holes.add(place)
    if not place:
        return
    *around, step = place
    container, value = document.at(tuple(around)), document.at(place)
    if isinstance(container, Map) and step in container:
        if not with_key and value != {} and _is_declared(place):
            container[str(step)] = Map()
        else:
            del container[str(step)]
    elif isinstance(container, Seq) and isinstance(step, int) and step < len(container):
        del container[step], container.values_at[step]


def _is_declared(place: Path_) -> bool:
    return len(place) > 1 and place[0] in DECLARED and (len(place) == 2 or (place[0], place[-2]) == ("units", "units"))


def _complete(document: Document) -> None:
    """Give what the schema requires, where it was left out."""
    data = document.data
    top = _mapping(data, "organization")
    _put(top, "name", "organization")
    regions = [each for each in top.get("governed_regions") or () if each in REGIONS and each not in OPT_IN_REGIONS]
    _put(top, "home_region", next(iter(regions), "us-east-1"))
    _put(top, "governed_regions", [top["home_region"]])
    accounts, roles = _mapping(data, "accounts"), _mapping(data, "roles")
    for role in ROLES:
        _put(roles, role, role.replace("_", "-"))
        if isinstance(roles[role], str) and _put(accounts, roles[role], Map()):
            document.holes.add(("accounts", roles[role]))
    parts: Iterable[tuple[str, str, Any]] = (
        ("accounts", "unit", ROOT),
        ("guardrails", "target", Map()),
        ("baselines", "target", Map()),
        ("playbooks", "target", Map()),
    )
    for section, part, value in parts:
        for key, declared in (data.get(section) or {}).items():
            if isinstance(declared, Map) and _put(declared, part, _copied(value)):
                document.holes.add((section, key, part))
    for key, account in accounts.items():
        if isinstance(account, Map):
            _put(account, "name", key)


def _put(values: Map, key: str, value: object) -> bool:
    """Give a key its value where it has none; whether it had none."""
    if key in values:
        return False
    values[key], values.keys_at[key], values.values_at[key] = value, (0, 0), (0, 0)
    return True


def _mapping(data: Map, key: str) -> Map:
    if not isinstance(data.get(key), Map):
        data.pop(key, None)
        _put(data, key, Map())
    found: Map = data[key]
    return found


def _resolve(document: Document) -> None:
    """Leave out what names a unit or an account that is not there."""
    data = document.data
    units = {ROOT, *(key for key, _, _ in units_in(document))}
    accounts: Map = data["accounts"]
    for key, account in accounts.items():
        if account["unit"] not in units:
            account["unit"] = ROOT
            document.holes.add(("accounts", key, "unit"))
    for path, around in _targets(data):
        if not _resolved(around["target"], units, accounts):
            around["target"] = Map()
            document.holes.add(path)
    for path in _dangling(data, units, accounts):
        _leave_out(document, path)


def _targets(data: Map) -> Iterator[tuple[Path_, Map]]:
    """Every place with a target, at any depth of a section that has them."""
    for section in ("guardrails", "baselines", "playbooks", "services"):
        yield from _targets_within(data.get(section), (section,))


def _targets_within(value: object, path: Path_) -> Iterator[tuple[Path_, Map]]:
    for key, part in value.items() if isinstance(value, Map) else ():
        if key == "target" and isinstance(part, Map) and isinstance(value, Map):
            yield (*path, key), value
        elif key != "parameters":
            yield from _targets_within(part, (*path, key))


def _resolved(target: Map, units: Iterable[str], accounts: Iterable[str]) -> bool:
    parts = (target, target.get("exclude") or {})
    named = [each for part in parts for each in part.get("units") or ()]
    return {*named} <= {*units} and all({*(part.get("accounts") or ())} <= {*accounts} for part in parts)


def _dangling(data: Map, units: Collection[str], accounts: Map) -> list[Path_]:
    """Places that name units or accounts which are not there, besides targets and roles."""
    there: Callable[[object], bool] = accounts.__contains__
    found: list[Path_] = [(*TRUSTED, name) for name, keys in administrators(data).items() if not all(map(there, keys))]
    found += [
        ("stacks", key) for key, each in items(data.get("stacks")) if not all(map(there, each.get("accounts") or ()))
    ]
    unit = (data["organization"].get("new_accounts") or {}).get("quarantine")
    found += [("organization", "new_accounts")] if unit is not None and unit not in units else []
    waves = (data.get("deployment") or {}).get("waves") or ()
    found += [("deployment",)] if not all(_resolved(wave["target"], units, accounts) for wave in waves) else []
    forensics = data["roles"].get("forensics")
    found += [("roles", "forensics")] if forensics is not None and not there(forensics) else []
    lock = data.get("lock") or {}
    return [*found, ("lock",)] if "account" in lock and not there(lock["account"]) else found
