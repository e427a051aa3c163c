"""Operation preferences: how many at once, how many may fail, in which order (API reference)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.stack_sets.state import Operation

STRICT = "STRICT_FAILURE_TOLERANCE"


def checked(preferences: Mapping[str, Any]) -> Mapping[str, Any]:
    """The preferences, if they do not contradict one another."""
    for one, other in (
        ("FailureToleranceCount", "FailureTolerancePercentage"),
        ("MaxConcurrentCount", "MaxConcurrentPercentage"),
    ):
        if one in preferences and other in preferences:
            raise wrong(f"You can specify either {one} or {other}, but not both")
    most, tolerance = preferences.get("MaxConcurrentCount"), preferences.get("FailureToleranceCount", 0)
    is_strict = preferences.get("ConcurrencyMode", STRICT) == STRICT
    if is_strict and most is not None and "FailureTolerancePercentage" not in preferences and most > tolerance + 1:
        raise wrong("MaxConcurrentCount must be at most one more than FailureToleranceCount")
    return preferences


def shown(preferences: Mapping[str, Any]) -> dict[str, Any]:
    """The preferences as the API shows them."""
    return dict(preferences)


def ordered(preferences: Mapping[str, Any], found: list[str]) -> list[str]:
    """Regions in the order of deployment: those of RegionOrder first."""
    first = [region for region in preferences.get("RegionOrder", ()) if region in found]
    return [*first, *(region for region in found if region not in first)]


def is_parallel(preferences: Mapping[str, Any]) -> bool:
    """Whether Regions are deployed to side by side."""
    return bool(preferences.get("RegionConcurrencyType") == "PARALLEL")


def tolerance(preferences: Mapping[str, Any], accounts: int) -> int:
    """How many accounts of a Region may fail; a percentage is rounded down."""
    if "FailureTolerancePercentage" in preferences:
        return int(preferences["FailureTolerancePercentage"]) * accounts // 100
    return int(preferences.get("FailureToleranceCount", 0))


def at_once(operation: Operation, accounts: int, failed: int) -> int:
    """How many accounts of a Region to deploy to next; a percentage is rounded down, to one at least.

    In strict mode there are never more at once than may fail before the tolerance is exceeded.
    """
    preferences = operation.preferences
    if "MaxConcurrentPercentage" in preferences:
        most = max(1, int(preferences["MaxConcurrentPercentage"]) * accounts // 100)
    else:
        most = int(preferences.get("MaxConcurrentCount", 1))
    if preferences.get("ConcurrencyMode", STRICT) == STRICT:
        most = min(most, tolerance(preferences, accounts) - failed + 1)
    return max(1, most)
