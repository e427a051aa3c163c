"""Amazon Detective: behaviour graphs."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Site
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class Graph(ApiType):
    """AWS::Detective::Graph."""

    name = "AWS::Detective::Graph"
    properties = frozenset({"Tags"})
    service, key = "detective", "GraphArn"
    creates, describes, deletes = "CreateGraph", "ListGraphs", "DeleteGraph"
    tagging = TagCalls("detective")

    def description(self, *, site: Site, name: str) -> dict[str, Any] | None:
        """One of those that are listed."""
        graphs = site.client("detective").list_graphs()["GraphList"]
        return next((graph for graph in graphs if graph["Arn"] == name), None)
