"""AWS RAM: resource shares."""

from __future__ import annotations

from collections.abc import Iterable

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, given
from landing.sandbox.services.cloudformation.types.tags import own, tag_list, tag_map

ENTITIES = (("Principals", "principals"), ("ResourceArns", "resourceArns"))


class ResourceShare(ResourceType):
    """AWS::RAM::ResourceShare; principals and resources are written only, so that their drift is not told."""

    name = "AWS::RAM::ResourceShare"
    properties = frozenset({"AllowExternalPrincipals", "Name", "Principals", "ResourceArns", "Tags"})

    def create(self, site: Site, properties: Properties) -> str:
        """CreateResourceShare."""
        parameters = given(
            properties, name="Name", allowExternalPrincipals="AllowExternalPrincipals", principals="Principals",
            resourceArns="ResourceArns",
        )  # fmt: skip
        tags = [{"key": key, "value": value} for key, value in tag_map(properties.get("Tags")).items()]
        made = site.client("ram").create_resource_share(**parameters, **({"tags": tags} if tags else {}))
        return str(made["resourceShare"]["resourceShareArn"])

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetResourceShares; one that is deleted is listed for a while."""
        answer = site.client("ram").get_resource_shares(resourceOwner="SELF", resourceShareArns=[physical_id])
        for share in answer["resourceShares"]:
            if share["status"] == "ACTIVE":
                tags = own({tag["key"]: tag["value"] for tag in share.get("tags", ())})
                external = share["allowExternalPrincipals"]
                return {"AllowExternalPrincipals": external, "Name": share["name"], "Tags": tag_list(tags)}
        return None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """What differs: names, principals, resources, tags."""
        client = site.client("ram")
        if changed(before, after, "Name", "AllowExternalPrincipals"):
            external = after.get("AllowExternalPrincipals", True)
            client.update_resource_share(
                resourceShareArn=physical_id, name=after["Name"], allowExternalPrincipals=external
            )
        for name, parameter in ENTITIES:
            gone, fresh = _without(before, after, name), _without(after, before, name)
            if gone:
                client.disassociate_resource_share(resourceShareArn=physical_id, **{parameter: gone})
            if fresh:
                client.associate_resource_share(resourceShareArn=physical_id, **{parameter: fresh})
        old, new = tag_map(before.get("Tags")), tag_map(after.get("Tags"))
        if left := [key for key in old if key not in new]:
            client.untag_resource(resourceShareArn=physical_id, tagKeys=left)
        if fresh_tags := [{"key": key, "value": value} for key, value in new.items() if old.get(key) != value]:
            client.tag_resource(resourceShareArn=physical_id, tags=fresh_tags)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteResourceShare, unless it is gone."""
        if self.read(site, physical_id, properties) is not None:
            site.client("ram").delete_resource_share(resourceShareArn=physical_id)


def _without(these: Properties, those: Properties, name: str) -> list[str]:
    left: Iterable[str] = these.get(name) or ()
    return [one for one in left if one not in (those.get(name) or ())]
