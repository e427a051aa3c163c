"""Creating accounts, which takes a while and can fail after it was accepted."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import current
from landing.sandbox.services.organizations.membership import join
from landing.sandbox.services.organizations.refusals import invalid, violated
from landing.sandbox.services.organizations.state import (
    CreateRequest,
    Organization,
    organizations_of,
)
from landing.sandbox.services.organizations.tags import checked
from landing.sandbox.world import Account, World

ACCOUNT_QUOTA = 10
"""Members, the management account included, unless the world's option `account_quota` says otherwise."""
CREATIONS_AT_ONCE = 5


def create_account(call: Call) -> dict[str, Any]:
    """IN_PROGRESS at first; a used e-mail address makes it fail later (API reference, CreateAccount)."""
    organization = current(call)
    if call.partition == "aws-us-gov":
        raise Refusal("UnsupportedAPIEndpointException", "This action isn't supported in this Region.")
    state = organizations_of(call.world)
    if len(organization.creating) >= CREATIONS_AT_ONCE:
        raise violated(
            "ACCOUNT_CREATION_RATE_LIMIT_EXCEEDED",
            "You have exceeded the number of accounts that can be in progress at a time.",
        )
    check_account_quota(call.world, organization)
    role = call.get("RoleName", "OrganizationAccountAccessRole")
    if role.startswith("AWSServiceRoleFor"):
        raise invalid("INVALID_ROLE_NAME", "You provided an invalid role name.")
    request = CreateRequest(
        id="car-" + call.world.token(32, "0123456789abcdef"),
        organization=organization.id,
        name=call["AccountName"],
        email=call["Email"],
        requested=call.world.now,
        access_role=role,
        tags=checked({}, call.get("Tags", [])),
    )
    state.requests[request.id] = request
    organization.creating[request.id] = None
    call.world.clock.later(finish_creating, organization.management_account, request.id, thing=_thing(request.id))
    return {"CreateAccountStatus": _shown(request)}


def check_account_quota(world: World, organization: Organization) -> None:
    """Members, accounts in the making and open invitations all count (User Guide, "Quotas")."""
    if is_full(world, organization):
        raise violated("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS accounts.")


def account_quota(world: World) -> int:
    """How many accounts an organization may have."""
    return int(world.options.get("account_quota", ACCOUNT_QUOTA))


def is_full(world: World, organization: Organization) -> bool:
    """Whether there is room for no more."""
    invitations = sum(
        handshake.action == "INVITE" and handshake.state == "OPEN" and handshake.expires >= world.now
        for handshake in organizations_of(world).handshakes.values()
        if handshake.organization == organization.management_account
    )
    return len(organization.members) + len(organization.creating) + invitations >= account_quota(world)


def _thing(request: str) -> tuple[str, str]:
    return ("create-account", request)


def finish_creating(world: World, management_account: str, request_id: str) -> None:
    """The account exists now, below the root; or the request has failed."""
    state = organizations_of(world)
    request = state.requests[request_id]
    request.completed = world.now
    organization = state.organizations.get(management_account)
    if organization is None:
        request.state, request.reason = "FAILED", "INTERNAL_FAILURE"
        return
    organization.creating.pop(request_id)
    if request.email.lower() in world.addresses:
        request.state, request.reason = "FAILED", "EMAIL_ALREADY_EXISTS"
        return
    account = Account(
        id=world.new_account_id(),
        name=request.name,
        email=request.email,
        created=world.now,
        creator=management_account,
        access_role=request.access_role,
    )
    world.add_account(account)
    request.state, request.account = "SUCCEEDED", account.id
    join(world, organization, account.id, "CREATED", request.tags)


def describe_create_account_status(call: Call) -> dict[str, Any]:
    """Each look brings the account closer (API reference, DescribeCreateAccountStatus)."""
    request = organizations_of(call.world).requests.get(call["CreateAccountRequestId"])
    if request is None or request.organization != current(call).id:
        raise Refusal(
            "CreateAccountStatusNotFoundException",
            "We can't find an create account request with the CreateAccountRequestId that you specified.",
        )
    call.poll(_thing(request.id))
    return {"CreateAccountStatus": _shown(request)}


def list_create_account_status(call: Call) -> dict[str, Any]:
    """Requests in the given states; a look at all of them counts for each (API reference)."""
    organization = current(call)
    if not call.get("NextToken"):
        for request in list(organization.creating):
            call.poll(_thing(request))
    wanted = call.get("States") or ["IN_PROGRESS", "SUCCEEDED", "FAILED"]
    requests = organizations_of(call.world).requests
    if wanted == ["IN_PROGRESS"]:
        found = [requests[request] for request in organization.creating]
    else:
        found = [r for r in requests.values() if r.organization == organization.id and r.state in wanted]
    return call.page("CreateAccountStatuses", found, show=_shown)


def _shown(request: CreateRequest) -> dict[str, Any]:
    return {
        "Id": request.id,
        "AccountName": request.name,
        "State": request.state,
        "RequestedTimestamp": request.requested,
        "CompletedTimestamp": request.completed,
        "AccountId": request.account,
        "FailureReason": request.reason,
    }
