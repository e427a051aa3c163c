"""Configuration policies: what Security Hub, its standards and controls are to be in their targets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.core.constraints import security_hub as catalogue
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import central, rollout
from landing.sandbox.services.securityhub.controls import checked_parameters
from landing.sandbox.services.securityhub.state import Central, Policy, Settings, absent, conflict, invalid


def create_configuration_policy(call: Call) -> dict[str, Any]:
    """20 of them, with different names (User Guide, "Quotas"; API reference, CreateConfigurationPolicy)."""
    found = central.writable(call)
    name = _name(found, call["Name"])
    if len(found.policies) >= catalogue.MOST_POLICIES:
        raise Refusal(
            "LimitExceededException", f"An organization has at most {catalogue.MOST_POLICIES} configuration policies."
        )
    document, settings = _read(call)
    policy = Policy(
        id=call.world.uuid(),
        name=name,
        description=call.get("Description"),
        document=document,
        settings=settings,
        created=call.world.now,
        updated=call.world.now,
        tags=dict(call.get("Tags") or {}),
    )
    found.policies[policy.id] = policy
    return _shown(call, policy)


def get_configuration_policy(call: Call) -> dict[str, Any]:
    """By ARN or id (API reference, GetConfigurationPolicy)."""
    return _shown(call, policy_of(central.required(call), call["Identifier"]))


def list_configuration_policies(call: Call) -> dict[str, Any]:
    """API reference, ListConfigurationPolicies."""
    found = list(central.required(call).policies.values())
    return call.page("ConfigurationPolicySummaries", found, whole=lambda policy: _summary(call, policy))


def update_configuration_policy(call: Call) -> dict[str, Any]:
    """The whole of what is named is replaced, and targets get it (API reference)."""
    found = central.writable(call)
    policy = policy_of(found, call["Identifier"])
    if "Name" in call and call["Name"] != policy.name:
        policy.name = _name(found, call["Name"])
    policy.description = call.get("Description", policy.description)
    if "ConfigurationPolicy" in call:
        policy.document, policy.settings = _read(call)
        policy.revision += 1
        for association in found.associations.values():
            if association.policy == policy.id:
                association.status, association.updated = "PENDING", call.world.now
        rollout.schedule(call.world, call.account)
    policy.updated = call.world.now
    return _shown(call, policy)


def delete_configuration_policy(call: Call) -> None:
    """Not while it is associated (API reference, DeleteConfigurationPolicy)."""
    found = central.writable(call)
    policy = policy_of(found, call["Identifier"])
    if any(association.policy == policy.id for association in found.associations.values()):
        raise conflict("The configuration policy is associated with targets: disassociate it first.")
    del found.policies[policy.id]


def policy_of(found: Central, identifier: str) -> Policy:
    """A policy by ARN or id."""
    policy = found.policies.get(identifier.rpartition("/")[2])
    if policy is None:
        raise absent("The configuration policy does not exist.")
    return policy


def _arn(call: Call, policy: Policy) -> str:
    return call.arn(f"configuration-policy/{policy.id}")


def _summary(call: Call, policy: Policy) -> dict[str, Any]:
    return {**_shown(call, policy), "ServiceEnabled": policy.settings.enabled}


def _shown(call: Call, policy: Policy) -> dict[str, Any]:
    return {
        "Arn": _arn(call, policy),
        "Id": policy.id,
        "Name": policy.name,
        "Description": policy.description,
        "UpdatedAt": policy.updated,
        "CreatedAt": policy.created,
        "ConfigurationPolicy": {"SecurityHub": policy.document},
    }


def _name(found: Central, name: str) -> str:
    if not catalogue.POLICY_NAME.fullmatch(name):
        raise invalid("Name may have alphanumeric characters and -, ., !, *, / only.")
    if any(policy.name == name for policy in found.policies.values()):
        raise conflict(f"A configuration policy named {name} exists already.")
    return name


def _read(call: Call) -> tuple[dict[str, Any], Settings]:
    """The document of a request and what it means; refused where it does not hold together."""
    document = call["ConfigurationPolicy"].get("SecurityHub")
    if document is None or "ServiceEnabled" not in document:
        raise invalid("ConfigurationPolicy must have SecurityHub with ServiceEnabled.")
    if not document["ServiceEnabled"]:
        if document.get("EnabledStandardIdentifiers") or document.get("SecurityControlsConfiguration"):
            raise invalid("Standards and controls cannot be configured where Security Hub is not enabled.")
        return {"ServiceEnabled": False}, Settings(enabled=False)
    configured = document.get("SecurityControlsConfiguration")
    if "EnabledStandardIdentifiers" not in document or configured is None:
        raise invalid("A policy that enables Security Hub needs standards and a configuration of controls.")
    keys = []
    for arn in document["EnabledStandardIdentifiers"]:
        key = catalogue.key_of(arn, call.partition, call.region)
        if key is None:
            raise invalid(f"Invalid standard identifier: {arn}")
        keys.append(key)
    only, off = _lists(configured)
    parameters = {
        entry["SecurityControlId"]: dict(checked_parameters(entry["SecurityControlId"], entry["Parameters"]))
        for entry in configured.get("SecurityControlCustomParameters") or ()
    }
    on = (control for control in parameters if (control not in off if only is None else control in only))
    if set(on) != set(parameters):
        raise invalid("Custom parameters can be set for controls only that the policy enables.")
    settings = Settings(
        enabled=True, standards=tuple(keys), only=only, off=off, parameters=parameters, home=call.region
    )
    return document, settings


def _lists(configured: Mapping[str, Any]) -> tuple[frozenset[str] | None, frozenset[str]]:
    """The controls that are on, or those that are off: exactly one list."""
    on, off = configured.get("EnabledSecurityControlIdentifiers"), configured.get("DisabledSecurityControlIdentifiers")
    if (on is None) == (off is None):
        raise invalid("Exactly one list of enabled or of disabled controls is required.")
    for control in on or off or ():
        if not catalogue.is_known(control):
            raise invalid(f"Invalid security control identifier: {control}")
    return None if on is None else frozenset(on), frozenset(off or ())
