"""EBS volumes in one region are encrypted by default, with a key of the account's own."""

import re
from typing import Any

from troposphere import GetAtt, Ref, Sub, Template
from troposphere.kms import Alias, Key

from landing.blueprint.automation import add_document, add_schedule, role_arn
from landing.blueprint.key_administration import ADMINISTRATION
from landing.blueprint.resource_names import VOLUME_ENCRYPTION_ROLE

CONTROLS = ("fsbp:EC2.7", "nist-800-53-r5:SC-12", "nist-800-53-r5:SC-28", "nist-csf-2.0:PR.DS-01")
DOCUMENT = "landing-volume-encryption"
USE = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
COPY = ["kms:Decrypt", "kms:DescribeKey", "kms:ReEncryptFrom"]


def volume_encryption(
    *, shared_with: list[str] | None = None, every_hours: int = 24, deletion_days: int = 30
) -> Template:
    """New EBS volumes, and copies of snapshots, are encrypted by the key `alias/landing-volumes`.

    As AWS's own key (`aws/ebs`) it is used by whoever in the account may make volumes, by EC2 alone; unlike it,
    snapshots can be shared: `shared_with` are ids of accounts that may copy them. Its administrators cannot use it
    otherwise. Every `every_hours` a document, as the role of `volume_encryption_role`, which must be there, sets both
    anew. Volumes that are there stay as they are. Key and settings stay when the stack goes.
    """
    accounts = shared_with or []
    if not all(re.fullmatch(r"\d{12}", each) for each in accounts) or not 1 <= every_hours <= 720:
        raise ValueError("`shared_with` are ids of accounts, 12 digits; `every_hours` is from 1 to 720")
    if not 7 <= deletion_days <= 30:
        raise ValueError("`deletion_days` is from 7 to 30")
    template = Template("Encryption of EBS volumes by default")
    key = template.add_resource(
        Key(
            "VolumeKey",
            Description="Encrypts EBS volumes by default",
            Enabled=True,
            EnableKeyRotation=True,
            PendingWindowInDays=deletion_days,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            KeyPolicy={"Version": "2012-10-17", "Statement": _statements(accounts)},
        )
    )
    template.add_resource(Alias("VolumeKeyAlias", AliasName="alias/landing-volumes", TargetKeyId=Ref(key)))
    steps = [
        {
            "name": "key",
            "action": "aws:executeAwsApi",
            "inputs": {"Service": "ec2", "Api": "ModifyEbsDefaultKmsKeyId", "KmsKeyId": "{{ KeyArn }}"},
        },
        {
            "name": "encrypt",
            "action": "aws:executeAwsApi",
            "isEnd": True,
            "inputs": {"Service": "ec2", "Api": "EnableEbsEncryptionByDefault"},
        },
    ]
    described, role = "Encrypts EBS volumes by default, with a key", role_arn(VOLUME_ENCRYPTION_ROLE)
    document = add_document(template, DOCUMENT, described, role, steps, KeyArn="^arn:[a-z-]+:kms:[a-z0-9:/-]{1,200}$")
    add_schedule(template, "Set", document, every_hours, KeyArn=GetAtt(key, "Arn"))
    return template


def _statements(accounts: list[str]) -> list[dict[str, Any]]:
    """As the policy of `aws/ebs` (EBS User Guide, "Amazon EBS encryption"), with administrators who do not use it."""
    through = {"kms:ViaService": Sub("ec2.${AWS::Region}.amazonaws.com")}
    statements: list[dict[str, Any]] = [
        {
            "Sid": "Administration",
            "Effect": "Allow",
            "Principal": {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")},
            "Action": ADMINISTRATION,
            "Resource": "*",
        },
        {
            "Sid": "Volumes",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": USE,
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:CallerAccount": Sub("${AWS::AccountId}"), **through}},
        },
    ]
    if accounts:
        others = {"AWS": [Sub(f"arn:${{AWS::Partition}}:iam::{each}:root") for each in accounts]}
        shared = {"Effect": "Allow", "Principal": others, "Resource": "*"}
        grants = {"Bool": {"kms:GrantIsForAWSResource": "true"}, "StringEquals": through}
        statements += [
            {"Sid": "Copies", **shared, "Action": COPY, "Condition": {"StringEquals": through}},
            {"Sid": "Grants", **shared, "Action": "kms:CreateGrant", "Condition": grants},
        ]
    return statements
