"""What CloudTrail refuses of a trail's selectors, and what CloudWatch Logs refuses of its log group."""

from __future__ import annotations

from collections.abc import Collection, Mapping

INSIGHT_NEEDS: Mapping[str, frozenset[str]] = {
    "ApiCallRateInsight": frozenset({"Write"}),
    "ApiErrorRateInsight": frozenset({"Read", "Write"}),
}
"""Insight to the events of which the trail must log some kind (User Guide, "Working with CloudTrail Insights")."""


def can_have(insight: str, logged: Collection[str]) -> bool:
    """Whether a trail that logs these events (Read, Write) may have the insight (PutInsightSelectors)."""
    return bool(INSIGHT_NEEDS[insight] & set(logged))


RETENTIONS = (
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
)  # fmt: skip
"""Days that a log group may keep events, the only ones there are (Logs API reference, PutRetentionPolicy)."""

EXCLUDED_SOURCES = ("kms.amazonaws.com", "rdsdata.amazonaws.com")
"""The only services whose management events a trail may leave out (API reference, AdvancedFieldSelector)."""
MOST_VALUES = 500
"""Values in all advanced event selectors of a trail (User Guide, "Quotas in CloudTrail")."""
