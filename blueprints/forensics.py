"""What an account for forensics keeps evidence by: a bucket that nothing is taken out of, its key, and who looks."""

import re
from typing import Any, Literal

from troposphere import GetAtt, Join, Parameter, Ref, Sub, Template
from troposphere.iam import InstanceProfile, Policy, Role
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

from landing.blueprint.resource_names import ANALYSIS_ROLE, ANALYSIS_TAG, FORENSICS, bucket

CONTROLS = (
    "fsbp:S3.15",
    "nist-800-53-r5:AU-10",
    "nist-800-53-r5:IR-4",
    "nist-csf-2.0:RS.AN-06",
    "nist-csf-2.0:RS.AN-07",
)
REGIONS = "home"
VERSION = "2012-10-17"
NAME = bucket("evidence", "${AWS::AccountId}", "${AWS::Region}")
HERE = "arn:${AWS::Partition}:ec2:${AWS::Region}"
PERSON = r"(user|role)/[\w+=,.@/-]+"


def forensics(
    *,
    trusted: list[str],
    lock_mode: Literal["GOVERNANCE", "COMPLIANCE"] = "GOVERNANCE",
    lock_days: int = 365,
    analysis: bool = False,
) -> Template:
    """What an account for forensics keeps evidence by: a bucket that nothing is taken out of, its key, and who looks.

    `trusted` are those of the security tooling account who may use the role, `user/NAME` or `role/NAME`, with MFA. It
    copies snapshots that playbooks have shared with the account under the key, makes volumes of them, and puts evidence
    into the bucket, where nobody deletes or changes it for `lock_days`; in COMPLIANCE mode not even the root user.
    With `analysis` it starts instances too, to which it attaches such volumes: in the network of the stack of
    `forensics_network` alone, whose outputs `NetworkId` and `AnalysisGroupId` are given.
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
    statements = _statements()
    if analysis:
        template.add_parameter(Parameter("NetworkId", Type="String", AllowedPattern="^vpc-[0-9a-f]{8,17}$"))
        template.add_parameter(Parameter("AnalysisGroupId", Type="String", AllowedPattern="^sg-[0-9a-f]{8,17}$"))
        _instance_profile(template)
        statements += [*_launch(), *_operate()]
    _role(template, trusted, statements)
    return template


def _key(template: Template) -> None:
    account = {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
    statement = {"Sid": "Account", "Effect": "Allow", "Principal": account, "Action": "kms:*", "Resource": "*"}
    template.add_resource(
        Key(
            "EvidenceKey",
            Description="Encrypts evidence: objects, and snapshots that are copied",
            Enabled=True,
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


def _statements() -> list[dict[str, Any]]:
    """What the role may do with snapshots, the key and the bucket."""
    ec2 = "arn:${AWS::Partition}:ec2:*"
    key, evidence = GetAtt("EvidenceKey", "Arn"), GetAtt("EvidenceBucket", "Arn")
    look = ["ec2:DescribeSnapshots", "ec2:DescribeVolumes", "ec2:DescribeInstances", "s3:ListAllMyBuckets"]
    copy = ["ec2:CopySnapshot", "ec2:CreateVolume"]
    use = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    keep = ["s3:GetObject", "s3:GetObjectVersion", "s3:PutObject"]
    return [
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


def _launch() -> list[dict[str, Any]]:
    """RunInstances, by each kind of resource that it is about.

    EC2 User Guide, "Example policies to control access using the AWS CLI" ("Launch instances"). An instance has the
    tag, the profile and version 2 of the metadata service; its interface is in the network, in its group alone, and
    gets no public address; its volumes are encrypted. Images are Amazon's and the account's own.
    """
    key, value = ANALYSIS_TAG
    run = {"Action": "ec2:RunInstances"}
    inside = {"ArnEquals": {"ec2:Vpc": _ec2("vpc/${NetworkId}")}}
    must = {f"aws:RequestTag/{key}": value, "ec2:MetadataHttpTokens": "required"}
    profile = {"ec2:InstanceProfile": GetAtt("AnalysisProfile", "Arn")}
    private = {"ec2:AssociatePublicIpAddress": "false"}
    image = Sub(f"{HERE}::image/*")
    return [
        {
            "Sid": "Launch",
            **run,
            "Resource": _ec2("instance/*"),
            "Condition": {"StringEquals": must, "ArnEquals": profile},
        },
        {
            "Sid": "LaunchOf",
            **run,
            "Resource": image,
            "Condition": {"StringEquals": {"ec2:Owner": ["amazon", Ref("AWS::AccountId")]}},
        },
        {"Sid": "LaunchIn", **run, "Resource": _ec2("subnet/*"), "Condition": inside},
        {"Sid": "LaunchUnreached", **run, "Resource": _ec2("security-group/${AnalysisGroupId}")},
        {
            "Sid": "LaunchPrivate",
            **run,
            "Resource": _ec2("network-interface/*"),
            "Condition": {**inside, "BoolIfExists": private},
        },
        {
            "Sid": "LaunchEncrypted",
            **run,
            "Resource": _ec2("volume/*"),
            "Condition": {"Bool": {"ec2:Encrypted": "true"}},
        },
        {"Sid": "LaunchWith", **run, "Resource": Sub(f"{HERE}::snapshot/*")},
        {
            "Sid": "Mark",
            "Action": "ec2:CreateTags",
            "Resource": [_ec2("instance/*"), _ec2("volume/*")],
            "Condition": {"StringEquals": {"ec2:CreateAction": "RunInstances"}},
        },
        {
            "Sid": "Hand",
            "Action": "iam:PassRole",
            "Resource": GetAtt("AnalysisRole", "Arn"),
            "Condition": {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}},
        },
    ]


def _operate() -> list[dict[str, Any]]:
    """What is done with instances of the tag, and sessions to them; one's own sessions alone are ended and resumed."""
    key, value = ANALYSIS_TAG
    attach = ["ec2:AttachVolume", "ec2:DetachVolume"]
    state = ["ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances"]
    find = ["ec2:DescribeImages", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"]
    managed = ["ssm:DescribeInstanceInformation", "ssm:DescribeSessions", "ssm:GetConnectionStatus"]
    ssm = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}"
    return [
        {"Sid": "Find", "Action": [*find, *managed], "Resource": "*"},
        {
            "Sid": "Operate",
            "Action": [*attach, *state],
            "Resource": _ec2("instance/*"),
            "Condition": {"StringEquals": {f"aws:ResourceTag/{key}": value}},
        },
        {"Sid": "Attach", "Action": attach, "Resource": _ec2("volume/*")},
        {
            "Sid": "Enter",
            "Action": "ssm:StartSession",
            "Resource": _ec2("instance/*"),
            "Condition": {"StringEquals": {f"ssm:resourceTag/{key}": value}},
        },
        {"Sid": "Shell", "Action": "ssm:StartSession", "Resource": Sub(f"{ssm}:document/SSM-SessionManagerRunShell")},
        {
            "Sid": "Leave",
            "Action": ["ssm:ResumeSession", "ssm:TerminateSession"],
            "Resource": Sub(f"{ssm}:session/${{!aws:userid}}-*"),
        },
    ]


def _ec2(resource: str) -> Sub:
    return Sub(f"{HERE}:${{AWS::AccountId}}:{resource}")


def _instance_profile(template: Template) -> None:
    """What an instance may do that looks at evidence: be reached by a session, read evidence and add to it.

    Systems Manager User Guide, "Adding Session Manager permissions to an existing IAM role".
    """
    channels = ["CreateControlChannel", "CreateDataChannel", "OpenControlChannel", "OpenDataChannel"]
    evidence = GetAtt("EvidenceBucket", "Arn")
    statements = [
        {
            "Sid": "Session",
            "Action": ["ssm:UpdateInstanceInformation", *(f"ssmmessages:{each}" for each in channels)],
            "Resource": "*",
        },
        {"Sid": "List", "Action": "s3:ListBucket", "Resource": evidence},
        {"Sid": "Keep", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": Join("/", [evidence, "*"])},
        {
            "Sid": "Encrypt",
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": GetAtt("EvidenceKey", "Arn"),
            "Condition": {"StringEquals": {"kms:ViaService": Sub("s3.${AWS::Region}.amazonaws.com")}},
        },
    ]
    trust = {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"}
    template.add_resource(
        Role(
            "AnalysisRole",
            RoleName=ANALYSIS_ROLE,
            Description="Of instances that look at evidence",
            AssumeRolePolicyDocument={"Version": VERSION, "Statement": [trust]},
            Policies=[Policy(PolicyName="analysis", PolicyDocument=_allowed(statements))],
        )
    )
    template.add_resource(
        InstanceProfile("AnalysisProfile", InstanceProfileName=ANALYSIS_ROLE, Roles=[Ref("AnalysisRole")])
    )


def _allowed(statements: list[dict[str, Any]]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": [{"Effect": "Allow", **each} for each in statements]}


def _role(template: Template, trusted: list[str], statements: list[dict[str, Any]]) -> None:
    tooling = "arn:${AWS::Partition}:iam::${SecurityToolingAccountId}"
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
            Policies=[Policy(PolicyName="forensics", PolicyDocument=_allowed(statements))],
        )
    )
