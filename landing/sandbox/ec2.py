"""Amazon EC2: moto's, with the account's defaults in a Region that moto lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landing.sandbox.call import Call
from landing.sandbox.service import Service

if TYPE_CHECKING:
    from landing.sandbox import Sandbox


def snapshots_can_be_kept_private(sandbox: Sandbox) -> bool:
    """The probe: public sharing of snapshots is blocked, read back and allowed again."""
    ec2: Any = sandbox.session().client("ec2", region_name="us-east-1")
    ec2.enable_snapshot_block_public_access(State="block-all-sharing")
    blocked = ec2.get_snapshot_block_public_access_state()["State"]
    ec2.disable_snapshot_block_public_access()
    return (blocked, ec2.get_snapshot_block_public_access_state()["State"]) == ("block-all-sharing", "unblocked")


@dataclass
class Defaults:
    """How an account shares what it has in a Region."""

    snapshots: str = "unblocked"


class Ec2(Service[Defaults]):
    """Instances, networks and encryption by default are moto's."""

    name = "ec2"
    extends = True
    probes = dict.fromkeys(
        ("DisableSnapshotBlockPublicAccess", "EnableSnapshotBlockPublicAccess", "GetSnapshotBlockPublicAccessState"),
        snapshots_can_be_kept_private,
    )
    state_type = Defaults

    def get_snapshot_block_public_access_state(self, call: Call) -> dict[str, Any]:
        """Moto does not block public snapshots."""
        return {"State": self.state(call).snapshots, "ManagedBy": "account"}

    def enable_snapshot_block_public_access(self, call: Call) -> dict[str, Any]:
        """Moto does not block public snapshots."""
        self.state(call).snapshots = call["State"]
        return {"State": call["State"]}

    def disable_snapshot_block_public_access(self, call: Call) -> dict[str, Any]:
        """Moto does not block public snapshots."""
        self.state(call).snapshots = "unblocked"
        return {"State": "unblocked"}
