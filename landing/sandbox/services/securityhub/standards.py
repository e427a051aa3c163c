"""Security standards of an account and Region."""

from __future__ import annotations

from typing import Any

from landing.core.constraints import security_hub as catalogue
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub import rollout
from landing.sandbox.services.securityhub.state import Hub, invalid, own_hub, unmanaged_hub


def describe_standards(call: Call) -> dict[str, Any]:
    """API reference, DescribeStandards."""
    providers = call.get("Providers")

    def show(key: str) -> dict[str, Any]:
        standard = catalogue.STANDARDS[key]
        return {
            "StandardsArn": catalogue.arn(key, call.partition, call.region),
            "Name": standard.name,
            "Description": standard.name,
            "EnabledByDefault": key in catalogue.DEFAULT_STANDARDS,
            "Provider": "AWS",
            "StandardsManagedBy": {"Company": "AWS", "Product": "Security Hub"},
        }

    keys = [] if providers and "AWS" not in providers else list(catalogue.STANDARDS)
    return call.page("Standards", keys, show=show)


def get_enabled_standards(call: Call) -> dict[str, Any]:
    """Those that are being enabled or disabled too (API reference, GetEnabledStandards)."""
    rollout.poll(call)
    call.poll(("securityhub-standards", call.account, call.region))
    hub, wanted = own_hub(call), call.get("StandardsSubscriptionArns")
    found = [show(call, hub, key) for key in hub.standards]
    if wanted:
        found = [subscription for subscription in found if subscription["StandardsSubscriptionArn"] in wanted]
    return call.page("StandardsSubscriptions", found)


def batch_enable_standards(call: Call) -> dict[str, Any]:
    """PENDING at first (API reference, BatchEnableStandards)."""
    hub = unmanaged_hub(call)
    keys = []
    for request in call["StandardsSubscriptionRequests"]:
        key = catalogue.key_of(request["StandardsArn"], call.partition, call.region)
        if key is None:
            raise invalid(f"Invalid StandardsArn: {request['StandardsArn']}")
        keys.append(key)
    new = {key: "PENDING" for key in keys if hub.standards.get(key) != "READY"}
    if new:
        hub.standards = {**hub.standards, **new}
        rollout.settle_standards(call.world, call.account, call.region)
    return {"StandardsSubscriptions": [show(call, hub, key) for key in keys]}


def batch_disable_standards(call: Call) -> dict[str, Any]:
    """DELETING at first (API reference, BatchDisableStandards)."""
    hub = unmanaged_hub(call)
    keys = [subscribed(call, hub, arn) for arn in call["StandardsSubscriptionArns"]]
    hub.standards = {**hub.standards, **dict.fromkeys(keys, "DELETING")}
    for control, key in list(hub.changes):
        if key in keys:
            del hub.changes[control, key]
    rollout.settle_standards(call.world, call.account, call.region)
    return {"StandardsSubscriptions": [show(call, hub, key) for key in keys]}


def subscribed(call: Call, hub: Hub, arn: str) -> str:
    """The standard of a subscription ARN of the caller's."""
    key = next((key for key in hub.standards if _subscription(call, key) == arn), None)
    if key is None:
        raise invalid(f"Invalid StandardsSubscriptionArn: {arn}")
    return key


def _subscription(call: Call, key: str) -> str:
    return call.arn(f"subscription/{catalogue.STANDARDS[key].path}")


def show(call: Call, hub: Hub, key: str) -> dict[str, Any]:
    """A subscription as answers have it."""
    ready = hub.standards[key] == "READY"
    return {
        "StandardsSubscriptionArn": _subscription(call, key),
        "StandardsArn": catalogue.arn(key, call.partition, call.region),
        "StandardsInput": {},
        "StandardsStatus": hub.standards[key],
        "StandardsControlsUpdatable": "READY_FOR_UPDATES" if ready else "NOT_READY_FOR_UPDATES",
        "Provider": "AWS",
    }
