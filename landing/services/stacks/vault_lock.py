"""Vaults that a template locks in compliance mode, which nobody takes back (AWS Backup Developer Guide)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from landing.core.model import Change

VAULT = "AWS::Backup::BackupVault"


def vault_locks(change: Change) -> Iterator[str]:
    """What is said of each vault that the change locks so, or for other days than before."""
    before, after = (_compliant(side) for side in (change.before, change.after))
    for name, days in after.items():
        if before.get(name) != days:
            yield (
                f"irreversible: {days} days after it is made, nobody takes away or shortens the lock of {name}, AWS "
                "included; what is in the vault stays, and is paid for, until its time is over"
            )


def _compliant(side: Mapping[str, Any] | None) -> dict[str, Any]:
    resources = ((side or {}).get("template") or {}).get("Resources") or {}
    locks = {
        name: ((body.get("Properties") or {}).get("LockConfiguration") or {}).get("ChangeableForDays")
        for name, body in resources.items()
        if body.get("Type") == VAULT
    }
    return {name: days for name, days in locks.items() if days is not None}
