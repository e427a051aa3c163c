"""What an account for forensics keeps evidence by: a bucket that nothing is taken out of, its key, and who looks."""

import re
from typing import Literal

from troposphere import GetAtt, Join, Parameter, Ref, Sub, Template
from troposphere.iam import Policy, Role
from troposphere.kms import Alias, Key
from troposphere.s3 import (
    Bucket,
    BucketEncryption,
    BucketPolicy,
    DefaultRetention,
    ObjectLockConfiguration,
    ObjectLockRule,
    OwnershipControls,
    OwnershipControlsRule,
    PublicAccessBlockConfiguration,
    ServerSideEncryptionByDefault,
    ServerSideEncryptionRule,
    VersioningConfiguration,
)

from landing.blueprint.resource_names import FORENSICS, bucket

REGIONS = "home"
VERSION = "2012-10-17"
NAME = bucket("evidence", "${AWS::AccountId}", "${AWS::Region}")
PERSON = r"(user|role)/[\w+=,.@/-]+"


def forensics(
    *,
    trusted: list[str],
    lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "GOVERNANCE",
    lock_days: int = 365,
) -> Template:
    """What an account for forensics keeps evidence by: a bucket that nothing is taken out of, its key, and who looks.

    `trusted` are those of the security tooling account who may use the role, `user/NAME` or `role/NAME`, with MFA. It
    copies snapshots that playbooks have shared with the account under the key, makes volumes of them, and puts evidence
    into the bucket, where nobody deletes or changes it for `lock_days`; in COMPLIANCE mode not even the root user.
    """
    if not trusted or not all(re.fullmatch(PERSON, who) for who in trusted):
        raise ValueError("`trusted` are `user/NAME` or `role/NAME`, each written out: at least one, and no pattern")
    if lock_days < 1:
        raise ValueError("`lock_days` is 1 or more")
    template = Template("Evidence of the account for forensics")
    for name in ("OrganizationId", "SecurityToolingAccountId"):
        template.add_parameter(Parameter(name, Type="String"))
    _key(template)
    _bucket(template, lock_mode, lock_days)
    _role(template, trusted)
    return template


def _key(template: Template) -> None:
    account = {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
    statement = {"Sid": "Account", "Effect": "Allow", "Principal": account, "Action": "kms:*", "Resource": "*"}
    template.add_resource(
        Key(
            "EvidenceKey",
            Description="Encrypts evidence: objects, and snapshots that are copied",
            EnableKeyRotation=True,
            PendingWindowInDays=30,
            KeyPolicy={"Version": VERSION, "Statement": [statement]},
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    template.add_resource(Alias("EvidenceKeyAlias", AliasName=f"alias/{FORENSICS}", TargetKeyId=Ref("EvidenceKey")))


def _bucket(template: Template, mode: str, days: int) -> None:
    default = ServerSideEncryptionByDefault(SSEAlgorithm="aws:kms", KMSMasterKeyID=GetAtt("EvidenceKey", "Arn"))
    template.add_resource(
        Bucket(
            "EvidenceBucket",
            BucketName=Sub(NAME),
            BucketEncryption=BucketEncryption(
                ServerSideEncryptionConfiguration=[
                    ServerSideEncryptionRule(ServerSideEncryptionByDefault=default, BucketKeyEnabled=True)
                ]
            ),
            ObjectLockEnabled=True,
            ObjectLockConfiguration=ObjectLockConfiguration(
                ObjectLockEnabled="Enabled",
                Rule=ObjectLockRule(DefaultRetention=DefaultRetention(Mode=mode, Days=days)),
            ),
            OwnershipControls=OwnershipControls(Rules=[OwnershipControlsRule(ObjectOwnership="BucketOwnerEnforced")]),
            PublicAccessBlockConfiguration=PublicAccessBlockConfiguration(
                BlockPublicAcls=True, BlockPublicPolicy=True, IgnorePublicAcls=True, RestrictPublicBuckets=True
            ),
            VersioningConfiguration=VersioningConfiguration(Status="Enabled"),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    arn = GetAtt("EvidenceBucket", "Arn")
    tls = {
        "Sid": "TlsOnly",
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [arn, Join("/", [arn, "*"])],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    template.add_resource(
        BucketPolicy(
            "EvidenceBucketPolicy",
            Bucket=Sub(NAME),
            PolicyDocument={"Version": VERSION, "Statement": [tls]},
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )


def _role(template: Template, trusted: list[str]) -> None:
    tooling = "arn:${AWS::Partition}:iam::${SecurityToolingAccountId}"
    ec2 = "arn:${AWS::Partition}:ec2:*"
    key, evidence = GetAtt("EvidenceKey", "Arn"), GetAtt("EvidenceBucket", "Arn")
    look = ["ec2:DescribeSnapshots", "ec2:DescribeVolumes", "ec2:DescribeInstances", "s3:ListAllMyBuckets"]
    copy = ["ec2:CopySnapshot", "ec2:CreateVolume"]
    use = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    keep = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    statements = [
        {"Sid": "Look", "Action": look, "Resource": "*"},
        {
            "Sid": "Copy",
            "Action": copy,
            "Resource": [Sub(f"{ec2}::snapshot/*"), Sub(f"{ec2}:${{AWS::AccountId}}:volume/*")],
        },
        {"Sid": "List", "Action": ["s3:ListBucket", "s3:ListBucketVersions"], "Resource": evidence},
        {"Sid": "Keep", "Action": keep, "Resource": Join("/", [evidence, "*"])},
        {"Sid": "Encrypt", "Action": use, "Resource": key},
        {
            "Sid": "Grants",
            "Action": "kms:CreateGrant",
            "Resource": key,
            "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
        },
    ]
    for statement in statements:
        statement["Effect"] = "Allow"
    template.add_resource(
        Role(
            "ForensicsRole",
            RoleName=FORENSICS,
            Description="Looks at evidence; every use is looked into",
            MaxSessionDuration=3600,
            AssumeRolePolicyDocument={
                "Version": VERSION,
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"AWS": Sub(f"{tooling}:root")},
                        "Action": "sts:AssumeRole",
                        "Condition": {
                            "StringEquals": {"aws:PrincipalOrgID": Ref("OrganizationId")},
                            "ArnLike": {"aws:PrincipalArn": [Sub(f"{tooling}:{who}") for who in trusted]},
                            "Bool": {"aws:MultiFactorAuthPresent": "true"},
                        },
                    }
                ],
            },
            Policies=[Policy(PolicyName="forensics", PolicyDocument={"Version": VERSION, "Statement": statements})],
        )
    )
