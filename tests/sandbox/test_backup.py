"""Vaults of AWS Backup (AWS Backup Developer Guide, "AWS Backup Vault Lock"; API reference)."""

from __future__ import annotations

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import allow, document, key

VAULT = {"BackupVaultName": "vault"}


@source("backup: CreateBackupVault, DescribeBackupVault, DeleteBackupVault (API reference)")
def test_a_vault_has_a_name_of_its_own_and_a_key_that_can_be_used(cloud: Cloud) -> None:
    backup, mine = cloud.client("backup"), key(cloud)
    nowhere = mine.rpartition("/")[0] + "/00000000-0000-0000-0000-000000000000"
    for wrong in (nowhere, "alias/mine"):
        refused("InvalidParameterValueException", backup.create_backup_vault, **VAULT, EncryptionKeyArn=wrong)
    backup.create_backup_vault(**VAULT, EncryptionKeyArn=mine, BackupVaultTags={"team": "shop"})
    refused("AlreadyExistsException", backup.create_backup_vault, **VAULT)
    found = backup.describe_backup_vault(**VAULT)
    assert (found["EncryptionKeyArn"], found["Locked"]) == (mine, False)
    assert backup.list_tags(ResourceArn=found["BackupVaultArn"])["Tags"] == {"team": "shop"}
    backup.delete_backup_vault(**VAULT)
    refused("ResourceNotFoundException", backup.describe_backup_vault, **VAULT)


@source("backup: PutBackupVaultLockConfiguration, DeleteBackupVaultLockConfiguration (API reference)")
@pytest.mark.parametrize(
    "wrong",
    [
        {"MinRetentionDays": 0},
        {"MinRetentionDays": 30, "MaxRetentionDays": 7},
        {"MinRetentionDays": 7, "ChangeableForDays": 2},
    ],
)
def test_a_lock_has_its_limits(cloud: Cloud, wrong: dict[str, int]) -> None:
    backup = cloud.client("backup")
    backup.create_backup_vault(**VAULT)
    refused("InvalidParameterValueException", backup.put_backup_vault_lock_configuration, **VAULT, **wrong)


@source(
    "AWS Backup Developer Guide: Vault lock modes; after its cooling-off period nobody changes a lock in compliance"
)
def test_a_lock_in_governance_mode_goes_and_one_in_compliance_mode_stays(cloud: Cloud) -> None:
    backup = cloud.client("backup")
    backup.create_backup_vault(**VAULT)
    backup.put_backup_vault_lock_configuration(**VAULT, MinRetentionDays=7)
    assert backup.describe_backup_vault(**VAULT)["Locked"]
    backup.delete_backup_vault_lock_configuration(**VAULT)
    backup.put_backup_vault_lock_configuration(**VAULT, MinRetentionDays=7, ChangeableForDays=3)
    backup.put_backup_vault_lock_configuration(**VAULT, MinRetentionDays=1, ChangeableForDays=3)
    cloud.advance(4 * 86_400)
    refused("InvalidRequestException", backup.delete_backup_vault_lock_configuration, **VAULT)
    refused("InvalidRequestException", backup.put_backup_vault_lock_configuration, **VAULT, MinRetentionDays=2)
    assert backup.describe_backup_vault(**VAULT)["MinRetentionDays"] == 1


@source("backup: PutBackupVaultAccessPolicy, GetBackupVaultAccessPolicy (API reference)")
def test_an_access_policy_is_one_of_a_resource(cloud: Cloud) -> None:
    backup = cloud.client("backup")
    backup.create_backup_vault(**VAULT)
    refused("ResourceNotFoundException", backup.get_backup_vault_access_policy, **VAULT)
    nobody = document({"Effect": "Deny", "Action": "backup:DeleteRecoveryPoint", "Resource": "*"})
    for wrong in ("{}", nobody):
        refused("InvalidParameterValueException", backup.put_backup_vault_access_policy, **VAULT, Policy=wrong)
    right = document(allow({"AWS": "*"}, "backup:CopyIntoBackupVault", "*"))
    backup.put_backup_vault_access_policy(**VAULT, Policy=right)
    assert backup.get_backup_vault_access_policy(**VAULT)["Policy"] == right
