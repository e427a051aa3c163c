"""Amazon Detective: behaviour graphs."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class Graph(ApiType):
    """AWS::Detective::Graph."""

    name = "AWS::Detective::Graph"
    properties = frozenset({"Tags"})
    service, key = "detective", "GraphArn"
    creates, describes, described, deletes = "CreateGraph", "ListGraphs", "GraphList", "DeleteGraph"
    tagging = TagCalls("detective")
