"""Amazon EC2: VPCs, subnets, route tables, security groups, endpoints and flow logs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, found, refused
from landing.sandbox.services.cloudformation.types.ec2_type import Ec2Type, added

DNS = ("EnableDnsHostnames", "EnableDnsSupport")
DNS_DEFAULTS = {"EnableDnsHostnames": False, "EnableDnsSupport": True}
PORTS: tuple[str, ...] = ("IpProtocol", "FromPort", "ToPort")
EVERYWHERE = {"IpProtocol": "-1", "CidrIp": "0.0.0.0/0"}
"""What a group lets out that says nothing of it (Template reference, AWS::EC2::SecurityGroup)."""


class Vpc(Ec2Type):
    """AWS::EC2::VPC."""

    name = "AWS::EC2::VPC"
    properties = frozenset({"CidrBlock", *DNS, "InstanceTenancy", "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Tags"})
    key, made = "VpcId", "Vpc"
    creates, deletes, describes, described = "CreateVpc", "DeleteVpc", "DescribeVpcs", "Vpcs"

    def create(self, site: Site, properties: Properties) -> str:
        """CreateVpc, then what has a call of its own."""
        physical_id = super().create(site, properties)
        self._attributes(site, physical_id, DNS_DEFAULTS, properties)
        return physical_id

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """With the attributes, each of which is a call."""
        read = super().read(site, physical_id, expected)
        if read is None:
            return None
        client = site.client("ec2")
        attributes = {
            name: client.describe_vpc_attribute(VpcId=physical_id, Attribute=_lower(name))[name]["Value"]
            for name in DNS
        }
        return {**read, **attributes}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ModifyVpcAttribute and ModifyVpcTenancy, which only opens."""
        self._attributes(site, physical_id, before, after)
        if changed(before, after, "InstanceTenancy"):
            site.client("ec2").modify_vpc_tenancy(
                VpcId=physical_id, InstanceTenancy=after.get("InstanceTenancy", "default")
            )

    def _attributes(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        for name, default in DNS_DEFAULTS.items():
            value = after.get(name, default)
            if value != before.get(name, default):
                site.client("ec2").modify_vpc_attribute(VpcId=physical_id, **{name: {"Value": value}})

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """What comes with a VPC."""
        client, only = site.client("ec2"), [{"Name": "vpc-id", "Values": [physical_id]}]
        groups = client.describe_security_groups(Filters=[*only, {"Name": "group-name", "Values": ["default"]}])
        acls = client.describe_network_acls(Filters=[*only, {"Name": "default", "Values": ["true"]}])
        description = self.description(site, physical_id, properties) or {}
        return {
            "CidrBlock": description.get("CidrBlock"),
            "DefaultNetworkAcl": acls["NetworkAcls"][0]["NetworkAclId"],
            "DefaultSecurityGroup": groups["SecurityGroups"][0]["GroupId"],
            "VpcId": physical_id,
        }


class Subnet(Ec2Type):
    """AWS::EC2::Subnet."""

    name = "AWS::EC2::Subnet"
    properties = frozenset({"AvailabilityZone", "CidrBlock", "MapPublicIpOnLaunch", "Tags", "VpcId"})
    key, made = "SubnetId", "Subnet"
    creates, deletes, describes, described = "CreateSubnet", "DeleteSubnet", "DescribeSubnets", "Subnets"

    def create(self, site: Site, properties: Properties) -> str:
        """CreateSubnet, then ModifySubnetAttribute."""
        physical_id = super().create(site, properties)
        self._public(site, physical_id, {}, properties)
        return physical_id

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ModifySubnetAttribute."""
        self._public(site, physical_id, before, after)

    def _public(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        value = after.get("MapPublicIpOnLaunch", False)
        if value != before.get("MapPublicIpOnLaunch", False):
            site.client("ec2").modify_subnet_attribute(SubnetId=physical_id, MapPublicIpOnLaunch={"Value": value})


class RouteTable(Ec2Type):
    """AWS::EC2::RouteTable."""

    name = "AWS::EC2::RouteTable"
    properties = frozenset({"Tags", "VpcId"})
    key, made = "RouteTableId", "RouteTable"
    creates, deletes, describes, described = (
        "CreateRouteTable", "DeleteRouteTable", "DescribeRouteTables", "RouteTables",
    )  # fmt: skip


class SubnetRouteTableAssociation(ResourceType):
    """AWS::EC2::SubnetRouteTableAssociation; the physical id is the association's."""

    name = "AWS::EC2::SubnetRouteTableAssociation"
    properties = frozenset({"RouteTableId", "SubnetId"})

    def create(self, site: Site, properties: Properties) -> str:
        """AssociateRouteTable."""
        made = site.client("ec2").associate_route_table(**properties)
        return str(made["AssociationId"])

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The table that has the association."""
        only = [{"Name": "association.route-table-association-id", "Values": [physical_id]}]
        for table in site.client("ec2").describe_route_tables(Filters=only)["RouteTables"]:
            for one in table["Associations"]:
                if one["RouteTableAssociationId"] == physical_id:
                    return {"RouteTableId": table["RouteTableId"], "SubnetId": one.get("SubnetId")}
        return None

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DisassociateRouteTable."""
        found(site.client("ec2").disassociate_route_table, AssociationId=physical_id)


class SecurityGroup(Ec2Type):
    """AWS::EC2::SecurityGroup, with the rules that it has itself."""

    name = "AWS::EC2::SecurityGroup"
    properties = frozenset(
        {"GroupDescription", "GroupName", "SecurityGroupEgress", "SecurityGroupIngress", "Tags", "VpcId"}
    )
    key = "GroupId"
    creates, deletes = "CreateSecurityGroup", "DeleteSecurityGroup"
    describes, described = "DescribeSecurityGroups", "SecurityGroups"

    def create(self, site: Site, properties: Properties) -> str:
        """A new group lets everything out: that goes if the template says what may leave."""
        client = site.client("ec2")
        named = {"GroupName": properties.get("GroupName") or site.unique_name(255)}
        place = {"VpcId": properties["VpcId"]} if properties.get("VpcId") else {}
        made = client.create_security_group(Description=properties["GroupDescription"], **named, **place)["GroupId"]
        self._rules(site, made, {}, properties)
        if properties.get("Tags"):
            client.create_tags(Resources=[made], Tags=properties["Tags"])
        return str(made)

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """Rules one by one, as templates have them."""
        one = super().description(site, name, properties)
        return one and {
            **one,
            "GroupDescription": one["Description"],
            "SecurityGroupEgress": list(_flat(one["IpPermissionsEgress"], "Destination")),
            "SecurityGroupIngress": list(_flat(one["IpPermissions"], "Source")),
        }

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Rules that are gone are revoked, new ones authorized."""
        self._rules(site, physical_id, before, after)

    def _rules(self, site: Site, group: str, before: Properties, after: Properties) -> None:
        client = site.client("ec2")
        for direction, default in (("Ingress", []), ("Egress", [EVERYWHERE])):
            name = f"SecurityGroup{direction}"
            old, new = before.get(name) or default, after.get(name) or default
            gone = [_permission(rule) for rule in old if rule not in new]
            fresh = [_permission(rule) for rule in new if rule not in old]
            if gone:
                getattr(client, f"revoke_security_group_{direction.lower()}")(GroupId=group, IpPermissions=gone)
            if fresh:
                getattr(client, f"authorize_security_group_{direction.lower()}")(GroupId=group, IpPermissions=fresh)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """Both are the id."""
        return {"GroupId": physical_id, "Id": physical_id}


class VpcEndpoint(Ec2Type):
    """AWS::EC2::VPCEndpoint: a gateway or an interface."""

    name = "AWS::EC2::VPCEndpoint"
    properties = frozenset(
        {"PolicyDocument", "PrivateDnsEnabled", "RouteTableIds", "SecurityGroupIds", "ServiceName", "SubnetIds", "Tags",
         "VpcEndpointType", "VpcId"}
    )  # fmt: skip
    key, made = "VpcEndpointId", "VpcEndpoint"
    creates, deletes = "CreateVpcEndpoint", "DeleteVpcEndpoints"
    describes, described = "DescribeVpcEndpoints", "VpcEndpoints"

    def create(self, site: Site, properties: Properties) -> str:
        """A gateway, and no private names, unless the template says otherwise; EC2 has other defaults."""
        kind = properties.get("VpcEndpointType", "Gateway")
        private = {"PrivateDnsEnabled": properties.get("PrivateDnsEnabled", False)} if kind == "Interface" else {}
        return super().create(site, {**properties, "VpcEndpointType": kind, **private})

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """Groups by their ids."""
        one = super().description(site, name, properties)
        return one and {**one, "SecurityGroupIds": [group["GroupId"] for group in one.get("Groups", ())]}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """ModifyVpcEndpoint: lists by what comes and goes."""
        given: dict[str, Any] = {}
        for name in ("RouteTableIds", "SecurityGroupIds", "SubnetIds"):
            given |= {f"Add{name}": added(before, after, name), f"Remove{name}": added(after, before, name)}
        if changed(before, after, "PolicyDocument"):
            document = after.get("PolicyDocument")
            given |= {"ResetPolicy": True} if document is None else {"PolicyDocument": document}
        if changed(before, after, "PrivateDnsEnabled"):
            given["PrivateDnsEnabled"] = after.get("PrivateDnsEnabled", False)
        self._call(
            site, "ModifyVpcEndpoint", physical_id, {name: value for name, value in given.items() if value != []}
        )

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The id, and what interfaces have."""
        one = self.description(site, physical_id, properties) or {}
        entries = [f"{entry.get('HostedZoneId')}:{entry['DnsName']}" for entry in one.get("DnsEntries", ())]
        return {"DnsEntries": entries, "Id": physical_id, "NetworkInterfaceIds": one.get("NetworkInterfaceIds", [])}


class FlowLog(Ec2Type):
    """AWS::EC2::FlowLog; only its tags can be changed."""

    name = "AWS::EC2::FlowLog"
    properties = frozenset(
        {"DeliverLogsPermissionArn", "LogDestination", "LogDestinationType", "LogFormat", "LogGroupName",
         "MaxAggregationInterval", "ResourceId", "ResourceType", "Tags", "TrafficType"}
    )  # fmt: skip
    key = "FlowLogId"
    creates, deletes, describes, described = "CreateFlowLogs", "DeleteFlowLogs", "DescribeFlowLogs", "FlowLogs"

    def create(self, site: Site, properties: Properties) -> str:
        """The call succeeds also where it made none, and says why."""
        given = {name: value for name, value in properties.items() if name not in ("ResourceId", "Tags")}
        client = site.client("ec2")
        answer = client.create_flow_logs(ResourceIds=[properties["ResourceId"]], **given)
        for failed in answer.get("Unsuccessful", ()):
            raise refused(self.creates, failed["Error"]["Code"], failed["Error"]["Message"])
        physical_id = str(answer["FlowLogIds"][0])
        if properties.get("Tags"):
            client.create_tags(Resources=[physical_id], Tags=properties["Tags"])
        return physical_id

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """What it logs is told by its id alone."""
        one = super().description(site, name, properties)
        return one and {**one, "ResourceType": properties.get("ResourceType")}

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The id."""
        return {"Id": physical_id}


def _lower(name: str) -> str:
    return name[0].lower() + name[1:]


def _permission(rule: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of a template as the API takes it."""
    described = {"Description": rule["Description"]} if rule.get("Description") else {}
    permission = {name: rule[name] for name in PORTS if name in rule}
    if rule["IpProtocol"] == "-1":
        permission = {"IpProtocol": "-1"}
    if "CidrIp" in rule:
        return {**permission, "IpRanges": [{"CidrIp": rule["CidrIp"], **described}]}
    if "CidrIpv6" in rule:
        return {**permission, "Ipv6Ranges": [{"CidrIpv6": rule["CidrIpv6"], **described}]}
    for way in ("Source", "Destination"):
        if f"{way}SecurityGroupId" in rule:
            return {**permission, "UserIdGroupPairs": [{"GroupId": rule[f"{way}SecurityGroupId"], **described}]}
        if f"{way}PrefixListId" in rule:
            return {**permission, "PrefixListIds": [{"PrefixListId": rule[f"{way}PrefixListId"], **described}]}
    raise refused("AuthorizeSecurityGroupIngress", "InvalidParameterValue", "A rule says of nobody whom it lets.")


def _flat(permissions: list[dict[str, Any]], way: str) -> Iterator[dict[str, Any]]:
    """Rules of a template, of what the API groups by protocol and ports."""
    lists = (
        ("IpRanges", "CidrIp", "CidrIp"),
        ("Ipv6Ranges", "CidrIpv6", "CidrIpv6"),
        ("UserIdGroupPairs", "GroupId", f"{way}SecurityGroupId"),
        ("PrefixListIds", "PrefixListId", f"{way}PrefixListId"),
    )
    for permission in permissions:
        ports = {name: permission[name] for name in PORTS if name in permission}
        for held, theirs, ours in lists:
            for one in permission.get(held, ()):
                described = {"Description": one["Description"]} if one.get("Description") else {}
                yield {**ports, ours: one[theirs], **described}
