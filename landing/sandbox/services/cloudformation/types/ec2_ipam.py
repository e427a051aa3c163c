"""Amazon EC2: IP Address Manager."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, Site, changed
from landing.sandbox.services.cloudformation.types.ec2_type import Ec2Type, added


class Ipam(Ec2Type):
    """AWS::EC2::IPAM."""

    name = "AWS::EC2::IPAM"
    properties = frozenset({"Description", "OperatingRegions", "Tags", "Tier"})
    key, made = "IpamId", "Ipam"
    creates, deletes, describes, described = "CreateIpam", "DeleteIpam", "DescribeIpams", "Ipams"

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ModifyIpam: Regions that come and go."""
        given: dict[str, Any] = {
            "AddOperatingRegions": added(before, after, "OperatingRegions"),
            "RemoveOperatingRegions": added(after, before, "OperatingRegions"),
        }
        given = {name: value for name, value in given.items() if value}
        if changed(before, after, "Description"):
            given["Description"] = after.get("Description", "")
        if changed(before, after, "Tier"):
            given["Tier"] = after.get("Tier", "advanced")
        site.client("ec2").modify_ipam(IpamId=physical_id, **given)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The id, the ARN and the scopes."""
        one = self.description(site, physical_id, properties) or {}
        scopes = {name: one.get(name) for name in ("PrivateDefaultScopeId", "PublicDefaultScopeId", "ScopeCount")}
        return {"Arn": one.get("IpamArn"), "IpamId": physical_id, **scopes}


class IpamPool(Ec2Type):
    """AWS::EC2::IPAMPool, with the ranges that it is given itself."""

    name = "AWS::EC2::IPAMPool"
    properties = frozenset(
        {"AddressFamily", "AllocationDefaultNetmaskLength", "AllocationMaxNetmaskLength", "AllocationMinNetmaskLength",
         "AutoImport", "Description", "IpamScopeId", "Locale", "ProvisionedCidrs", "SourceIpamPoolId", "Tags"}
    )  # fmt: skip
    key, made = "IpamPoolId", "IpamPool"
    creates, deletes, describes, described = (
        "CreateIpamPool", "DeleteIpamPool", "DescribeIpamPools", "IpamPools",
    )  # fmt: skip

    def create(self, site: Site, properties: Properties) -> str:
        """CreateIpamPool, then ProvisionIpamPoolCidr."""
        physical_id = super().create(site, properties)
        self._provision(site, physical_id, {}, properties)
        return physical_id

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """With its ranges; its scope by the id that the template gave."""
        one = super().description(site, name, properties)
        if one is None:
            return None
        cidrs = site.client("ec2").get_ipam_pool_cidrs(IpamPoolId=name)["IpamPoolCidrs"]
        ranges = [{"Cidr": cidr["Cidr"]} for cidr in cidrs]
        return {**one, "IpamScopeId": one["IpamScopeArn"].rpartition("/")[2], "ProvisionedCidrs": ranges}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ModifyIpamPool, and ranges that come and go."""
        self._provision(site, physical_id, before, after)
        names = self.properties - {"ProvisionedCidrs", "Tags"}
        given = {name: after[name] for name in names if name in after and changed(before, after, name)}
        length = "AllocationDefaultNetmaskLength"
        if length in before and length not in after:
            given["ClearAllocationDefaultNetmaskLength"] = True
        if given:
            site.client("ec2").modify_ipam_pool(IpamPoolId=physical_id, **given)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Its ranges go first."""
        if self.description(site, physical_id, properties) is not None:
            self._provision(site, physical_id, properties, {})
            super().delete(site, physical_id, properties)

    def _provision(self, site: Site, pool: str, before: Properties, after: Properties) -> None:
        client = site.client("ec2")
        for gone in added(after, before, "ProvisionedCidrs"):
            client.deprovision_ipam_pool_cidr(IpamPoolId=pool, **_range(gone))
        for fresh in added(before, after, "ProvisionedCidrs"):
            client.provision_ipam_pool_cidr(IpamPoolId=pool, **_range(fresh))

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The id and the ARN."""
        one = self.description(site, physical_id, properties) or {}
        return {"Arn": one.get("IpamPoolArn"), "IpamPoolId": physical_id}


def _range(one: Any) -> dict[str, str]:
    return {"Cidr": one["Cidr"]}
