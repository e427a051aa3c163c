"""What AWS Control Tower has enabled on units, as the settings that say so."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from landing.aws import Aws, translated, unless
from landing.core.errors import HIDING, ConfigError
from landing.core.model import ORGANIZATION, Change, Json
from landing.importing.comparison import FEW, Compared, Sight, beyond_adoption, differences
from landing.importing.draft import LeftOut
from landing.importing.output import rewrite_folder
from landing.services.control_tower import catalog, enabled
from landing.services.control_tower.baseline import IDENTITY
from landing.services.control_tower.control import ControlTowerControl
from landing.services.control_tower.declaration import SERVICE
from landing.services.control_tower.enabled import SUCCEEDED, Row
from landing.services.control_tower.enrolment import ControlTowerEnrolment
from landing.services.control_tower.landing_zone import foundational, landing_zone
from landing.services.control_tower.settings import GOVERNING

NOT_ENROLLED = "not_enrolled"
HOW = "see the unit in AWS Control Tower, and name it in the config when it is as it should be"


def with_control_tower(aws: Aws, sight: Sight, found: Compared, folder: Path, left: list[LeftOut]) -> Compared:
    """With the controls and baselines that are enabled, where a plan of them does no more than adopt them.

    Two lists and the catalogue, and a call for each thing that may have parameters. Nothing is read account by account.
    """
    settings: dict[str, Json] = {}
    with translated(ORGANIZATION), unless(*HIDING) as refused:
        settings = _settings(aws.with_names_of(found.written.organization), left)
    if refused.code:
        left.append(LeftOut(SERVICE.title, f"what it has enabled may not be read ({refused.code})"))
    if not settings:
        return found
    reason = ""
    while settings:
        draft = replace(found.draft, services={**found.draft.services, SERVICE.key: settings})
        try:
            written = rewrite_folder(draft, folder, found.written.accepted)
        except ConfigError as error:
            reason = f"a config cannot say it: {'; '.join(each.message for each in error.problems[:FEW])}"
            break
        sight.look(written.organization, SERVICE.kinds)
        names = {kind.name for kind in SERVICE.kinds}
        if hidden := sorted({gap.reason for gap in sight.gaps if gap.kind in names}):
            reason = f"it may not be read: {hidden[0]}"
            break
        plan = sight.plan(written.organization, kinds := (*found.kinds, *SERVICE.kinds))
        more = [change for change in beyond_adoption(plan.changes) if change.address.kind in names]
        if not more:
            return Compared(draft, written, plan, kinds)
        words = [difference for change in more for difference in differences(change)]
        reason = f"a plan would change more than the tags: {'; '.join(words[:FEW])}"
        fewer = _without(settings, more, left)
        if fewer == settings:
            break
        settings = fewer
    if settings:
        why = f"it stays its own, since {reason}"
        left.append(LeftOut(f"what {SERVICE.title} has enabled ({_inventory(settings)})", why))
    rewrite_folder(found.draft, folder, found.written.accepted)
    return found


def _without(settings: Mapping[str, Any], more: Iterable[Change], left: list[LeftOut]) -> dict[str, Json]:
    """Without what a plan would change, each on its unit, and with the accounts that are not enrolled left as they are.

    The rest of the landing zone is taken over all the same.
    """
    told: dict[str, list[str]] = {}
    outside = {*settings.get(NOT_ENROLLED, ())}
    for change in more:
        kind, name = change.address.kind, change.address.name
        if kind == ControlTowerEnrolment.name and change.before and change.after:
            missing = sorted({*change.after["accounts"]} - {*change.before["accounts"]} - outside)
            why = f"not enrolled, and stays so: take it from `{NOT_ENROLLED}`, and a plan of the config enrols it"
            left += [LeftOut(f"account {account} in the registered unit {name}", why) for account in missing]
            outside |= {*missing}
            continue
        part = "controls" if kind == ControlTowerControl.name else "baselines"
        told.setdefault(f"{part} {name}", []).extend(differences(change))
    kept: dict[str, Json] = {}
    for part, entries in settings.items():
        if part == NOT_ENROLLED:
            continue
        stays = []
        for entry in entries:
            what = entry.get("control") or entry.get("baseline") or GOVERNING
            units = [unit for unit in entry["units"] if f"{part} {unit}/{what}" not in told]
            for unit in (each for each in entry["units"] if each not in units):
                words = "; ".join(told[f"{part} {unit}/{what}"][:FEW])
                why = f"it stays Control Tower's own, since a plan would change more than its tags: {words}"
                left.append(LeftOut(f"{part.removesuffix('s')} {what} on {unit}", why))
            stays += [{**entry, "units": units}] if units else []
        if stays:
            kept[part] = [*stays]
    return kept | ({NOT_ENROLLED: sorted(outside)} if outside and kept else {})


def _settings(aws: Aws, left: list[LeftOut]) -> dict[str, Json]:
    """`controls` and `baselines`, those that are there; nothing without a landing zone in the home region."""
    zone = landing_zone(aws)
    if zone is None:
        return {}
    own = set(foundational(zone.get("manifest") or {}))
    baselines = list(_baselines(aws, own, left))
    controls = list(_controls(aws, own, left))
    found = (("baselines", _by_unit(baselines)), ("controls", _by_unit(controls)))
    return {key: entries for key, entries in found if entries}


def _baselines(aws: Aws, own: set[str], left: list[LeftOut]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Unit and entry of each."""
    names = enabled.baseline_names(aws)
    for row in enabled.baselines(aws):
        name = names.get(row["baselineIdentifier"], "")
        unit = _unit(aws, row, f"baseline {name or row['baselineIdentifier']}", own, left)
        if unit and not name:
            left.append(
                LeftOut(f"baseline {row['baselineIdentifier']} on {unit}", "AWS does not say what it is called")
            )
        elif unit:
            entry: dict[str, Any] = {}
            if name != GOVERNING:
                client = aws.client("controltower")
                details = client.get_enabled_baseline(enabledBaselineIdentifier=row["arn"])["enabledBaselineDetails"]
                given = {key: value for key, value in enabled.parameters_of(details).items() if key != IDENTITY}
                entry = {"baseline": name, "version": row.get("baselineVersion", ""), "parameters": given}
            yield unit, entry


def _controls(aws: Aws, own: set[str], left: list[LeftOut]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same of controls."""
    for row in enabled.controls(aws):
        identifier = str(row["controlIdentifier"])
        control = catalog.find(aws, identifier)
        name = next(iter(control.aliases), control.id) if control else identifier
        if control and not catalog.MANDATORY.isdisjoint(control.aliases):
            continue  # the landing zone enables it, in every unit that it governs
        unit = _unit(aws, row, f"control {name}", own, left)
        if unit and control is None:
            left.append(LeftOut(f"control {name} on {unit}", "the Control Catalog does not have it"))
        elif unit:
            client = aws.client("controltower")
            details = client.get_enabled_control(enabledControlIdentifier=row["arn"])["enabledControlDetails"]
            yield unit, {"control": name, "parameters": enabled.parameters_of(details)}


def _unit(aws: Aws, row: Row, what: str, own: set[str], left: list[LeftOut]) -> str:
    """The unit on which something is enabled that a config can say; nothing of all else, of which some is left out."""
    unit = enabled.unit_of(aws, row)
    if row.get("parentIdentifier"):
        return ""
    if not unit:
        if ":ou/" not in row["targetIdentifier"] and row["targetIdentifier"].rpartition(":")[2].startswith("account/"):
            left.append(LeftOut(f"{what} on {row['targetIdentifier']}", "a config names units only"))
        return ""
    if unit not in aws.tree.units or aws.tree.units[unit].name in own:
        left.append(LeftOut(f"{what} on {unit}", "it is of the landing zone itself"))
        return ""
    drifted = any(str(status) == "DRIFTED" for status in _statuses(row))
    if drifted or enabled.status_of(row) != SUCCEEDED:
        state = "it has drifted" if drifted else f"it is {enabled.status_of(row)}"
        left.append(LeftOut(f"{what} on {unit}", f"{state}: {HOW}"))
        return ""
    return unit


def _statuses(row: Row) -> Iterator[Any]:
    """What the drift summary of a control or of a baseline says, each part of it."""
    summary = row.get("driftStatusSummary") or {}
    yield summary.get("driftStatus")
    yield from ((each or {}).get("status") for each in (summary.get("types") or {}).values())


def _by_unit(found: Iterable[tuple[str, dict[str, Any]]]) -> list[Json]:
    """Entries that differ in their units alone as one, in the order of their names."""
    units: dict[str, list[str]] = {}
    for unit, entry in found:
        said = {key: value for key, value in entry.items() if value}
        units.setdefault(json.dumps(said, sort_keys=True), []).append(unit)
    return [{**json.loads(entry), "units": [*sorted(where)]} for entry, where in sorted(units.items())]


def _inventory(settings: Mapping[str, Any]) -> str:
    """What would have been said, for whoever writes it by hand."""
    return "; ".join(
        f"{each.get('control') or each.get('baseline') or GOVERNING} on {', '.join(each['units'])}"
        for part in ("baselines", "controls")
        for each in settings.get(part, ())
    )
