"""What is wrong with policies of Firewall Manager: what AWS would refuse, or take and never find anything by."""

from __future__ import annotations

import ipaddress
import json
import re
from collections.abc import Collection, Iterator
from typing import Any, TypeAlias

from landing.core.text import few
from landing.organization import ROOT, Organization
from landing.services.firewall_manager.content import content_of, option_of, type_of, ways
from landing.services.firewall_manager.settings import (
    DISTRIBUTION,
    RESOURCE_TYPES,
    AclEntry,
    FirewallPolicySettings,
    NetworkAcl,
    WebAcl,
)

Problem: TypeAlias = tuple[Any, ...]
"""The message, what to do, and the settings below the policy at which it is."""

NEVER_CLEANED = ("SHIELD_ADVANCED", "WAF")
"""Types that have no DeleteUnusedFMManagedResources (API reference, Policy)."""
REGIONAL = re.compile(r"arn:[a-z-]+:(?:wafv2|network-firewall):([a-z0-9-]+):")
"""The region of what a content refers to."""
BOUND = re.compile(r'"(sg-[0-9a-f]+|rslvr-frg-[^"]+)"')
"""Ids of what is in one region."""


def problems(organization: Organization, policy: FirewallPolicySettings, places: Collection[str]) -> Iterator[Problem]:
    """Of one policy, which is in these regions."""
    said, kind = ways(policy), type_of(policy)
    if len(said) != 1:
        yield (
            f"it says {'in no way' if not said else 'in several ways (' + ', '.join(said) + ')'} what it is",
            "give exactly one: " + "`web_acl`, `security_group_usage`, …, or `managed_service_data`",
        )
        return
    if kind not in RESOURCE_TYPES:
        yield "its content has no `type` that AWS knows", f"one of {', '.join(RESOURCE_TYPES)}", said[0]
        return
    offered = RESOURCE_TYPES[kind]
    for strange in [each for each in policy.resource_types if each not in offered]:
        yield f"a policy of type {kind} is not for {strange}", f"it is for {', '.join(offered)}", "resource_types"
    yield from _whom(organization, policy)
    yield from _where(organization, policy, places)
    yield from _what(policy, kind)


def _whom(organization: Organization, policy: FirewallPolicySettings) -> Iterator[Problem]:
    target = policy.target
    if ROOT in target.exclude_units:
        yield "it leaves the whole organization out", "leave the root out of what is excluded", "target"
    elif not organization.members(target) and not organization.cover(target).units:
        yield "its target is no account of the config", "name units, accounts or tags", "target"
    if (policy.exclude_resource_tags or policy.resource_tags_any) and not policy.resource_tags:
        name = "exclude_resource_tags" if policy.exclude_resource_tags else "resource_tags_any"
        yield f"`{name}` means nothing without `resource_tags`", "name the tags", name


def _where(organization: Organization, policy: FirewallPolicySettings, places: Collection[str]) -> Iterator[Problem]:
    if DISTRIBUTION in policy.resource_types:
        if policy.regions or len(policy.resource_types) > 1:
            name = "regions" if policy.regions else "resource_types"
            hint = "make another policy for what is in regions"
            yield f"a policy for {DISTRIBUTION} is one for all regions, and for nothing else", hint, name
    else:
        for strange in [each for each in policy.regions if each not in places]:
            hint = "name governed regions that have Firewall Manager"
            yield f"{strange} is not governed, or does not have Firewall Manager", hint, "regions"
    text = json.dumps([content_of(policy), option_of(policy)])
    away = set(REGIONAL.findall(text)) - {*places}
    if away:
        hint = "name the region of what it refers to as its only one"
        yield f"it refers to what is in {few(sorted(away))}, where it is not", hint, ways(policy)[0]
    bound = BOUND.findall(text)
    if bound and len(places) > 1:
        yield f"{few(bound)} is in one region, and the policy is in {len(places)}", "name one of them", "regions"


def _what(policy: FirewallPolicySettings, kind: str) -> Iterator[Problem]:
    if policy.clean_up and kind in NEVER_CLEANED:
        yield f"AWS has no `clean_up` for policies of type {kind}", "leave it out", "clean_up"
    if policy.web_acl:
        yield from _web_acl(policy.web_acl)
    if policy.network_acl:
        yield from _network_acl(policy.network_acl)
    content, usage, dns = policy.security_group_content, policy.security_group_usage, policy.dns_firewall
    if content and not (content.groups or content.deny_all_protocols):
        yield "it looks for nothing", "name `groups`, or say `deny_all_protocols`", "security_group_content"
    if usage and not (usage.unused or usage.redundant):
        yield "it looks for nothing", "say `unused` or `redundant`", "security_group_usage"
    if dns and not (dns.first or dns.last):
        yield "it has no rule group", "name one under `first` or `last`", "dns_firewall"
    shield = policy.shield_advanced
    if shield and shield.automatic_response != "IGNORED" and DISTRIBUTION not in policy.resource_types:
        hint = f"say `resource_types: [{DISTRIBUTION}]`, or leave it out"
        yield "AWS documents the automatic response for CloudFront alone", hint, "shield_advanced", "automatic_response"


def _web_acl(acl: WebAcl) -> Iterator[Problem]:
    if not (acl.first or acl.last):
        yield "its web ACL has no rule group", "name one under `first`", "web_acl"
    if acl.replace and acl.retrofit:
        yield "web ACLs that are there are replaced or retrofitted", "leave one out", "web_acl", "retrofit"
    for name, groups in (("first", acl.first), ("last", acl.last)):
        if any(bool(group.managed) == bool(group.arn) for group in groups):
            yield "a rule group is a managed one or one's own", "give `managed`, or `arn`", "web_acl", name


def _network_acl(acl: NetworkAcl) -> Iterator[Problem]:
    if not (acl.first or acl.last):
        yield "it has no rule", "AWS wants one under `first` or `last`", "network_acl"
    for name, entries in (("first", acl.first), ("last", acl.last)):
        for message, hint in (found for entry in entries for found in _entry(entry)):
            yield message, hint, "network_acl", name


def _entry(entry: AclEntry) -> Iterator[tuple[str, str]]:
    try:
        ipaddress.ip_network(entry.cidr)
    except ValueError:
        yield f"{entry.cidr} is no range of addresses", "as in 10.0.0.0/8, with nothing set behind its length"
    if entry.ports and entry.protocol not in ("6", "17"):
        yield "ports are those of TCP (6) or UDP (17)", "name its `protocol`"
    if len(entry.ports) == 2 and entry.ports[0] > entry.ports[1]:
        yield "the last port is before the first", "turn them round"
