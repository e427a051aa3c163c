"""Lifecycle rules of a bucket, from the spelling of templates to that of the S3 API and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PLAIN = ("Status", "AbortIncompleteMultipartUpload")


def rules_to(value: Mapping[str, Any]) -> dict[str, Any]:
    """LifecycleConfiguration as PutBucketLifecycleConfiguration wants it."""
    return {"Rules": [_rule_to(rule) for rule in value["Rules"]]}


def _rule_to(rule: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {name: rule[name] for name in PLAIN if name in rule}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    made["Filter"] = _filter_to(rule)
    if expiration := _expiration_to(rule):
        made["Expiration"] = expiration
    if transitions := _several(rule, "Transition"):
        made["Transitions"] = [_transition_to(one) for one in transitions]
    if noncurrent := _several(rule, "NoncurrentVersionTransition"):
        made["NoncurrentVersionTransitions"] = [_noncurrent_to(one) for one in noncurrent]
    if "NoncurrentVersionExpirationInDays" in rule:
        made["NoncurrentVersionExpiration"] = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    if "NoncurrentVersionExpiration" in rule:
        made["NoncurrentVersionExpiration"] = dict(rule["NoncurrentVersionExpiration"])
    return made


def _several(rule: Mapping[str, Any], name: str) -> list[Any]:
    """`Transitions`, or the older `Transition` alone."""
    return [*rule.get(f"{name}s", ()), *([rule[name]] if name in rule else ())]


def _filter_to(rule: Mapping[str, Any]) -> dict[str, Any]:
    tests: dict[str, Any] = {}
    if "Prefix" in rule:
        tests["Prefix"] = rule["Prefix"]
    for name in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if name in rule:
            tests[name] = int(rule[name])
    tags = [dict(tag) for tag in rule.get("TagFilters", ())]
    if len(tests) + len(tags) > 1:
        return {"And": {**tests, **({"Tags": tags} if tags else {})}}
    if tags:
        return {"Tag": tags[0]}
    return tests or {"Prefix": ""}


def _expiration_to(rule: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "ExpirationInDays": "Days",
        "ExpirationDate": "Date",
        "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
    }
    return {theirs: rule[ours] for ours, theirs in names.items() if ours in rule}


def _transition_to(one: Mapping[str, Any]) -> dict[str, Any]:
    names = {"TransitionInDays": "Days", "TransitionDate": "Date", "StorageClass": "StorageClass"}
    return {theirs: one[ours] for ours, theirs in names.items() if ours in one}


def _noncurrent_to(one: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "TransitionInDays": "NoncurrentDays",
        "NewerNoncurrentVersions": "NewerNoncurrentVersions",
        "StorageClass": "StorageClass",
    }
    return {theirs: one[ours] for ours, theirs in names.items() if ours in one}


def rules_of(value: Mapping[str, Any]) -> dict[str, Any]:
    """What GetBucketLifecycleConfiguration answers, as templates spell it."""
    return {"Rules": [_rule_of(rule) for rule in value["Rules"]]}


def _rule_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {name: rule[name] for name in PLAIN if name in rule}
    if "ID" in rule:
        made["Id"] = rule["ID"]
    made |= _filter_of(rule)
    expiration = rule.get("Expiration", {})
    for theirs, ours in (("Days", "ExpirationInDays"), ("Date", "ExpirationDate")):
        if theirs in expiration:
            made[ours] = expiration[theirs]
    if expiration.get("ExpiredObjectDeleteMarker"):
        made["ExpiredObjectDeleteMarker"] = True
    if "Transitions" in rule:
        names = {"Days": "TransitionInDays", "Date": "TransitionDate", "StorageClass": "StorageClass"}
        made["Transitions"] = [{names[name]: item for name, item in one.items()} for one in rule["Transitions"]]
    if "NoncurrentVersionTransitions" in rule:
        renamed = {"NoncurrentDays": "TransitionInDays"}
        made["NoncurrentVersionTransitions"] = [
            {renamed.get(name, name): item for name, item in one.items()}
            for one in rule["NoncurrentVersionTransitions"]
        ]
    if "NoncurrentVersionExpiration" in rule:
        made["NoncurrentVersionExpiration"] = rule["NoncurrentVersionExpiration"]
        made["NoncurrentVersionExpirationInDays"] = rule["NoncurrentVersionExpiration"].get("NoncurrentDays")
    return made


def _filter_of(rule: Mapping[str, Any]) -> dict[str, Any]:
    tests = rule.get("Filter", {})
    tests = {**tests.get("And", {}), **{name: item for name, item in tests.items() if name != "And"}}
    made = {}
    if tests.get("Prefix") or rule.get("Prefix"):
        made["Prefix"] = tests.get("Prefix") or rule["Prefix"]
    for name in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if name in tests:
            made[name] = str(tests[name])
    tags = [*tests.get("Tags", ()), *([tests["Tag"]] if "Tag" in tests else ())]
    return {**made, **({"TagFilters": [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags]} if tags else {})}
