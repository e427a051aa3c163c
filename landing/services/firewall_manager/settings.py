"""The settings of Firewall Manager."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.organization import Target
from landing.services.settings import REQUIRED, setting

TRUSTED = ("fms.amazonaws.com",)

WEB, DISTRIBUTION = "AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::CloudFront::Distribution"
INTERFACE, INSTANCE = "AWS::EC2::NetworkInterface", "AWS::EC2::Instance"
GROUP, VPC = "AWS::EC2::SecurityGroup", "AWS::EC2::VPC"

RESOURCE_TYPES: Mapping[str, tuple[str, ...]] = {
    "WAF": (WEB, "AWS::ApiGateway::Stage", DISTRIBUTION),
    "WAFV2": (WEB, "AWS::ApiGateway::Stage", DISTRIBUTION),
    "SHIELD_ADVANCED": (WEB, "AWS::ElasticLoadBalancing::LoadBalancer", "AWS::EC2::EIP", DISTRIBUTION),
    "SECURITY_GROUPS_COMMON": (INTERFACE, INSTANCE),
    "SECURITY_GROUPS_CONTENT_AUDIT": (GROUP, INTERFACE, INSTANCE),
    "SECURITY_GROUPS_USAGE_AUDIT": (GROUP,),
    "NETWORK_ACL_COMMON": ("AWS::EC2::Subnet",),
    "DNS_FIREWALL": (VPC,),
    "NETWORK_FIREWALL": (VPC,),
    "IMPORT_NETWORK_FIREWALL": (VPC,),
    "THIRD_PARTY_FIREWALL": (VPC,),
}
"""What each type of policy is for; the first is meant where the config names none (API reference, Policy).

A common security group policy: Developer Guide, "Security group policies".
"""

BY_DEFAULT_ALONE = ("THIRD_PARTY_FIREWALL",)
"""Types that no other administrator may have (API reference, PolicyTypeScope)."""

_GROUP = {"type": "string", "pattern": "^sg-[0-9a-f]{8,17}$"}
_RULES = {"type": "array", "uniqueItems": True, "items": {"type": "string", "minLength": 1}}


@dataclass(frozen=True, kw_only=True)
class RuleGroup:
    """A rule group of AWS WAF."""

    managed: str = setting("", "Name of a managed rule group.", pattern=r"^[\w-]{0,128}$")
    vendor: str = setting("AWS", "Who sells it.", pattern=r"^.*\S.*$")
    version: str = setting("", "A version; the vendor's default where left out.", pattern=r"^[\w#:./-]{0,64}$")
    arn: str = setting("", "Or the ARN of a rule group of one's own.", pattern="^(arn:[a-z-]+:wafv2:.+)?$")
    count: bool = setting(False, "Count what its rules find, and let it pass.")


@dataclass(frozen=True, kw_only=True)
class WebAcl:
    """A web ACL of AWS WAF (WAFV2), with groups that come before and after those of the accounts."""

    first: tuple[RuleGroup, ...] = setting((), "Rule groups that come first.")
    last: tuple[RuleGroup, ...] = setting((), "Rule groups that come last.")
    default_action: str = setting("ALLOW", "What becomes of all other requests.", enum=["ALLOW", "BLOCK"])
    replace: bool = setting(False, "Take the place of web ACLs that resources have already.")
    retrofit: bool = setting(False, "Put the groups into web ACLs that resources have already.")
    unused: bool = setting(False, "Make a web ACL in accounts that have nothing to protect with it, too.")
    sample: bool = setting(True, "Keep samples of requests.")
    log_to: str = setting(
        "", "ARN of the bucket or the delivery stream that logs go to.", pattern="^(arn:[a-z-]+:(s3|firehose):.+)?$"
    )


@dataclass(frozen=True, kw_only=True)
class CommonGroups:
    """Security groups of the administrator that resources get (SECURITY_GROUPS_COMMON)."""

    groups: tuple[str, ...] = setting(
        REQUIRED, "Their ids, in the administrator's account and region.", minItems=1, items=_GROUP
    )
    revert: bool = setting(False, "Put copies back where somebody changes them.")
    exclusive: bool = setting(False, "Take all other groups away from the resources.")
    all_interfaces: bool = setting(False, "Of instances, every network interface.")
    shared_vpcs: bool = setting(False, "Also in VPCs that others share with the accounts.")


@dataclass(frozen=True, kw_only=True)
class GroupContent:
    """What rules of security groups may say (SECURITY_GROUPS_CONTENT_AUDIT)."""

    groups: tuple[str, ...] = setting(
        (), "Ids of groups of the administrator whose rules they are held against.", items=_GROUP
    )
    action: str = setting(
        "ALLOW", "Rules must be within those of the groups (ALLOW), or have nothing of them (DENY).",
        enum=["ALLOW", "DENY"],
    )  # fmt: skip
    deny_all_protocols: bool = setting(True, "No rule may be for all protocols.")


@dataclass(frozen=True, kw_only=True)
class GroupUsage:
    """Security groups that nobody needs (SECURITY_GROUPS_USAGE_AUDIT)."""

    unused: bool = setting(True, "Groups that nothing uses; with `remediate` they are deleted.")
    redundant: bool = setting(False, "Groups that say the same; with `remediate` they are made one.")
    after_minutes: int = setting(0, "How long a group must have been unused.", minimum=0, maximum=525_600)


@dataclass(frozen=True, kw_only=True)
class AclEntry:
    """A rule of a network ACL."""

    action: str = setting(REQUIRED, "What becomes of the traffic.", enum=["allow", "deny"])
    egress: bool = setting(False, "Of what leaves the subnet, not of what comes.")
    protocol: str = setting("-1", "Number of the protocol; -1 is all.", pattern="^(-1|[0-9]{1,3})$")
    cidr: str = setting(REQUIRED, "IPv4 or IPv6 range.", pattern="^[0-9a-fA-F.:]+/[0-9]{1,3}$")
    ports: tuple[int, ...] = setting(
        (), "First and last port.", items={"type": "integer", "minimum": 0, "maximum": 65_535}, uniqueItems=False,
        maxItems=2,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class NetworkAcl:
    """The first and last rules of network ACLs (NETWORK_ACL_COMMON)."""

    first: tuple[AclEntry, ...] = setting((), "Rules that come first, in this order.", maxItems=5)
    last: tuple[AclEntry, ...] = setting((), "Rules that come last, in this order.", maxItems=5)
    force_first: bool = setting(False, "Where `remediate` meets a conflict with rules of others: these win.")
    force_last: bool = setting(False, "The same of the last rules.")


@dataclass(frozen=True, kw_only=True)
class DnsFirewall:
    """Rule groups of Route 53 Resolver DNS Firewall on VPCs (DNS_FIREWALL), by id, with their priorities."""

    first: Mapping[str, int] = setting(
        {}, "Before those of the accounts.", propertyNames={"pattern": "^rslvr-frg-.+$"},
        additionalProperties={"type": "integer", "minimum": 1, "maximum": 99},
    )  # fmt: skip
    last: Mapping[str, int] = setting(
        {}, "After those of the accounts.", propertyNames={"pattern": "^rslvr-frg-.+$"},
        additionalProperties={"type": "integer", "minimum": 9_901, "maximum": 10_000},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ShieldAdvanced:
    """Protections of AWS Shield Advanced (SHIELD_ADVANCED): every account in scope is subscribed."""

    automatic_response: str = setting(
        "IGNORED",
        "Of CloudFront distributions: what becomes of requests of an attack (BLOCK, COUNT), nothing (DISABLED), or "
        "what each account says (IGNORED).",
        enum=["BLOCK", "COUNT", "DISABLED", "IGNORED"],
    )


@dataclass(frozen=True, kw_only=True)
class FirewallPolicySettings:
    """A policy, which says in exactly one way what it is; charged by the month and region."""

    target: Target = setting(REQUIRED, "The accounts; of units, those that come later, too.")
    web_acl: WebAcl | None = setting(None, "AWS WAF.")
    common_security_groups: CommonGroups | None = setting(None, "Security groups that resources get.")
    security_group_content: GroupContent | None = setting(None, "What security groups may say.")
    security_group_usage: GroupUsage | None = setting(None, "Security groups that nobody needs.")
    network_acl: NetworkAcl | None = setting(None, "Rules of network ACLs.")
    dns_firewall: DnsFirewall | None = setting(None, "DNS Firewall.")
    shield_advanced: ShieldAdvanced | None = setting(None, "Shield Advanced.")
    managed_service_data: Mapping[str, Any] = setting(
        {}, "Or any type as AWS has it: the content of ManagedServiceData, with its `type`.", type="object",
        properties={"type": {"enum": sorted(RESOURCE_TYPES)}}, additionalProperties=True,
    )  # fmt: skip
    description: str = setting("", "What it is for.", pattern=r"^[\w .:/=+@-]{0,256}$")
    regions: tuple[str, ...] = setting(
        (), "Regions; every governed one, where none is named. CloudFront has one for all.", items={"type": "string"}
    )
    resource_types: tuple[str, ...] = setting((), "Types of resources, as in CloudFormation.", **_RULES)
    resource_tags: Mapping[str, str] = setting(
        {}, "Only resources that carry these tags; a value may be empty.", maxProperties=50,
        propertyNames={"pattern": r"^[\w .:/=+@*\\-]{1,128}$"},
        additionalProperties={"type": "string", "pattern": r"^[\w .:/=+@*\\-]{0,256}$"},
    )  # fmt: skip
    resource_tags_any: bool = setting(False, "One of the tags is enough.")
    exclude_resource_tags: bool = setting(False, "Only resources that do not carry them.")
    remediate: bool = setting(
        False, "Change what does not comply, in every account of the target; else it is only shown."
    )
    clean_up: bool = setting(False, "Take away again what it has made, where a resource or account leaves its scope.")
    delete_resources: bool = setting(
        False, "What becomes of what it has made when the policy is deleted: deleted too, not left as it is."
    )


@dataclass(frozen=True, kw_only=True)
class FirewallPart:
    """What an administrator beside the default one may administer."""

    target: Target | None = setting(None, "The accounts; of units, those that come later, too. All, where left out.")
    regions: tuple[str, ...] = setting((), "Regions; all of them, where none is named.", items={"type": "string"})
    policy_types: tuple[str, ...] = setting(
        (), "Types of policies; where none is named, all but those that are the default administrator's alone.",
        uniqueItems=True, items={"enum": sorted(RESOURCE_TYPES)},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FirewallChannel:
    """Whom it tells of what policies find, in each region that has some."""

    topics: Mapping[str, str] = setting(
        {}, "ARNs of SNS topics by region; in the home region the topic of `alarms`, where none is named.",
        additionalProperties={"type": "string", "pattern": r"^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[\w-]{1,256}$"},
    )  # fmt: skip
    role: str = setting(
        "", "ARN of the role of the security tooling account that publishes; Firewall Manager's own, where left out.",
        pattern=r"^(arn:[a-z-]+:iam::[0-9]{12}:role/.+)?$",
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class FirewallManagerSettings:
    """AWS Firewall Manager: the security tooling account is its default administrator, with these policies."""

    policies: Mapping[str, FirewallPolicySettings] = setting({}, "Policies by stable key.")
    administrators: Mapping[str, FirewallPart] = setting(
        {}, "Accounts that administer a part of the organization, by their keys."
    )
    notifications: FirewallChannel | None = setting(None, "Whom it tells of what policies find.")
