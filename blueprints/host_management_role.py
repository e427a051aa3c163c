"""The role by which Systems Manager manages instances that have no profile of their own."""

from troposphere import Sub, Template
from troposphere.iam import Role

from landing.blueprint.resource_names import HOST_MANAGEMENT_ROLE

REGIONS = "home"  # IAM is global


def host_management_role() -> Template:
    """The role of Default Host Management Configuration, which `host_management` names in each region."""
    template = Template("Role of Default Host Management Configuration")
    template.add_resource(
        Role(
            "HostManagementRole",
            RoleName=HOST_MANAGEMENT_ROLE,
            Path="/service-role/",
            Description="Systems Manager manages instances that have no profile of their own",
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
            ManagedPolicyArns=[
                Sub("arn:${AWS::Partition}:iam::aws:policy/AmazonSSMManagedEC2InstanceDefaultPolicy"),
            ],
        )
    )
    return template
