"""AWS CodePipeline: pipelines."""

from __future__ import annotations

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Site
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class Pipeline(ApiType):
    """AWS::CodePipeline::Pipeline."""

    name = "AWS::CodePipeline::Pipeline"
    properties = frozenset({
        "ArtifactStore", "ArtifactStores", "ExecutionMode", "Name", "PipelineType", "RoleArn", "Stages", "Tags",
        "Triggers", "Variables",
    })  # fmt: skip
    service, key, named, longest = "codepipeline", "name", "Name", 100
    creates, updates, deletes = "CreatePipeline", "UpdatePipeline", "DeletePipeline"
    describes, described, holder = "GetPipeline", "pipeline", "pipeline"
    tagging = TagCalls("codepipeline")

    def arn(self, site: Site, physical_id: str) -> str:
        """Of its name (Service Authorization Reference)."""
        return site.arn("codepipeline", physical_id)
