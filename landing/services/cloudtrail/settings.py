"""The settings of the organization trail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.core.constraints.inputs import allowed
from landing.core.constraints.trail import EXCLUDED_SOURCES, RETENTIONS
from landing.services.settings import setting

_WHICH = {"enum": ["all", "write", "read"]}
_WHICH_EXCEPT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["events"],
    "properties": {
        "events": _WHICH,
        "except": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "pattern": "^arn:", "maxLength": 2048},
            "description": "Beginnings of the ARNs of resources that are left out; that of a bucket ends with `/`.",
        },
    },
}


@dataclass(frozen=True, kw_only=True)
class CloudTrailSettings:
    """The organization trail, delivered to the log archive."""

    existing: str = setting(
        "",
        "Name of an organization trail that is there already: it is used as it is, checked and never changed, and none "
        "of ours is made.",
        pattern="^([A-Za-z0-9][A-Za-z0-9._-]{1,126}[A-Za-z0-9])?$",
    )
    management_events: str = setting("all", "Which management events are logged.", **_WHICH)
    management_events_except: tuple[str, ...] = setting(
        (), "Services of many calls whose management events are left out.", items={"enum": list(EXCLUDED_SOURCES)}
    )
    data_events: Mapping[str, Any] = setting(
        {},
        "Which data events are logged, by resource type (AWS::S3::Object, ...): all, write, read, or "
        "`{events: write, except: [beginnings of ARNs]}`; never those of the log archive.",
        propertyNames={"pattern": "^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$"},
        additionalProperties={"oneOf": [_WHICH, _WHICH_EXCEPT]},
    )
    insights: tuple[str, ...] = setting(
        (),
        "Insights on unusual activity; they cost extra.",
        items=allowed("cloudtrail:PutInsightSelectors InsightSelectors.InsightType"),
    )
    cloudwatch_logs: bool = setting(False, "Deliver to CloudWatch Logs of the management account too.")
    log_group_days: int = setting(90, "Days that CloudWatch Logs keeps them.", enum=list(RETENTIONS))
