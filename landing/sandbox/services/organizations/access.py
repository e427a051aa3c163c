"""Which account may call which operation (API reference, "You can call this operation only from...")."""

from __future__ import annotations

from landing.sandbox.authorization import trust
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.state import Organization, organization_of

OUTSIDE = frozenset({
    "AcceptHandshake", "CreateOrganization", "DeclineHandshake", "DescribeHandshake",
    "ListHandshakesForAccount",
})  # fmt: skip
"""Also for accounts that are in no organization."""

MEMBERS = frozenset({"DescribeOrganization", "DescribeEffectivePolicy", "LeaveOrganization"})
"""For every account of an organization."""

POLICY_MANAGEMENT = frozenset({
    "AttachPolicy", "CreatePolicy", "DeletePolicy", "DetachPolicy", "DisablePolicyType", "EnablePolicyType",
    "TagResource", "UntagResource", "UpdatePolicy",
})  # fmt: skip
"""What a resource policy may let a member do ("Delegated administrator for AWS Organizations")."""

READS = ("Describe", "List")
POLICY_TYPE_PARAMETERS = ("Type", "PolicyType", "Filter")


def admit(call: Call) -> None:
    """Refuse a caller that the operation is not for."""
    name = call.operation.name
    if name in OUTSIDE:
        return
    organization = organization_of(call.world, call.account)
    if organization is None:
        raise Refusal("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    if call.account == organization.management_account or name in MEMBERS:
        return
    may = (name.startswith(READS) and call.account in organization.delegated) or _granted(call, organization)
    if not may:
        raise denied()


def denied() -> Refusal:
    """What Organizations answers to an account that may not."""
    return Refusal("AccessDeniedException", "You don't have permissions to access this resource.")


def current(call: Call) -> Organization:
    """The caller's organization; `admit` has made sure that there is one."""
    organization = organization_of(call.world, call.account)
    assert organization is not None
    return organization


def _granted(call: Call, organization: Organization) -> bool:
    """Whether the resource policy lets this member make this call on everything that the call names."""
    name = call.operation.name
    if organization.resource_policy is None or not (name.startswith(READS) or name in POLICY_MANAGEMENT):
        return False
    context = {"aws:principalaccount": call.account, "aws:principalorgid": organization.id}
    policy_type = _policy_type(call, organization)
    if policy_type is not None:
        context["organizations:policytype"] = policy_type
    return all(
        trust.admits(organization.resource_policy[1], call.caller, f"organizations:{name}", context, resource=resource)
        for resource in _resources(call, organization) or ["*"]
    )


def _policy_type(call: Call, organization: Organization) -> str | None:
    if call.get("PolicyId") in organization.policies:
        return organization.policies[call["PolicyId"]].type
    return next((call[name] for name in POLICY_TYPE_PARAMETERS if name in call), None)


def _resources(call: Call, organization: Organization) -> list[str]:
    """The ARNs of what the call names."""
    named = [call[name] for name in ("PolicyId", "TargetId", "ResourceId", "RootId") if name in call]
    return [arn_of(organization, resource) for resource in named]


def arn_of(organization: Organization, resource: str) -> str:
    """The ARN of a root, unit, account or policy, by its id."""
    if resource in organization.policies:
        policy = organization.policies[resource]
        if policy.is_aws_managed:
            return f"arn:{organization.partition}:organizations::aws:policy/{policy.type.lower()}/{policy.id}"
        return organization.arn("policy", policy.type.lower(), policy.id)
    kind = "root" if resource.startswith("r-") else "ou" if resource.startswith("ou-") else "account"
    return organization.arn(kind, resource)
