"""What AWS has told since a time: requests that guardrails denied, and findings of high severity. A call per question.

CloudWatch API reference, GetMetricData; Security Hub API reference, GetFindings.
"""

from __future__ import annotations

from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

from landing.aws.faults import translated
from landing.core.model import ORGANIZATION, Scope

if TYPE_CHECKING:
    from landing.aws.door import Aws

ACTION = "cloudwatch:GetMetricData"
"""What it needs in the management account; findings are read by the member role."""

DENIALS = ("LogMetrics", "LandingGuardrailDenials")
"""Namespace and name of the metric that `services.alarms` makes of the organization trail."""

MINUTE = 60


def denials(aws: Aws, since: datetime, until: datetime) -> list[float]:
    """Requests that service control policies have denied, in each minute that the metric tells of. Raises AwsError."""
    namespace, name = DENIALS
    metric = {"Namespace": namespace, "MetricName": name}
    query = {"Id": "denials", "MetricStat": {"Metric": metric, "Period": MINUTE, "Stat": "Sum"}}
    with translated(ORGANIZATION, "GetMetricData"):
        found = aws.listed(
            aws.client("cloudwatch"),
            "get_metric_data",
            "MetricDataResults",
            MetricDataQueries=[query],
            StartTime=since,
            EndTime=until,
        )
        return [value for result in found for value in result["Values"]]


def high_findings(aws: Aws, administrator: Scope, since: datetime, until: datetime, most: int) -> int:
    """New findings of high or critical severity that nobody has settled, counted up to `most`. Raises AwsError.

    `administrator`: the account and region that see those of all accounts and regions.
    """
    equal = "EQUALS"
    filters: dict[str, Any] = {
        "CreatedAt": [{"Start": _iso(since), "End": _iso(until)}],
        "SeverityLabel": [{"Value": each, "Comparison": equal} for each in ("HIGH", "CRITICAL")],
        "RecordState": [{"Value": "ACTIVE", "Comparison": equal}],
        "WorkflowStatus": [{"Value": each, "Comparison": equal} for each in ("NEW", "NOTIFIED")],
    }
    with translated(administrator, "GetFindings"):
        client = aws.client("securityhub", administrator)
        found = aws.listed(client, "get_findings", "Findings", Filters=filters, MaxResults=min(100, most))
        return sum(1 for _ in islice(found, most))


def _iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z")
