"""The role as which default VPCs are deleted, which `default_network_removal` names in each region."""

from troposphere import Template

from landing.blueprint.automation import add_document_role
from landing.blueprint.resource_names import DEFAULT_NETWORK_REMOVAL

CONTROLS = ("nist-800-53-r5:CM-7", "nist-csf-2.0:PR.PS-01")
REGIONS = "home"  # IAM is global


def default_network_removal_role() -> Template:
    """The role of the document that deletes default VPCs.

    AWS has no condition key that tells these from others: what is deleted the document says.
    """
    template = Template("Role of the removal of default VPCs")
    actions = [
        "ec2:DeleteInternetGateway",
        "ec2:DeleteSubnet",
        "ec2:DeleteVpc",
        "ec2:DescribeEgressOnlyInternetGateways",
        "ec2:DescribeInternetGateways",
        "ec2:DescribeNatGateways",
        "ec2:DescribeNetworkAcls",
        "ec2:DescribeRouteTables",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeSubnets",
        "ec2:DescribeTransitGatewayVpcAttachments",
        "ec2:DescribeVpcEndpoints",
        "ec2:DescribeVpcPeeringConnections",
        "ec2:DescribeVpcs",
        "ec2:DescribeVpnGateways",
        "ec2:DetachInternetGateway",
    ]
    description = "Systems Manager deletes default VPCs in which nothing is"
    add_document_role(
        template, "RemovalRole", DEFAULT_NETWORK_REMOVAL, description=description, policy="remove", actions=actions
    )
    return template
