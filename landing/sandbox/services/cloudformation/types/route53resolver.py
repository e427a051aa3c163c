"""Amazon Route 53 Resolver: query logging, endpoints, rules and what has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site, changed, refused
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class ResolverQueryLoggingConfig(ApiType):
    """AWS::Route53Resolver::ResolverQueryLoggingConfig."""

    name = "AWS::Route53Resolver::ResolverQueryLoggingConfig"
    properties = frozenset({"DestinationArn", "Name"})
    service, key, identity = "route53resolver", "ResolverQueryLogConfigId", "Id"
    creates, deletes = "CreateResolverQueryLogConfig", "DeleteResolverQueryLogConfig"
    describes, described = "GetResolverQueryLogConfig", "ResolverQueryLogConfig"

    def create(self, site: Site, properties: Properties) -> str:
        """A request of its own."""
        return super().create(site, {**properties, "CreatorRequestId": site.world.token(16)})


class ResolverEndpoint(ApiType):
    """AWS::Route53Resolver::ResolverEndpoint: its addresses are listed by themselves, each in a subnet."""

    name = "AWS::Route53Resolver::ResolverEndpoint"
    properties = frozenset({"Direction", "IpAddresses", "Name", "SecurityGroupIds", "Tags"})
    service, key, identity = "route53resolver", "ResolverEndpointId", "Id"
    creates, updates, deletes = "CreateResolverEndpoint", "UpdateResolverEndpoint", "DeleteResolverEndpoint"
    describes, described = "GetResolverEndpoint", "ResolverEndpoint"
    tagging = TagCalls("route53resolver")

    def create(self, site: Site, properties: Properties) -> str:
        """A request of its own."""
        return super().create(site, {**properties, "CreatorRequestId": site.world.token(16)})

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """An address that the template leaves to AWS is known by its subnet."""
        live = super().read(site, physical_id, expected)
        if live is None:
            return None
        given = any("Ip" in each for each in expected.get("IpAddresses") or ())
        addresses = self._addresses(site, physical_id)
        order = [each["SubnetId"] for each in expected.get("IpAddresses") or ()]
        addresses.sort(key=lambda each: order.index(each["SubnetId"]) if each["SubnetId"] in order else len(order))
        shown = [{name: each[name] for name in ("SubnetId", *(("Ip",) if given else ()))} for each in addresses]
        return {**live, "IpAddresses": shown}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """The name; addresses that come, then those that go."""
        client = site.client(self.service)
        if changed(before, after, "Name"):
            client.update_resolver_endpoint(ResolverEndpointId=physical_id, Name=after["Name"])
        wanted = [each["SubnetId"] for each in after["IpAddresses"]]
        there = self._addresses(site, physical_id)
        for subnet in wanted:
            if subnet not in [each["SubnetId"] for each in there]:
                client.associate_resolver_endpoint_ip_address(
                    ResolverEndpointId=physical_id, IpAddress={"SubnetId": subnet}
                )
        for each in there:
            if each["SubnetId"] not in wanted:
                gone = {name: each[name] for name in ("IpId", "SubnetId", "Ip")}
                client.disassociate_resolver_endpoint_ip_address(ResolverEndpointId=physical_id, IpAddress=gone)

    def _addresses(self, site: Site, physical_id: str) -> list[dict[str, Any]]:
        client = site.client(self.service)
        found: list[dict[str, Any]] = client.list_resolver_endpoint_ip_addresses(ResolverEndpointId=physical_id)[
            "IpAddresses"
        ]
        return found


class ResolverRule(ApiType):
    """AWS::Route53Resolver::ResolverRule: Resolver ends a domain with a dot, the template does not."""

    name = "AWS::Route53Resolver::ResolverRule"
    properties = frozenset({"DomainName", "Name", "ResolverEndpointId", "RuleType", "Tags", "TargetIps"})
    service, key, identity = "route53resolver", "ResolverRuleId", "Id"
    creates, deletes = "CreateResolverRule", "DeleteResolverRule"
    describes, described = "GetResolverRule", "ResolverRule"
    tagging = TagCalls("route53resolver")

    def create(self, site: Site, properties: Properties) -> str:
        """A request of its own."""
        targets = {"TargetIps": _ports(properties["TargetIps"])} if "TargetIps" in properties else {}
        return super().create(site, {**properties, **targets, "CreatorRequestId": site.world.token(16)})

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The domain as the template has it; ports as texts."""
        live = super().read(site, physical_id, expected)
        if live is None:
            return None
        targets = [{"Ip": each["Ip"], "Port": str(each.get("Port", 53))} for each in live.get("TargetIps") or ()]
        domain = str(live["DomainName"])
        plain = domain if str(expected.get("DomainName", "")).endswith(".") else domain.removesuffix(".")
        return {**live, "DomainName": plain, **({"TargetIps": targets} if targets else {})}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """UpdateResolverRule: name, endpoint and targets; it has no domain (API reference, ResolverRuleConfig)."""
        if changed(before, after, "DomainName"):
            raise refused("UpdateResolverRule", "InvalidRequestException", "The domain name cannot be changed.")
        if changed(before, after, "Name", "ResolverEndpointId", "TargetIps"):
            config = {name: after[name] for name in ("Name", "ResolverEndpointId") if name in after}
            targets = {"TargetIps": _ports(after["TargetIps"])} if "TargetIps" in after else {}
            site.client(self.service).update_resolver_rule(ResolverRuleId=physical_id, Config={**config, **targets})


def _ports(targets: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ports are numbers in the API, and texts in templates."""
    return [{**each, **({"Port": int(each["Port"])} if "Port" in each else {})} for each in targets]


class ResolverRuleAssociation(ApiType):
    """AWS::Route53Resolver::ResolverRuleAssociation."""

    name = "AWS::Route53Resolver::ResolverRuleAssociation"
    properties = frozenset({"Name", "ResolverRuleId", "VPCId"})
    service, key, identity = "route53resolver", "ResolverRuleAssociationId", "Id"
    creates, deletes = "AssociateResolverRule", "DisassociateResolverRule"
    describes, described = "GetResolverRuleAssociation", "ResolverRuleAssociation"

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """By rule and VPC, unless it is gone."""
        live = self.read(site, physical_id, properties)
        if live is not None:
            named = {name: live[name] for name in ("ResolverRuleId", "VPCId")}
            site.client(self.service).disassociate_resolver_rule(**named)


class FirewallDomainList(ApiType):
    """AWS::Route53Resolver::FirewallDomainList; its domains are written only, so that their drift is not told."""

    name = "AWS::Route53Resolver::FirewallDomainList"
    properties = frozenset({"Domains", "Name"})
    service, key, identity = "route53resolver", "FirewallDomainListId", "Id"
    creates, deletes = "CreateFirewallDomainList", "DeleteFirewallDomainList"
    describes, described = "GetFirewallDomainList", "FirewallDomainList"

    def create(self, site: Site, properties: Properties) -> str:
        """The list, then its domains."""
        named = {name: value for name, value in properties.items() if name != "Domains"}
        made = super().create(site, {**named, "CreatorRequestId": site.world.token(16)})
        self._replace(site, made, properties)
        return made

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """All domains anew."""
        if changed(before, after, "Domains"):
            self._replace(site, physical_id, after)

    def _replace(self, site: Site, physical_id: str, properties: Properties) -> None:
        site.client(self.service).update_firewall_domains(
            FirewallDomainListId=physical_id, Operation="REPLACE", Domains=list(properties.get("Domains") or ())
        )


class FirewallRuleGroup(ApiType):
    """AWS::Route53Resolver::FirewallRuleGroup: its rules have calls of their own."""

    name = "AWS::Route53Resolver::FirewallRuleGroup"
    properties = frozenset({"FirewallRules", "Name"})
    service, key, identity = "route53resolver", "FirewallRuleGroupId", "Id"
    creates, deletes = "CreateFirewallRuleGroup", "DeleteFirewallRuleGroup"
    describes, described = "GetFirewallRuleGroup", "FirewallRuleGroup"

    def create(self, site: Site, properties: Properties) -> str:
        """The group, then its rules."""
        named = {name: value for name, value in properties.items() if name != "FirewallRules"}
        made = super().create(site, {**named, "CreatorRequestId": site.world.token(16)})
        self._write(site, made, properties.get("FirewallRules") or ())
        return made

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """With its rules, by priority; without what Resolver gives them."""
        live = super().read(site, physical_id, expected)
        if live is None:
            return None
        rules = self._rules(site, physical_id)
        given = ("FirewallRuleGroupId", "FirewallThreatProtectionId", "Name")
        return {**live, "FirewallRules": [{k: v for k, v in each.items() if k not in given} for each in rules]}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """The rules that there are go, and those of the template come."""
        if changed(before, after, "FirewallRules"):
            self._clear(site, physical_id)
            self._write(site, physical_id, after.get("FirewallRules") or ())

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Without its rules first."""
        if self.read(site, physical_id, properties) is not None:
            self._clear(site, physical_id)
            super().delete(site, physical_id, properties)

    def _rules(self, site: Site, group: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = site.client(self.service).list_firewall_rules(FirewallRuleGroupId=group)[
            "FirewallRules"
        ]
        return found

    def _clear(self, site: Site, group: str) -> None:
        for rule in self._rules(site, group):
            names = ("FirewallDomainListId", "FirewallThreatProtectionId", "Qtype")
            which = {name: rule[name] for name in names if name in rule}
            site.client(self.service).delete_firewall_rule(FirewallRuleGroupId=group, **which)

    def _write(self, site: Site, group: str, rules: Iterable[dict[str, Any]]) -> None:
        for rule in rules:
            more = {"CreatorRequestId": site.world.token(16), "Name": f"rule-{rule['Priority']}"}
            site.client(self.service).create_firewall_rule(FirewallRuleGroupId=group, **more, **rule)


class FirewallRuleGroupAssociation(ApiType):
    """AWS::Route53Resolver::FirewallRuleGroupAssociation."""

    name = "AWS::Route53Resolver::FirewallRuleGroupAssociation"
    properties = frozenset({"FirewallRuleGroupId", "MutationProtection", "Name", "Priority", "VpcId"})
    service, key, identity = "route53resolver", "FirewallRuleGroupAssociationId", "Id"
    creates, deletes = "AssociateFirewallRuleGroup", "DisassociateFirewallRuleGroup"
    updates = "UpdateFirewallRuleGroupAssociation"
    describes, described = "GetFirewallRuleGroupAssociation", "FirewallRuleGroupAssociation"

    def create(self, site: Site, properties: Properties) -> str:
        """A request of its own."""
        name = properties.get("Name") or site.unique_name()
        return super().create(site, {**properties, "Name": name, "CreatorRequestId": site.world.token(16)})
