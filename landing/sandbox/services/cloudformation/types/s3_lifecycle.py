"""Lifecycle rules of a bucket, from the spelling of templates to that of the S3 API and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.services.cloudformation.types.base import inverse, renamed

PLAIN = ("Status", "AbortIncompleteMultipartUpload")
EXPIRATION = {
    "ExpirationInDays": "Days",
    "ExpirationDate": "Date",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
TRANSITION = {"TransitionInDays": "Days", "TransitionDate": "Date"}
NONCURRENT = {"TransitionInDays": "NoncurrentDays"}
SIZES = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")


def rules_to(value: Mapping[str, Any]) -> dict[str, Any]:
    """LifecycleConfiguration as PutBucketLifecycleConfiguration wants it."""
    return {"Rules": [_rule_to(rule) for rule in value["Rules"]]}


def _rule_to(rule: Mapping[str, Any]) -> dict[str, Any]:
    days = rule.get("NoncurrentVersionExpirationInDays")
    wanted = {
        **{name: rule.get(name) for name in PLAIN},
        "ID": rule.get("Id"),
        "Expiration": {theirs: rule[ours] for ours, theirs in EXPIRATION.items() if ours in rule},
        "Transitions": renamed(_several(rule, "Transition"), TRANSITION),
        "NoncurrentVersionTransitions": renamed(_several(rule, "NoncurrentVersionTransition"), NONCURRENT),
        "NoncurrentVersionExpiration": rule.get("NoncurrentVersionExpiration")
        or (None if days is None else {"NoncurrentDays": days}),
    }
    return {"Filter": _filter_to(rule), **{name: value for name, value in wanted.items() if value}}


def _several(rule: Mapping[str, Any], name: str) -> list[Any]:
    """`Transitions`, or the older `Transition` alone."""
    return [*rule.get(f"{name}s", ()), *([rule[name]] if name in rule else ())]


def _filter_to(rule: Mapping[str, Any]) -> dict[str, Any]:
    tests: dict[str, Any] = {"Prefix": rule["Prefix"]} if "Prefix" in rule else {}
    tests |= {name: int(rule[name]) for name in SIZES if name in rule}
    tags = [dict(tag) for tag in rule.get("TagFilters", ())]
    if len(tests) + len(tags) > 1:
        return {"And": {**tests, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else tests or {"Prefix": ""}


def rules_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """What GetBucketLifecycleConfiguration answers, as templates spell it."""
    return {"Rules": [_rule_of(rule) for rule in value["Rules"]]}


def _rule_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    expiration, noncurrent = rule.get("Expiration", {}), rule.get("NoncurrentVersionExpiration", {})
    shown = {
        **{name: rule.get(name) for name in PLAIN},
        "Id": rule.get("ID"),
        **{ours: expiration.get(theirs) for ours, theirs in EXPIRATION.items()},
        "Transitions": renamed(rule.get("Transitions"), inverse(TRANSITION)),
        "NoncurrentVersionTransitions": renamed(rule.get("NoncurrentVersionTransitions"), inverse(NONCURRENT)),
        "NoncurrentVersionExpiration": noncurrent,
        "NoncurrentVersionExpirationInDays": noncurrent.get("NoncurrentDays"),
    }
    return {**_filter_of(rule), **{name: value for name, value in shown.items() if value}}


def _filter_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    tests = rule.get("Filter", {})
    tests = {**tests.get("And", {}), **{name: item for name, item in tests.items() if name != "And"}}
    tags = [*tests.get("Tags", ()), *([tests["Tag"]] if "Tag" in tests else ())]
    shown = {
        "Prefix": tests.get("Prefix") or rule.get("Prefix"),
        **{name: str(tests[name]) for name in SIZES if name in tests},
        "TagFilters": [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags],
    }
    return {name: value for name, value in shown.items() if value}
