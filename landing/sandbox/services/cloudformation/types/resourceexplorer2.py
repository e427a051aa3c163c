"""AWS Resource Explorer: indexes, views and default views; as the handlers do that AWS publishes."""

from __future__ import annotations

from typing import Any

from botocore.exceptions import ClientError

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, found, refused
from landing.sandbox.services.cloudformation.types.tags import TagCalls

SERVICE = "resource-explorer-2"
LOOKS = 10
"""Until an index is made, changed or gone."""


class Index(ApiType):
    """AWS::ResourceExplorer2::Index: one that is there already is not taken over."""

    name = "AWS::ResourceExplorer2::Index"
    properties = frozenset({"Tags", "Type"})
    service, key = SERVICE, "Arn"
    creates, describes, deletes = "CreateIndex", "GetIndex", "DeleteIndex"
    tagging = TagCalls(SERVICE)

    def create(self, site: Site, properties: Properties) -> str:
        """A local one; as an aggregator once it is active, or not at all."""
        arn = super().create(site, properties)
        self._settled(site)
        try:
            self.update(site, arn, {}, properties)
        except ClientError:
            self.delete(site, arn, properties)
            raise
        return arn

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """The one of the Region, if it is this one."""
        about: dict[str, Any] | None = found(site.client(SERVICE).get_index)
        return about if about is not None and about["Arn"] == name else None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """UpdateIndexType."""
        client = site.client(SERVICE)
        if client.get_index()["Type"] != after["Type"]:
            client.update_index_type(Arn=physical_id, Type=after["Type"])
            self._settled(site)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Waited for."""
        super().delete(site, physical_id, properties)
        self._settled(site)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN, and the state."""
        return {"Arn": physical_id, "IndexState": site.client(SERVICE).get_index()["State"]}

    def _settled(self, site: Site) -> None:
        for _ in range(LOOKS):
            about = found(site.client(SERVICE).get_index)
            if about is None or about["State"] == "ACTIVE":
                return
        raise refused("GetIndex", "NotStabilized", "The index is not active.")


class View(ApiType):
    """AWS::ResourceExplorer2::View."""

    name = "AWS::ResourceExplorer2::View"
    properties = frozenset({"Filters", "IncludedProperties", "Scope", "Tags", "ViewName"})
    service, key, described = SERVICE, "ViewArn", "View"
    creates, describes = "CreateView", "GetView"
    updates, deletes = "UpdateView", "DeleteView"
    tagging = TagCalls(SERVICE)


class DefaultViewAssociation(ResourceType):
    """AWS::ResourceExplorer2::DefaultViewAssociation: named by the account; a default that is there stays."""

    name = "AWS::ResourceExplorer2::DefaultViewAssociation"
    properties = frozenset({"ViewArn"})

    def create(self, site: Site, properties: Properties) -> str:
        """Where there is none."""
        if self.read(site, site.account, properties) is not None:
            raise refused("AssociateDefaultView", "AlreadyExists", "A default view is already associated.")
        site.client(SERVICE).associate_default_view(ViewArn=properties["ViewArn"])
        return site.account

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The default of the Region."""
        arn = site.client(SERVICE).get_default_view().get("ViewArn")
        return {"ViewArn": arn} if arn else None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Another one."""
        if changed(before, after, "ViewArn"):
            site.client(SERVICE).associate_default_view(ViewArn=after["ViewArn"])

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DisassociateDefaultView."""
        found(site.client(SERVICE).disassociate_default_view)
