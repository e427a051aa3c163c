"""AWS Backup: vaults with their lock and access policy (AWS Backup Developer Guide and API reference)."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from landing.sandbox.authorization import delivery
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Service

COOLING_OFF = 3
"""Days at least in which a lock in compliance mode may still be taken away (PutBackupVaultLockConfiguration)."""
LONGEST = 36_500
LOCK = ("MinRetentionDays", "MaxRetentionDays", "LockDate")
_invalid = Refusal.of("InvalidParameterValueException")


@dataclass(slots=True)
class Vault:
    """A vault; nothing is in it."""

    arn: str
    key: str
    made: datetime
    policy: str = ""
    lock: dict[str, Any] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Vaults:
    """Those of an account in a Region, by name."""

    vaults: dict[str, Vault] = field(default_factory=dict)


class Backup(Service[Vaults]):
    """Plans and recovery points are not there."""

    name = "backup"
    state_type = Vaults

    def create_backup_vault(self, call: Call) -> dict[str, Any]:
        """With a key of this account and Region, or AWS's own (API reference, CreateBackupVault)."""
        vaults, name = self.state(call).vaults, call["BackupVaultName"]
        if name in vaults:
            raise Refusal("AlreadyExistsException", f"Backup vault with the same name already exists: {name}")
        arn = call.get("EncryptionKeyArn", "")
        key = delivery.key(call.world, arn, call.account, call.region) if arn else None
        if arn and (not arn.startswith("arn:") or key is None or key.key_state != "Enabled"):
            raise _invalid(f"The provided encryption key does not exist or cannot be used: {arn}")
        made = Vault(
            call.arn(f"backup-vault:{name}"),
            arn or call.arn("alias/aws/backup", service="kms"),
            call.world.now,
            tags=dict(call.get("BackupVaultTags") or {}),
        )
        vaults[name] = made
        return {"BackupVaultName": name, "BackupVaultArn": made.arn, "CreationDate": made.made}

    def describe_backup_vault(self, call: Call) -> dict[str, Any]:
        """API reference, DescribeBackupVault."""
        return _shown(call["BackupVaultName"], self._found(call))

    def list_backup_vaults(self, call: Call) -> dict[str, Any]:
        """API reference, ListBackupVaults."""
        return call.page("BackupVaultList", [_shown(*each) for each in self.state(call).vaults.items()])

    def delete_backup_vault(self, call: Call) -> None:
        """Nothing is in it that would be in the way (API reference, DeleteBackupVault)."""
        self._found(call)
        del self.state(call).vaults[call["BackupVaultName"]]

    def put_backup_vault_lock_configuration(self, call: Call) -> None:
        """With ChangeableForDays in compliance mode, which nobody changes after that time (API reference)."""
        vault = self._changeable(call)
        least, most = call.get("MinRetentionDays"), call.get("MaxRetentionDays")
        days = call.get("ChangeableForDays")
        if least is not None and least < 1:
            raise _invalid("MinRetentionDays must be at least 1.")
        if most is not None and not (least or 1) <= most <= LONGEST:
            raise _invalid(f"MaxRetentionDays must be from MinRetentionDays to {LONGEST}.")
        if days is not None and not COOLING_OFF <= days <= LONGEST:
            raise _invalid(f"ChangeableForDays must be from {COOLING_OFF} to {LONGEST}.")
        given = {"MinRetentionDays": least, "MaxRetentionDays": most}
        vault.lock = {name: value for name, value in given.items() if value is not None}
        vault.lock["Locked"] = True
        if days is not None:
            vault.lock["LockDate"] = call.world.now + timedelta(days=days)

    def delete_backup_vault_lock_configuration(self, call: Call) -> None:
        """API reference, DeleteBackupVaultLockConfiguration."""
        self._changeable(call).lock = {}

    def put_backup_vault_access_policy(self, call: Call) -> None:
        """Of whom the policy is about (API reference, PutBackupVaultAccessPolicy)."""
        vault, text = self._found(call), call.get("Policy", "")
        try:
            statements = json.loads(text)["Statement"]
        except (ValueError, KeyError, TypeError):
            raise _invalid("The specified policy cannot be added to the vault: it is not valid.") from None
        if not all("Principal" in each and "Resource" in each for each in statements):
            raise _invalid("The specified policy cannot be added to the vault: Principal or Resource is missing.")
        vault.policy = text

    def get_backup_vault_access_policy(self, call: Call) -> dict[str, Any]:
        """API reference, GetBackupVaultAccessPolicy."""
        vault = self._found(call)
        if not vault.policy:
            raise Refusal("ResourceNotFoundException", "The backup vault has no access policy.")
        return {"BackupVaultName": call["BackupVaultName"], "BackupVaultArn": vault.arn, "Policy": vault.policy}

    def delete_backup_vault_access_policy(self, call: Call) -> None:
        """API reference, DeleteBackupVaultAccessPolicy."""
        self._found(call).policy = ""

    def list_tags(self, call: Call) -> dict[str, Any]:
        """API reference, ListTags."""
        return {"Tags": self._tags(call)}

    def tag_resource(self, call: Call) -> None:
        """API reference, TagResource."""
        self._tags(call).update(call["Tags"])

    def untag_resource(self, call: Call) -> None:
        """API reference, UntagResource."""
        for key in call["TagKeyList"]:
            self._tags(call).pop(key, None)

    def _tags(self, call: Call) -> dict[str, str]:
        vaults = self.state(call).vaults.values()
        found = next((each for each in vaults if each.arn == call["ResourceArn"]), None)
        if found is None:
            raise Refusal("ResourceNotFoundException", f"There is no {call['ResourceArn']}.")
        return found.tags

    def _found(self, call: Call) -> Vault:
        found = self.state(call).vaults.get(call["BackupVaultName"])
        if found is None:
            raise Refusal("ResourceNotFoundException", f"Backup vault does not exist: {call['BackupVaultName']}")
        return found

    def _changeable(self, call: Call) -> Vault:
        vault = self._found(call)
        if "LockDate" in vault.lock and vault.lock["LockDate"] <= call.world.now:
            raise Refusal("InvalidRequestException", "The vault lock configuration is immutable.")
        return vault


def _shown(name: str, vault: Vault) -> dict[str, Any]:
    about = {"BackupVaultName": name, "BackupVaultArn": vault.arn, "EncryptionKeyArn": vault.key}
    locked = {"Locked": bool(vault.lock), **{each: vault.lock[each] for each in LOCK if each in vault.lock}}
    return {**about, "CreationDate": vault.made, "NumberOfRecoveryPoints": 0, **locked}
