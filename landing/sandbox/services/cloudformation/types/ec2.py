"""Amazon EC2: an account's defaults in a Region."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site


class SnapshotBlockPublicAccess(ResourceType):
    """AWS::EC2::SnapshotBlockPublicAccess."""

    name = "AWS::EC2::SnapshotBlockPublicAccess"
    properties = frozenset({"State"})

    def create(self, site: Site, properties: Properties) -> str:
        """There is one of it in an account and Region, named by the account."""
        site.client("ec2").enable_snapshot_block_public_access(State=properties["State"])
        return site.account

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """Where nothing is blocked, there is none."""
        state = site.client("ec2").get_snapshot_block_public_access_state()["State"]
        return None if state == "unblocked" else {"State": state}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """EnableSnapshotBlockPublicAccess again."""
        site.client("ec2").enable_snapshot_block_public_access(State=after["State"])

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Snapshots may be shared again."""
        site.client("ec2").disable_snapshot_block_public_access()

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The account."""
        return {"AccountId": physical_id}
