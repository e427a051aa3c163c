"""What a policy of Firewall Manager holds accounts to, as AWS has it: its type, its content, its option."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from landing.services.firewall_manager.settings import (
    DISTRIBUTION,
    RESOURCE_TYPES,
    AclEntry,
    CommonGroups,
    DnsFirewall,
    FirewallPolicySettings,
    GroupContent,
    GroupUsage,
    NetworkAcl,
    RuleGroup,
    ShieldAdvanced,
    WebAcl,
)

CENTRALIZED, DISTRIBUTED = "CENTRALIZED", "DISTRIBUTED"
MODELS = {
    "NETWORK_FIREWALL": "NetworkFirewallPolicy",
    "IMPORT_NETWORK_FIREWALL": "NetworkFirewallPolicy",
    "THIRD_PARTY_FIREWALL": "ThirdPartyFirewallPolicy",
}
"""Where the option of a type has its deployment model (API reference, PolicyOption)."""


def ways(policy: FirewallPolicySettings) -> list[str]:
    """The settings by which it says what it is; exactly one where it is well."""
    found = [name for name in TYPES if getattr(policy, name) is not None]
    return [*found, *(["managed_service_data"] if policy.managed_service_data else [])]


def type_of(policy: FirewallPolicySettings) -> str:
    """AWS's type (SecurityServiceType); nothing where it says none."""
    way = next(iter(ways(policy)), "")
    return TYPES[way][0] if way in TYPES else str(policy.managed_service_data.get("type", ""))


def resource_types_of(policy: FirewallPolicySettings) -> list[str]:
    """Those that it names, or else the first of its type."""
    return sorted(policy.resource_types) or list(RESOURCE_TYPES.get(type_of(policy), ())[:1])


def content_of(policy: FirewallPolicySettings) -> dict[str, Any]:
    """What ManagedServiceData says, with every key that we know of its type, so that each is compared."""
    way = next(iter(ways(policy)), "")
    if way not in TYPES:
        return dict(policy.managed_service_data)
    kind, written = TYPES[way]
    said = written(getattr(policy, way))
    if kind == "SHIELD_ADVANCED" and DISTRIBUTION not in resource_types_of(policy):
        return {}  # "an empty string" (API reference, SecurityServicePolicyData), which the model does not take
    return {"type": kind, **said} if said else {}


def option_of(policy: FirewallPolicySettings) -> dict[str, Any]:
    """PolicyOption: the rules of network ACLs, and how firewalls are deployed where the content says that."""
    if policy.network_acl is not None:
        return {"NetworkAclCommonPolicy": {"NetworkAclEntrySet": _entry_set(policy.network_acl)}}
    kind, model = type_of(policy), policy.managed_service_data.get("firewallDeploymentModel")
    if kind not in MODELS or not isinstance(model, Mapping):
        return {}
    central = "centralizedFirewallDeploymentModel" in model
    if not central and kind != "THIRD_PARTY_FIREWALL":
        return {}  # "To use the distributed deployment model, you must set PolicyOption to NULL"
    return {MODELS[kind]: {"FirewallDeploymentModel": CENTRALIZED if central else DISTRIBUTED}}


def projected(found: Any, wanted: Any) -> Any:
    """Of what AWS shows, what was asked for: it adds keys and defaults of its own, and nulls for what is not there."""
    if isinstance(found, Mapping) and isinstance(wanted, Mapping):
        return {key: projected(found.get(key), value) for key, value in wanted.items()}
    if isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        return [projected(item, value) for item, value in zip(found, wanted, strict=True)]
    return found


def _web_acl(acl: WebAcl) -> dict[str, Any]:
    return {
        "preProcessRuleGroups": [_rule_group(each) for each in acl.first],
        "postProcessRuleGroups": [_rule_group(each) for each in acl.last],
        "defaultAction": {"type": acl.default_action},
        "overrideCustomerWebACLAssociation": acl.replace,
        **({"webACLSource": "RETROFIT_EXISTING"} if acl.retrofit else {}),
        "optimizeUnassociatedWebACL": not acl.unused,
        "sampledRequestsEnabledForDefaultActions": acl.sample,
        "loggingConfiguration": {"logDestinationConfigs": [acl.log_to], "redactedFields": []} if acl.log_to else None,
    }


def _rule_group(group: RuleGroup) -> dict[str, Any]:
    managed = {
        "vendorName": group.vendor,
        "managedRuleGroupName": group.managed,
        "versionEnabled": True if group.version else None,
        "version": group.version or None,
    }
    return {
        "ruleGroupArn": group.arn or None,
        "managedRuleGroupIdentifier": managed if group.managed else None,
        "ruleGroupType": "ManagedRuleGroup" if group.managed else "RuleGroup",
        "overrideAction": {"type": "COUNT" if group.count else "NONE"},
        "excludeRules": [],
        "sampledRequestsEnabled": True,
    }


def _common(settings: CommonGroups) -> dict[str, Any]:
    return {
        "securityGroups": [{"id": each} for each in settings.groups],
        "revertManualSecurityGroupChanges": settings.revert,
        "exclusiveResourceSecurityGroupManagement": settings.exclusive,
        "applyToAllEC2InstanceENIs": settings.all_interfaces,
        "includeSharedVPC": settings.shared_vpcs,
    }


def _group_content(settings: GroupContent) -> dict[str, Any]:
    every = {"auditSgDirection": {"type": "ALL"}}
    return {
        "preManagedOptions": [{"denyProtocolAllValue": True}, every] if settings.deny_all_protocols else [],
        "securityGroups": [{"id": each} for each in settings.groups],
        "securityGroupAction": {"type": settings.action},
    }


def _group_usage(settings: GroupUsage) -> dict[str, Any]:
    return {
        "deleteUnusedSecurityGroups": settings.unused,
        "coalesceRedundantSecurityGroups": settings.redundant,
        "optionalDelayForUnusedInMinutes": settings.after_minutes,
    }


def _entry_set(acl: NetworkAcl) -> dict[str, Any]:
    return {
        "FirstEntries": [_entry(each) for each in acl.first],
        "ForceRemediateForFirstEntries": acl.force_first,
        "LastEntries": [_entry(each) for each in acl.last],
        "ForceRemediateForLastEntries": acl.force_last,
    }


def _entry(entry: AclEntry) -> dict[str, Any]:
    ports = {"PortRange": {"From": entry.ports[0], "To": entry.ports[-1]}} if entry.ports else {}
    return {
        "RuleAction": entry.action,
        "Egress": entry.egress,
        "Protocol": entry.protocol,
        "Ipv6CidrBlock" if ":" in entry.cidr else "CidrBlock": entry.cidr,
        **ports,
    }


def _dns(settings: DnsFirewall) -> dict[str, Any]:
    return {
        "preProcessRuleGroups": [{"ruleGroupId": key, "priority": value} for key, value in settings.first.items()],
        "postProcessRuleGroups": [{"ruleGroupId": key, "priority": value} for key, value in settings.last.items()],
    }


def _shield(settings: ShieldAdvanced) -> dict[str, Any]:
    response = settings.automatic_response
    acting = response in ("BLOCK", "COUNT")
    action = {"automaticResponseAction": response} if acting else {}
    return {"automaticResponseConfiguration": {"automaticResponseStatus": "ENABLED" if acting else response, **action}}


TYPES: Mapping[str, tuple[str, Callable[[Any], dict[str, Any]]]] = {
    "web_acl": ("WAFV2", _web_acl),
    "common_security_groups": ("SECURITY_GROUPS_COMMON", _common),
    "security_group_content": ("SECURITY_GROUPS_CONTENT_AUDIT", _group_content),
    "security_group_usage": ("SECURITY_GROUPS_USAGE_AUDIT", _group_usage),
    "network_acl": ("NETWORK_ACL_COMMON", lambda _: {}),
    "dns_firewall": ("DNS_FIREWALL", _dns),
    "shield_advanced": ("SHIELD_ADVANCED", _shield),
}
"""By setting, AWS's type and how its content is written (API reference, SecurityServicePolicyData)."""
