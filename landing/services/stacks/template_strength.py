"""What a template protects less than another: by what is known of some types of resources.

Compared by logical ids. Of a type or a property that is not in the table nothing is known, and nothing is said: of a
role those are its own policies, which say what it may do and not what is guarded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from landing.services.strength import Weaker, each, kept, longer, no_more, on, present, ranked, text, told

Template = Mapping[str, Any]

CONTENTS = ("Conditions", "Mappings")
"""Sections by which a resource that stays the same means something else."""


def weaker_template(before: Template, after: Template) -> Iterable[str]:
    """What of a template protects less; of one that is none of ours (`text`), that it cannot be compared."""
    if "text" in before:
        yield from told("a template in YAML", "a template in JSON")
        return
    old, new = before.get("Resources") or {}, after.get("Resources") or {}
    for name, resource in old.items():
        kind = resource.get("Type")
        if name not in new or new[name].get("Type") != kind:
            yield f"{name} no longer a resource ({kind})"
            continue
        yield from (f"{name} {words}" for words in _weaker_resource(resource, new[name]))
    for section in CONTENTS:
        if before.get(section) != after.get(section) and old:
            yield from (f"{section} {words}" for words in told(before.get(section), after.get(section)))


def _weaker_resource(before: Template, after: Template) -> Iterator[str]:
    for name, order in _ATTRIBUTES.items():
        yield from (f"{name} {words}" for words in order(before.get(name), after.get(name)))
    old, new = before.get("Properties") or {}, after.get("Properties") or {}
    for path, order in PROPERTIES.get(str(before.get("Type")), {}).items():
        yield from (f"{path} {words}" for words in order(_at(old, path), _at(new, path)))


def _at(properties: Any, path: str) -> Any:
    """The value at a path of names; None where there is none, the whole where it is a function that decides."""
    for name in path.split("/"):
        if not isinstance(properties, Mapping):
            return properties
        if _is_function(properties):
            return properties
        properties = properties.get(name)
    return properties


def _is_function(value: Mapping[str, Any]) -> bool:
    return len(value) == 1 and (next(iter(value)).startswith("Fn::") or "Ref" in value)


def _statements(document: Any) -> list[Mapping[str, Any]]:
    found = document.get("Statement") or [] if isinstance(document, Mapping) else []
    return [found] if isinstance(found, Mapping) else list(found)


def _policy(before: Any, after: Any) -> Iterator[str]:
    """Statements that deny and are lost, and those that let others in than one service (which has a bucket of its own).

    A statement that changes counts as lost and added; what is chosen by a function (`Fn::If`) cannot be told.
    """
    old, new = _statements(before), _statements(after)
    for statement in [one for one in old if one not in new]:
        if statement.get("Effect") != "Allow":
            yield f"no longer denies as before ({statement.get('Sid', text(statement))})"
    for statement in [one for one in new if one not in old]:
        principal = statement.get("Principal")
        service = isinstance(principal, Mapping) and set(principal) == {"Service"}
        if statement.get("Effect") != "Deny" and not service:
            yield f"lets in as not before ({statement.get('Sid', text(statement))})"
    if (before is not None and not old) or (after is not None and not new):
        yield from told(before, after)


def _trust(before: Any, after: Any) -> Iterator[str]:
    """Whoever is trusted in addition, services too."""
    old = _statements(before)
    for statement in _statements(after):
        if statement.get("Effect") != "Deny" and statement not in old:
            yield f"trusts as not before ({text(statement.get('Principal'))})"
    if after is not None and not _statements(after):
        yield from told(before, after)


def _expiry(before: Any, after: Any) -> Iterator[str]:
    """Rules that expire objects: the earliest day counts, where all rules are for all objects."""
    old, new = ([rule for rule in rules or () if _expires(rule)] for rules in (before, after))
    if not all(isinstance(rule, Mapping) and not set(rule) & _FOR_SOME for rule in chain(old, new)):
        yield from told(old, new)
        return
    for name, path in (("objects", "ExpirationInDays"), ("versions", "NoncurrentVersionExpiration/NoncurrentDays")):
        days = [_earliest(rules, path) for rules in (old, new)]
        yield from (f"{name} expire after {words}" for words in longer()(*days))


_FOR_SOME = {
    "Prefix",
    "TagFilters",
    "ExpirationDate",
    "ObjectSizeGreaterThan",
    "ObjectSizeLessThan",
    "NoncurrentVersionExpirationInDays",
}


def _expires(rule: Any) -> bool:
    return not isinstance(rule, Mapping) or (rule.get("Status") != "Disabled" and bool(set(rule) & _EXPIRING))


_EXPIRING = {
    "ExpirationInDays",
    "ExpirationDate",
    "NoncurrentVersionExpiration",
    "NoncurrentVersionExpirationInDays",
}


def _earliest(rules: Sequence[Any], path: str) -> Any:
    found = [days for rule in rules if (days := _at(rule, path)) is not None]
    return min(found, default=None) if all(isinstance(days, int) for days in found) else found


def _lock(before: Any, after: Any) -> Iterator[str]:
    """Object lock: its mode, and for how long; days and years are not of one length."""
    old, new = (_at(value or {}, "Rule/DefaultRetention") for value in (before, after))
    if not old or not new:
        yield from present(before, after)
        yield from present(old, new)
        return
    yield from ranked("COMPLIANCE", "GOVERNANCE")(old.get("Mode"), new.get("Mode"))
    unit = "Years" if "Years" in old else "Days"
    yield from (f"{unit} {words}" for words in longer(forever="")(old.get(unit), new.get(unit)))


def _encryption(before: Any, after: Any) -> Iterable[str]:
    """Any other than there was; S3 encrypts with a key of its own where there was none."""
    return () if before is None else told(before, after)


def _types(before: Any, after: Any) -> Iterator[str]:
    """Which types of resources a recorder records."""
    old, new = before or {}, after or {}
    if any(set(value) - _RECORDED for value in (old, new)):
        yield from told(before, after)
        return
    for name in ("AllSupported", "IncludeGlobalResourceTypes"):
        yield from (f"{name} {words}" for words in _optional_on(old.get(name), new.get(name)))
    if not new.get("AllSupported"):
        yield from kept()(old.get("ResourceTypes"), new.get("ResourceTypes"))


_RECORDED = {"AllSupported", "IncludeGlobalResourceTypes", "ResourceTypes"}

_optional_on = ranked(True, False, None)
_snapshots = ranked("One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours")

_ATTRIBUTES: Mapping[str, Weaker] = {
    "DeletionPolicy": ranked("Retain", "RetainExceptOnCreate", "Snapshot", "Delete", None),
    "UpdateReplacePolicy": ranked("Retain", "Snapshot", "Delete", None),
    "Condition": told,
}
PROPERTIES: Mapping[str, Mapping[str, Weaker]] = {
    "AWS::S3::Bucket": {
        "AccessControl": told,
        "BucketEncryption": _encryption,
        "LifecycleConfiguration/Rules": _expiry,
        "LoggingConfiguration": present,
        "ObjectLockConfiguration": _lock,
        "ObjectLockEnabled": _optional_on,
        "OwnershipControls": present,
        "PublicAccessBlockConfiguration": each(_optional_on),
        "VersioningConfiguration/Status": ranked("Enabled", "Suspended", None),
    },
    "AWS::S3::BucketPolicy": {"Bucket": told, "PolicyDocument": _policy},
    "AWS::KMS::Key": {
        "Enabled": ranked(True, None, False),
        "EnableKeyRotation": _optional_on,
        "KeyPolicy": _policy,
        "PendingWindowInDays": longer(),
    },
    "AWS::KMS::Alias": {"TargetKeyId": told},
    "AWS::Logs::LogGroup": {
        "DeletionProtectionEnabled": _optional_on,
        "KmsKeyId": present,
        "RetentionInDays": longer(),
    },
    "AWS::IAM::Role": {
        "AssumeRolePolicyDocument": _trust,
        "ManagedPolicyArns": no_more,
        "PermissionsBoundary": present,
    },
    "AWS::EC2::SnapshotBlockPublicAccess": {"State": ranked("block-all-sharing", "block-new-sharing")},
    "AWS::SSM::ServiceSetting": {"SettingId": told, "SettingValue": told},
    "AWS::Config::ConfigurationRecorder": {
        "RecordingGroup": _types,
        "RecordingMode/RecordingFrequency": ranked("CONTINUOUS", "DAILY"),
        "RecordingMode/RecordingModeOverrides": told,
        "RoleARN": told,
    },
    "AWS::Config::DeliveryChannel": {
        "ConfigSnapshotDeliveryProperties/DeliveryFrequency": _snapshots,
        "S3BucketName": told,
    },
    "AWS::Config::ConfigurationAggregator": {
        "AccountAggregationSources": told,
        "OrganizationAggregationSource": told,
    },
    "AWS::CloudTrail::Trail": dict.fromkeys(
        ("EnableLogFileValidation", "IncludeGlobalServiceEvents", "IsLogging", "IsMultiRegionTrail"), _optional_on
    ),
    "AWS::GuardDuty::Detector": {"Enable": on},
}
"""By type and path of names, with the CloudFormation template reference for the values."""
