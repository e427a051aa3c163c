"""Whether Security Hub CSPM is on in an account and Region."""

from __future__ import annotations

from typing import Any

from landing.core.constraints import security_hub as catalogue
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam.linked_roles import ensure
from landing.sandbox.services.securityhub import rollout
from landing.sandbox.services.securityhub.state import (
    PRINCIPAL,
    Hub,
    at,
    conflict,
    here,
    invalid,
    own_hub,
    unmanaged_hub,
)


def enable_security_hub(call: Call) -> None:
    """Default standards come with it unless they are declined (API reference, EnableSecurityHub)."""
    place = here(call)
    if place.hub is not None:
        raise conflict("Account is already subscribed to Security Hub")
    ensure(call.world, call.account, PRINCIPAL)
    place.hub = rollout.new_hub(call.world)
    place.hub.tags = dict(call.get("Tags") or {})
    place.hub.generator = call.get("ControlFindingGenerator", "SECURITY_CONTROL")
    if call.get("EnableDefaultStandards", True):
        place.hub.standards = dict.fromkeys(catalogue.DEFAULT_STANDARDS, "PENDING")
        rollout.settle_standards(call.world, call.account, call.region)


def disable_security_hub(call: Call) -> None:
    """Not for an administrator, nor against a configuration policy (API reference, DisableSecurityHub)."""
    place = here(call)
    unmanaged_hub(call)
    if place.administration is not None:
        raise invalid("Cannot disable Security Hub on an administrator account.")
    if place.administrator is not None:
        settings = at(call.world, place.administrator, call.region).administration
        if settings is not None:
            raise invalid("Cannot disable Security Hub on a member account of an organization.")
    place.hub = None


def describe_hub(call: Call) -> dict[str, Any]:
    """API reference, DescribeHub."""
    hub = own_hub(call)
    arn = call.arn("hub/default")
    if call.get("HubArn", arn) != arn:
        raise Refusal("ResourceNotFoundException", "The hub does not exist.")
    return {
        "HubArn": arn,
        "SubscribedAt": hub.subscribed.strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "AutoEnableControls": hub.auto_enable_controls,
        "ControlFindingGenerator": _generator(call, hub),
    }


def _generator(call: Call, hub: Hub) -> str:
    """A member's is its administrator's (API reference, EnableSecurityHub)."""
    administrator = here(call).administrator
    theirs = None if administrator is None else at(call.world, administrator, call.region).hub
    return (theirs or hub).generator


def update_security_hub_configuration(call: Call) -> None:
    """What is not named stays (API reference, UpdateSecurityHubConfiguration)."""
    hub = unmanaged_hub(call)
    if "ControlFindingGenerator" in call:
        if here(call).administrator is not None:
            raise Refusal("InvalidAccessException", "Only the administrator account can change the generator.")
        hub.generator = call["ControlFindingGenerator"]
    hub.auto_enable_controls = call.get("AutoEnableControls", hub.auto_enable_controls)
