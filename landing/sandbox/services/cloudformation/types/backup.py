"""AWS Backup: vaults."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    Site,
    changed,
    document,
    found,
    given,
    parsed,
)

LOCK = ("MinRetentionDays", "MaxRetentionDays", "ChangeableForDays")


class BackupVault(ApiType):
    """AWS::Backup::BackupVault; how long a lock may still be changed cannot be read back."""

    name = "AWS::Backup::BackupVault"
    properties = frozenset({"AccessPolicy", "BackupVaultName", "EncryptionKeyArn", "LockConfiguration"})
    service, key, named = "backup", "BackupVaultName", "BackupVaultName"
    creates, describes, deletes = "CreateBackupVault", "DescribeBackupVault", "DeleteBackupVault"

    def create(self, site: Site, properties: Properties) -> str:
        """CreateBackupVault, then its lock and its policy."""
        name = super().create(site, properties)
        self.update(site, name, {}, properties)
        return name

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """With the lock and the policy."""
        about = self.description(site, physical_id, {})
        if about is None:
            return None
        live: dict[str, Any] = {name: about[name] for name in ("BackupVaultName", "EncryptionKeyArn")}
        if about["Locked"]:
            live["LockConfiguration"] = {name: about[name] for name in LOCK if name in about}
        policy = found(site.client("backup").get_backup_vault_access_policy, BackupVaultName=physical_id)
        if policy is not None:
            live["AccessPolicy"] = parsed(policy["Policy"])
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Each property with its own call."""
        client, about = site.client("backup"), {"BackupVaultName": physical_id}
        if changed(before, after, "LockConfiguration"):
            if lock := after.get("LockConfiguration"):
                client.put_backup_vault_lock_configuration(**about, **given(lock, **{name: name for name in LOCK}))
            else:
                client.delete_backup_vault_lock_configuration(**about)
        if changed(before, after, "AccessPolicy"):
            if policy := after.get("AccessPolicy"):
                client.put_backup_vault_access_policy(**about, Policy=document(policy))
            else:
                client.delete_backup_vault_access_policy(**about)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """Name and ARN."""
        return {"BackupVaultName": physical_id, "BackupVaultArn": site.arn("backup", f"backup-vault:{physical_id}")}
