"""Costs that are out of the ordinary: what looks at them, and who hears of it."""

import json
import re
from typing import Literal

from troposphere import Ref, Template
from troposphere.ce import AnomalyMonitor, AnomalySubscription, Subscriber

CONTROLS = ("nist-csf-2.0:DE.CM-06",)
REGIONS = "home"  # costs are the account's, not a region's


def cost_anomalies(
    *,
    emails: list[str] | None = None,
    topic: str = "",
    amount: int = 100,
    percent: int = 40,
    monitor: str = "",
    dimension: Literal["SERVICE", "LINKED_ACCOUNT"] = "SERVICE",
) -> Template:
    """Costs that are out of the ordinary by `amount` and by `percent` are told: in the management account, of all.

    `emails` hear once a day, or an SNS `topic` at once, whose policy must let `costalerts.amazonaws.com` in. An account
    has one monitor of services: `monitor` is the ARN of one that is there (AWS makes one for new customers), and none
    is made then.
    """
    hear = emails or []
    if bool(hear) == bool(topic) or not all(re.fullmatch(r"\S+@\S+\.\S+", each) for each in hear):
        raise ValueError("either `emails` or a `topic`: at once goes to topics only, once a day to addresses")
    if topic and not re.fullmatch(r"arn:[a-z-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+", topic):
        raise ValueError("`topic` is the ARN of an SNS topic")
    if monitor and not re.fullmatch(r"arn:[a-z-]+:ce::\d{12}:anomalymonitor/[\w-]+", monitor):
        raise ValueError("`monitor` is the ARN of an anomaly monitor")
    if amount < 1 or percent < 0:
        raise ValueError("`amount` is 1 or more, `percent` 0 or more")
    template = Template("Costs that are out of the ordinary")
    if not monitor:
        template.add_resource(
            AnomalyMonitor("Monitor", MonitorName="landing", MonitorType="DIMENSIONAL", MonitorDimension=dimension)
        )
    impact = {"ANOMALY_TOTAL_IMPACT_ABSOLUTE": amount, "ANOMALY_TOTAL_IMPACT_PERCENTAGE": percent}
    both = [
        {"Dimensions": {"Key": key, "MatchOptions": ["GREATER_THAN_OR_EQUAL"], "Values": [str(value)]}}
        for key, value in impact.items()
    ]
    subscribers = [Subscriber(Type="EMAIL", Address=each) for each in hear]
    template.add_resource(
        AnomalySubscription(
            "Subscription",
            SubscriptionName="landing",
            Frequency="IMMEDIATE" if topic else "DAILY",
            MonitorArnList=[monitor or Ref("Monitor")],
            Subscribers=subscribers or [Subscriber(Type="SNS", Address=topic)],
            ThresholdExpression=json.dumps({"And": both}, separators=(",", ":")),
        )
    )
    return template
