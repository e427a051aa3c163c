"""How instances of an account start in a Region unless told otherwise, and how they are reached."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ec2.state import at, declared, here, manager, refuse_declared, spelt
from landing.sandbox.world import World

CONSOLE = "serial_console_access"
METADATA = "instance_metadata_defaults"
GATEWAYS = "vpc_block_public_access"
NO_PREFERENCE: tuple[Any, ...] = ("no-preference", -1)
SETTINGS = {
    "HttpTokens": "http_tokens",
    "HttpPutResponseHopLimit": "http_put_response_hop_limit",
    "HttpEndpoint": "http_endpoint",
    "InstanceMetadataTags": "instance_metadata_tags",
    "HttpTokensEnforced": "http_tokens_enforced",
}


def get_instance_metadata_defaults(call: Call) -> dict[str, Any]:
    """Moto has no such defaults."""
    policy = declared(call, METADATA)
    settings = dict(here(call).metadata)
    if policy is not None:
        settings = {name: policy[key] for name, key in SETTINGS.items() if key in policy}
        settings = {name: value for name, value in settings.items() if value not in ("no_preference", "-1")}
        settings |= {name: int(value) for name, value in settings.items() if name == "HttpPutResponseHopLimit"}
        message = declared(call, "exception_message")
        settings |= {"ManagedExceptionMessage": message} if message else {}
    return {"AccountLevel": {**settings, "ManagedBy": manager(policy)}}


def modify_instance_metadata_defaults(call: Call) -> dict[str, Any]:
    """Moto has no such defaults; what is not named stays, "no-preference" and -1 remove (API reference)."""
    refuse_declared(call, METADATA)
    given = {name: call[name] for name in SETTINGS if name in call}
    hops = given.get("HttpPutResponseHopLimit", 1)
    if hops != -1 and not 1 <= hops <= 64:
        raise Refusal("InvalidParameterValue", f"Invalid value '{hops}' for HttpPutResponseHopLimit.")
    kept = here(call).metadata | given
    here(call).metadata = {name: value for name, value in kept.items() if value not in NO_PREFERENCE}
    return {"Return": True}


def get_serial_console_access_status(call: Call) -> dict[str, Any]:
    """Moto has no serial console."""
    policy = declared(call, CONSOLE)
    on = here(call).serial_console if policy is None else policy["status"] == "enabled"
    return {"SerialConsoleAccessEnabled": on, "ManagedBy": manager(policy)}


def enable_serial_console_access(call: Call) -> dict[str, Any]:
    """Moto has no serial console."""
    return _switch_console(call, on=True)


def disable_serial_console_access(call: Call) -> dict[str, Any]:
    """Moto has no serial console."""
    return _switch_console(call, on=False)


def _switch_console(call: Call, *, on: bool) -> dict[str, Any]:
    refuse_declared(call, CONSOLE)
    here(call).serial_console = on
    return {"SerialConsoleAccessEnabled": on}


def describe_vpc_block_public_access_options(call: Call) -> dict[str, Any]:
    """Moto does not close networks."""
    call.poll(_gateways(call))
    return {"VpcBlockPublicAccessOptions": _options(call)}


def modify_vpc_block_public_access_options(call: Call) -> dict[str, Any]:
    """Moto does not close networks; the change takes minutes (API reference)."""
    refuse_declared(call, GATEWAYS)
    place = here(call)
    place.gateways, place.gateways_changed = call["InternetGatewayBlockMode"], call.world.now
    call.world.clock.forget(_gateways(call))
    call.world.clock.later(gateways_settled, call.account, call.region, thing=_gateways(call))
    return {"VpcBlockPublicAccessOptions": _options(call)}


def gateways_settled(world: World, account: str, region: str) -> None:
    """The change has come through."""
    at(world, account, region).gateways_changed = world.now


def _gateways(call: Call) -> tuple[str, str, str]:
    return ("ec2-gateways", call.account, call.region)


def _options(call: Call) -> dict[str, Any]:
    place, policy = here(call), declared(call, GATEWAYS)
    block = (policy or {}).get("internet_gateway_block", {})
    pending = call.world.clock.is_waiting(_gateways(call))
    settled = "default-state" if place.gateways_changed is None else "update-complete"
    return {
        "AwsAccountId": call.account,
        "AwsRegion": call.region,
        "State": "update-in-progress" if pending else settled,
        "InternetGatewayBlockMode": spelt(block.get("mode", place.gateways)),
        "LastUpdateTimestamp": place.gateways_changed,
        "ManagedBy": manager(policy),
        "ExclusionsAllowed": "not-allowed" if block.get("exclusions_allowed") == "disabled" else "allowed",
    }
