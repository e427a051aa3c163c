"""Where DNS of the organization's networks and of others meets: endpoints of Resolver, and rules that are shared."""

import ipaddress
import re
import types
from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import GetAtt, Output, Parameter, Ref, Select, Tags, Template
from troposphere.ec2 import SecurityGroup, SecurityGroupRule
from troposphere.route53resolver import IpAddressRequest, ResolverEndpoint, ResolverRule, TargetAddress

from landing.blueprint.sharing import add_share

CONTROLS = ("nist-800-53-r5:SC-7", "nist-800-53-r5:SC-22", "nist-csf-2.0:PR.IR-01")
NAME = "landing-dns"
DOMAIN = r"\.|(?=.{1,253}$)([a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
PORT = 53
NOWHERE = {"IpProtocol": "icmp", "FromPort": 252, "ToPort": 86, "CidrIp": "255.255.255.255/32"}
"""A rule that lets nothing through: drift is told of lists that are there alone."""
MOST_TARGETS = 6
"""Addresses that a rule forwards to (Route 53 Developer Guide, "Quotas on Route 53 Resolver")."""


def dns_hub(
    *,
    forward: Mapping[str, list[str]] = types.MappingProxyType({}),
    local: Sequence[str] = (),
    inbound: bool = True,
    clients: Sequence[str] = ("10.0.0.0/8",),
    zones: int = 2,
    share_with: Sequence[str] = ("organization",),
) -> Template:
    """Where DNS of the organization's networks and of others meets: endpoints of Route 53 Resolver, and shared rules.

    A stack in the account of a network, whose `NetworkId` and `SubnetIds` are outputs of `shared_network`; endpoints
    have an address in the first of its subnets, as many as `zones` (2 to 6) says. `forward` maps domains to name
    servers, `address` or `address:port`, that answer for them; `local` are domains below these that Resolver answers
    for itself. The rules are shared with `share_with`: `organization`, ids of units and of accounts, and hold in VPCs
    that `dns_attachment` names. With `inbound`, name servers of the ranges `clients` ask the endpoint for names of
    private zones.
    """
    if not 2 <= zones <= 6:
        raise ValueError("`zones` is from 2 to 6: an endpoint has addresses in two subnets at least")
    if not forward and not inbound:
        raise ValueError("neither `forward` nor `inbound`: there is nothing to make")
    targets = {domain: [_target(each) for each in each_target] for domain, each_target in forward.items()}
    titles = _titles([*forward, *local])
    for number in targets.values():
        if not 1 <= len(number) <= MOST_TARGETS or len({*number}) != len(number):
            raise ValueError(f"a domain of `forward` has from 1 to {MOST_TARGETS} name servers, each named once")
    ranges = [str(ipaddress.IPv4Network(each)) for each in clients]
    template = Template("Endpoints and rules of DNS that the organization shares")
    template.add_parameter(Parameter("NetworkId", Type="String", AllowedPattern="^vpc-[0-9a-f]{8,17}$"))
    template.add_parameter(Parameter("SubnetIds", Type="CommaDelimitedList"))
    if inbound:
        asked = [_dns(protocol, cidr=each) for each in ranges for protocol in ("tcp", "udp")]
        _endpoint(template, "Inbound", zones, ingress=asked)
    if forward:
        servers = sorted({each for several in targets.values() for each in several})
        asks = [_dns(protocol, f"{ip}/32", port) for ip, port in servers for protocol in ("tcp", "udp")]
        _endpoint(template, "Outbound", zones, egress=asks)
    for domain, title in titles.items():
        _rule(template, title, domain, targets.get(domain))
    shared = [GetAtt(f"{title}Rule", "Arn") for title in titles.values()]
    if shared:
        add_share(template, "RuleShare", NAME, shared, share_with)
    return template


def _target(text: str) -> tuple[str, int]:
    address, _, port = text.partition(":")
    number = int(port or PORT) if (port or "0").isdigit() else 0
    if not 1 <= number <= 65535:
        raise ValueError(f"`{text}` is no name server: `10.0.0.2`, or `10.0.0.2:53`")
    return str(ipaddress.IPv4Address(address)), number


def _titles(domains: Sequence[str]) -> dict[str, str]:
    """What the rules are called in the template and in outputs: `CorpExampleCom`; `Everything` for all domains."""
    for domain in domains:
        if not re.fullmatch(DOMAIN, domain):
            raise ValueError(f"`{domain}` is no domain: lower-case names with dots between them, or `.` for all")
    words = {each: re.split("[._-]", each) for each in domains}
    titles = {each: "".join(map(str.capitalize, words[each])) or "Everything" for each in domains}
    if len({*titles.values()}) != len(domains):
        raise ValueError("a domain is named once in `forward` and `local`, and not by dots and by `-` both")
    return titles


def _dns(protocol: str, cidr: str, port: int = PORT) -> SecurityGroupRule:
    return SecurityGroupRule(IpProtocol=protocol, FromPort=port, ToPort=port, CidrIp=cidr)


def _tags(what: str) -> Tags:
    return Tags(Name=f"{NAME}-{what}")


def _endpoint(
    template: Template, title: str, zones: int, *, ingress: Sequence[Any] = (), egress: Sequence[Any] = ()
) -> None:
    """An endpoint, whose group lets through what it is for."""
    what = title.lower()
    nowhere = [SecurityGroupRule(**NOWHERE)]
    template.add_resource(
        SecurityGroup(
            f"{title}Group",
            GroupDescription=f"The {what} endpoint of Resolver: DNS, and nothing else",
            VpcId=Ref("NetworkId"),
            SecurityGroupIngress=list(ingress) or nowhere,
            SecurityGroupEgress=list(egress) or nowhere,
            Tags=_tags(what),
        )
    )
    template.add_resource(
        ResolverEndpoint(
            f"{title}Endpoint",
            Name=f"{NAME}-{what}",
            Direction=title.upper(),
            IpAddresses=[IpAddressRequest(SubnetId=Select(number, Ref("SubnetIds"))) for number in range(zones)],
            SecurityGroupIds=[Ref(f"{title}Group")],
            Tags=_tags(what),
        )
    )
    template.add_output(Output(f"{title}EndpointId", Value=Ref(f"{title}Endpoint")))


def _rule(template: Template, title: str, domain: str, targets: Sequence[tuple[str, int]] | None) -> None:
    """A rule that forwards a domain; without targets, one that leaves it to Resolver."""
    forwards: dict[str, Any] = {}
    if targets is not None:
        addresses = [TargetAddress(Ip=ip, Port=str(port)) for ip, port in targets]
        forwards = {"ResolverEndpointId": Ref("OutboundEndpoint"), "TargetIps": addresses}
    name = "everything" if domain == "." else re.sub("[^a-z0-9-]", "-", domain)
    template.add_resource(
        ResolverRule(
            f"{title}Rule",
            Name=f"{NAME}-{name}"[:64],
            DomainName=domain,
            RuleType="SYSTEM" if targets is None else "FORWARD",
            **forwards,
        )
    )
    template.add_output(Output(f"{title}RuleId", Value=Ref(f"{title}Rule")))
