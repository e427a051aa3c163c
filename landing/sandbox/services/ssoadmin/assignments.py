"""Who has which permission set in which account, and the roles there: both by and by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.services import accounts, clients
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import POLICIES_PER_ROLE
from landing.sandbox.services.ssoadmin.state import (
    FAILED,
    IN_PROGRESS,
    SUCCEEDED,
    Assignment,
    Instance,
    PermissionSet,
    Request,
    absent,
    assigned,
    conflict,
    denied,
    enabled,
    exceeded,
    instance_of,
    invalid,
    set_of,
)
from landing.sandbox.world import World

OUTSTANDING = 15
"""Assignments that are made or deleted at once (User Guide, "IAM Identity Center quotas")."""
MOST_IN_AN_ACCOUNT = 500
"""Permission sets that are provisioned in it (same page)."""
PROVISIONING = 3
"""Permission sets that are provisioned to all accounts at once (same page)."""


def create_account_assignment(call: Call) -> dict[str, Any]:
    """With it the set is provisioned in the account; again, it succeeds (API reference, CreateAccountAssignment)."""
    return {"AccountAssignmentCreationStatus": _shown(_begun(call, "creation"))}


def delete_account_assignment(call: Call) -> dict[str, Any]:
    """With the last of a set in an account its role goes (API reference, DeleteAccountAssignment)."""
    return {"AccountAssignmentDeletionStatus": _shown(_begun(call, "deletion"))}


def describe_account_assignment_creation_status(call: Call) -> dict[str, Any]:
    """API reference."""
    found = _asked(call, "AccountAssignmentCreationRequestId", "creation")
    return {"AccountAssignmentCreationStatus": _shown(found)}


def describe_account_assignment_deletion_status(call: Call) -> dict[str, Any]:
    """API reference."""
    found = _asked(call, "AccountAssignmentDeletionRequestId", "deletion")
    return {"AccountAssignmentDeletionStatus": _shown(found)}


def list_account_assignments(call: Call) -> dict[str, Any]:
    """Of a set in an account (API reference)."""
    instance, found = set_of(call)
    return call.page("AccountAssignments", list(assigned(instance, found.arn, call["AccountId"])), show=_row)


def list_account_assignments_for_principal(call: Call) -> dict[str, Any]:
    """By the management account only; of a user also what comes by groups (API reference)."""
    instance = instance_of(call)
    if call.account != instance.owner:
        raise denied("This action must be called from the management account.")
    _principal(instance, call["PrincipalType"], call["PrincipalId"])
    wanted, account = {(call["PrincipalType"], call["PrincipalId"])}, call.get("Filter", {}).get("AccountId", "")
    wanted |= {("GROUP", group) for group in instance.directory.groups_of(call["PrincipalId"])}
    rows = [each for each in instance.assignments if each[2:] in wanted and account in ("", each[0])]
    return call.page("AccountAssignments", rows, show=_row)


def list_accounts_for_provisioned_permission_set(call: Call) -> dict[str, Any]:
    """All, or those that have the latest definition, or those that have not (API reference)."""
    found, status = set_of(call)[1], call.get("ProvisioningStatus")
    latest = {account: version == found.version for account, version in found.provisioned.items()}
    wanted = {"LATEST_PERMISSION_SET_PROVISIONED": (True,), "LATEST_PERMISSION_SET_NOT_PROVISIONED": (False,)}
    shown = [account for account, is_latest in latest.items() if is_latest in wanted.get(status or "", (True, False))]
    return call.page("AccountIds", shown)


def list_permission_sets_provisioned_to_account(call: Call) -> dict[str, Any]:
    """API reference."""
    instance = instance_of(call)
    return call.page(
        "PermissionSets", [arn for arn, each in instance.sets.items() if call["AccountId"] in each.provisioned]
    )


def provision_permission_set(call: Call) -> dict[str, Any]:
    """To an account, or to all that have it (API reference, ProvisionPermissionSet)."""
    instance, found = set_of(call, writes=True)
    targets: tuple[str, ...] = tuple(found.provisioned)
    if call["TargetType"] == "AWS_ACCOUNT":
        if "TargetId" not in call:
            raise invalid("TargetId is required for AWS_ACCOUNT.")
        _target(call, instance, call["TargetId"])
        targets = (call["TargetId"],)
    running = [each for each in instance.requests.values() if each.status == IN_PROGRESS]
    if any(each.about == "provisioning" and each.permission_set == found.arn for each in running):
        raise conflict("The permission set is being provisioned already.")
    if sum(each.about == "provisioning" for each in running) >= PROVISIONING:
        raise conflict("Too many permission sets are being provisioned.")
    made = Request(call.world.uuid(), "provisioning", found.arn, call.world.now, targets)
    return {"PermissionSetProvisioningStatus": _shown(_add(call, instance, made))}


def describe_permission_set_provisioning_status(call: Call) -> dict[str, Any]:
    """API reference."""
    found = _asked(call, "ProvisionPermissionSetRequestId", "provisioning")
    return {"PermissionSetProvisioningStatus": _shown(found)}


def _begun(call: Call, about: str) -> Request:
    instance, found = set_of(call)
    principal, account = (call["PrincipalType"], call["PrincipalId"]), call["TargetId"]
    _target(call, instance, account)
    known = (account, found.arn, *principal)
    if about == "creation":
        _principal(instance, *principal)
    elif known not in instance.assignments:
        raise absent("The assignment does not exist.")
    there = sum(account in each.provisioned for each in instance.sets.values())
    if about == "creation" and account not in found.provisioned and there >= MOST_IN_AN_ACCOUNT:
        raise exceeded(f"An account has at most {MOST_IN_AN_ACCOUNT} provisioned permission sets.")
    running = [
        each
        for each in instance.requests.values()
        if each.status == IN_PROGRESS and each.about in ("creation", "deletion")
    ]
    if any(account in each.accounts for each in running):
        raise conflict("There is a pending request for this account. Retry when it is done.")
    if len(running) >= OUTSTANDING:
        raise conflict("There are too many requests processing.")
    made = Request(call.world.uuid(), about, found.arn, call.world.now, (account,), principal)
    return _add(call, instance, made)


def _add(call: Call, instance: Instance, made: Request) -> Request:
    instance.requests[made.id] = made
    call.world.clock.later(_done, instance.owner, made.id, thing=("sso-admin", made.id))
    return made


def _done(world: World, owner: str, request_id: str) -> None:
    there = enabled(world, owner)
    assert there is not None
    instance, request = there[1], there[1].requests[request_id]
    found = instance.sets.get(request.permission_set)
    if found is None:
        request.status, request.reason = FAILED, "The permission set does not exist any more."
        return
    if request.about == "deletion":
        assert request.principal is not None
        (account,) = request.accounts
        instance.assignments.pop((account, found.arn, *request.principal), None)
        if not any(assigned(instance, found.arn, account)):
            found.provisioned.pop(account, None)
        request.status = SUCCEEDED
        return
    request.reason = _missing(world, instance, found, request.accounts)
    request.status = FAILED if request.reason else SUCCEEDED
    if not request.reason:
        found.provisioned.update(dict.fromkeys(request.accounts, found.version))
        if request.principal is not None:
            instance.assignments[(request.accounts[0], found.arn, *request.principal)] = None


def _missing(world: World, instance: Instance, found: PermissionSet, targets: Iterable[str]) -> str:
    """What of the customer's own policies an account does not have (User Guide, "Customer managed policies").

    Or why its role cannot hold them all: IAM's quota, which the option `policies_per_role` of the world raises.
    """
    most = world.options.get("policies_per_role", POLICIES_PER_ROLE)
    if len(found.managed) + len(found.customer) > most:
        return f"Received a 409 status error: Cannot exceed quota for PoliciesPerRole: {most}"
    named = [f"{path}{name}" for name, path in found.customer]
    if own := (found.boundary or {}).get("CustomerManagedPolicyReference"):
        named.append(f"{own['Path']}{own['Name']}")
    for account in targets:
        client = clients.client(world, "iam", account, instance.region)
        for name in named:
            arn = f"arn:{world.partition}:iam::{account}:policy{name}"
            try:
                client.get_policy(PolicyArn=arn)
            except ClientError:
                return f"Received a 404 status error: Policy {arn} does not exist or is not attachable."
    return ""


def _target(call: Call, instance: Instance, account: str) -> None:
    organization = accounts.membership(call.world, call.account)
    if account not in organization.members:
        raise absent(f"AWS account {account} is not in the organization.")
    if account == instance.owner and call.account != instance.owner:
        raise denied("Access to the management account is managed from there only.")


def _principal(instance: Instance, kind: str, principal: str) -> None:
    if principal not in (instance.directory.groups if kind == "GROUP" else instance.directory.users):
        raise absent(f"{kind} not found: {principal}")


def _asked(call: Call, member: str, about: str) -> Request:
    found = instance_of(call).requests.get(call[member])
    if found is None or found.about != about:
        raise absent(f"The request {call[member]} does not exist.")
    call.poll(("sso-admin", found.id))
    return found


def _shown(request: Request) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "Status": request.status,
        "RequestId": request.id,
        "PermissionSetArn": request.permission_set,
        "CreatedDate": request.created,
    }
    if request.reason:
        shown["FailureReason"] = request.reason
    if request.principal is not None:
        shown |= {"TargetId": request.accounts[0], "TargetType": "AWS_ACCOUNT"}
        shown |= {"PrincipalType": request.principal[0], "PrincipalId": request.principal[1]}
    elif len(request.accounts) == 1:
        shown["AccountId"] = request.accounts[0]
    return shown


def _row(each: Assignment) -> dict[str, Any]:
    return dict(zip(("AccountId", "PermissionSetArn", "PrincipalType", "PrincipalId"), each, strict=True))
