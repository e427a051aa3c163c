"""Controls: definitions, whether they are on in an account and Region, and their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.core.constraints import security_hub as catalogue
from landing.core.constraints.security_hub import CONTROLS, Control
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import rollout, standards
from landing.sandbox.services.securityhub.state import Hub, absent, invalid, own_hub, unmanaged_hub

REMEDIATION = "https://docs.aws.amazon.com/console/securityhub/{}/remediation"
POLICY_REASON = "Disabled by a configuration policy"


def status(hub: Hub, control: Control, key: str, region: str) -> str:
    """ENABLED or DISABLED, for a control in one of its standards."""
    change = hub.changes.get((control.id, key))
    if change is not None:
        return str(change["status"])
    settings = hub.settings
    if settings is None or not settings.enabled:
        return "ENABLED"
    elsewhere = control.is_global and settings.home not in ("", region)
    return "ENABLED" if settings.allows(control.id) and not elsewhere else "DISABLED"


def _definition(control: Control) -> dict[str, Any]:
    return {
        "SecurityControlId": control.id,
        "Title": control.title,
        "Description": f"This control checks the following: {control.title}.",
        "RemediationUrl": REMEDIATION.format(control.id),
        "SeverityRating": control.severity,
    }


def _parameter_definitions(control: Control) -> dict[str, Any]:
    return {
        name: {"Description": name, "ConfigurationOptions": {kind: {"DefaultValue": value}}}
        for name, default in control.parameters.items()
        for kind, value in default.items()
    }


def list_security_control_definitions(call: Call) -> dict[str, Any]:
    """25 on a page unless asked for more (API reference, ListSecurityControlDefinitions)."""
    found = list(CONTROLS.values())
    if "StandardsArn" in call:
        key = catalogue.key_of(call["StandardsArn"], call.partition, call.region)
        if key is None:
            raise invalid(f"Invalid StandardsArn: {call['StandardsArn']}")
        found = catalogue.of_standard(key)
    return call.page("SecurityControlDefinitions", found, show=_listed_definition, most=call.get("MaxResults") or 25)


def _listed_definition(control: Control) -> dict[str, Any]:
    customizable = {"CustomizableProperties": ["Parameters"]} if control.parameters else {}
    return {
        **_definition(control),
        "CurrentRegionAvailability": "AVAILABLE",
        "Provider": "AWS",
        "ParameterDefinitions": _parameter_definitions(control),
        **customizable,
    }


def get_security_control_definition(call: Call) -> dict[str, Any]:
    """API reference, GetSecurityControlDefinition."""
    return {"SecurityControlDefinition": _listed_definition(_control(call["SecurityControlId"]))}


def _control(name: str) -> Control:
    found = CONTROLS.get(name.rpartition("/")[2])
    if found is None:
        raise absent(f"The security control {name} does not exist.")
    return found


def batch_get_security_controls(call: Call) -> dict[str, Any]:
    """On where one enabled standard has it on (API reference, BatchGetSecurityControls)."""
    rollout.poll(call)
    hub, found, unknown = own_hub(call), [], []
    for name in call["SecurityControlIds"]:
        control = CONTROLS.get(name.rpartition("/")[2])
        if control is None:
            reason = "The security control does not exist."
            unknown.append({"SecurityControlId": name, "ErrorCode": "RESOURCE_NOT_FOUND", "ErrorReason": reason})
            continue
        on = any(
            status(hub, control, key, call.region) == "ENABLED" for key in control.standards if key in hub.standards
        )
        found.append(
            {
                **_definition(control),
                "SecurityControlArn": call.arn(f"security-control/{control.id}"),
                "SecurityControlStatus": "ENABLED" if on else "DISABLED",
                "UpdateStatus": "READY",
                "Parameters": _parameters(hub, control),
                "Provider": "AWS",
            }
        )
    return {"SecurityControls": found, "UnprocessedIds": unknown}


def _parameters(hub: Hub, control: Control) -> dict[str, Any]:
    custom = {
        **(hub.settings.parameters.get(control.id, {}) if hub.settings else {}),
        **hub.parameters.get(control.id, {}),
    }
    return {
        name: custom.get(name, {"ValueType": "DEFAULT", "Value": default})
        for name, default in control.parameters.items()
    }


def update_security_control(call: Call) -> None:
    """Parameters that the control has, with values of their kind (API reference, UpdateSecurityControl)."""
    hub, control = unmanaged_hub(call), _control(call["SecurityControlId"])
    checked_parameters(control.id, call["Parameters"])
    kept = hub.parameters.setdefault(control.id, {})
    for name, parameter in call["Parameters"].items():
        if parameter["ValueType"] == "DEFAULT":
            kept.pop(name, None)
        else:
            kept[name] = parameter


def checked_parameters(control: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """The parameters, if the control has them and each value is of its kind."""
    if catalogue.parameter_types(control) is None and parameters:
        raise invalid(f"Security control {control} has no parameters.")
    for name, parameter in parameters.items():
        kinds = list(parameter.get("Value") or {})
        if parameter["ValueType"] == "CUSTOM" and len(kinds) != 1:
            raise invalid(f"Parameter {name} of security control {control} must have exactly one value.")
        known = catalogue.parameter_types(control) or {}
        wrong = catalogue.wrong_parameter(control, name, kinds[0] if kinds else known.get(name, ""))
        if wrong is not None:
            raise invalid(wrong)
    return parameters


def describe_standards_controls(call: Call) -> dict[str, Any]:
    """Of one subscription (API reference, DescribeStandardsControls)."""
    hub = own_hub(call)
    key = standards.subscribed(call, hub, call["StandardsSubscriptionArn"])
    if hub.standards[key] != "READY":
        raise absent("The standard is not ready for updates.")

    def show(control: Control) -> dict[str, Any]:
        change = hub.changes.get((control.id, key), {})
        now = status(hub, control, key, call.region)
        return {
            "StandardsControlArn": _standards_control(call, key, control),
            "ControlStatus": now,
            "DisabledReason": (change.get("reason") or POLICY_REASON) if now == "DISABLED" else None,
            "ControlStatusUpdatedAt": change.get("updated", hub.subscribed),
            "ControlId": _number(key, control),
            "Title": control.title,
            "Description": f"This control checks the following: {control.title}.",
            "RemediationUrl": REMEDIATION.format(control.id),
            "SeverityRating": control.severity,
            "RelatedRequirements": [f"{catalogue.STANDARDS[key].name}/{control.standards[key]}"],
        }

    return call.page("Controls", catalogue.of_standard(key), show=show)


def _number(key: str, control: Control) -> str:
    return f"CIS.{control.standards[key]}" if catalogue.STANDARDS[key].is_cis else control.id


def _standards_control(call: Call, key: str, control: Control) -> str:
    standard = catalogue.STANDARDS[key]
    number = control.standards[key] if standard.is_cis else control.id
    return call.arn(f"control/{standard.path}/{number}")


def update_standards_control(call: Call) -> None:
    """With a reason if it is to be off (API reference, UpdateStandardsControl)."""
    hub = unmanaged_hub(call)
    for key, state in hub.standards.items():
        for control in catalogue.of_standard(key):
            if _standards_control(call, key, control) == call["StandardsControlArn"] and state == "READY":
                _change(
                    call,
                    hub,
                    control,
                    key,
                    wanted=call.get("ControlStatus", "ENABLED"),
                    reason=call.get("DisabledReason"),
                )
                return
    raise absent("The control does not exist, or its standard is not ready for updates.")


def _change(call: Call, hub: Hub, control: Control, key: str, *, wanted: str, reason: str | None) -> None:
    if wanted == "DISABLED" and not reason:
        raise invalid("A reason is required to disable a control.")
    hub.changes[control.id, key] = {"status": wanted, "reason": reason, "updated": call.world.now}


def _association(call: Call, hub: Hub, control: Control, key: str) -> dict[str, Any]:
    change = hub.changes.get((control.id, key), {})
    return {
        "StandardsArn": catalogue.arn(key, call.partition, call.region),
        "SecurityControlId": control.id,
        "SecurityControlArn": call.arn(f"security-control/{control.id}"),
        "AssociationStatus": status(hub, control, key, call.region) if key in hub.standards else "DISABLED",
        "RelatedRequirements": [f"{catalogue.STANDARDS[key].name}/{control.standards[key]}"],
        "UpdatedAt": change.get("updated"),
        "UpdatedReason": change.get("reason"),
        "StandardsControlTitle": control.title,
        "StandardsControlDescription": f"This control checks the following: {control.title}.",
    }


def list_standards_control_associations(call: Call) -> dict[str, Any]:
    """In every standard that has the control (API reference, ListStandardsControlAssociations)."""
    hub, control = own_hub(call), CONTROLS.get(call["SecurityControlId"].rpartition("/")[2])
    if control is None:
        raise invalid(f"Invalid SecurityControlId: {call['SecurityControlId']}")
    return call.page(
        "StandardsControlAssociationSummaries",
        list(control.standards),
        show=lambda key: _association(call, hub, control, key),
    )


def batch_get_standards_control_associations(call: Call) -> dict[str, Any]:
    """API reference, BatchGetStandardsControlAssociations."""
    hub, found, unknown = own_hub(call), [], []
    for asked in call["StandardsControlAssociationIds"]:
        control, key = _pair(call, asked)
        if control is None or key is None:
            unknown.append({"StandardsControlAssociationId": asked, "ErrorCode": "RESOURCE_NOT_FOUND"})
        else:
            arns = [_standards_control(call, key, control)]
            found.append({**_association(call, hub, control, key), "StandardsControlArns": arns})
    return {"StandardsControlAssociationDetails": found, "UnprocessedAssociations": unknown}


def _pair(call: Call, asked: Mapping[str, str]) -> tuple[Control | None, str | None]:
    control = CONTROLS.get(asked["SecurityControlId"].rpartition("/")[2])
    key = catalogue.key_of(asked["StandardsArn"], call.partition, call.region)
    return control, key if control is not None and key in control.standards else None


def batch_update_standards_control_associations(call: Call) -> dict[str, Any]:
    """API reference, BatchUpdateStandardsControlAssociations."""
    hub, refused = unmanaged_hub(call), []
    for asked in call["StandardsControlAssociationUpdates"]:
        control, key = _pair(call, asked)
        if control is None or key is None or hub.standards.get(key) != "READY":
            refused.append({"StandardsControlAssociationUpdate": asked, "ErrorCode": "RESOURCE_NOT_FOUND"})
            continue
        try:
            _change(call, hub, control, key, wanted=asked["AssociationStatus"], reason=asked.get("UpdatedReason"))
        except Refusal as refusal:
            refused.append(
                {
                    "StandardsControlAssociationUpdate": asked,
                    "ErrorCode": "INVALID_INPUT",
                    "ErrorReason": refusal.message,
                }
            )
    return {"UnprocessedAssociationUpdates": refused}
