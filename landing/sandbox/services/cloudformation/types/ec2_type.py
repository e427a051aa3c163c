"""What resource types of Amazon EC2 have in common: one call each, ids that EC2 gives, tags that descriptions show."""

from __future__ import annotations

from typing import Any, ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site, changed, refused
from landing.sandbox.services.cloudformation.types.tags import own, tag_list, tag_map

GONE = ("deleting", "deleted", "delete-in-progress", "delete-complete")
"""States in which EC2 still describes what has been deleted."""


class Ec2Type(ApiType):
    """A resource of EC2; `made` is the member of the answer that holds it."""

    service = "ec2"
    made: ClassVar[str]

    def create(self, site: Site, properties: Properties) -> str:
        """The operation, then the tags."""
        without = {name: value for name, value in properties.items() if name != "Tags"}
        answer = self._call(site, self.creates, None, without)
        physical_id = str(answer[self.made][self.key])
        if properties.get("Tags"):
            site.client("ec2").create_tags(Resources=[physical_id], Tags=properties["Tags"])
        return physical_id

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The description, with the tags that are not AWS's."""
        found = super().read(site, physical_id, expected)
        return None if found is None else {**found, "Tags": tag_list(own(tag_map(found.get("Tags"))))}

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """What is deleted is described for a while."""
        found = super().description(site, name, properties)
        return None if found is None or str(found.get("State", "")).lower() in GONE else found

    def change(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """What can be changed in place, and tags."""
        if changed(before, after, *self.properties - {"Tags"}):
            self.update(site, physical_id, before, after)
        if changed(before, after, "Tags"):
            old, new = tag_map(before.get("Tags")), tag_map(after.get("Tags"))
            client, gone = site.client("ec2"), [{"Key": key} for key in old if key not in new]
            fresh = {key: value for key, value in new.items() if old.get(key) != value}
            if gone:
                client.delete_tags(Resources=[physical_id], Tags=gone)
            if fresh:
                client.create_tags(Resources=[physical_id], Tags=tag_list(fresh))

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Refused unless a type says how."""
        raise refused(self.creates, "NotUpdatable", f"{self.name}: {physical_id} cannot be changed in place.")


def added(before: Properties, after: Properties, name: str) -> list[str]:
    """Items of a list that are new."""
    return [one for one in after.get(name) or () if one not in (before.get(name) or ())]
