"""Transit gateways that accounts share, what is attached to them, and routes that lead there.

VPC Transit Gateways guide: "Share a transit gateway", "Transit gateway attachments to a VPC"; EC2 API reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.ec2.models.transit_gateway_attachments import TransitGatewayVpcAttachment

from landing.sandbox.moto import upstream
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.ram.state import reaching

AVAILABLE, PENDING = "available", "pendingAcceptance"


def describe_transit_gateways(call: Call) -> dict[str, Any]:
    """Moto knows no gateways that others share."""
    with _lent(call):
        return call.moto()


def delete_transit_gateway(call: Call) -> HttpAnswer:
    """Moto deletes one that something is attached to, in whatever account."""
    id_, backend = call["TransitGatewayId"], call.backend()
    if id_ not in backend.transit_gateways:
        raise _no_gateway(id_)
    attached = [one for one in backend.transit_gateway_attachments.values() if one.transit_gateway_id == id_]
    if attached:
        raise Refusal(
            "IncorrectState", f"{id_} has non-deleted VPC Attachments: {', '.join(one.id for one in attached)}."
        )
    return call.forward()


def delete_transit_gateway_route_table(call: Call) -> HttpAnswer:
    """Moto deletes one that attachments are associated with."""
    table = _table(call)
    if table.route_table_associations:
        raise Refusal(
            "IncorrectState", f"{table.id} has associated attachments: {', '.join(table.route_table_associations)}."
        )
    return call.forward()


def create_transit_gateway_vpc_attachment(call: Call) -> dict[str, Any]:
    """Moto knows no gateways that others share, and associates each attachment with the default route table.

    An attachment to another account's gateway waits for its owner, unless the gateway accepts by itself.
    """
    backend, gateway = call.backend(), _reached(call).get(call["TransitGatewayId"])
    if gateway is None:
        raise _no_gateway(call["TransitGatewayId"])
    backend.get_vpc(call["VpcId"])
    zones = [backend.get_subnet(one).availability_zone for one in call["SubnetIds"]]
    if len(set(zones)) < len(zones):
        raise Refusal("DuplicateSubnetsInSameZone", "Duplicate Subnets for same AZ")
    if any(one.transit_gateway_id == gateway.id for one in _of_vpc(backend, call["VpcId"])):
        message = f"{gateway.id} has non-deleted Transit Gateway Attachments with same VPC ID."
        raise Refusal("DuplicateTransitGatewayAttachment", message)
    tags = {tag["Key"]: tag.get("Value", "") for one in call.get("TagSpecifications", ()) for tag in one["Tags"]}
    made = TransitGatewayVpcAttachment(
        backend, gateway, call["VpcId"], list(call["SubnetIds"]), tags, call.get("Options")
    )
    made.transit_gateway_route_table, owner = None, gateway.ec2_backend
    backend.transit_gateway_attachments[made.id] = owner.transit_gateway_attachments[made.id] = made
    if owner is not backend and gateway.options["AutoAcceptSharedAttachments"] != "enable":
        made.state = PENDING
    else:
        _admit(gateway, made)
    return _shown(call, made)


def accept_transit_gateway_vpc_attachment(call: Call) -> dict[str, Any]:
    """Moto has none: by the owner of the gateway (API reference)."""
    attachment = _decided(call)
    attachment.state = AVAILABLE
    _admit(call.backend().transit_gateways[attachment.transit_gateway_id], attachment)
    return _shown(call, attachment)


def reject_transit_gateway_vpc_attachment(call: Call) -> dict[str, Any]:
    """Moto has none: by the owner of the gateway (API reference)."""
    attachment = _decided(call)
    attachment.state = "rejected"
    return _shown(call, attachment)


def describe_transit_gateway_vpc_attachments(call: Call) -> dict[str, Any]:
    """Tags are those of the caller: nobody sees another account's (Transit Gateways guide)."""
    answer = call.moto()
    for one in answer["TransitGatewayVpcAttachments"]:
        if one["VpcOwnerId"] != call.account:
            one["Tags"] = []
    return answer


def describe_transit_gateway_attachments(call: Call) -> dict[str, Any]:
    """Moto takes the owner of what is attached for the owner of the gateway."""
    answer = call.moto()
    for one in answer["TransitGatewayAttachments"]:
        one["TransitGatewayOwnerId"] = _everywhere(call)[one["TransitGatewayId"]].owner_id
        if one["ResourceOwnerId"] != call.account:
            one["Tags"] = []
    return answer


def modify_transit_gateway_vpc_attachment(call: Call) -> HttpAnswer:
    """Moto changes one that waits for its acceptance; it is changed by the owner of the VPC."""
    attachment = _attachment(call)
    if attachment.ec2_backend is not call.backend():
        raise _no_attachment(attachment.id)
    _must_be(attachment, AVAILABLE)
    return call.forward()


def delete_transit_gateway_vpc_attachment(call: Call) -> dict[str, Any]:
    """Moto leaves what it is associated with; it is deleted by either owner ("Unshare a transit gateway")."""
    attachment = _attachment(call)
    gateway = _everywhere(call).get(attachment.transit_gateway_id)
    for backend in (attachment.ec2_backend, *(() if gateway is None else (gateway.ec2_backend,))):
        backend.transit_gateway_attachments.pop(attachment.id, None)
        backend.transit_gateway_associations.pop(attachment.id, None)
        for table in backend.transit_gateways_route_tables.values():
            table.route_table_associations.pop(attachment.id, None)
            table.route_table_propagation = [
                one for one in table.route_table_propagation if not _is_of(attachment, one)
            ]
    gone = {"TransitGatewayAttachmentId": attachment.id, "TransitGatewayId": attachment.transit_gateway_id}
    return {"TransitGatewayVpcAttachment": {**gone, "State": "deleting"}}


def associate_transit_gateway_route_table(call: Call) -> HttpAnswer:
    """Moto associates with several, and what is not accepted; by the owner of the gateway alone."""
    table, attachment = _table(call), _attachment(call)
    _must_be(attachment, AVAILABLE)
    if any(attachment.id in one.route_table_associations for one in _tables(call)):
        message = f"Transit Gateway Attachment {attachment.id} is already associated to a route table."
        raise Refusal("Resource.AlreadyAssociated", message)
    attachment.transit_gateway_route_table = table
    return call.forward()


def disassociate_transit_gateway_route_table(call: Call) -> HttpAnswer:
    """Moto fails where nothing is associated."""
    table, attachment = _table(call), _attachment(call)
    if attachment.id not in table.route_table_associations:
        raise Refusal("InvalidAssociation.NotFound", f"Association {attachment.id} does not exist in {table.id}.")
    attachment.transit_gateway_route_table = None
    return call.forward()


def enable_transit_gateway_route_table_propagation(call: Call) -> HttpAnswer:
    """Moto takes what is not accepted, and one twice; by the owner of the gateway alone."""
    table, attachment = _table(call), _attachment(call)
    _must_be(attachment, AVAILABLE)
    if any(_is_of(attachment, one) for one in table.route_table_propagation):
        message = f"Propagation {attachment.id} exists in Transit Gateway Route Table {table.id}."
        raise Refusal("TransitGatewayRouteTablePropagation.Duplicate", message)
    return call.forward()


def disable_transit_gateway_route_table_propagation(call: Call) -> dict[str, Any]:
    """Moto forgets all propagations of an attachment with the first."""
    table, attachment = _table(call), _attachment(call)
    kept = [one for one in table.route_table_propagation if not _is_of(attachment, one)]
    if len(kept) == len(table.route_table_propagation):
        message = f"Propagation {attachment.id} does not exist in Transit Gateway Route Table {table.id}."
        raise Refusal("TransitGatewayRouteTablePropagation.NotFound", message)
    table.route_table_propagation = kept
    which = {"TransitGatewayAttachmentId": attachment.id, "TransitGatewayRouteTableId": table.id}
    return {"Propagation": {**which, "State": "disabling"}}


def create_route(call: Call) -> HttpAnswer:
    """Moto makes routes to gateways that the VPC is not attached to."""
    return _routed(call)


def replace_route(call: Call) -> HttpAnswer:
    """Moto makes routes to gateways that the VPC is not attached to."""
    return _routed(call)


def _routed(call: Call) -> HttpAnswer:
    wanted = call.get("TransitGatewayId")
    if wanted is None:
        return call.forward()
    backend = call.backend()
    attached = _of_vpc(backend, backend.get_route_table(call["RouteTableId"]).vpc_id)
    if not any((one.transit_gateway_id, one.state) == (wanted, AVAILABLE) for one in attached):
        raise Refusal("InvalidTransitGatewayID.NotFound", f"The transitGateway ID '{wanted}' does not exist.")
    with _lent(call, _everywhere(call)):
        return call.forward()


@contextmanager
def _lent(call: Call, known: dict[str, Any] | None = None) -> Iterator[None]:
    """Meanwhile moto finds other accounts' gateways (by default those that the caller reaches) in the caller's."""
    own = call.backend().transit_gateways
    lent = {id_: one for id_, one in (_reached(call) if known is None else known).items() if id_ not in own}
    own |= lent
    try:
        yield
    finally:
        for id_ in lent:
            del own[id_]


def _reached(call: Call) -> dict[str, Any]:
    """The caller's gateways, and those that are shared with the caller."""
    shares = (share for region, share in reaching(call.world, call.account) if region == call.region)
    shared = {entity for share in shares for kind, entity in share.associations if kind == "RESOURCE"}
    return {id_: one for id_, one in _everywhere(call).items() if one.owner_id == call.account or one.arn in shared}


def _everywhere(call: Call) -> dict[str, Any]:
    """The gateways of all accounts in the Region."""
    backends = (each for _, each in upstream.backends_in_use("ec2") if each.region_name == call.region)
    return {
        id_: one
        for backend in backends
        for id_, one in list(backend.transit_gateways.items())
        if one.ec2_backend is backend
    }


def _of_vpc(backend: Any, vpc: str) -> list[Any]:
    return [one for one in backend.transit_gateway_attachments.values() if one.resource_id == vpc]


def _tables(call: Call) -> list[Any]:
    return list(call.backend().transit_gateways_route_tables.values())


def _table(call: Call) -> Any:
    """The route table that the call names, one of the caller's."""
    wanted = call["TransitGatewayRouteTableId"]
    found = call.backend().transit_gateways_route_tables.get(wanted)
    if found is None or found.state == "deleted":
        raise Refusal(
            "InvalidRouteTableID.NotFound", f"Transit Gateway Route Table {wanted} was deleted or does not exist."
        )
    return found


def _attachment(call: Call) -> Any:
    """The attachment that the call names: of a VPC, or to a gateway, of the caller's."""
    wanted = call["TransitGatewayAttachmentId"]
    found = call.backend().transit_gateway_attachments.get(wanted)
    if found is None:
        raise _no_attachment(wanted)
    return found


def _decided(call: Call) -> Any:
    """The attachment that the owner of the gateway accepts or rejects."""
    attachment = _attachment(call)
    if attachment.transit_gateway_id not in call.backend().transit_gateways:
        raise _no_attachment(attachment.id)
    _must_be(attachment, PENDING)
    return attachment


def _must_be(attachment: Any, state: str) -> None:
    if attachment.state != state:
        raise Refusal("IncorrectState", f"{attachment.id} is in invalid state {attachment.state}.")


def _admit(gateway: Any, attachment: Any) -> None:
    """What becomes of an attachment that is accepted, by the gateway's options."""
    owner, table = gateway.ec2_backend, gateway.default_route_table
    if gateway.options["DefaultRouteTableAssociation"] == "enable":
        owner.associate_transit_gateway_route_table(attachment.id, table.id)
        attachment.transit_gateway_route_table = table
    if gateway.options["DefaultRouteTablePropagation"] == "enable":
        owner.enable_transit_gateway_route_table_propagation(attachment.id, table.id)


def _shown(call: Call, attachment: Any) -> dict[str, Any]:
    answer = call.client("ec2").describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[attachment.id])
    return {"TransitGatewayVpcAttachment": answer["TransitGatewayVpcAttachments"][0]}


def _is_of(attachment: Any, propagation: Any) -> bool:
    return bool(propagation.transitGatewayAttachmentId == attachment.id)


def _no_gateway(id_: str) -> Refusal:
    return Refusal("InvalidTransitGatewayID.NotFound", f"Transit Gateway {id_} was deleted or does not exist.")


def _no_attachment(id_: str) -> Refusal:
    message = f"Transit Gateway Attachment {id_} was deleted or does not exist."
    return Refusal("InvalidTransitGatewayAttachmentID.NotFound", message)
