"""The instance, and the attributes of users that decide over access."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.ssoadmin.state import Instance, absent, conflict, enabled, instance_of, invalid
from landing.sandbox.world import World

MOST_ATTRIBUTES = 50


def list_instances(call: Call) -> dict[str, Any]:
    """In this Region, or in all (API reference, ListInstances)."""
    found = enabled(call.world, call.account)
    everywhere = call.get("RegionScope") == "ALL_REGIONS"
    shown = [found[1]] if found and (everywhere or found[1].region == call.region) else []
    return call.page("Instances", shown, show=_shown)


def create_instance(call: Call) -> dict[str, Any]:
    """Not in the management account of an organization; account instances are unsupported (API reference)."""
    raise invalid("An instance cannot be created in this account.")


def describe_instance(call: Call) -> dict[str, Any]:
    """API reference, DescribeInstance."""
    return {**_shown(instance_of(call)), "PermissionSetsEnabled": instance_of(call).permission_sets}


def update_instance(call: Call) -> dict[str, Any]:
    """One thing at a time; access to accounts is not taken away again (API reference, UpdateInstance)."""
    instance, given = (
        instance_of(call),
        {"EncryptionConfiguration", "PermissionSetsEnabled", "NetworkConfiguration"} & {*call},
    )
    if len(given) != 1:
        raise invalid("Exactly one of EncryptionConfiguration, PermissionSetsEnabled, NetworkConfiguration is given.")
    if given != {"PermissionSetsEnabled"}:
        raise unsupported("sso-admin", "UpdateInstance", f"{given.pop()} of an instance")
    if not call["PermissionSetsEnabled"]:
        raise invalid("PermissionSetsEnabled cannot be switched off.")
    instance.permission_sets = True
    return {}


def _shown(instance: Instance) -> dict[str, Any]:
    return {
        "InstanceArn": instance.arn,
        "IdentityStoreId": instance.directory.id,
        "OwnerAccountId": instance.owner,
        "CreatedDate": instance.created,
        "Status": "ACTIVE",
        "PrimaryRegion": instance.region,
        "Regions": [{"RegionName": instance.region, "Status": "ACTIVE", "IsPrimaryRegion": True}],
    }


def create_instance_access_control_attribute_configuration(call: Call) -> dict[str, Any]:
    """Once; in progress for a while (API reference)."""
    instance = instance_of(call)
    if instance.attributes is not None:
        raise conflict("The instance has an access control attribute configuration already.")
    instance.attributes, instance.attributes_status = _checked(call), "CREATION_IN_PROGRESS"
    call.world.clock.later(_enable, instance.owner, thing=("attributes", instance.arn))
    return {}


def _enable(world: World, owner: str) -> None:
    found = enabled(world, owner)
    if found:
        found[1].attributes_status = "ENABLED"


def update_instance_access_control_attribute_configuration(call: Call) -> dict[str, Any]:
    """The whole list (API reference)."""
    instance = _configured(call)
    if instance.attributes_status != "ENABLED":
        raise conflict("The access control attribute configuration is being created.")
    instance.attributes = _checked(call)
    return {}


def describe_instance_access_control_attribute_configuration(call: Call) -> dict[str, Any]:
    """API reference; none is not found."""
    instance = _configured(call)
    call.poll(("attributes", instance.arn))
    configuration = {"AccessControlAttributes": instance.attributes}
    return {
        "Status": instance.attributes_status,
        "InstanceAccessControlAttributeConfiguration": configuration,
    }


def delete_instance_access_control_attribute_configuration(call: Call) -> dict[str, Any]:
    """API reference."""
    _configured(call).attributes = None
    return {}


def _configured(call: Call) -> Instance:
    instance = instance_of(call)
    if instance.attributes is None:
        raise absent("Attributes for access control are not enabled.")
    return instance


def _checked(call: Call) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = call["InstanceAccessControlAttributeConfiguration"]["AccessControlAttributes"]
    keys = [each["Key"] for each in found]
    if len({*keys}) < len(keys):
        raise invalid("The keys of attributes must differ.")
    return found
