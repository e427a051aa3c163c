"""Permission sets: what their definition is. Accounts have it when it is provisioned."""

from __future__ import annotations

import json
import re
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.ssoadmin.state import (
    SESSION,
    PermissionSet,
    absent,
    assigned,
    conflict,
    exceeded,
    instance_of,
    invalid,
    set_of,
)
from landing.sandbox.services.tags import Tags

MOST = 3_500
"""Permission sets of an instance; by the "IAM Identity Center quotas" of the User Guide, as those below."""
MOST_POLICIES = 20
"""Managed policies of a permission set, AWS's and the customer's together."""
INLINE = 10_240
"""Characters of an inline policy but for white space."""


def create_permission_set(call: Call) -> dict[str, Any]:
    """A name is given once (API reference, CreatePermissionSet)."""
    instance, name = instance_of(call), call["Name"]
    if not instance.permission_sets:
        raise invalid("Permission sets are not enabled for this instance.")
    if any(known.name == name for known in instance.sets.values()):
        raise conflict(f"PermissionSet with name {name} already exists.")
    if len(instance.sets) >= MOST:
        raise exceeded("The number of permission sets is exceeded.")
    tags = {each["Key"]: each["Value"] for each in call.get("Tags", ())}
    arn = f"{instance.arn.replace(':instance/', ':permissionSet/')}/ps-{call.world.token(16, '0123456789abcdef')}"
    made = PermissionSet(arn, name, call.world.now, tags=tags)
    made.session = _session(call.get("SessionDuration", SESSION))
    made.description, made.relay_state = call.get("Description"), call.get("RelayState")
    instance.sets[arn] = made
    return {"PermissionSet": _shown(made)}


def update_permission_set(call: Call) -> dict[str, Any]:
    """What is left out of session duration and relay state is cleared, unlike the description."""
    _, found = set_of(call, writes=True)
    found.session = _session(call.get("SessionDuration", SESSION))
    found.relay_state = call.get("RelayState")
    found.description = call.get("Description", found.description)
    found.version += 1
    return {}


def describe_permission_set(call: Call) -> dict[str, Any]:
    """API reference, DescribePermissionSet."""
    return {"PermissionSet": _shown(set_of(call)[1])}


def list_permission_sets(call: Call) -> dict[str, Any]:
    """ARNs (API reference, ListPermissionSets)."""
    return call.page("PermissionSets", list(instance_of(call).sets))


def delete_permission_set(call: Call) -> dict[str, Any]:
    """Not while it is assigned anywhere (API reference, DeletePermissionSet)."""
    instance, found = set_of(call, writes=True)
    if any(assigned(instance, found.arn)):
        raise conflict("The permission set is assigned to principals: delete the assignments first.")
    del instance.sets[found.arn]
    return {}


def attach_managed_policy_to_permission_set(call: Call) -> dict[str, Any]:
    """API reference: ConflictException for one that is attached, ResourceNotFoundException for one that is none."""
    _, found = set_of(call, writes=True)
    arn = call["ManagedPolicyArn"]
    if arn in found.managed:
        raise conflict("The policy is attached to the permission set already.")
    _counted(found)
    if arn not in call.backend("iam", call.account, call.partition).managed_policies:
        raise absent(f"AWS Managed Policy {arn} was not found.")
    found.managed.append(arn)
    found.version += 1
    return {}


def detach_managed_policy_from_permission_set(call: Call) -> dict[str, Any]:
    """API reference."""
    _, found = set_of(call, writes=True)
    if call["ManagedPolicyArn"] not in found.managed:
        raise absent(f"{call['ManagedPolicyArn']} is not attached.")
    found.managed.remove(call["ManagedPolicyArn"])
    found.version += 1
    return {}


def list_managed_policies_in_permission_set(call: Call) -> dict[str, Any]:
    """API reference."""
    return call.page(
        "AttachedManagedPolicies",
        set_of(call)[1].managed,
        show=lambda arn: {"Name": arn.rpartition("/")[2], "Arn": arn},
    )


def attach_customer_managed_policy_reference_to_permission_set(call: Call) -> dict[str, Any]:
    """By name and path; whether accounts have such a policy shows when it is provisioned (API reference)."""
    _, found = set_of(call, writes=True)
    reference = _reference(call["CustomerManagedPolicyReference"])
    if reference in found.customer:
        raise conflict("The policy is attached to the permission set already.")
    _counted(found)
    found.customer.append(reference)
    found.version += 1
    return {}


def detach_customer_managed_policy_reference_from_permission_set(call: Call) -> dict[str, Any]:
    """API reference."""
    _, found = set_of(call, writes=True)
    reference = _reference(call["CustomerManagedPolicyReference"])
    if reference not in found.customer:
        raise absent(f"{reference[1]}{reference[0]} is not attached.")
    found.customer.remove(reference)
    found.version += 1
    return {}


def list_customer_managed_policy_references_in_permission_set(call: Call) -> dict[str, Any]:
    """API reference."""
    return call.page(
        "CustomerManagedPolicyReferences",
        set_of(call)[1].customer,
        show=lambda reference: {"Name": reference[0], "Path": reference[1]},
    )


def put_inline_policy_to_permission_set(call: Call) -> dict[str, Any]:
    """A policy document, whose white space does not count (API reference; User Guide, quotas)."""
    _, found = set_of(call, writes=True)
    text = call["InlinePolicy"]
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict) or "Statement" not in document:
        raise invalid("The inline policy is not a valid policy document.")
    if len(re.sub(r"\s", "", text)) > INLINE:
        raise exceeded(f"The inline policy is longer than {INLINE} characters.")
    found.inline = text
    found.version += 1
    return {}


def get_inline_policy_for_permission_set(call: Call) -> dict[str, Any]:
    """Empty where there is none (API reference)."""
    return {"InlinePolicy": set_of(call)[1].inline}


def delete_inline_policy_from_permission_set(call: Call) -> dict[str, Any]:
    """API reference."""
    _, found = set_of(call, writes=True)
    found.inline = ""
    found.version += 1
    return {}


def put_permissions_boundary_to_permission_set(call: Call) -> dict[str, Any]:
    """Either of AWS or the customer's own (API reference)."""
    _, found = set_of(call, writes=True)
    boundary = call["PermissionsBoundary"]
    if len(boundary) != 1:
        raise invalid("Exactly one of CustomerManagedPolicyReference and ManagedPolicyArn must be given.")
    if reference := boundary.get("CustomerManagedPolicyReference"):
        boundary = {"CustomerManagedPolicyReference": {"Path": "/", **reference}}
    found.boundary = boundary
    found.version += 1
    return {}


def get_permissions_boundary_for_permission_set(call: Call) -> dict[str, Any]:
    """None is not found (API reference)."""
    boundary = set_of(call)[1].boundary
    if boundary is None:
        raise absent("The permission set has no permissions boundary.")
    return {"PermissionsBoundary": boundary}


def delete_permissions_boundary_from_permission_set(call: Call) -> dict[str, Any]:
    """None is not found (API reference)."""
    _, found = set_of(call, writes=True)
    if found.boundary is None:
        raise absent("The permission set has no permissions boundary.")
    found.boundary = None
    found.version += 1
    return {}


def _counted(found: PermissionSet) -> None:
    if len(found.managed) + len(found.customer) >= MOST_POLICIES:
        raise exceeded(f"A permission set has at most {MOST_POLICIES} managed policies.")


def _reference(given: dict[str, str]) -> tuple[str, str]:
    return given["Name"], given.get("Path", "/")


def _session(text: str) -> str:
    """From one hour to twelve (API reference, CreatePermissionSet; User Guide, "Set session duration")."""
    match = re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?", text)
    minutes = 60 * int(match[1] or 0) + int(match[2] or 0) if match else 0
    if not 60 <= minutes <= 720:
        raise invalid("The session duration must be between PT1H and PT12H.")
    return text


def _shown(found: PermissionSet) -> dict[str, Any]:
    shown = {
        "Name": found.name,
        "PermissionSetArn": found.arn,
        "CreatedDate": found.created,
        "SessionDuration": found.session,
        "Description": found.description,
        "RelayState": found.relay_state,
    }
    return {name: value for name, value in shown.items() if value is not None}


def _tags(call: Call) -> dict[str, str]:
    found = instance_of(call).sets.get(call["ResourceArn"])
    if found is None:
        raise absent(f"{call['ResourceArn']} was not found.")
    return found.tags


TAGS = Tags(of=_tags, too_many=lambda: exceeded("A permission set has at most 50 tags."))
