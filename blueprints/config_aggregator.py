"""The organization's AWS Config aggregator: one view over all accounts and regions."""

from troposphere import GetAtt, Sub, Template
from troposphere.config import ConfigurationAggregator, OrganizationAggregationSource
from troposphere.iam import Role

from landing.blueprint.resource_names import AGGREGATOR

REGIONS = "home"


def config_aggregator() -> Template:
    """The organization's AWS Config aggregator: one view over all accounts and regions."""
    template = Template("AWS Config aggregator of the organization")
    template.add_resource(
        Role(
            "AggregatorRole",
            RoleName="landing-config-aggregator",
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "config.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": Sub("${AWS::AccountId}")}},
                    }
                ],
            },
            ManagedPolicyArns=[Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWSConfigRoleForOrganizations")],
        )
    )
    template.add_resource(
        ConfigurationAggregator(
            "Aggregator",
            ConfigurationAggregatorName=AGGREGATOR,
            OrganizationAggregationSource=OrganizationAggregationSource(
                RoleArn=GetAtt("AggregatorRole", "Arn"), AllAwsRegions=True
            ),
        )
    )
    return template
