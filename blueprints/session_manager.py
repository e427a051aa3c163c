"""Sessions on instances by Systems Manager in one region: encrypted, logged, and ended when nobody types."""

import re
from typing import Literal

from troposphere import GetAtt, Ref, Sub, Template
from troposphere.kms import Alias, Key
from troposphere.logs import LogGroup
from troposphere.ssm import Document

CONTROLS = ("nist-800-53-r5:AC-17", "nist-800-53-r5:AU-12", "nist-csf-2.0:PR.PS-04")
LOG_GROUP = "/landing/session-manager"


def session_manager(
    *,
    idle_minutes: int = 20,
    longest_minutes: int = 240,
    log_days: Literal[30, 60, 90, 180, 365, 400, 545, 731, 1827, 3653] = 365,
    run_as: str = "",
) -> Template:
    """Preferences of Session Manager, which every session of the account in a region follows.

    What is typed and shown goes to a log group of the account, encrypted by a key of its own, as the session is.
    `run_as` is the user on the instance, ssm-user when empty. Where somebody has saved preferences in the console the
    document is there already, and the stack says so: delete it, or leave the account out.
    """
    if not (1 <= idle_minutes <= 60 and 1 <= longest_minutes <= 1440):
        raise ValueError("idle_minutes is from 1 to 60, longest_minutes from 1 to 1440")
    if not re.fullmatch(r"([\w.-]{1,32})?", run_as):
        raise ValueError("run_as is the name of a user")
    template = Template("Preferences of Session Manager")
    key = template.add_resource(_key())
    template.add_resource(Alias("SessionKeyAlias", AliasName="alias/landing-sessions", TargetKeyId=Ref(key)))
    template.add_resource(
        LogGroup(
            "Sessions",
            LogGroupName=LOG_GROUP,
            RetentionInDays=log_days,
            KmsKeyId=GetAtt(key, "Arn"),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    inputs = {
        "s3BucketName": "",
        "s3KeyPrefix": "",
        "s3EncryptionEnabled": True,
        "cloudWatchLogGroupName": LOG_GROUP,
        "cloudWatchEncryptionEnabled": True,
        "cloudWatchStreamingEnabled": True,
        "kmsKeyId": Ref(key),
        "runAsEnabled": bool(run_as),
        "runAsDefaultUser": run_as,
        "idleSessionTimeout": str(idle_minutes),
        "maxSessionDuration": str(longest_minutes),
        "shellProfile": {"windows": "", "linux": ""},
    }
    template.add_resource(
        Document(
            "Preferences",
            DependsOn="Sessions",
            Name="SSM-SessionManagerRunShell",
            DocumentType="Session",
            DocumentFormat="JSON",
            UpdateMethod="NewVersion",
            Content={
                "schemaVersion": "1.0",
                "description": "Preferences of Session Manager",
                "sessionType": "Standard_Stream",
                "inputs": inputs,
            },
        )
    )
    return template


def _key() -> Key:
    """The key of sessions and of their logs: the account's, and that of CloudWatch Logs for this group."""
    log_group = f"arn:${{AWS::Partition}}:logs:${{AWS::Region}}:${{AWS::AccountId}}:log-group:{LOG_GROUP}"
    account = {"AWS": Sub("arn:${AWS::Partition}:iam::${AWS::AccountId}:root")}
    return Key(
        "SessionKey",
        Description="Sessions on instances, and their logs",
        Enabled=True,
        EnableKeyRotation=True,
        DeletionPolicy="Retain",
        UpdateReplacePolicy="Retain",
        KeyPolicy={
            "Version": "2012-10-17",
            "Statement": [
                {"Sid": "Account", "Effect": "Allow", "Principal": account, "Action": "kms:*", "Resource": "*"},
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    "Principal": {"Service": Sub("logs.${AWS::Region}.${AWS::URLSuffix}")},
                    "Action": [
                        "kms:Decrypt",
                        "kms:DescribeKey",
                        "kms:Encrypt",
                        "kms:GenerateDataKey*",
                        "kms:ReEncrypt*",
                    ],
                    "Resource": "*",
                    "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": Sub(log_group)}},
                },
            ],
        },
    )
