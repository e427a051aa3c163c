"""Which stack set a call means, and who may mean it."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.stack_sets.state import Operation, StackSet
from landing.sandbox.services.cloudformation.state import state_of
from landing.sandbox.world import World

MEMBER_PRINCIPAL = "member.org.stacksets.cloudformation.amazonaws.com"


def owner(call: Call) -> str:
    """The account whose stack sets the call is about: with CallAs=DELEGATED_ADMIN the management account's."""
    if call.get("CallAs", "SELF") == "SELF":
        return call.account
    organization = accounts.organization_of(call.world, call.account)
    if organization is None or not accounts.is_administrator(call.world, call.account, MEMBER_PRINCIPAL):
        raise wrong("Account used is not a delegated administrator")
    return organization.management_account


def sets_of(world: World, account: str, region: str) -> list[StackSet]:
    """The stack sets of an account in a Region, deleted ones included."""
    return list(state_of(world, account, region).stack_sets.values())


def visible(call: Call) -> list[StackSet]:
    """Those that the caller may see: a delegated administrator sees the service-managed ones."""
    found = sets_of(call.world, owner(call), call.region)
    if call.get("CallAs", "SELF") == "SELF":
        return found
    return [stack_set for stack_set in found if stack_set.is_service_managed]


def stack_set(call: Call) -> StackSet:
    """The stack set that a call names, by its name or its id; a deleted one by its id only."""
    name = call["StackSetName"]
    for found in visible(call):
        if name == found.id or (name == found.name and found.status == "ACTIVE"):
            return found
    raise Refusal("StackSetNotFoundException", f"StackSet {name} not found")


def active(call: Call) -> StackSet:
    """One that is not deleted, and may be operated on."""
    found = stack_set(call)
    if found.status != "ACTIVE":
        raise Refusal("StackSetNotFoundException", f"StackSet {call['StackSetName']} not found")
    if found.is_service_managed:
        check_access(call.world, found.account)
    return found


def check_access(world: World, management_account: str) -> None:
    """Refuse while StackSets has no trusted access (User Guide, "Activate trusted access")."""
    if not accounts.has_trusted_access(world, management_account, MEMBER_PRINCIPAL):
        raise wrong("You must enable organizations access to operate a service managed stack set")


def operation(call: Call, found: StackSet) -> Operation:
    """The operation that a call names."""
    identifier = call["OperationId"]
    if identifier not in found.operations:
        raise Refusal("OperationNotFoundException", f"Operation {identifier} not found")
    return found.operations[identifier]
