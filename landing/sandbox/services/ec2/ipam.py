"""Amazon VPC IP Address Manager: pools of addresses, and VPCs that take their ranges of one (IPAM User Guide)."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ec2.dependencies import of_vpc
from landing.sandbox.services.places import Places
from landing.sandbox.services.ram.state import reaching

HEX = "0123456789abcdef"
SETTINGS = ("AllocationDefaultNetmaskLength", "AllocationMaxNetmaskLength", "AllocationMinNetmaskLength", "AutoImport")


@dataclass(slots=True)
class Ipam:
    """One, with a scope for private and one for public addresses."""

    id: str
    private: str
    public: str
    regions: list[str]
    tier: str
    description: str
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Pool:
    """Addresses for a Region, or for other pools; `cidrs` are provisioned, `taken` goes by VPC."""

    id: str
    arn: str
    ipam: str
    settings: dict[str, Any]
    cidrs: list[str] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def source(self) -> str:
        """The pool that it is a part of."""
        found: str = self.settings.get("SourceIpamPoolId", "")
        return found


@dataclass(slots=True)
class Ipams:
    """What an account has in a Region."""

    ipams: dict[str, Ipam] = field(default_factory=dict)
    pools: dict[str, Pool] = field(default_factory=dict)


PLACES = Places("ipam", Ipams)


def create_ipam(call: Call) -> dict[str, Any]:
    """Moto has no IPAM. An account has one in a Region (IPAM User Guide, "Quotas")."""
    place = PLACES.here(call)
    if place.ipams:
        raise Refusal("ResourceLimitExceeded", "You have reached the limit of IPAMs in this Region.")
    regions = [one["RegionName"] for one in call.get("OperatingRegions", ())]
    ipam = Ipam(
        id=_new(call, "ipam"),
        private=_new(call, "ipam-scope"),
        public=_new(call, "ipam-scope"),
        regions=sorted({call.region, *regions}),
        tier=call.get("Tier", "advanced"),
        description=call.get("Description", ""),
    )
    place.ipams[ipam.id] = ipam
    return {"Ipam": _shown(call, ipam)}


def describe_ipams(call: Call) -> dict[str, Any]:
    """Moto has no IPAM."""
    place, wanted = PLACES.here(call), call.get("IpamIds", ())
    found = [_ipam(call, one) for one in wanted] or list(place.ipams.values())
    return call.page("Ipams", found, show=lambda one: _shown(call, one), most=1000)


def modify_ipam(call: Call) -> dict[str, Any]:
    """Moto has no IPAM; the Region in which it is stays one of its Regions."""
    ipam = _ipam(call, call["IpamId"])
    gone = {one["RegionName"] for one in call.get("RemoveOperatingRegions", ())}
    if call.region in gone:
        raise Refusal("InvalidParameterValue", "The home Region of an IPAM cannot be removed.")
    used = {one.settings.get("Locale") for one in PLACES.here(call).pools.values()}
    if gone & used:
        raise Refusal("InvalidParameterValue", "There are pools in a Region that is to be removed.")
    fresh = {one["RegionName"] for one in call.get("AddOperatingRegions", ())}
    ipam.regions = sorted({*ipam.regions, *fresh} - gone)
    ipam.tier, ipam.description = call.get("Tier", ipam.tier), call.get("Description", ipam.description)
    return {"Ipam": _shown(call, ipam)}


def delete_ipam(call: Call) -> dict[str, Any]:
    """Moto has no IPAM; with pools it goes only by Cascade (API reference, DeleteIpam)."""
    place, ipam = PLACES.here(call), _ipam(call, call["IpamId"])
    if place.pools and not call.get("Cascade"):
        raise Refusal("DependencyViolation", f"{ipam.id} has pools.")
    place.pools.clear()
    del place.ipams[ipam.id]
    return {"Ipam": {**_shown(call, ipam), "State": "delete-in-progress"}}


def create_ipam_pool(call: Call) -> dict[str, Any]:
    """Moto has no IPAM; a pool is for a Region of its IPAM, and for that of its source (API reference)."""
    place = PLACES.here(call)
    ipam = next((one for one in place.ipams.values() if call["IpamScopeId"] in (one.private, one.public)), None)
    if ipam is None:
        raise Refusal("InvalidIpamScopeId.NotFound", f"{call['IpamScopeId']} does not exist.")
    locale = call.get("Locale", "None")
    if locale != "None" and locale not in ipam.regions:
        raise Refusal("InvalidParameterValue", f"{locale} is no operating Region of {ipam.id}.")
    if "SourceIpamPoolId" in call:
        above = _pool(call, call["SourceIpamPoolId"]).settings.get("Locale", "None")
        if above not in ("None", locale):
            raise Refusal("InvalidParameterValue", "The locale must be that of the source pool.")
    identifier = _new(call, "ipam-pool")
    names = ("AddressFamily", "Description", "IpamScopeId", "Locale", "SourceIpamPoolId", *SETTINGS)
    settings = {name: call[name] for name in names if name in call}
    pool = Pool(identifier, call.arn(f"ipam-pool/{identifier}", region=""), ipam.id, {"AutoImport": False, **settings})
    place.pools[pool.id] = pool
    return {"IpamPool": _shown_pool(call, pool)}


def describe_ipam_pools(call: Call) -> dict[str, Any]:
    """Moto has no IPAM."""
    wanted = call.get("IpamPoolIds", ())
    found = [_pool(call, one) for one in wanted] or list(PLACES.here(call).pools.values())
    return call.page("IpamPools", found, show=lambda one: _shown_pool(call, one), most=1000)


def modify_ipam_pool(call: Call) -> dict[str, Any]:
    """Moto has no IPAM."""
    pool = _pool(call, call["IpamPoolId"])
    pool.settings |= {name: call[name] for name in (*SETTINGS, "Description") if name in call}
    if call.get("ClearAllocationDefaultNetmaskLength"):
        pool.settings.pop("AllocationDefaultNetmaskLength", None)
    return {"IpamPool": _shown_pool(call, pool)}


def delete_ipam_pool(call: Call) -> dict[str, Any]:
    """Moto has no IPAM; a pool with ranges is kept unless by Cascade (API reference, DeleteIpamPool)."""
    place, pool = PLACES.here(call), _pool(call, call["IpamPoolId"])
    if any(one.source == pool.id for one in place.pools.values()) or (pool.cidrs and not call.get("Cascade")):
        raise Refusal("DependencyViolation", f"{pool.id} has ranges, or pools that it is the source of.")
    del place.pools[pool.id]
    return {"IpamPool": {**_shown_pool(call, pool), "State": "delete-in-progress"}}


def provision_ipam_pool_cidr(call: Call) -> dict[str, Any]:
    """Moto has no IPAM; a range is the source's, and no other pool's (API reference, ProvisionIpamPoolCidr)."""
    place, pool = PLACES.here(call), _pool(call, call["IpamPoolId"])
    wanted = ipaddress.ip_network(call["Cidr"])
    beside = [cidr for one in place.pools.values() if one.source == pool.source for cidr in one.cidrs]
    if any(wanted.overlaps(ipaddress.ip_network(cidr)) for cidr in beside):
        raise Refusal("InvalidParameterValue", f"{wanted} overlaps with a range of a pool.")
    if pool.source and not any(_within(wanted, cidr) for cidr in _pool(call, pool.source).cidrs):
        raise Refusal("InvalidParameterValue", f"{wanted} is not of the source pool.")
    pool.cidrs.append(str(wanted))
    return {"IpamPoolCidr": {"Cidr": str(wanted), "State": "provisioned", "NetmaskLength": wanted.prefixlen}}


def deprovision_ipam_pool_cidr(call: Call) -> dict[str, Any]:
    """Moto has no IPAM; a range of which something is taken stays (API reference, DeprovisionIpamPoolCidr)."""
    place, pool, cidr = PLACES.here(call), _pool(call, call["IpamPoolId"]), call["Cidr"]
    if cidr not in pool.cidrs:
        raise Refusal("InvalidParameterValue", f"{cidr} is not provisioned to {pool.id}.")
    below = [each for one in place.pools.values() if one.source == pool.id for each in one.cidrs]
    if any(_within(ipaddress.ip_network(each), cidr) for each in (*below, *pool.taken.values())):
        raise Refusal("DependencyViolation", f"{cidr} has allocations.")
    pool.cidrs.remove(cidr)
    return {"IpamPoolCidr": {"Cidr": cidr, "State": "deprovisioned"}}


def get_ipam_pool_cidrs(call: Call) -> dict[str, Any]:
    """Moto has no IPAM."""
    found = [{"Cidr": cidr, "State": "provisioned"} for cidr in _pool(call, call["IpamPoolId"]).cidrs]
    return call.page("IpamPoolCidrs", found, most=1000)


def create_tags(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no ids of IPAM."""
    for one in (found := _tagged(call)):
        one.tags |= {tag["Key"]: tag.get("Value", "") for tag in call["Tags"]}
    return {} if found else call.forward()


def delete_tags(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no ids of IPAM."""
    for one in (found := _tagged(call)):
        gone = {tag["Key"] for tag in call.get("Tags", ())} or {*one.tags}
        one.tags = {key: value for key, value in one.tags.items() if key not in gone}
    return {} if found else call.forward()


def create_vpc(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto takes no range of a pool: the next that is free, of the length asked for or the pool's own."""
    if "Ipv4IpamPoolId" not in call:
        return call.forward()
    pool = next((one for one in _usable(call) if one.id == call["Ipv4IpamPoolId"]), None)
    if pool is None:
        raise Refusal("InvalidIpamPoolId.NotFound", f"{call['Ipv4IpamPoolId']} does not exist.")
    if pool.settings.get("Locale") != call.region:
        raise Refusal("InvalidParameterValue", f"{pool.id} is for another Region.")
    length = call.get("Ipv4NetmaskLength", pool.settings.get("AllocationDefaultNetmaskLength"))
    least, most = (pool.settings.get(f"Allocation{end}NetmaskLength") for end in ("Min", "Max"))
    if length is None or length < (least or length) or length > (most or length):
        raise Refusal("InvalidParameterValue", f"{pool.id} gives no ranges of /{length}.")
    taken = [ipaddress.ip_network(one) for one in pool.taken.values()]
    free = (part for cidr in pool.cidrs for part in _parts(cidr, length) if not any(map(part.overlaps, taken)))
    part = next(free, None)
    if part is None:
        raise Refusal("InsufficientCidrBlocks", f"{pool.id} has no range of /{length} left.")
    given = {name: call[name] for name in ("InstanceTenancy", "TagSpecifications") if name in call}
    answer: dict[str, Any] = call.client("ec2").create_vpc(CidrBlock=str(part), **given)
    pool.taken[answer["Vpc"]["VpcId"]] = str(part)
    return {"Vpc": answer["Vpc"]}


def delete_vpc(call: Call) -> HttpAnswer:
    """Moto does not give a range back to its pool, and deletes VPCs that something is in (`dependencies`)."""
    id_ = call["VpcId"]
    if of_vpc(call.backend(), id_):
        raise Refusal("DependencyViolation", f"The vpc '{id_}' has dependencies and cannot be deleted.")
    answer = call.forward()
    if id_ not in call.backend().vpcs:
        for _, _, place in PLACES.every(call.world):
            for pool in place.pools.values():
                pool.taken.pop(id_, None)
    return answer


def _usable(call: Call) -> Iterator[Pool]:
    """One's own pools, and those that are shared with one."""
    shares = (share for _, share in reaching(call.world, call.account))
    shared = {entity for share in shares for kind, entity in share.associations if kind == "RESOURCE"}
    for account, _, place in PLACES.every(call.world):
        for pool in place.pools.values():
            if account == call.account or pool.arn in shared:
                yield pool


def _parts(cidr: str, length: int) -> Iterator[Any]:
    network = ipaddress.ip_network(cidr)
    return network.subnets(new_prefix=length) if network.prefixlen <= length else iter(())


def _within(part: Any, cidr: str) -> bool:
    return bool(part.subnet_of(ipaddress.ip_network(cidr)))


def _new(call: Call, kind: str) -> str:
    return f"{kind}-{call.world.token(17, HEX)}"


def _ipam(call: Call, identifier: str) -> Ipam:
    found = PLACES.here(call).ipams.get(identifier)
    if found is None:
        raise Refusal("InvalidIpamId.NotFound", f"{identifier} does not exist.")
    return found


def _pool(call: Call, identifier: str) -> Pool:
    found = PLACES.here(call).pools.get(identifier)
    if found is None:
        raise Refusal("InvalidIpamPoolId.NotFound", f"{identifier} does not exist.")
    return found


def _tagged(call: Call) -> list[Ipam | Pool]:
    """What the call tags, if it is ours."""
    ours = [one for one in call["Resources"] if one.startswith("ipam-")]
    return [_pool(call, one) if one.startswith("ipam-pool-") else _ipam(call, one) for one in ours]


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _shown(call: Call, ipam: Ipam) -> dict[str, Any]:
    return {
        "OwnerId": call.account,
        "IpamId": ipam.id,
        "IpamArn": call.arn(f"ipam/{ipam.id}", region=""),
        "IpamRegion": call.region,
        "PrivateDefaultScopeId": ipam.private,
        "PublicDefaultScopeId": ipam.public,
        "ScopeCount": 2,
        "Description": ipam.description,
        "OperatingRegions": [{"RegionName": region} for region in ipam.regions],
        "State": "create-complete",
        "Tier": ipam.tier,
        "Tags": _tags(ipam.tags),
    }


def _shown_pool(call: Call, pool: Pool) -> dict[str, Any]:
    ipam = PLACES.here(call).ipams[pool.ipam]
    return {
        "OwnerId": call.account,
        "IpamPoolId": pool.id,
        "IpamPoolArn": pool.arn,
        "IpamScopeArn": call.arn(f"ipam-scope/{pool.settings['IpamScopeId']}", region=""),
        "IpamScopeType": "private" if pool.settings["IpamScopeId"] == ipam.private else "public",
        "IpamArn": call.arn(f"ipam/{ipam.id}", region=""),
        "IpamRegion": call.region,
        "PoolDepth": 2 if pool.source else 1,
        "State": "create-complete",
        "Tags": _tags(pool.tags),
        **{name: value for name, value in pool.settings.items() if name != "IpamScopeId"},
    }
