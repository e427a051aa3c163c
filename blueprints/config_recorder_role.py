"""The role by which AWS Config reads an account and delivers to the log archive."""

from troposphere import Parameter, Sub, Template
from troposphere.iam import Policy, Role

from landing.blueprint.resource_names import RECORDER_ROLE
from landing.blueprint.resource_names import bucket as log_bucket

REGIONS = "home"  # IAM is global


def config_recorder_role(*, bucket: str = "", key: str = "") -> Template:
    """The role by which AWS Config reads an account and delivers to the log archive.

    A role of our own rather than the service-linked one: only then can the bucket admit it by organization.
    `bucket` and `key` are those that are there already; an alias is of a key in the log archive account.
    """
    template = Template("Role of the configuration recorder")
    for name in ("LogArchiveAccountId", "HomeRegion"):
        template.add_parameter(Parameter(name, Type="String"))
    name = bucket or log_bucket("config", "${LogArchiveAccountId}", "${HomeRegion}")
    arn = f"arn:${{AWS::Partition}}:s3:::{name}"
    keys = "arn:${AWS::Partition}:kms:${HomeRegion}:${LogArchiveAccountId}:key/*"
    statements = [
        {"Effect": "Allow", "Action": ["s3:GetBucketAcl", "s3:ListBucket"], "Resource": Sub(arn)},
        {
            "Effect": "Allow",
            "Action": "s3:PutObject",
            "Resource": Sub(arn + "/AWSLogs/${AWS::AccountId}/Config/*"),
            "Condition": {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}},
        },
        {
            "Effect": "Allow",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": key if key.startswith("arn:") else Sub(keys),
        },
    ]
    template.add_resource(
        Role(
            "RecorderRole",
            RoleName=RECORDER_ROLE,
            Description="AWS Config reads this account and delivers to the log archive",
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
            ManagedPolicyArns=[Sub("arn:${AWS::Partition}:iam::aws:policy/service-role/AWS_ConfigRole")],
            Policies=[Policy(PolicyName="deliver", PolicyDocument={"Version": "2012-10-17", "Statement": statements})],
        )
    )
    return template
