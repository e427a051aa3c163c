"""IAM Access Analyzer: analyzers."""

from __future__ import annotations

from typing import Any, ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class Analyzer(ApiType):
    """AWS::AccessAnalyzer::Analyzer; only its tags can be changed."""

    name = "AWS::AccessAnalyzer::Analyzer"
    properties = frozenset({"AnalyzerName", "Tags", "Type"})
    service, key = "accessanalyzer", "analyzerName"
    creates, deletes, describes, described = "CreateAnalyzer", "DeleteAnalyzer", "GetAnalyzer", "analyzer"
    other_names: ClassVar = {"AnalyzerName": "name"}
    tagging = TagCalls("accessanalyzer")

    def create(self, site: Site, properties: Properties) -> str:
        """The physical id is the ARN."""
        name = properties.get("AnalyzerName") or site.unique_name(255)
        return str(self._call(site, self.creates, name, properties)["arn"])

    def _call(self, site: Site, operation: str, name: str | None, properties: Properties) -> dict[str, Any]:
        """The API knows an analyzer by its name."""
        return super()._call(site, operation, (name or "").rpartition("/")[2], properties)
