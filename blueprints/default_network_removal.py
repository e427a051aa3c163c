"""The default VPC of one region is deleted, once, where nothing is in it."""

from typing import Any

from troposphere import Ref, Template
from troposphere.ssm import Association

from landing.blueprint.automation import add_document, role_arn
from landing.blueprint.resource_names import DEFAULT_NETWORK_REMOVAL

CONTROLS = ("nist-800-53-r5:CM-7", "nist-csf-2.0:PR.IR-01", "nist-csf-2.0:PR.PS-01")
ADDRESSES = "4091"
"""What a default subnet has, a /20, in which nothing is (VPC User Guide, "Default VPCs", "Subnet sizing")."""


def default_network_removal() -> Template:
    """Subnets, internet gateway and default VPC are deleted, as the role of `default_network_removal_role`.

    When the stack is made, and not again: `protect-default-network` keeps another from being made. Before anything is
    deleted each subnet is looked at: where one has an address in use, or is none that AWS made, all stays as it is.
    """
    template = Template("Removal of the default VPC")
    described, role = "Deletes the default VPC where nothing is in it", role_arn(DEFAULT_NETWORK_REMOVAL)
    document = add_document(template, DEFAULT_NETWORK_REMOVAL, described, role, _steps())
    template.add_resource(Association("Once", AssociationName=DEFAULT_NETWORK_REMOVAL, Name=Ref(document)))
    return template


def _steps() -> list[dict[str, Any]]:
    here = [{"Name": "vpc-id", "Values": ["{{ find.VpcId }}"]}]
    attached = [{"Name": "attachment.vpc-id", "Values": ["{{ find.VpcId }}"]}]
    subnet, gateway = "{{ unused.CurrentIteratorValue }}", "{{ away.CurrentIteratorValue }}"
    looked = {
        "Filters": [{"Name": "subnet-id", "Values": [subnet]}],
        "PropertySelector": "$.Subnets[0].AvailableIpAddressCount",
        "DesiredValues": [ADDRESSES],
    }
    return [
        {
            **_call("find", "DescribeVpcs", Filters=[{"Name": "is-default", "Values": ["true"]}]),
            "outputs": [{"Name": "VpcId", "Selector": "$.Vpcs[0].VpcId", "Type": "String"}],
            "isCritical": False,  # as where there is none
            "onFailure": "step:none",
        },
        {
            **_call("subnets", "DescribeSubnets", Filters=here),
            "outputs": [{"Name": "Ids", "Selector": "$.Subnets..SubnetId", "Type": "StringList"}],
        },
        {
            **_call("gateways", "DescribeInternetGateways", Filters=attached),
            "outputs": [
                {"Name": "Ids", "Selector": "$.InternetGateways..InternetGatewayId", "Type": "StringList"},
            ],
        },
        _each(
            "unused",
            "{{ subnets.Ids }}",
            {**_call("look", "DescribeSubnets", **looked), "action": "aws:assertAwsResourceProperty"},
        ),
        _each("gone", "{{ subnets.Ids }}", _call("subnet", "DeleteSubnet", SubnetId="{{ gone.CurrentIteratorValue }}")),
        _each(
            "away",
            "{{ gateways.Ids }}",
            _call("detach", "DetachInternetGateway", InternetGatewayId=gateway, VpcId="{{ find.VpcId }}"),
            _call("delete", "DeleteInternetGateway", InternetGatewayId=gateway),
        ),
        {**_call("vpc", "DeleteVpc", VpcId="{{ find.VpcId }}"), "isEnd": True},
        {"name": "none", "action": "aws:sleep", "isEnd": True, "inputs": {"Duration": "PT1S"}},
    ]


def _call(name: str, api: str, **inputs: Any) -> dict[str, Any]:
    return {"name": name, "action": "aws:executeAwsApi", "inputs": {"Service": "ec2", "Api": api, **inputs}}


def _each(name: str, ids: str, *steps: dict[str, Any]) -> dict[str, Any]:
    inputs = {"Iterators": ids, "IteratorDataType": "String", "Steps": list(steps)}
    return {"name": name, "action": "aws:loop", "inputs": inputs}
