"""The role as which VPCs come to have their DNS queries logged, which `resolver_query_logs` names in each region."""

from troposphere import Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import RESOLVER_QUERIES_ROLE

CONTROLS = ("nist-800-53-r5:AU-12", "nist-csf-2.0:PR.PS-04")
REGIONS = "home"  # IAM is global


def resolver_query_logs_role() -> Template:
    """The role of the document that associates VPCs with the logging of queries; it may do that and no more."""
    template = Template("Role of the logging of DNS queries")
    allowed = {
        "Effect": "Allow",
        "Action": ["ec2:DescribeVpcs", "route53resolver:AssociateResolverQueryLogConfig"],
        "Resource": "*",
    }
    template.add_resource(
        Role(
            "QueriesRole",
            RoleName=RESOLVER_QUERIES_ROLE,
            Description="Systems Manager associates VPCs with the logging of DNS queries",
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
            Policies=[Policy(PolicyName="associate", PolicyDocument={"Version": "2012-10-17", "Statement": [allowed]})],
        )
    )
    return template
