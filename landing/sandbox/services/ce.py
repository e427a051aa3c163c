"""AWS Cost Explorer: moto's, with anomaly monitors and subscriptions (AWS Cost Explorer API reference)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import ProbedSandbox, Scope, Service

ONCE = ("SERVICE",)
"""Dimensions of which an account has one monitor (AWS Cost Management User Guide, "Creating your cost monitors")."""
FREQUENCIES = {"EMAIL": ("DAILY", "WEEKLY"), "SNS": ("IMMEDIATE",)}
"""API reference, AnomalySubscription.Frequency."""
IMPACT = ("ANOMALY_TOTAL_IMPACT_ABSOLUTE", "ANOMALY_TOTAL_IMPACT_PERCENTAGE")
_invalid = Refusal.of("ValidationException")


def anomalies_are_looked_for(sandbox: ProbedSandbox) -> bool:
    """A monitor is made, has a subscription, and is read back."""
    ce: Any = sandbox.session().client("ce", region_name="us-east-1")
    about = {"MonitorName": "m", "MonitorType": "DIMENSIONAL", "MonitorDimension": "SERVICE"}
    arn = ce.create_anomaly_monitor(AnomalyMonitor=about)["MonitorArn"]
    ce.update_anomaly_monitor(MonitorArn=arn, MonitorName="n")
    read = ce.get_anomaly_monitors()["AnomalyMonitors"]
    whom = [{"Type": "EMAIL", "Address": "a@example.com"}]
    told = {"SubscriptionName": "s", "Frequency": "DAILY", "MonitorArnList": [arn], "Subscribers": whom}
    made = ce.create_anomaly_subscription(AnomalySubscription=told)["SubscriptionArn"]
    ce.update_anomaly_subscription(SubscriptionArn=made, Frequency="WEEKLY")
    found = ce.get_anomaly_subscriptions()["AnomalySubscriptions"]
    ce.delete_anomaly_subscription(SubscriptionArn=made)
    ce.delete_anomaly_monitor(MonitorArn=arn)
    return bool(read[0]["MonitorName"] == "n" and found[0]["Frequency"] == "WEEKLY")


@dataclass(slots=True)
class Anomalies:
    """Monitors and subscriptions of an account, by ARN."""

    monitors: dict[str, dict[str, Any]] = field(default_factory=dict)
    subscriptions: dict[str, dict[str, Any]] = field(default_factory=dict)


class Ce(Service[Anomalies]):
    """Cost categories and costs are moto's; there are no anomalies."""

    name = "ce"
    extends = True
    scope = Scope.ACCOUNT
    state_type = Anomalies
    probes = dict.fromkeys(
        (
            "CreateAnomalyMonitor", "GetAnomalyMonitors", "UpdateAnomalyMonitor", "DeleteAnomalyMonitor",
            "CreateAnomalySubscription", "GetAnomalySubscriptions", "UpdateAnomalySubscription",
            "DeleteAnomalySubscription",
        ),
        anomalies_are_looked_for,
    )  # fmt: skip

    def create_anomaly_monitor(self, call: Call) -> dict[str, Any]:
        """Moto has none. One of services for an account (API reference, CreateAnomalyMonitor)."""
        about, monitors = call["AnomalyMonitor"], self.state(call).monitors
        dimension = about.get("MonitorDimension")
        if (about["MonitorType"] == "DIMENSIONAL") != bool(dimension):
            raise _invalid("MonitorDimension belongs to a DIMENSIONAL monitor.")
        if dimension in ONCE and any(each.get("MonitorDimension") == dimension for each in monitors.values()):
            raise Refusal("LimitExceededException", "Limit exceeded on dimensional spend monitor creation")
        return {"MonitorArn": self._keep(call, monitors, "anomalymonitor", "MonitorArn", about)}

    def get_anomaly_monitors(self, call: Call) -> dict[str, Any]:
        """Moto has none (API reference, GetAnomalyMonitors)."""
        kept = self.state(call).monitors
        asked = call.get("MonitorArnList") or [*kept]
        return {"AnomalyMonitors": [_of(kept, arn, "UnknownMonitorException") for arn in asked]}

    def update_anomaly_monitor(self, call: Call) -> dict[str, Any]:
        """Moto has none. Its name only (API reference, UpdateAnomalyMonitor)."""
        found = _of(self.state(call).monitors, call["MonitorArn"], "UnknownMonitorException")
        found["MonitorName"] = call.get("MonitorName", found["MonitorName"])
        return {"MonitorArn": call["MonitorArn"]}

    def delete_anomaly_monitor(self, call: Call) -> dict[str, Any]:
        """Moto has none (API reference, DeleteAnomalyMonitor)."""
        _of(self.state(call).monitors, call["MonitorArn"], "UnknownMonitorException")
        del self.state(call).monitors[call["MonitorArn"]]
        return {}

    def create_anomaly_subscription(self, call: Call) -> dict[str, Any]:
        """Moto has none. Of monitors that are there (API reference, CreateAnomalySubscription)."""
        about = call["AnomalySubscription"]
        self._check(call, about)
        kept = self.state(call).subscriptions
        arn = self._keep(call, kept, "anomalysubscription", "SubscriptionArn", {**about, "AccountId": call.account})
        return {"SubscriptionArn": arn}

    def get_anomaly_subscriptions(self, call: Call) -> dict[str, Any]:
        """Moto has none (API reference, GetAnomalySubscriptions)."""
        kept = self.state(call).subscriptions
        asked = call.get("SubscriptionArnList") or [*kept]
        found = [_of(kept, arn, "UnknownSubscriptionException") for arn in asked]
        monitor = call.get("MonitorArn")
        return {"AnomalySubscriptions": [each for each in found if not monitor or monitor in each["MonitorArnList"]]}

    def update_anomaly_subscription(self, call: Call) -> dict[str, Any]:
        """Moto has none (API reference, UpdateAnomalySubscription)."""
        found = _of(self.state(call).subscriptions, call["SubscriptionArn"], "UnknownSubscriptionException")
        given = {name: value for name, value in call.items() if name != "SubscriptionArn"}
        self._check(call, {**found, **given})
        found.update(given)
        return {"SubscriptionArn": call["SubscriptionArn"]}

    def delete_anomaly_subscription(self, call: Call) -> dict[str, Any]:
        """Moto has none (API reference, DeleteAnomalySubscription)."""
        _of(self.state(call).subscriptions, call["SubscriptionArn"], "UnknownSubscriptionException")
        del self.state(call).subscriptions[call["SubscriptionArn"]]
        return {}

    def _check(self, call: Call, about: Mapping[str, Any]) -> None:
        for arn in about["MonitorArnList"]:
            _of(self.state(call).monitors, arn, "UnknownMonitorException")
        for each in about["Subscribers"]:
            if about["Frequency"] not in FREQUENCIES[each["Type"]]:
                raise _invalid(f"{each['Type']} is not told {about['Frequency']}.")
        if "Threshold" in about and "ThresholdExpression" in about:
            raise _invalid("Threshold and ThresholdExpression exclude each other.")
        if not any(key in json.dumps(about.get("ThresholdExpression", IMPACT)) for key in IMPACT):
            raise _invalid("ThresholdExpression is about the total impact.")

    def _keep(self, call: Call, kept: dict[str, Any], kind: str, key: str, about: Mapping[str, Any]) -> str:
        arn = call.arn(f"{kind}/{call.world.uuid()}", region="")
        kept[arn] = {**about, key: arn}
        return arn


def _of(kept: Mapping[str, dict[str, Any]], arn: str, code: str) -> dict[str, Any]:
    if arn not in kept:
        raise Refusal(code, f"There is no {arn}.")
    return kept[arn]
