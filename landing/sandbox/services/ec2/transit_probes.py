"""What holds of shared transit gateways in the sandbox and not in moto alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.moto.probes import refuses
from landing.sandbox.services.service import Probe, ProbedSandbox


@dataclass(frozen=True)
class _Shared:
    """A transit gateway of one account (`ec2`), two VPCs attached to it by another (`theirs`), not accepted yet."""

    ec2: Any
    theirs: Any
    hub: str
    table: str
    route_table: str
    first: dict[str, Any]
    second: dict[str, Any]

    @property
    def routed(self) -> dict[str, str]:
        """The first attachment, and the route table of the gateway."""
        return {
            "TransitGatewayRouteTableId": self.table,
            "TransitGatewayAttachmentId": self.first["TransitGatewayAttachmentId"],
        }

    def accepted(self) -> None:
        self.ec2.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=_id(self.first))


def _id(attachment: Mapping[str, Any]) -> str:
    return str(attachment["TransitGatewayAttachmentId"])


def _shared(sandbox: ProbedSandbox) -> _Shared:
    ec2, ram = (
        sandbox.session().client("ec2", region_name="us-east-1"),
        sandbox.session().client("ram", region_name="us-east-1"),
    )
    organizations: Any = sandbox.session().client("organizations")
    made = organizations.create_account(AccountName="net", Email="net@example.com")["CreateAccountStatus"]
    while made["State"] == "IN_PROGRESS":
        made = organizations.describe_create_account_status(CreateAccountRequestId=made["Id"])["CreateAccountStatus"]
    theirs: Any = sandbox.session(made["AccountId"]).client("ec2", region_name="us-east-1")
    hub = ec2.create_transit_gateway(Options={"DefaultRouteTableAssociation": "disable"})["TransitGateway"]
    ram.enable_sharing_with_aws_organization()
    ram.create_resource_share(name="a", resourceArns=[hub["TransitGatewayArn"]], principals=[made["AccountId"]])
    attached = []
    for part in (0, 1):
        vpc = theirs.create_vpc(CidrBlock=f"10.{part}.0.0/16")["Vpc"]["VpcId"]
        subnet = theirs.create_subnet(VpcId=vpc, CidrBlock=f"10.{part}.0.0/24")["Subnet"]["SubnetId"]
        tags = [{"ResourceType": "transit-gateway-attachment", "Tags": [{"Key": "of", "Value": "theirs"}]}]
        answer = theirs.create_transit_gateway_vpc_attachment(
            TransitGatewayId=hub["TransitGatewayId"], VpcId=vpc, SubnetIds=[subnet], TagSpecifications=tags
        )
        attached.append(answer["TransitGatewayVpcAttachment"])
    of_first = [{"Name": "vpc-id", "Values": [attached[0]["VpcId"]]}]
    return _Shared(
        ec2,
        theirs,
        hub["TransitGatewayId"],
        ec2.create_transit_gateway_route_table(TransitGatewayId=hub["TransitGatewayId"])["TransitGatewayRouteTable"][
            "TransitGatewayRouteTableId"
        ],
        theirs.describe_route_tables(Filters=of_first)["RouteTables"][0]["RouteTableId"],
        attached[0],
        attached[1],
    )


def attachments_wait_for_the_owner(sandbox: ProbedSandbox) -> bool:
    """The probe: an attachment to another account's gateway is accepted, and the gateway kept till it is gone."""
    there = _shared(sandbox)
    there.accepted()
    (seen,) = there.ec2.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[_id(there.first)])[
        "TransitGatewayVpcAttachments"
    ]
    kept = refuses(there.ec2.delete_transit_gateway, "IncorrectState", TransitGatewayId=there.hub)
    return kept and (there.first["State"], seen["State"]) == ("pendingAcceptance", "available")


def attachments_are_rejected(sandbox: ProbedSandbox) -> bool:
    """The probe: by the owner of the gateway."""
    there = _shared(sandbox)
    answer = there.ec2.reject_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=_id(there.second))
    return bool(answer["TransitGatewayVpcAttachment"]["State"] == "rejected")


def what_waits_is_not_changed(sandbox: ProbedSandbox) -> bool:
    """The probe: an attachment that nobody has accepted is not modified."""
    there = _shared(sandbox)
    modify = there.theirs.modify_transit_gateway_vpc_attachment
    return refuses(modify, "IncorrectState", TransitGatewayAttachmentId=_id(there.first))


def what_waits_is_not_associated(sandbox: ProbedSandbox) -> bool:
    """The probe: nor is it associated with a route table of the gateway."""
    there = _shared(sandbox)
    return refuses(there.ec2.associate_transit_gateway_route_table, "IncorrectState", **there.routed)


def what_waits_is_not_propagated(sandbox: ProbedSandbox) -> bool:
    """The probe: nor are its routes."""
    there = _shared(sandbox)
    return refuses(there.ec2.enable_transit_gateway_route_table_propagation, "IncorrectState", **there.routed)


def what_waits_is_no_way(sandbox: ProbedSandbox) -> bool:
    """The probe: no route leads to a gateway by it, new or in place of another; by one that is accepted it does."""
    there = _shared(sandbox)
    route = {"RouteTableId": there.route_table, "DestinationCidrBlock": "10.9.0.0/16", "TransitGatewayId": there.hub}
    early = refuses(there.theirs.create_route, "InvalidTransitGatewayID.NotFound", **route)
    there.accepted()
    there.theirs.create_route(**route)
    return early


def what_waits_replaces_no_way(sandbox: ProbedSandbox) -> bool:
    """The probe: the same of a route in place of another."""
    there = _shared(sandbox)
    there.accepted()
    route = {"RouteTableId": there.route_table, "DestinationCidrBlock": "10.9.0.0/16"}
    there.theirs.create_route(**route, TransitGatewayId=there.hub)
    other = there.ec2.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    early = refuses(there.theirs.replace_route, "InvalidTransitGatewayID.NotFound", **route, TransitGatewayId=other)
    there.theirs.replace_route(**route, TransitGatewayId=there.hub)
    return early


def shared_gateways_are_seen(sandbox: ProbedSandbox) -> bool:
    """The probe: by accounts that they are shared with."""
    there = _shared(sandbox)
    seen = there.theirs.describe_transit_gateways()["TransitGateways"]
    return [each["TransitGatewayId"] for each in seen] == [there.hub]


def tags_are_those_of_the_caller(sandbox: ProbedSandbox) -> bool:
    """The probe: the owner of the gateway does not see tags of the owner of the VPC."""
    there = _shared(sandbox)
    seen = there.ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    return [each["Tags"] for each in seen] == [[], []]


def attachments_name_both_owners(sandbox: ProbedSandbox) -> bool:
    """The probe: the gateway is one account's, what is attached another's."""
    there = _shared(sandbox)
    found = there.theirs.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    return all(each["TransitGatewayOwnerId"] != each["ResourceOwnerId"] for each in found) and len(found) == 2


def associations_end_once(sandbox: ProbedSandbox) -> bool:
    """The probe: and keep their route table until then."""
    there = _shared(sandbox)
    there.accepted()
    there.ec2.associate_transit_gateway_route_table(**there.routed)
    there.ec2.disassociate_transit_gateway_route_table(**there.routed)
    again = there.ec2.disassociate_transit_gateway_route_table
    return refuses(again, "InvalidAssociation.NotFound", **there.routed)


def associated_tables_are_kept(sandbox: ProbedSandbox) -> bool:
    """The probe: a route table of the gateway with an association is not deleted."""
    there = _shared(sandbox)
    there.accepted()
    there.ec2.associate_transit_gateway_route_table(**there.routed)
    delete = there.ec2.delete_transit_gateway_route_table
    return refuses(delete, "IncorrectState", TransitGatewayRouteTableId=there.table)


def propagations_end_one_by_one(sandbox: ProbedSandbox) -> bool:
    """The probe: one that is not there does not end."""
    there = _shared(sandbox)
    there.accepted()
    there.ec2.enable_transit_gateway_route_table_propagation(**there.routed)
    disable = there.ec2.disable_transit_gateway_route_table_propagation
    disable(**there.routed)
    return refuses(disable, "TransitGatewayRouteTablePropagation.NotFound", **there.routed)


def attachments_go_for_both_owners(sandbox: ProbedSandbox) -> bool:
    """The probe: what one deletes the other does not see."""
    there = _shared(sandbox)
    there.theirs.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=_id(there.first))
    seen = there.ec2.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    return [*map(_id, seen)] == [_id(there.second)]


PROBES: dict[str, Probe] = {
    **dict.fromkeys(
        ("AcceptTransitGatewayVpcAttachment", "CreateTransitGatewayVpcAttachment", "DeleteTransitGateway"),
        attachments_wait_for_the_owner,
    ),
    "AssociateTransitGatewayRouteTable": what_waits_is_not_associated,
    "CreateRoute": what_waits_is_no_way,
    "DeleteTransitGatewayRouteTable": associated_tables_are_kept,
    "DeleteTransitGatewayVpcAttachment": attachments_go_for_both_owners,
    "DescribeTransitGatewayAttachments": attachments_name_both_owners,
    "DescribeTransitGatewayVpcAttachments": tags_are_those_of_the_caller,
    "DescribeTransitGateways": shared_gateways_are_seen,
    "DisableTransitGatewayRouteTablePropagation": propagations_end_one_by_one,
    "DisassociateTransitGatewayRouteTable": associations_end_once,
    "EnableTransitGatewayRouteTablePropagation": what_waits_is_not_propagated,
    "ModifyTransitGatewayVpcAttachment": what_waits_is_not_changed,
    "RejectTransitGatewayVpcAttachment": attachments_are_rejected,
    "ReplaceRoute": what_waits_replaces_no_way,
}
