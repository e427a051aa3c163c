"""Baselines: enabled on units, and by way of them on accounts (API reference; User Guide, "Types of baselines")."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.controltower import state
from landing.sandbox.services.controltower.controls import renew
from landing.sandbox.services.controltower.enrolment import enrol, leave, recorder_in_the_way
from landing.sandbox.services.controltower.state import IN_SYNC, SUCCEEDED, Enabled, absent, conflict, invalid
from landing.sandbox.world import World

GOVERNING = "AWSControlTowerBaseline"
BASELINES = {
    "AuditBaseline": "4T4HA1KMO10S6311",
    "LogArchiveBaseline": "J8HX46AHS5MIKQPD",
    "IdentityCenterBaseline": "LN25R72TTG6IGPTQ",
    GOVERNING: "17BSJV3IGJ2QSGA2",
    "BackupCentralVaultBaseline": "3WPD0NA6TJ9AOMU2",
    "BackupAdminBaseline": "H6C5JFCJJ3CPU3J5",
    "BackupBaseline": "APO9ATVPBKFRRGLK",
}
"""Name to the end of the ARN (User Guide, "Examples of baseline API operations")."""
ON_UNITS = {GOVERNING: ("3.0", "4.0", "5.0"), "BackupBaseline": ("1.0",)}
"""Those that can be enabled on units, with their versions; the others come with the landing zone."""
NEWEST = {"3.0": "3.0", "3.1": "3.0", "3.2": "4.0", "3.3": "4.0", "4.0": "5.0"}
"""The version of the governing baseline that units are registered with, by that of the landing zone (User Guide,
"Compatibility of OU baselines and landing zone versions")."""
IDENTITY = "IdentityCenterEnabledBaselineArn"


def arn_of(world: World, region: str, name: str) -> str:
    """A baseline's, in a Region and no account."""
    return f"arn:{world.partition}:controltower:{region}::baseline/{BASELINES[name]}"


def list_baselines(call: Call) -> dict[str, Any]:
    """API reference, ListBaselines."""
    return call.page("baselines", list(BASELINES), show=lambda name: _baseline(call, name))


def get_baseline(call: Call) -> dict[str, Any]:
    """API reference, GetBaseline."""
    return _baseline(call, _name(call, call["baselineIdentifier"]))


def list_enabled_baselines(call: Call) -> dict[str, Any]:
    """Of units, and of accounts only when asked (API reference, includeChildren)."""
    where = call.get("filter") or {}
    if call.get("includeChildren"):
        for account in state.organization(call).members:
            call.poll(("controltower", account))
    found = [
        each
        for each in state.here(call).baselines.values()
        if (call.get("includeChildren") or not each.parent)
        and _among(where, "targetIdentifiers", _target(call, each))
        and _among(where, "baselineIdentifiers", each.identifier)
        and _among(where, "parentIdentifiers", each.parent)
        and _among(where, "statuses", each.status)
        and _among(where, "inheritanceDriftStatuses", each.drift)
    ]
    return call.page("enabledBaselines", found, show=lambda each: _enabled(call, each), most=100)


def get_enabled_baseline(call: Call) -> dict[str, Any]:
    """With the parameters (API reference, GetEnabledBaseline)."""
    each = _own(call, children=True)
    call.poll(("controltower", each.last))
    return {"enabledBaselineDetails": {**_enabled(call, each), "parameters": state.listed(each.parameters)}}


def get_baseline_operation(call: Call) -> dict[str, Any]:
    """API reference, GetBaselineOperation."""
    return {"baselineOperation": state.shown(state.found(call, "baseline"))}


def enable_baseline(call: Call) -> dict[str, Any]:
    """Registers a unit (API reference, EnableBaseline; User Guide, "Register an existing OU")."""
    state.zone_of(call)
    name, unit = _name(call, call["baselineIdentifier"]), state.unit_of(call, call["targetIdentifier"])
    if name not in ON_UNITS:
        raise invalid(f"{name} cannot be enabled on an organizational unit.")
    place, organization = state.here(call), state.organization(call)
    _check_version(call, name, call["baselineVersion"])
    if _shared(call) & set(organization.units[unit].accounts):
        raise invalid("The baseline is not applicable to the unit of the shared accounts.")
    parent = organization.units[unit].parent
    if parent != organization.root and not _governed(call, str(parent)):
        raise invalid("The parent organizational unit is not registered with AWS Control Tower.")
    if any(each.identifier == call["baselineIdentifier"] for each in place.baselines_on(unit)):
        raise conflict("The baseline is enabled on the target already.")
    if name == "BackupBaseline" and not _governed(call, unit):
        raise invalid(f"{name} needs {GOVERNING} on the unit.")
    parameters = _parameters(call, name)
    _alone(call)
    arn = call.arn(f"enabledbaseline/{call.world.token(16)}")
    enabled = Enabled(arn, call["baselineIdentifier"], unit, parameters, call["baselineVersion"])
    enabled.tags = dict(call.get("tags") or {})
    place.baselines[arn] = enabled
    return {"arn": arn, "operationIdentifier": state.begin(call, "baseline", "ENABLE_BASELINE", enabled_, enabled)}


def update_enabled_baseline(call: Call) -> dict[str, Any]:
    """Another version or other parameters (API reference, UpdateEnabledBaseline)."""
    enabled = _own(call)
    _check_version(call, _name(call, enabled.identifier), call["baselineVersion"])
    if float(call["baselineVersion"]) < float(enabled.version):
        raise invalid("Baseline updates cannot be rolled back.")
    parameters = _parameters(call, _name(call, enabled.identifier))
    _alone(call)
    enabled.version, enabled.parameters = call["baselineVersion"], parameters
    return {"operationIdentifier": state.begin(call, "baseline", "UPDATE_ENABLED_BASELINE", enabled_, enabled)}


def reset_enabled_baseline(call: Call) -> dict[str, Any]:
    """Registers the unit again, with the accounts that it has now (API reference, ResetEnabledBaseline)."""
    enabled = _own(call)
    _alone(call)
    return {"operationIdentifier": state.begin(call, "baseline", "RESET_ENABLED_BASELINE", enabled_, enabled)}


def disable_baseline(call: Call) -> dict[str, Any]:
    """Not above governed units (API reference, DisableBaseline)."""
    enabled = _own(call)
    below = state.organization(call).units[enabled.target].units
    if any(_governed(call, unit) for unit in below):
        raise invalid("The organizational unit has governed units below it.")
    _alone(call)
    return {"operationIdentifier": state.begin(call, "baseline", "DISABLE_BASELINE", disabled, enabled)}


def install(world: World, account: str, region: str) -> None:
    """With the landing zone comes the baseline of IAM Identity Center, where it manages access."""
    place = state.at(world, account, region)
    assert place.zone is not None
    identifier = arn_of(world, region, "IdentityCenterBaseline")
    if place.zone.enables("accessManagement") and not any(e.identifier == identifier for e in place.baselines.values()):
        arn = f"arn:{world.partition}:controltower:{region}:{account}:enabledbaseline/{world.token(16)}"
        place.baselines[arn] = Enabled(arn, identifier, account, {}, "1.0", SUCCEEDED)


def enabled_(world: World, account: str, region: str, operation_id: str) -> None:
    """The unit's accounts are enrolled, and its mandatory controls attached."""
    place, organization = state.at(world, account, region), accounts.organization_of(world, account)
    operation = place.operations[operation_id]
    enabled = operation.enabled
    assert enabled is not None
    assert organization is not None
    assert place.zone is not None
    if enabled.target not in organization.units:
        state.end(world, operation, "The organizational unit does not exist any more.")
        return
    members = list(organization.units[enabled.target].accounts)
    if blocked := recorder_in_the_way(world, place.zone, members):
        state.end(world, operation, f"Account {blocked} has an AWS Config recorder or delivery channel.")
        return
    for child in [each for each in place.baselines.values() if each.parent == enabled.arn]:
        if child.target not in members:
            leave(world, place, child.target)
    enrolled = {each.target for each in place.baselines.values() if each.parent == enabled.arn}
    for member in members:
        if member not in enrolled:
            enrol(world, place, organization, enabled, member)
    enabled.drift = IN_SYNC
    state.end(world, operation, renew(world, place, organization, enabled.target, governed=True))


def disabled(world: World, account: str, region: str, operation_id: str) -> None:
    """What the baseline made goes."""
    place, organization = state.at(world, account, region), accounts.organization_of(world, account)
    operation = place.operations[operation_id]
    enabled = operation.enabled
    assert enabled is not None
    assert organization is not None
    for child in [each for each in place.baselines.values() if each.parent == enabled.arn]:
        leave(world, place, child.target)
    renew(world, place, organization, enabled.target, governed=False)
    place.baselines.pop(enabled.arn, None)
    state.end(world, operation)


def _baseline(call: Call, name: str) -> dict[str, Any]:
    return {"arn": arn_of(call.world, call.region, name), "name": name, "description": f"{name} of AWS Control Tower"}


def _name(call: Call, identifier: str) -> str:
    for name in BASELINES:
        if arn_of(call.world, call.region, name) == identifier:
            return name
    raise absent("The baseline does not exist.")


def _enabled(call: Call, each: Enabled) -> dict[str, Any]:
    status = {"status": each.status, **({"lastOperationIdentifier": each.last} if each.last else {})}
    return {
        "arn": each.arn,
        "baselineIdentifier": each.identifier,
        "baselineVersion": each.version,
        "targetIdentifier": _target(call, each),
        "statusSummary": status,
        "driftStatusSummary": {"types": {"inheritance": {"status": each.drift}}},
        **({"parentIdentifier": each.parent} if each.parent else {}),
    }


def _target(call: Call, each: Enabled) -> str:
    return state.arn_of_target(call, each.target)


def _among(where: dict[str, Any], name: str, value: str) -> bool:
    return name not in where or value in where[name]


def _own(call: Call, *, children: bool = False) -> Enabled:
    """One that is enabled; what an account has by way of its unit is only read."""
    found = state.here(call).baselines.get(call["enabledBaselineIdentifier"])
    if found is None:
        raise absent("The enabled baseline does not exist.")
    if (found.parent or found.target.isdigit()) and not children:
        raise invalid("An enabled baseline of an account cannot be changed; change that of its unit.")
    return found


def _governed(call: Call, unit: str) -> bool:
    governing = arn_of(call.world, call.region, GOVERNING)
    return any(each.identifier == governing for each in state.here(call).baselines_on(unit))


def _shared(call: Call) -> set[str]:
    """The accounts of the landing zone itself."""
    manifest = state.zone_of(call).manifest
    return {str(part["accountId"]) for part in manifest.values() if isinstance(part, dict) and "accountId" in part}


def _check_version(call: Call, name: str, version: str) -> None:
    if version not in ON_UNITS[name]:
        raise invalid(f"There is no version {version} of {name}.")
    if name == GOVERNING and version != NEWEST[state.zone_of(call).version]:
        raise invalid(f"Version {version} of {name} is not compatible with the landing zone.")


def _parameters(call: Call, name: str) -> dict[str, Any]:
    """The enabled baseline of IAM Identity Center is named where there is one (User Guide, "Baseline parameters")."""
    given, place = state.given(call), state.here(call)
    identity = arn_of(call.world, call.region, "IdentityCenterBaseline")
    there = [each.arn for each in place.baselines.values() if each.identifier == identity]
    if unknown := set(given) - {IDENTITY}:
        raise invalid(f"{', '.join(sorted(unknown))} is not a parameter of the baseline.")
    if name == GOVERNING and there and given.get(IDENTITY) not in there:
        raise invalid(f"The parameter {IDENTITY} is required.")
    return given


def _alone(call: Call) -> None:
    """One at a time (User Guide, "Quotas")."""
    if any(state.here(call).running("zone", "baseline", "control")):
        raise conflict("AWS Control Tower is performing another operation.")
