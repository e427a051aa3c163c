"""The role as which default VPCs are deleted, which `default_network_removal` names in each region."""

from troposphere import Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import DEFAULT_NETWORK_REMOVAL

CONTROLS = ("nist-800-53-r5:CM-7", "nist-csf-2.0:PR.PS-01")
REGIONS = "home"  # IAM is global


def default_network_removal_role() -> Template:
    """The role of the document that deletes default VPCs.

    AWS has no condition key that tells these from others: what is deleted the document says.
    """
    template = Template("Role of the removal of default VPCs")
    allowed = {
        "Effect": "Allow",
        "Action": [
            "ec2:DeleteInternetGateway",
            "ec2:DeleteSubnet",
            "ec2:DeleteVpc",
            "ec2:DescribeInternetGateways",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "ec2:DetachInternetGateway",
        ],
        "Resource": "*",
    }
    template.add_resource(
        Role(
            "RemovalRole",
            RoleName=DEFAULT_NETWORK_REMOVAL,
            Description="Systems Manager deletes default VPCs in which nothing is",
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "ssm.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}},
                    }
                ],
            },
            Policies=[Policy(PolicyName="remove", PolicyDocument={"Version": "2012-10-17", "Statement": [allowed]})],
        )
    )
    return template
