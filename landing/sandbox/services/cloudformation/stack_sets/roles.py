"""The roles by which StackSets enters accounts (User Guide, "Prerequisites for using StackSets")."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from landing.sandbox.authorization import trust
from landing.sandbox.moto import upstream
from landing.sandbox.services import accounts
from landing.sandbox.services.cloudformation.stack_sets.requests import MEMBER_PRINCIPAL
from landing.sandbox.services.cloudformation.stack_sets.state import StackSet
from landing.sandbox.services.iam import create_service_linked_role
from landing.sandbox.world import Identity, World

ADMINISTRATION = "AWSCloudFormationStackSetAdministrationRole"
EXECUTION = "AWSCloudFormationStackSetExecutionRole"
MEMBER_ROLE = "AWSServiceRoleForCloudFormationStackSetsOrgMember"


def problem(world: World, stack_set: StackSet, account: str) -> str:
    """Why StackSets may not enter an account; nothing if it may, and then its roles are there."""
    if stack_set.is_service_managed:
        if not _is_member(world, stack_set.account, account):
            return f"Account {account} is not in the organization"
        _ensure_member_roles(world, stack_set.account, account)
        return ""
    return _self_managed_problem(world, stack_set, account)


def _is_member(world: World, management_account: str, account: str) -> bool:
    organization = accounts.organization_of(world, account)
    return organization is not None and organization.management_account == management_account


def execution_role(management_account: str) -> str:
    """The name of the role that StackSets makes in every member it deploys to."""
    return f"stacksets-exec-{hashlib.md5(management_account.encode(), usedforsecurity=False).hexdigest()}"


def _ensure_member_roles(world: World, management_account: str, account: str) -> None:
    """The service-linked role and the execution role of a member, made where they are missing."""
    backend = upstream.backend("iam", account, world.home_region)
    names = {role.name for role in backend.get_roles()}
    if MEMBER_ROLE not in names:
        create_service_linked_role(backend, MEMBER_PRINCIPAL, MEMBER_ROLE)
    name = execution_role(management_account)
    if name in names:
        return
    role = f"arn:{world.partition}:iam::{account}:role/aws-service-role/{MEMBER_PRINCIPAL}/{MEMBER_ROLE}"
    statement = {"Effect": "Allow", "Principal": {"AWS": role}, "Action": "sts:AssumeRole"}
    made = backend.create_role(
        name,
        json.dumps({"Version": "2012-10-17", "Statement": [statement]}),
        "/",
        permissions_boundary=None,
        description="Role for CloudFormation StackSets",
        tags=[],
        max_session_duration="3600",
    )
    policy = backend.managed_policies.used(f"arn:{world.partition}:iam::aws:policy/AdministratorAccess")
    policy.attachment_count += 1
    made.managed_policies[policy.arn] = policy


def _self_managed_problem(world: World, stack_set: StackSet, account: str) -> str:
    administration = stack_set.administration_role
    admin_role = _role(world, stack_set.account, administration.rpartition("/")[2])
    if admin_role is None or not _trusts_service(admin_role):
        return (
            f"Account {stack_set.account} should have '{administration.rpartition('/')[2]}' role with trust "
            "relationship to CloudFormation service."
        )
    execution = _role(world, account, stack_set.execution_role)
    if execution is None or not _trusts(execution, stack_set.account, admin_role.arn):
        return (
            f"Account {account} should have '{stack_set.execution_role}' role with trust relationship to Role "
            f"'{administration.rpartition('/')[2]}'."
        )
    return ""


def _role(world: World, account: str, name: str) -> Any:
    backend = upstream.backend("iam", account, world.home_region)
    return next((role for role in backend.get_roles() if role.name == name), None)


def _trusts_service(role: Any) -> bool:
    statements = json.loads(role.assume_role_policy_document)["Statement"]
    principals = [statement["Principal"] for statement in statements if statement["Effect"] == "Allow"]
    services = [one.get("Service", ()) for one in principals if isinstance(one, dict)]
    return any("cloudformation.amazonaws.com" in (one if isinstance(one, list) else [one]) for one in services)


def _trusts(role: Any, account: str, arn: str) -> bool:
    caller = Identity(access_key="", secret_key="", account=account, arn=arn, user_id="", principal=arn)
    return trust.admits(role.assume_role_policy_document, caller, "sts:AssumeRole", {})
