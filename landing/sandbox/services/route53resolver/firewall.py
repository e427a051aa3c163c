"""DNS Firewall: lists of domains, groups of rules, and VPCs that have them, also of another account's.

Route 53 Developer Guide, "Using DNS Firewall to filter outbound DNS traffic"; Route 53 Resolver API reference.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.places import Places
from landing.sandbox.services.ram.state import reaching

HEX = "0123456789abcdef"
MANAGED = (
    "AWSManagedDomainsAggregateThreatList",
    "AWSManagedDomainsAmazonGuardDutyThreatList",
    "AWSManagedDomainsBotnetCommandandControl",
    "AWSManagedDomainsMalwareDomainList",
)
"""Lists of AWS's, each with an id of its own in each Region (Developer Guide, "Managed Domain Lists")."""
RULE = (
    "Action", "BlockOverrideDnsType", "BlockOverrideDomain", "BlockOverrideTtl", "BlockResponse",
    "ConfidenceThreshold", "DnsThreatProtection", "FirewallDomainListId", "FirewallDomainRedirectionAction", "Name",
    "Priority", "Qtype",
)  # fmt: skip
ASSOCIATION = ("FirewallRuleGroupId", "Name", "Priority", "VpcId")
BETWEEN = (101, 9899)
"""Priorities that accounts may give; others are Firewall Manager's (AssociateFirewallRuleGroup)."""


@dataclass(slots=True)
class DomainList:
    """Names, with a `*` at the beginning or none."""

    id: str
    arn: str
    name: str
    domains: list[str] = field(default_factory=list)


@dataclass(slots=True)
class RuleGroup:
    """Rules by what tells them apart: a list of domains or a kind of threat, and the type of query."""

    id: str
    arn: str
    name: str
    account: str
    rules: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)


@dataclass(slots=True)
class Firewall:
    """What an account has in a Region."""

    lists: dict[str, DomainList] = field(default_factory=dict)
    groups: dict[str, RuleGroup] = field(default_factory=dict)
    associations: dict[str, dict[str, Any]] = field(default_factory=dict)


PLACES = Places("dns-firewall", Firewall)


def create_firewall_domain_list(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    id_ = _new(call, "fdl")
    made = DomainList(id_, call.arn(f"firewall-domain-list/{id_}"), call["Name"])
    PLACES.here(call).lists[id_] = made
    return {"FirewallDomainList": _shown_list(made)}


def get_firewall_domain_list(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    return {"FirewallDomainList": _shown_list(_list(call))}


def list_firewall_domain_lists(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    known = [*_managed(call), *PLACES.here(call).lists.values()]
    return call.page("FirewallDomainLists", [{"Id": each.id, "Arn": each.arn, "Name": each.name} for each in known])


def update_firewall_domains(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall. Domains are added, removed, or replaced as a whole."""
    found, given = _list(call, own=True), call["Domains"]
    for domain in given:
        if "*" in domain.removeprefix("*.") or " " in domain or domain in ("", "*."):
            raise Refusal("ValidationException", f"'{domain}' is not a valid domain name.")
    if call["Operation"] == "REPLACE":
        found.domains = list(given)
    elif call["Operation"] == "ADD":
        found.domains += [domain for domain in given if domain not in found.domains]
    else:
        found.domains = [domain for domain in found.domains if domain not in given]
    return {"Id": found.id, "Name": found.name, "Status": "COMPLETE"}


def list_firewall_domains(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    return call.page("Domains", _list(call, own=True).domains)


def delete_firewall_domain_list(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall. Not one that rules have (ConflictException)."""
    found = _list(call, own=True)
    if any(key == found.id for group in PLACES.here(call).groups.values() for key, _ in group.rules):
        raise Refusal("ConflictException", f"The domain list '{found.id}' is used by a rule.")
    del PLACES.here(call).lists[found.id]
    return {"FirewallDomainList": _shown_list(found)}


def create_firewall_rule_group(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    id_ = _new(call, "frg")
    made = RuleGroup(id_, call.arn(f"firewall-rule-group/{id_}"), call["Name"], call.account)
    PLACES.here(call).groups[id_] = made
    return {"FirewallRuleGroup": _shown_group(made)}


def get_firewall_rule_group(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall. Also one that is shared with the caller."""
    return {"FirewallRuleGroup": _shown_group(_group(call))}


def delete_firewall_rule_group(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall. Not one that has rules, or VPCs of any account (ConflictException)."""
    found = _group(call, own=True)
    everywhere = (each for _, _, place in PLACES.every(call.world) for each in place.associations.values())
    if found.rules or any(each["FirewallRuleGroupId"] == found.id for each in everywhere):
        raise Refusal("ConflictException", f"The rule group '{found.id}' has rules, or is associated with a VPC.")
    del PLACES.here(call).groups[found.id]
    return {"FirewallRuleGroup": _shown_group(found)}


def create_firewall_rule(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall. A rule is about a list of domains or a kind of threat, at a priority of its own."""
    group = _group(call, own=True)
    rule = {name: call[name] for name in RULE if name in call}
    what = [rule[name] for name in ("FirewallDomainListId", "DnsThreatProtection") if name in rule]
    if len(what) != 1 or ("DnsThreatProtection" in rule) != ("ConfidenceThreshold" in rule):
        message = "A rule has a domain list, or DnsThreatProtection with ConfidenceThreshold."
        raise Refusal("ValidationException", message)
    if "FirewallDomainListId" in rule and _known(call, rule["FirewallDomainListId"]) is None:
        raise Refusal("ResourceNotFoundException", f"The domain list '{what[0]}' does not exist.")
    key = (str(what[0]), str(rule.get("Qtype", "")))
    if key in group.rules:
        raise Refusal("ValidationException", f"The rule group has a rule for '{what[0]}' already.")
    _check_rule(group, key, rule)
    group.rules[key] = rule
    return {"FirewallRule": {**rule, "FirewallRuleGroupId": group.id}}


def update_firewall_rule(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    group, key = _rule_of(call)
    rule = {**group.rules[key], **{name: call[name] for name in RULE if name in call}}
    if rule["Action"] != "BLOCK":
        rule.pop("BlockResponse", None)
    _check_rule(group, key, rule)
    group.rules[key] = rule
    return {"FirewallRule": {**rule, "FirewallRuleGroupId": group.id}}


def delete_firewall_rule(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    group, key = _rule_of(call)
    return {"FirewallRule": {**group.rules.pop(key), "FirewallRuleGroupId": group.id}}


def list_firewall_rules(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    group = _group(call)
    rules = sorted(group.rules.items(), key=lambda one: one[1]["Priority"])
    shown = []
    for (what, _), rule in rules:
        threat = {"FirewallThreatProtectionId": what} if "DnsThreatProtection" in rule else {}
        shown.append({**rule, **threat, "FirewallRuleGroupId": group.id})
    return call.page("FirewallRules", shown)


def associate_firewall_rule_group(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall. A VPC of the caller has a group once, and each at a priority of its own."""
    group, place = _group(call), PLACES.here(call)
    try:
        call.client("ec2", call.account, call.region).describe_vpcs(VpcIds=[call["VpcId"]])
    except ClientError as error:
        raise Refusal("ResourceNotFoundException", f"The VPC '{call['VpcId']}' does not exist.") from error
    id_ = _new(call, "frgassoc")
    made = {name: call[name] for name in ASSOCIATION}
    made |= {"Id": id_, "Arn": call.arn(f"firewall-rule-group-association/{id_}")}
    made["MutationProtection"] = call.get("MutationProtection", "DISABLED")
    if any(each["VpcId"] == made["VpcId"] and each["FirewallRuleGroupId"] == group.id for each in _tied(place)):
        raise Refusal("ConflictException", f"The rule group '{group.id}' is associated with the VPC already.")
    _check_association(place, made)
    place.associations[id_] = made
    return {"FirewallRuleGroupAssociation": {**made, "Status": "COMPLETE"}}


def get_firewall_rule_group_association(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    return {"FirewallRuleGroupAssociation": {**_association(call), "Status": "COMPLETE"}}


def update_firewall_rule_group_association(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall."""
    found = _association(call)
    changed = {**found, **{name: call[name] for name in ("MutationProtection", "Name", "Priority") if name in call}}
    _check_association(PLACES.here(call), changed)
    found.update(changed)
    return {"FirewallRuleGroupAssociation": {**found, "Status": "COMPLETE"}}


def disassociate_firewall_rule_group(call: Call) -> dict[str, Any]:
    """Moto has no DNS Firewall. Not while it is protected."""
    found = _association(call)
    if found["MutationProtection"] == "ENABLED":
        raise Refusal("ConflictException", f"The association '{found['Id']}' is protected from mutation.")
    del PLACES.here(call).associations[found["Id"]]
    return {"FirewallRuleGroupAssociation": {**found, "Status": "DELETING"}}


def _check_rule(group: RuleGroup, key: tuple[str, str], rule: dict[str, Any]) -> None:
    """CreateFirewallRule: what goes with an action, and a priority that no other rule has."""
    if (rule["Action"] == "BLOCK") != ("BlockResponse" in rule):
        raise Refusal("ValidationException", "BlockResponse goes with the action BLOCK.")
    if "DnsThreatProtection" in rule and rule["Action"] == "ALLOW":
        raise Refusal("ValidationException", "A rule of DNS Firewall Advanced alerts or blocks.")
    if any(other["Priority"] == rule["Priority"] for name, other in group.rules.items() if name != key):
        raise Refusal("ValidationException", f"The priority {rule['Priority']} is taken.")


def _check_association(place: Firewall, made: dict[str, Any]) -> None:
    if not BETWEEN[0] <= made["Priority"] <= BETWEEN[1]:
        raise Refusal("ValidationException", "The priority must be greater than 100 and less than 9900.")
    for each in _tied(place):
        if each["Id"] != made["Id"] and (each["VpcId"], each["Priority"]) == (made["VpcId"], made["Priority"]):
            raise Refusal("ConflictException", f"The priority {made['Priority']} is taken in the VPC.")


def _tied(place: Firewall) -> Iterator[dict[str, Any]]:
    yield from place.associations.values()


def _new(call: Call, kind: str) -> str:
    return f"rslvr-{kind}-{call.world.token(16, HEX)}"


def _managed(call: Call) -> Iterator[DomainList]:
    for name in MANAGED:
        id_ = f"rslvr-fdl-{hashlib.sha256(f'{call.region}{name}'.encode()).hexdigest()[:16]}"
        yield DomainList(id_, f"arn:{call.partition}:route53resolver:{call.region}::firewall-domain-list/{id_}", name)


def _known(call: Call, id_: str) -> DomainList | None:
    own = PLACES.here(call).lists.get(id_)
    return own or next((each for each in _managed(call) if each.id == id_), None)


def _list(call: Call, *, own: bool = False) -> DomainList:
    found = _known(call, call["FirewallDomainListId"])
    if found is None or (own and found.id not in PLACES.here(call).lists):
        raise Refusal("ResourceNotFoundException", f"The domain list '{call['FirewallDomainListId']}' does not exist.")
    return found


def _group(call: Call, *, own: bool = False) -> RuleGroup:
    """One of the caller's, or one that is shared with it."""
    wanted = call["FirewallRuleGroupId"]
    found = PLACES.here(call).groups.get(wanted)
    if found is None and not own:
        shares = (share for region, share in reaching(call.world, call.account) if region == call.region)
        arns = {each.entity for share in shares for each in share.associations.values()}
        everywhere = (each for _, region, place in PLACES.every(call.world) for each in place.groups.values())
        found = next((each for each in everywhere if each.id == wanted and each.arn in arns), None)
    if found is None:
        raise Refusal("ResourceNotFoundException", f"The rule group '{wanted}' does not exist.")
    return found


def _rule_of(call: Call) -> tuple[RuleGroup, tuple[str, str]]:
    group = _group(call, own=True)
    what = call.get("FirewallDomainListId") or call.get("FirewallThreatProtectionId", "")
    key = (str(what), str(call.get("Qtype", "")))
    if key not in group.rules:
        raise Refusal("ResourceNotFoundException", f"The rule group has no rule for '{what}'.")
    return group, key


def _association(call: Call) -> dict[str, Any]:
    found = PLACES.here(call).associations.get(call["FirewallRuleGroupAssociationId"])
    if found is None:
        raise Refusal("ResourceNotFoundException", "The association does not exist.")
    return found


def _shown_list(found: DomainList) -> dict[str, Any]:
    return {
        "Id": found.id,
        "Arn": found.arn,
        "Name": found.name,
        "DomainCount": len(found.domains),
        "Status": "COMPLETE",
    }


def _shown_group(found: RuleGroup) -> dict[str, Any]:
    shown = {"Id": found.id, "Arn": found.arn, "Name": found.name, "OwnerId": found.account}
    return {**shown, "RuleCount": len(found.rules), "Status": "COMPLETE"}
