"""Which names the organization's networks do not resolve, or tell of: rules of DNS Firewall that are shared."""

import re
from collections.abc import Sequence
from typing import Any, Literal

from troposphere import GetAtt, Output, Ref, Template
from troposphere.route53resolver import FirewallDomainList, FirewallRule, FirewallRuleGroup

from landing.blueprint.sharing import add_share

CONTROLS = ("nist-800-53-r5:SC-7", "nist-csf-2.0:DE.CM-01", "nist-csf-2.0:PR.IR-01")
NAME = "landing-dns-firewall"
DOMAIN = r"(?=.{1,255}$)(\*\.)?([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
LIST = "rslvr-fdl-[0-9a-f]{8,32}"
THREATS = ("DNS_TUNNELING", "DGA", "DICTIONARY_DGA")
MOST_DOMAINS = 1000
"""Domains in one UpdateFirewallDomains (API reference)."""


def dns_firewall(
    *,
    threats: Literal["none", "alert", "block"] = "alert",
    confidence: Literal["LOW", "MEDIUM", "HIGH"] = "HIGH",
    allowed: Sequence[str] = (),
    blocked: Sequence[str] = (),
    lists: Sequence[str] = (),
    lists_action: Literal["alert", "block"] = "block",
    share_with: Sequence[str] = ("organization",),
) -> Template:
    """Which names the organization's networks do not resolve, or tell of: rules that are shared.

    `allowed` are domains that no other rule is asked about, `blocked` are answered as if there were none
    (`*.example.com`: all below). `lists` are ids of AWS's managed lists in this region, with `lists_action`. `threats`
    says what becomes of names that look like tunnels or made by programs, from a `confidence` on. VPCs have it by
    `dns_attachment`.
    """
    for name, domains in (("allowed", allowed), ("blocked", blocked)):
        if (
            not all(re.fullmatch(DOMAIN, each) for each in domains)
            or len({*domains}) != len(domains)
            or len(domains) > MOST_DOMAINS
        ):
            raise ValueError(
                f"`{name}` are up to {MOST_DOMAINS} domains, each once, of lower-case names, `*.` before them or not"
            )
    if not all(re.fullmatch(LIST, each) for each in lists) or len({*lists}) != len(lists):
        raise ValueError(
            "`lists` are ids of lists in this region, `rslvr-fdl-…`: aws route53resolver list-firewall-domain-lists"
        )
    if threats == "none" and not (allowed or blocked or lists):
        raise ValueError("neither `threats`, `allowed`, `blocked` nor `lists`: there is nothing to make")
    template = Template("DNS Firewall of the organization's networks")
    rules: list[FirewallRule] = []
    for priority, title, action, domains in ((10, "Allowed", "ALLOW", allowed), (20, "Blocked", "BLOCK", blocked)):
        if domains:
            template.add_resource(FirewallDomainList(title, Name=f"{NAME}-{title.lower()}", Domains=list(domains)))
            rules.append(_rule(priority, action, FirewallDomainListId=Ref(title)))
    rules += [_rule(100 + n, lists_action.upper(), FirewallDomainListId=id_) for n, id_ in enumerate(lists)]
    for number, threat in enumerate(THREATS if threats != "none" else ()):
        detail = {"DnsThreatProtection": threat, "ConfidenceThreshold": confidence}
        rules.append(_rule(200 + number, threats.upper(), **detail))
    template.add_resource(FirewallRuleGroup("Group", Name=NAME, FirewallRules=rules))
    template.add_output(Output("FirewallRuleGroupId", Value=Ref("Group")))
    add_share(template, "GroupShare", NAME, [GetAtt("Group", "Arn")], share_with)
    return template


def _rule(priority: int, action: str, **what: Any) -> FirewallRule:
    answer = {"BlockResponse": "NXDOMAIN"} if action == "BLOCK" else {}
    return FirewallRule(Priority=priority, Action=action, **answer, **what)
