"""Pools of private addresses, one for each region, of which the organization's networks take their ranges."""

import ipaddress
import re
from collections.abc import Mapping, Sequence

from troposphere import GetAtt, Output, Ref, Tags, Template
from troposphere.ec2 import IPAM, IpamOperatingRegion, IPAMPool, ProvisionedCidr

from landing.blueprint.sharing import add_share

NAME = "landing-addresses"


def address_pools(
    *,
    cidr: str = "10.0.0.0/8",
    pools: Mapping[str, str],
    share_with: Sequence[str] = ("organization",),
    default_prefix: int = 20,
    largest: int = 16,
    smallest: int = 28,
) -> Template:
    """Pools of private addresses, one for each region, of which the organization's networks take their ranges.

    `cidr` is all that there is; `pools` gives regions parts of it, that do not overlap. The pools are shared with
    `share_with`: `organization`, ids of units and of accounts. A network takes a range of `default_prefix`, unless it
    asks for another, from `largest` to `smallest`.
    """
    whole = ipaddress.IPv4Network(cidr)
    parts = {region: ipaddress.IPv4Network(part) for region, part in pools.items()}
    if not whole.is_private or not parts or not all(part.subnet_of(whole) for part in parts.values()):
        raise ValueError("`cidr` is a private range, and each of `pools` a part of it")
    if not all(re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]", region) for region in parts):
        raise ValueError("`pools` have the names of regions")
    if any(a.overlaps(b) for one, a in parts.items() for other, b in parts.items() if one < other):
        raise ValueError("`pools` overlap")
    if not 16 <= largest <= default_prefix <= smallest <= 28:
        raise ValueError("`largest`, `default_prefix` and `smallest` go from 16 to 28, in this order")
    template = Template("Addresses of the organization's networks")
    tags = Tags(Name=NAME)
    template.add_resource(
        IPAM(
            "Ipam",
            Description="Addresses of the organization's networks",
            OperatingRegions=[IpamOperatingRegion(RegionName=region) for region in sorted(parts)],
            Tier="advanced",
            Tags=tags,
        )
    )
    scope = GetAtt("Ipam", "PrivateDefaultScopeId")
    template.add_resource(
        IPAMPool(
            "Everywhere",
            AddressFamily="ipv4",
            Description="All private addresses",
            IpamScopeId=scope,
            ProvisionedCidrs=[ProvisionedCidr(Cidr=cidr)],
            Tags=tags,
        )
    )
    for region, part in sorted(parts.items()):
        title = _title(region)
        template.add_resource(
            IPAMPool(
                f"{title}Pool",
                AddressFamily="ipv4",
                AllocationDefaultNetmaskLength=default_prefix,
                AllocationMaxNetmaskLength=smallest,
                AllocationMinNetmaskLength=largest,
                Description=f"Private addresses of {region}",
                IpamScopeId=scope,
                Locale=region,
                ProvisionedCidrs=[ProvisionedCidr(Cidr=str(part))],
                SourceIpamPoolId=Ref("Everywhere"),
                Tags=tags,
            )
        )
        template.add_output(Output(f"{title}PoolId", Value=Ref(f"{title}Pool")))
    arns = [GetAtt(f"{_title(region)}Pool", "Arn") for region in sorted(parts)]
    add_share(template, "PoolShare", NAME, arns, share_with)
    return template


def _title(region: str) -> str:
    return "".join(word.capitalize() for word in region.split("-"))
