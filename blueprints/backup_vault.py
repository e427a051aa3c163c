"""A vault for backups in one region, with a key of its own and a lock: what is in it stays as long as it must."""

import re
from typing import Any

from troposphere import GetAtt, Sub, Template
from troposphere.backup import BackupVault, LockConfigurationType
from troposphere.kms import Alias, Key

CONTROLS = ("fsbp:Backup.1", "nist-800-53-r5:CP-9", "nist-800-53-r5:CP-9(8)", "nist-csf-2.0:PR.DS-11")
COOLING_OFF = 3
PROTECTED = [
    "backup:DeleteBackupVault",
    "backup:DeleteBackupVaultAccessPolicy",
    "backup:DeleteRecoveryPoint",
    "backup:PutBackupVaultAccessPolicy",
    "backup:UpdateRecoveryPointLifecycle",
]


def backup_vault(
    *,
    name: str = "landing",
    min_days: int = 7,
    max_days: int = 0,
    compliance_after_days: int = 0,
    administrators: list[str] | None = None,
    deletion_days: int = 30,
) -> Template:
    """A vault for backups, with a key of its own and a lock.

    The lock refuses backups that would be kept for fewer than `min_days` or more than `max_days` (0: any time). It is
    in
    governance mode: who may change vaults may take it away. With `compliance_after_days` (3 or more) it is in
    compliance mode: after so many days nobody takes it away or shortens it ever again, AWS included, and what is in the
    vault stays and is paid for until its time is over. Only `administrators`, roles of the account, delete backups.
    """
    roles = ["role/landing-*", "role/stacksets-exec-*"] if administrators is None else administrators
    if not re.fullmatch(r"[\w-]{2,50}", name, re.ASCII) or not 7 <= deletion_days <= 30:
        raise ValueError("`name` has 2 to 50 letters, digits, `_` and `-`; `deletion_days` is from 7 to 30")
    if not 1 <= min_days <= 36_500 or (max_days and not min_days <= max_days <= 36_500):
        raise ValueError("`min_days` is from 1 to 36500, `max_days` 0 or not below it")
    if compliance_after_days and not COOLING_OFF <= compliance_after_days <= 36_500:
        raise ValueError("`compliance_after_days` is 0 (governance mode), or from 3 to 36500")
    if not roles or not all(re.fullmatch(r"role/[\w+=,.@/-]+\*?", each) for each in roles):
        raise ValueError("`administrators` are `role/NAME` or `role/NAME*`: at least one, and not every role")
    account = "arn:${AWS::Partition}:iam::${AWS::AccountId}:"
    lock: dict[str, Any] = {"MinRetentionDays": min_days}
    lock |= {"MaxRetentionDays": max_days} if max_days else {}
    lock |= {"ChangeableForDays": compliance_after_days} if compliance_after_days else {}
    template = Template("A vault for backups")
    key = template.add_resource(
        Key(
            "BackupKey",
            Description="Encrypts backups",
            Enabled=True,
            EnableKeyRotation=True,
            PendingWindowInDays=deletion_days,
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
            KeyPolicy={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Sid": "Account",
                        "Effect": "Allow",
                        "Principal": {"AWS": Sub(f"{account}root")},
                        "Action": "kms:*",
                        "Resource": "*",
                    }
                ],
            },
        )
    )
    template.add_resource(Alias("BackupKeyAlias", AliasName=f"alias/landing-backup-{name}", TargetKeyId=key.ref()))
    vault = template.add_resource(
        BackupVault(
            "Vault",
            BackupVaultName=name,
            EncryptionKeyArn=GetAtt(key, "Arn"),
            LockConfiguration=LockConfigurationType(**lock),
            DeletionPolicy="Retain",
            UpdateReplacePolicy="Retain",
        )
    )
    # As an object: as a text, which troposphere would make of it, it takes no functions.
    vault.properties["AccessPolicy"] = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "OnlyAdministrators",
                "Effect": "Deny",
                "Principal": "*",
                "Action": PROTECTED,
                "Resource": "*",
                "Condition": {"ArnNotLike": {"aws:PrincipalArn": [Sub(account + each) for each in roles]}},
            }
        ],
    }
    return template
