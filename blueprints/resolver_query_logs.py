"""DNS queries of all VPCs in one region go to the log archive: of VPCs that are there, and of those that come."""

import re

from troposphere import Parameter, Ref, Sub, Template
from troposphere.route53resolver import ResolverQueryLoggingConfig

from landing.blueprint.automation import add_document, add_schedule, role_arn
from landing.blueprint.resource_names import RESOLVER_QUERIES, RESOLVER_QUERIES_ROLE
from landing.blueprint.resource_names import bucket as log_bucket

CONTROLS = ("nist-800-53-r5:AU-12", "nist-csf-2.0:DE.CM-01", "nist-csf-2.0:PR.PS-04")
DOCUMENT = "landing-resolver-queries"


def resolver_query_logs(*, bucket: str = "", every_hours: int = 24) -> Template:
    """DNS queries of all VPCs go to the log archive, which must receive `resolver-queries`.

    `bucket` is another one than ours. AWS has no setting for VPCs that come: every `every_hours` a document, as the
    role of `resolver_query_logs_role`, which must be there, associates those that are not yet, at most 100.
    """
    if not re.fullmatch(r"([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])?", bucket) or not 1 <= every_hours <= 720:
        raise ValueError("`bucket` is the name of a bucket, `every_hours` from 1 to 720")
    template = Template("Logging of DNS queries")
    for name in () if bucket else ("LogArchiveAccountId", "HomeRegion"):
        template.add_parameter(Parameter(name, Type="String"))
    to = bucket or log_bucket(RESOLVER_QUERIES, "${LogArchiveAccountId}", "${HomeRegion}")
    logging = template.add_resource(
        ResolverQueryLoggingConfig(
            "Queries",
            Name="landing",
            DestinationArn=Sub("arn:${AWS::Partition}:s3:::" + to),
            DeletionPolicy="Retain",  # AWS deletes none that has VPCs
            UpdateReplacePolicy="Retain",
        )
    )
    steps = [
        {
            "name": "find",
            "action": "aws:executeAwsApi",
            "inputs": {"Service": "ec2", "Api": "DescribeVpcs"},
            "outputs": [{"Name": "VpcIds", "Selector": "$.Vpcs..VpcId", "Type": "StringList"}],
        },
        {
            "name": "each",
            "action": "aws:loop",
            "isEnd": True,
            "inputs": {
                "Iterators": "{{ find.VpcIds }}",
                "IteratorDataType": "String",
                "Steps": [
                    {
                        "name": "associate",
                        "action": "aws:executeAwsApi",
                        "isCritical": False,  # as one that is associated already is refused
                        "onFailure": "Continue",
                        "inputs": {
                            "Service": "route53resolver",
                            "Api": "AssociateResolverQueryLogConfig",
                            "ResolverQueryLogConfigId": "{{ ConfigId }}",
                            "ResourceId": "{{ each.CurrentIteratorValue }}",
                        },
                    }
                ],
            },
        },
    ]
    described, role = "Associates all VPCs with the logging of DNS queries", role_arn(RESOLVER_QUERIES_ROLE)
    document = add_document(template, DOCUMENT, described, role, steps, ConfigId="^[a-z0-9-]{1,64}$")
    add_schedule(template, "EveryVpc", document, every_hours, ConfigId=Ref(logging))
    return template
