"""The default VPC of one region is deleted, once, where nothing is in it."""

from typing import Any, NamedTuple

from troposphere import Ref, Template
from troposphere.ssm import Association

from landing.blueprint.automation import add_document, role_arn
from landing.blueprint.resource_names import DEFAULT_NETWORK_REMOVAL

CONTROLS = ("nist-800-53-r5:CM-7", "nist-csf-2.0:PR.IR-01", "nist-csf-2.0:PR.PS-01")
ADDRESSES = "4091"
"""What a default subnet has, a /20, in which nothing is (VPC User Guide, "Default VPCs", "Subnet sizing")."""
VPC = "{{ find.VpcId }}"


class Look(NamedTuple):
    """What may be in a VPC, and keeps it (VPC User Guide, "Delete your VPC"; API reference, DeleteVpc).

    Each thing that `api` lists under `member` is asked for again by its `id`, and must then have one of the `values` in
    `selector`: by default its own id, where the filter `only` finds it. So what is not known keeps the VPC too.
    """

    name: str
    check: str
    api: str
    member: str
    id: str
    selector: str = ""
    values: tuple[str, ...] = ()
    only: tuple[str, str] | None = None
    where: str = "vpc-id"
    filters: str = "Filters"


GONE = ("deleted", "expired", "failed", "rejected")
"""States in which nothing is left of a connection."""
LOOKS = (
    Look(
        "subnets", "onlyDefaultSubnets", "DescribeSubnets", "Subnets", "SubnetId", "AvailableIpAddressCount",
        (ADDRESSES,), ("default-for-az", "true"),
    ),
    Look(
        "routes", "onlyMainRouteTable", "DescribeRouteTables", "RouteTables", "RouteTableId",
        only=("association.main", "true"),
    ),
    Look(
        "groups", "onlyDefaultGroup", "DescribeSecurityGroups", "SecurityGroups", "GroupId", "GroupName", ("default",)
    ),
    Look("acls", "onlyDefaultAcl", "DescribeNetworkAcls", "NetworkAcls", "NetworkAclId", only=("default", "true")),
    Look("endpoints", "noEndpoints", "DescribeVpcEndpoints", "VpcEndpoints", "VpcEndpointId", "State", ("deleted",)),
    *(
        Look(
            f"{way}s", f"no{way.capitalize()}s", "DescribeVpcPeeringConnections", "VpcPeeringConnections",
            "VpcPeeringConnectionId", "Status.Code", GONE, where=f"{side}-vpc-info.vpc-id",
        )
        for way, side in (("request", "requester"), ("acceptance", "accepter"))
    ),
    Look(
        "nats", "noNatGateways", "DescribeNatGateways", "NatGateways", "NatGatewayId", "State", GONE, filters="Filter"
    ),
    Look(
        "vpns", "noVpnGateways", "DescribeVpnGateways", "VpnGateways", "VpnGatewayId",
        only=("attachment.state", "detached"), where="attachment.vpc-id",
    ),
    Look(
        "hubs", "noTransitAttachments", "DescribeTransitGatewayVpcAttachments", "TransitGatewayVpcAttachments",
        "TransitGatewayAttachmentId", "State", GONE,
    ),
)  # fmt: skip
OUTLETS = Look("outlets", "noEgressOnlyGateways", "DescribeVpcs", "Vpcs", "VpcId", only=("is-default", "false"))
"""VPCs that egress-only gateways are attached to; these know no filter by VPC."""


def default_network_removal() -> Template:
    """Subnets, internet gateway and default VPC are deleted, as the role of `default_network_removal_role`.

    When the stack is made, and not again: `protect-default-network` keeps another from being made. Before anything is
    deleted all is looked at that may be in a VPC: where an address is in use, or something is there that AWS did not
    make with it, all stays as it is, and the step of the execution that fails says what there is.
    """
    template = Template("Removal of the default VPC")
    described, role = "Deletes the default VPC where nothing is in it", role_arn(DEFAULT_NETWORK_REMOVAL)
    document = add_document(template, DEFAULT_NETWORK_REMOVAL, described, role, _steps())
    template.add_resource(Association("Once", AssociationName=DEFAULT_NETWORK_REMOVAL, Name=Ref(document)))
    return template


def _steps() -> list[dict[str, Any]]:
    attached = [{"Name": "attachment.vpc-id", "Values": [VPC]}]
    gateway = "{{ away.CurrentIteratorValue }}"
    return [
        {
            **_call("find", "DescribeVpcs", Filters=[{"Name": "is-default", "Values": ["true"]}]),
            "outputs": [{"Name": "VpcId", "Selector": "$.Vpcs[0].VpcId", "Type": "String"}],
            "isCritical": False,  # as where there is none
            "onFailure": "step:none",
        },
        *(
            _listed(
                look.name,
                f"$.{look.member}[*].{look.id}",
                look.api,
                **{look.filters: [{"Name": look.where, "Values": [VPC]}]},
            )
            for look in LOOKS
        ),
        _listed(
            OUTLETS.name,
            "$.EgressOnlyInternetGateways[*].Attachments[*].VpcId",
            "DescribeEgressOnlyInternetGateways",
        ),
        _listed(
            "gateways",
            "$.InternetGateways[*].InternetGatewayId",
            "DescribeInternetGateways",
            Filters=attached,
        ),
        *(_looked(look) for look in LOOKS),
        _looked(OUTLETS),
        _each("gone", "subnets", _call("subnet", "DeleteSubnet", SubnetId="{{ gone.CurrentIteratorValue }}")),
        _each(
            "away",
            "gateways",
            _call("detach", "DetachInternetGateway", InternetGatewayId=gateway, VpcId=VPC),
            _call("delete", "DeleteInternetGateway", InternetGatewayId=gateway),
        ),
        {**_call("vpc", "DeleteVpc", VpcId=VPC), "isEnd": True},
        {"name": "none", "action": "aws:sleep", "isEnd": True, "inputs": {"Duration": "PT1S"}},
    ]


def _listed(name: str, selector: str, api: str, **inputs: Any) -> dict[str, Any]:
    return {**_call(name, api, **inputs), "outputs": [{"Name": "Ids", "Selector": selector, "Type": "StringList"}]}


def _looked(look: Look) -> dict[str, Any]:
    """Fails where one of what was listed is not as it must be; the outputs of the list have the ids."""
    one = f"{{{{ {look.check}.CurrentIteratorValue }}}}"
    asked: dict[str, Any] = {
        f"{look.id}s": [one],
        **({look.filters: [{"Name": look.only[0], "Values": [look.only[1]]}]} if look.only else {}),
        "PropertySelector": f"$.{look.member}[0].{look.selector or look.id}",
        "DesiredValues": list(look.values or (one,)),
    }
    step = {**_call(f"{look.name}Keep", look.api, **asked), "action": "aws:assertAwsResourceProperty"}
    return _each(look.check, look.name, step)


def _call(name: str, api: str, **inputs: Any) -> dict[str, Any]:
    return {"name": name, "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": api, **inputs}}


def _each(name: str, of: str, *steps: dict[str, Any]) -> dict[str, Any]:
    """Steps for each id of a list."""
    inputs = {"Iterators": f"{{{{ {of}.Ids }}}}", "IteratorDataType": "String", "Steps": list(steps)}
    return {"name": name, "action": "aws:loop", "inputs": inputs}
