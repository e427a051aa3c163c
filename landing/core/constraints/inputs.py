"""What AWS's own models allow in the inputs that the config fills: lengths, patterns and values."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from landing.core.constraints.patterns import translated

INPUTS = (
    "account:PutAccountName AccountName",
    "account:PutAlternateContact EmailAddress",
    "account:PutAlternateContact Name",
    "account:PutAlternateContact PhoneNumber",
    "account:PutAlternateContact Title",
    "cloudtrail:PutInsightSelectors InsightSelectors.InsightType",
    "config:PutDeliveryChannel DeliveryChannel.configSnapshotDeliveryProperties.deliveryFrequency",
    "config:PutOrganizationConfigRule OrganizationConfigRuleName",
    "config:PutOrganizationConfigRule OrganizationManagedRuleMetadata.Description",
    "config:PutOrganizationConfigRule OrganizationManagedRuleMetadata.InputParameters",
    "guardduty:CreateDetector FindingPublishingFrequency",
    "guardduty:UpdateOrganizationConfiguration AutoEnableOrganizationMembers",
    "organizations:CreateAccount AccountName",
    "organizations:CreateAccount Email",
    "organizations:CreateAccount RoleName",
    "organizations:CreateOrganizationalUnit Name",
    "organizations:CreatePolicy Description",
    "organizations:CreatePolicy Name",
    "organizations:EnableAWSServiceAccess ServicePrincipal",
    "organizations:EnablePolicyType PolicyType",
    "organizations:TagResource Tags.Key",
    "organizations:TagResource Tags.Value",
    "s3:PutObjectLockConfiguration ObjectLockConfiguration.Rule.DefaultRetention.Mode",
)
"""`service:Operation Member.Path`; lists are passed through."""


@cache
def _table() -> Mapping[str, Mapping[str, Any]]:
    text = files("landing.core.constraints").joinpath("inputs.json").read_text(encoding="utf-8")
    table: Mapping[str, Mapping[str, Any]] = json.loads(text)
    return table


def constraint(name: str) -> Mapping[str, Any]:
    """The `min`, `max`, `pattern` and `enum` of an input, as far as AWS states them."""
    return _table()[name]


def allowed(*names: str) -> dict[str, Any]:
    """A JSON Schema of the text that each of these inputs takes."""
    found = [constraint(name) for name in names]
    if any("enum" in each for each in found):
        first, *others = (each["enum"] for each in found)
        return {"enum": [value for value in first if all(value in other for other in others)]}
    least = max(each.get("min", 0) for each in found)
    most = min((each["max"] for each in found if "max" in each), default=None)
    patterns = list(dict.fromkeys(each["pattern"] for each in found if "pattern" in each))
    return {
        "type": "string",
        **({"minLength": least} if least else {}),
        **({"maxLength": most} if most else {}),
        **({"allOf": [{"pattern": _whole(pattern)} for pattern in patterns]} if patterns else {}),
    }


def takes(text: str, *names: str) -> bool:
    """Whether each of these inputs takes a text, as far as AWS states it."""
    return all(
        each.get("min", 0) <= len(text) <= each.get("max", len(text))
        and ("pattern" not in each or re.search(_whole(each["pattern"]), text) is not None)
        for each in map(constraint, names)
    )


def _whole(pattern: str) -> str:
    """The pattern for the whole of a text, a line feed at its end included, in Python and in JavaScript."""
    return f"^(?:{translated(pattern.removeprefix('^').removesuffix('$'))})$(?![\\s\\S])"
