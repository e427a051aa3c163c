"""AWS Cost Anomaly Detection: monitors and subscriptions."""

from __future__ import annotations

import json
from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, Site


class AnomalyMonitor(ApiType):
    """AWS::CE::AnomalyMonitor."""

    name = "AWS::CE::AnomalyMonitor"
    properties = frozenset({"MonitorDimension", "MonitorName", "MonitorType"})
    service, key, holder = "ce", "MonitorArn", "AnomalyMonitor"
    creates, updates, deletes = "CreateAnomalyMonitor", "UpdateAnomalyMonitor", "DeleteAnomalyMonitor"
    describes, described = "GetAnomalyMonitors", "AnomalyMonitors"

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """By its ARN in a list."""
        every = site.client("ce").get_anomaly_monitors()["AnomalyMonitors"]
        return next((each for each in every if each["MonitorArn"] == name), None)

    def create(self, site: Site, properties: Properties) -> str:
        """The answer is the ARN."""
        return str(self._call(site, self.creates, None, properties)["MonitorArn"])


class AnomalySubscription(ApiType):
    """AWS::CE::AnomalySubscription; its threshold is a text in a template."""

    name = "AWS::CE::AnomalySubscription"
    properties = frozenset({"Frequency", "MonitorArnList", "Subscribers", "SubscriptionName", "ThresholdExpression"})
    service, key, holder = "ce", "SubscriptionArn", "AnomalySubscription"
    creates, updates = "CreateAnomalySubscription", "UpdateAnomalySubscription"
    describes, described, deletes = "GetAnomalySubscriptions", "AnomalySubscriptions", "DeleteAnomalySubscription"

    def description(self, site: Site, name: str, properties: Properties) -> dict[str, Any] | None:
        """By its ARN in a list."""
        every = site.client("ce").get_anomaly_subscriptions()["AnomalySubscriptions"]
        return next((each for each in every if each["SubscriptionArn"] == name), None)

    def create(self, site: Site, properties: Properties) -> str:
        """The answer is the ARN."""
        return str(self._call(site, self.creates, None, _sent(properties))["SubscriptionArn"])

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The threshold as a text: the template's, if that says the same."""
        live = super().read(site, physical_id, {})
        if live is None or "ThresholdExpression" not in live:
            return live
        found, text = live["ThresholdExpression"], expected.get("ThresholdExpression")
        same = text is not None and json.loads(text) == found
        return {**live, "ThresholdExpression": text if same else json.dumps(found, separators=(",", ":"))}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """As a whole."""
        self._call(site, self.updates, physical_id, _sent(after))


def _sent(properties: Properties) -> dict[str, Any]:
    text = properties.get("ThresholdExpression")
    return {**properties, **({"ThresholdExpression": json.loads(text)} if text else {})}
