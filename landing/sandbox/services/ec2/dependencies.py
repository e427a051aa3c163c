"""What is in a VPC, and keeps it from being deleted (API reference, DeleteVpc; VPC User Guide, "Delete your VPC")."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call

ENDED = ("deleted", "expired", "failed", "rejected")


def of_vpc(known: Any, vpc: str) -> list[str]:
    """Ids of all but what goes with a VPC: its default security group and network ACL, and its main route table."""
    peers = (one for one in known.vpc_pcxs.values() if vpc in (one.vpc.id, one.peer_vpc.id))
    return [
        *(one.id for one in known.enis.values() if one.subnet.vpc_id == vpc),
        *(one.id for by_zone in known.subnets.values() for one in by_zone.values() if one.vpc_id == vpc),
        *(one.id for one in known.internet_gateways.values() if one.vpc and one.vpc.id == vpc),
        *(one.id for one in known.egress_only_internet_gateways.values() if one.vpc_id == vpc),
        *(one.id for one in known.carrier_gateways.values() if one.vpc_id == vpc),
        *(one.id for one in known.nat_gateways.values() if one.vpc_id == vpc and one.state not in ENDED),
        *(one.id for one in known.vpn_gateways.values() if _is_attached(one, vpc)),
        *(one.id for one in known.vpc_end_points.values() if one.vpc_id == vpc and one.state not in ENDED),
        *(one.id for one in peers if one.status["Code"] not in ENDED),
        *(
            one.id
            for one in known.transit_gateway_attachments.values()
            if one.resource_id == vpc and one.state not in ENDED
        ),
        *(one.id for one in known.groups.get(vpc, {}).values() if one.name != "default"),
        *(one.id for one in known.network_acls.values() if one.vpc_id == vpc and not _is_on(one.default)),
        *(one.id for one in known.route_tables.values() if one.vpc_id == vpc and one.id != _main(known, vpc)),
    ]


def describe_vpc_peering_connections(call: Call) -> dict[str, Any] | HttpAnswer:
    """Moto knows no filters."""
    answer = call.moto()
    found = answer["VpcPeeringConnections"]
    for one in call.get("Filters", ()):
        if one["Name"] not in FILTERS:
            raise Refusal("InvalidParameterValue", f"The filter '{one['Name']}' is invalid")
        found = [each for each in found if FILTERS[one["Name"]](each) in one["Values"]]
    return {**answer, "VpcPeeringConnections": found}


FILTERS = {
    "accepter-vpc-info.vpc-id": lambda one: one["AccepterVpcInfo"]["VpcId"],
    "requester-vpc-info.vpc-id": lambda one: one["RequesterVpcInfo"]["VpcId"],
    "status-code": lambda one: one["Status"]["Code"],
    "vpc-peering-connection-id": lambda one: one["VpcPeeringConnectionId"],
}


def _is_attached(gateway: Any, vpc: str) -> bool:
    attachment = gateway.attachments.get(vpc)
    return attachment is not None and attachment.state == "attached"


def _is_on(value: Any) -> bool:
    return str(value).lower() == "true"


def _main(known: Any, vpc: str) -> str:
    return next((one.id for one in known.route_tables.values() if one.vpc_id == vpc and one.main_association_id), "")
