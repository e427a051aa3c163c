"""Policies of an administrator in a Region (API reference, Policy and SecurityServicePolicyData)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from landing.core.partitions import GLOBAL_REGION
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts, shield
from landing.sandbox.services.call import Call
from landing.sandbox.services.fms.state import (
    PLACES,
    Policy,
    absent,
    admit,
    beyond,
    check_part,
    impossible,
    invalid,
)

MOST = 20
"""Policies in a Region (Developer Guide, "quotas")."""
BALANCER, STAGE, DISTRIBUTION = (
    "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ApiGateway::Stage", "AWS::CloudFront::Distribution",
)  # fmt: skip
INTERFACE, INSTANCE, VPC = ("AWS::EC2::NetworkInterface", "AWS::EC2::Instance", "AWS::EC2::VPC")
RESOURCE_TYPES: Mapping[str, tuple[str, ...]] = {
    "WAF": (BALANCER, STAGE, DISTRIBUTION),
    "WAFV2": (BALANCER, STAGE, DISTRIBUTION),
    "SHIELD_ADVANCED": (BALANCER, "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::EC2::EIP", DISTRIBUTION),
    "SECURITY_GROUPS_COMMON": (INTERFACE, INSTANCE),
    "SECURITY_GROUPS_CONTENT_AUDIT": ("AWS::EC2::SecurityGroup", INTERFACE, INSTANCE),
    "SECURITY_GROUPS_USAGE_AUDIT": ("AWS::EC2::SecurityGroup",),
    "NETWORK_ACL_COMMON": ("AWS::EC2::Subnet",),
    "DNS_FIREWALL": (VPC,),
    "NETWORK_FIREWALL": (VPC,),
    "IMPORT_NETWORK_FIREWALL": (VPC,),
    "THIRD_PARTY_FIREWALL": (VPC,),
}
MANY = "ResourceTypeList"
WITH_GROUPS = ("SECURITY_GROUPS_COMMON", "SECURITY_GROUPS_CONTENT_AUDIT")
ADDED: Mapping[str, Mapping[str, Any]] = {
    "WAFV2": {"customRequestHandling": None, "customResponse": None, "tokenDomains": None},
    "SECURITY_GROUPS_CONTENT_AUDIT": {"securityGroupAction": {"type": "ALLOW"}, "preManagedOptions": []},
    "SHIELD_ADVANCED": {"overrideCustomerWebaclClassic": False, "optimizeUnassociatedWebACL": False},
}
"""What the service shows of a content besides what it was given."""


def put_policy(call: Call) -> dict[str, Any]:
    """Made without an id, replaced with one and the token of its present version (API reference, PutPolicy)."""
    admit(call)
    given, policies = dict(call["Policy"]), PLACES.here(call).policies
    known = policies.get(given.get("PolicyId", ""))
    if given.get("PolicyId") and known is None:
        raise absent("The policy was not found.")
    if known is not None and given.get("PolicyUpdateToken") != known.policy["PolicyUpdateToken"]:
        raise impossible("The policy update token is not that of the current version.")
    check_part(call, given["SecurityServicePolicyData"]["Type"])
    _check(call, given)
    if known is None and len(policies) >= MOST:
        raise beyond(f"There are at most {MOST} policies in a Region.")
    identifier = known.id if known else call.world.uuid()
    shown = {
        "PolicyDescription": "", "ResourceTags": [], "ResourceTagLogicalOperator": "AND",
        "DeleteUnusedFMManagedResources": False, **given,
        "PolicyId": identifier, "PolicyUpdateToken": f"1:{call.world.token(22)}", "PolicyStatus": "ACTIVE",
        "SecurityServicePolicyData": _told(given["SecurityServicePolicyData"]),
    }  # fmt: skip
    if known is None:
        tags = {tag["Key"]: tag["Value"] for tag in call.get("TagList") or ()}
        known = policies[identifier] = Policy(identifier, call.arn(f"policy/{identifier}"), shown, tags)
    known.policy = shown
    if given["SecurityServicePolicyData"]["Type"] == "SHIELD_ADVANCED":
        for account in _reached(call, given):
            shield.subscribe(call.world, account)
    return {"Policy": shown, "PolicyArn": known.arn}


def get_policy(call: Call) -> dict[str, Any]:
    """Whole (API reference, GetPolicy)."""
    admit(call)
    found = PLACES.here(call).policies.get(call["PolicyId"])
    if found is None:
        raise absent("The policy was not found.")
    return {"Policy": found.policy, "PolicyArn": found.arn}


def list_policies(call: Call) -> dict[str, Any]:
    """What they are called, without what they say (API reference, PolicySummary)."""
    admit(call)

    def shown(each: Policy) -> dict[str, Any]:
        names = ("PolicyId", "PolicyName", "ResourceType", "RemediationEnabled", "DeleteUnusedFMManagedResources",
                 "PolicyStatus")  # fmt: skip
        kind = each.policy["SecurityServicePolicyData"]["Type"]
        return {"PolicyArn": each.arn, "SecurityServiceType": kind, **{name: each.policy[name] for name in names}}

    return call.page("PolicyList", [*PLACES.here(call).policies.values()], show=shown)


def delete_policy(call: Call) -> None:
    """With what it has made, or without (API reference, DeletePolicy)."""
    admit(call)
    gone = PLACES.here(call).policies.pop(call["PolicyId"], None)
    if gone is None:
        raise absent("The policy was not found.")
    PLACES.here(call).left[gone.policy["PolicyName"]] = not call.get("DeleteAllPolicyResources")


def _told(data: Mapping[str, Any]) -> dict[str, Any]:
    """As the service writes the content anew, with what it adds."""
    if not data.get("ManagedServiceData"):
        return dict(data)
    content = {**ADDED.get(data["Type"], {}), **json.loads(data["ManagedServiceData"])}
    return {**data, "ManagedServiceData": json.dumps(content)}


def _check(call: Call, policy: Mapping[str, Any]) -> None:
    data = policy["SecurityServicePolicyData"]
    kind = data["Type"]
    _check_types(call, kind, policy)
    _check_scope(call, policy)
    if policy.get("DeleteUnusedFMManagedResources") and kind in ("SHIELD_ADVANCED", "WAF"):
        raise invalid(f"DeleteUnusedFMManagedResources is not available for {kind} policies.")
    if "ManagedServiceData" in data:
        _check_content(call, kind, data["ManagedServiceData"])
    elif kind not in ("SHIELD_ADVANCED", "NETWORK_ACL_COMMON"):
        raise invalid(f"A policy of type {kind} needs ManagedServiceData.")
    if kind == "NETWORK_ACL_COMMON":
        entries = data.get("PolicyOption", {}).get("NetworkAclCommonPolicy", {}).get("NetworkAclEntrySet") or {}
        if not (entries.get("FirstEntries") or entries.get("LastEntries")):
            raise invalid("A network ACL policy has at least one first entry or one last entry.")


def _check_types(call: Call, kind: str, policy: Mapping[str, Any]) -> None:
    several = policy["ResourceType"] == MANY
    types = policy.get("ResourceTypeList") or [] if several else [policy["ResourceType"]]
    strange = [each for each in types if each not in RESOURCE_TYPES[kind]]
    if strange or not types:
        raise invalid(f"{', '.join(strange) or 'An empty list'} is not valid for a policy of type {kind}.")
    if DISTRIBUTION in types and (len(types) > 1 or call.region != GLOBAL_REGION[call.partition]):
        raise invalid(f"A policy for {DISTRIBUTION} is global, and for nothing else.")


def _check_scope(call: Call, policy: Mapping[str, Any]) -> None:
    if policy.get("IncludeMap") and policy.get("ExcludeMap"):
        raise invalid("You can specify inclusions or exclusions, but not both.")
    organization = accounts.membership(call.world, call.account)
    for scope in (policy.get("IncludeMap") or {}, policy.get("ExcludeMap") or {}):
        units = {*organization.units} - {organization.root}
        if {*(scope.get("ORG_UNIT") or ())} - units:
            raise invalid("Input ORG_UNIT map contains invalid IDs")
        if any(each not in organization.members for each in scope.get("ACCOUNT") or ()):
            raise invalid("Input ACCOUNT map contains invalid IDs")


def _reached(call: Call, policy: Mapping[str, Any]) -> Iterator[str]:
    """The accounts in its scope: of a unit, all below it; without an inclusion, all that are not excluded."""
    organization = accounts.membership(call.world, call.account)
    way, inside = ("IncludeMap", True) if policy.get("IncludeMap") else ("ExcludeMap", False)
    named = policy.get(way) or {}
    nodes = {*(named.get("ORG_UNIT") or ()), *(named.get("ACCOUNT") or ())}
    for account in organization.members:
        above = {account, *organization.path(organization.members[account].parent).split("/")}
        if bool(above & nodes) is inside:
            yield account


def _check_content(call: Call, kind: str, text: str) -> None:
    try:
        content = json.loads(text)
    except ValueError:
        raise Refusal("InternalErrorException", "Internal error.") from None  # and no word of what is wrong
    if content.get("type") != kind:
        raise invalid("The type of ManagedServiceData is not that of the policy.")
    groups = [each["id"] for each in content.get("securityGroups") or ()] if kind in WITH_GROUPS else []
    if groups:
        present = call.client("ec2").describe_security_groups()["SecurityGroups"]
        if {*groups} - {each["GroupId"] for each in present}:
            raise invalid("A security group of the policy does not exist in the administrator's account and Region.")
    for name, first, last in (("preProcessRuleGroups", 1, 99), ("postProcessRuleGroups", 9_901, 10_000)):
        given = content.get(name) or () if kind == "DNS_FIREWALL" else ()
        if any(not first <= each["priority"] <= last for each in given):
            raise invalid(f"Priorities of {name} are from {first} to {last}.")
