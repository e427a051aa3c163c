"""Controls: enabled on units, and inherited below (API reference; Controls Reference Guide)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts, controlcatalog
from landing.sandbox.services.call import Call
from landing.sandbox.services.controlcatalog import Control
from landing.sandbox.services.controltower import state
from landing.sandbox.services.controltower.enrolment import guard, mandatory, text_of
from landing.sandbox.services.controltower.state import Enabled, Place, absent, conflict, invalid
from landing.sandbox.services.organizations.state import Organization
from landing.sandbox.world import World

MOST = 100
"""Control operations that are in progress or wait (User Guide, "Quotas")."""


def list_enabled_controls(call: Call) -> dict[str, Any]:
    """Of a target or of all (API reference, ListEnabledControls)."""
    where, place = call.get("filter") or {}, state.here(call)
    target = call.get("targetIdentifier")
    if target is not None and not target.rpartition("/")[2].isdigit():
        state.unit_of(call, target)
    rows = list(place.controls.values())
    if call.get("includeChildren"):
        rows += [child for each in place.controls.values() for child in _children(call, each)]
    found = [
        each
        for each in rows
        if target in (None, state.arn_of_target(call, each.target))
        and each.identifier in where.get("controlIdentifiers", [each.identifier])
        and each.status in where.get("statuses", [each.status])
        and each.parent in where.get("parentIdentifiers", [each.parent])
        and _drift(call, each) in where.get("driftStatuses", [_drift(call, each)])
    ]
    return call.page("enabledControls", found, show=lambda each: _enabled(call, each), most=200)


def get_enabled_control(call: Call) -> dict[str, Any]:
    """With parameters and Regions (API reference, GetEnabledControl)."""
    each = _own(call, call["enabledControlIdentifier"])
    call.poll(("controltower", each.last))
    regions = [{"name": region} for region in state.zone_of(call).regions]
    return {
        "enabledControlDetails": {
            **_enabled(call, each),
            "parameters": state.listed(each.parameters),
            "targetRegions": regions,
        }
    }


def get_control_operation(call: Call) -> dict[str, Any]:
    """API reference, GetControlOperation."""
    operation = state.found(call, "control")
    enabled = operation.enabled
    assert enabled is not None
    names = {
        "controlIdentifier": enabled.identifier,
        "targetIdentifier": state.arn_of_target(call, enabled.target),
        "enabledControlIdentifier": enabled.arn,
    }
    return {"controlOperation": {**state.shown(operation), **names}}


def enable_control(call: Call) -> dict[str, Any]:
    """On a unit that is governed, or since 4.0 on any (API reference, EnableControl)."""
    zone, place = state.zone_of(call), state.here(call)
    control, unit = _control(call, call["controlIdentifier"]), state.unit_of(call, call["targetIdentifier"])
    if control.guidance == "mandatory":
        raise invalid(f"{control.alias} is mandatory: the landing zone enables it.")
    if zone.version.startswith("3.") and not place.baselines_on(unit):
        raise invalid("The organizational unit is not registered with AWS Control Tower.")
    identifier = control.answered(call)
    if any(each.identifier == identifier and each.target == unit for each in place.controls.values()):
        raise conflict("The control is enabled on the target already.")
    parameters = _checked(control, state.given(call))
    _admitted(call)
    arn = call.arn(f"enabledcontrol/{call.world.token(16)}")
    enabled = Enabled(arn, identifier, unit, parameters, tags=dict(call.get("tags") or {}))
    place.controls[arn] = enabled
    return {"arn": arn, "operationIdentifier": state.begin(call, "control", "ENABLE_CONTROL", done, enabled)}


def update_enabled_control(call: Call) -> dict[str, Any]:
    """Refused when nothing changes (API reference, UpdateEnabledControl)."""
    enabled = _own(call, call["enabledControlIdentifier"])
    parameters = _checked(_control(call, enabled.identifier), state.given(call))
    if _drift(call, enabled) == state.DRIFTED:
        raise invalid("An enabled control that has drifted cannot be updated.")
    if parameters == enabled.parameters and enabled.status == state.SUCCEEDED:
        raise invalid("The parameters are as they were.")
    _admitted(call, enabled)
    enabled.parameters = parameters
    return {"operationIdentifier": state.begin(call, "control", "UPDATE_ENABLED_CONTROL", done, enabled)}


def reset_enabled_control(call: Call) -> dict[str, Any]:
    """Not those that are SCPs (API reference, ResetEnabledControl)."""
    enabled = _own(call, call["enabledControlIdentifier"])
    if _control(call, enabled.identifier).statement is not None:
        raise invalid("Controls implemented with SCPs cannot be reset.")
    _admitted(call, enabled)
    return {"operationIdentifier": state.begin(call, "control", "RESET_ENABLED_CONTROL", done, enabled)}


def disable_control(call: Call) -> dict[str, Any]:
    """By what it is enabled as, or by control and target (API reference, DisableControl)."""
    if "enabledControlIdentifier" in call:
        enabled = _own(call, call["enabledControlIdentifier"])
    else:
        if "controlIdentifier" not in call or "targetIdentifier" not in call:
            raise invalid("Either the enabled control, or both the control and the target, must be given.")
        unit = state.unit_of(call, call["targetIdentifier"])
        identifier = _control(call, call["controlIdentifier"]).answered(call)
        there = (e for e in state.here(call).controls.values() if e.identifier == identifier and e.target == unit)
        enabled = next(there, None) or _own(call, "")
    _admitted(call, enabled)
    return {"operationIdentifier": state.begin(call, "control", "DISABLE_CONTROL", disabled, enabled)}


def done(world: World, account: str, region: str, operation_id: str) -> None:
    """What is denied at the unit is denied from now on."""
    place, organization = state.at(world, account, region), accounts.organization_of(world, account)
    operation = place.operations[operation_id]
    assert operation.enabled is not None
    assert organization is not None
    if operation.enabled.target not in organization.units:
        state.end(world, operation, "The organizational unit does not exist any more.")
        return
    operation.enabled.drift = state.IN_SYNC
    state.end(world, operation, renew(world, place, organization, operation.enabled.target))


def disabled(world: World, account: str, region: str, operation_id: str) -> None:
    """It is gone."""
    place, organization = state.at(world, account, region), accounts.organization_of(world, account)
    operation = place.operations[operation_id]
    assert operation.enabled is not None
    assert organization is not None
    place.controls.pop(operation.enabled.arn, None)
    renew(world, place, organization, operation.enabled.target)
    state.end(world, operation)


def renew(world: World, place: Place, organization: Organization, unit: str, *, governed: bool | None = None) -> str:
    """The SCP of a unit is made of what is enabled there; what is wrong when it cannot be attached."""
    statements = _statements(
        world, place, unit, governed=bool(place.baselines_on(unit)) if governed is None else governed
    )
    return guard(world, place, organization, unit, statements)


def _statements(world: World, place: Place, unit: str, *, governed: bool) -> list[Any]:
    """What the SCP of a unit says."""
    statements = [mandatory()] if governed else []
    for each in place.controls.values():
        control = controlcatalog.find(world.partition, each.identifier)
        if each.target == unit and control is not None and control.statement is not None:
            statements.append(control.statement)
    return statements


def _children(call: Call, each: Enabled) -> list[Enabled]:
    """What accounts of the unit have because of it, and units below of what is an SCP (User Guide, "Nested OUs")."""
    units = state.organization(call).units
    below = [unit for unit in units if _is_below(units, unit, each.target)]
    is_scp = _control(call, each.identifier).statement is not None
    targets = [*units[each.target].accounts, *(below if is_scp else ())]
    return [
        Enabled(
            f"{each.arn}{number:04d}", each.identifier, target, each.parameters, status=each.status, parent=each.arn
        )
        for number, target in enumerate(targets)
    ]


def _is_below(units: Mapping[str, Any], unit: str, above: str) -> bool:
    parent = units[unit].parent
    return parent == above or (parent in units and _is_below(units, parent, above))


def _control(call: Call, identifier: str) -> Control:
    found = controlcatalog.find(call.partition, identifier)
    if found is None:
        raise absent("The control does not exist.")
    return found


def _own(call: Call, arn: str) -> Enabled:
    found = state.here(call).controls.get(arn)
    if found is None:
        raise absent("The enabled control does not exist.")
    return found


def _checked(control: Control, given: dict[str, Any]) -> dict[str, Any]:
    if unknown := set(given) - {*control.required, *control.optional}:
        raise invalid(f"{', '.join(sorted(unknown))} is not a parameter of the control.")
    if missing := set(control.required) - set(given):
        raise invalid(f"The parameter {', '.join(sorted(missing))} is required.")
    return given


def _admitted(call: Call, enabled: Enabled | None = None) -> None:
    """Nothing beside an operation on the landing zone or on baselines; optional controls side by side."""
    place = state.here(call)
    if any(place.running("zone", "baseline")):
        raise conflict("AWS Control Tower is performing another operation.")
    if enabled is not None and enabled.status == state.UNDER_CHANGE:
        raise conflict("The enabled control is being changed.")
    if sum(1 for _ in place.running("control")) >= MOST:
        raise Refusal("ServiceQuotaExceededException", f"There are {MOST} control operations in progress.")


def _drift(call: Call, each: Enabled) -> str:
    return state.DRIFTED if state.DRIFTED in (each.drift, _resource_drift(call, each)) else state.IN_SYNC


def _resource_drift(call: Call, each: Enabled) -> str:
    """SCP_UPDATED, SCP_DETACHED_FROM_OU (User Guide, "Types of governance drift")."""
    control, place = _control(call, each.identifier), state.here(call)
    if control.statement is None or each.status != state.SUCCEEDED or each.parent:
        return state.IN_SYNC
    organization = state.organization(call)
    policy = organization.policies.get(place.guards.get(each.target, ""))
    wanted = _statements(call.world, place, each.target, governed=bool(place.baselines_on(each.target)))
    there = policy is not None and each.target in organization.targets.get(policy.id, ())
    return state.IN_SYNC if policy and there and policy.content == text_of(wanted) else state.DRIFTED


def _enabled(call: Call, each: Enabled) -> dict[str, Any]:
    status = {"status": each.status, **({"lastOperationIdentifier": each.last} if each.last else {})}
    types = {"inheritance": {"status": each.drift}, "resource": {"status": _resource_drift(call, each)}}
    return {
        "arn": each.arn,
        "controlIdentifier": each.identifier,
        "targetIdentifier": state.arn_of_target(call, each.target),
        "statusSummary": status,
        "driftStatusSummary": {"driftStatus": _drift(call, each), "types": types},
        **({"parentIdentifier": each.parent} if each.parent else {}),
    }
