"""Amazon CloudWatch Logs: metric filters."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, lowered, raised


class MetricFilter(ResourceType):
    """AWS::Logs::MetricFilter."""

    name = "AWS::Logs::MetricFilter"
    properties = frozenset({"FilterName", "FilterPattern", "LogGroupName", "MetricTransformations"})

    def create(self, site: Site, properties: Properties) -> str:
        """PutMetricFilter; its log group is known from the properties only."""
        name: str = properties.get("FilterName") or site.unique_name(512)
        self._put(site, name, properties)
        return name

    def _put(self, site: Site, name: str, properties: Properties) -> None:
        site.client("logs").put_metric_filter(
            filterName=name,
            filterPattern=properties["FilterPattern"],
            logGroupName=properties["LogGroupName"],
            metricTransformations=[_to(one) for one in properties["MetricTransformations"]],
        )

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeMetricFilters."""
        pages = site.client("logs").get_paginator("describe_metric_filters")
        for page in pages.paginate(filterNamePrefix=physical_id, logGroupName=expected["LogGroupName"]):
            for one in page["metricFilters"]:
                if one["filterName"] == physical_id:
                    transformations = [_of(part) for part in one["metricTransformations"]]
                    live = raised({name: one[name] for name in ("filterName", "filterPattern", "logGroupName")})
                    return {**live, "MetricTransformations": transformations}
        return None

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutMetricFilter again, as a whole."""
        self._put(site, physical_id, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteMetricFilter."""
        site.client("logs").delete_metric_filter(filterName=physical_id, logGroupName=properties["LogGroupName"])


def _to(transformation: Properties) -> dict[str, Any]:
    """Dimensions are a list in templates and a mapping in the API."""
    call: dict[str, Any] = lowered({name: value for name, value in transformation.items() if name != "Dimensions"})
    if "Dimensions" in transformation:
        call["dimensions"] = {one["Key"]: one["Value"] for one in transformation["Dimensions"]}
    return call


def _of(transformation: Properties) -> dict[str, Any]:
    shown: dict[str, Any] = raised({name: value for name, value in transformation.items() if name != "dimensions"})
    if transformation.get("dimensions"):
        shown["Dimensions"] = [{"Key": key, "Value": value} for key, value in transformation["dimensions"].items()]
    return shown
