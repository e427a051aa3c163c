"""What a template protects less than another: by what is known of some types of resources.

Compared by logical ids. Of a type or a property that is not in the table nothing is known, and nothing is said. What
policies say, of roles and of resources, is weighed by what they let through (`template_policies`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

from landing.blueprint import CONTEXT_PARAMETERS
from landing.services.stacks.template_policies import PLACES, belongs_to_another, more_passes, outsiders
from landing.services.strength import Weaker, each, kept, longer, no_more, on, present, ranked, told

Template = Mapping[str, Any]

CONTENTS = ("Conditions", "Mappings", "Transform")
"""Sections by which a resource that stays the same means something else."""


def filled(template: Template, values: Mapping[str, str]) -> Template:
    """A template with the values of its own parameters in their places: these say as much as what is written there.

    Those that CloudFormation is given as ids and regions of the config (`CONTEXT_PARAMETERS`) stay references.
    """
    own = {name: _plain(value) for name, value in values.items() if name not in CONTEXT_PARAMETERS}
    return {name: _filled(part, own) if name in _FILLED else part for name, part in template.items()}


_FILLED = ("Conditions", "Resources")


def _plain(value: str) -> Any:
    """A value of a parameter, which is always a text, as a template would have it."""
    if value in ("true", "false"):
        return value == "true"
    return int(value) if _NUMBER.fullmatch(value) else value


_NUMBER = re.compile(r"0|[1-9][0-9]{0,11}")


def _filled(value: Any, own: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_filled(item, own) for item in value]
    if not isinstance(value, Mapping):
        return value
    if len(value) == 1 and isinstance(name := value.get("Ref"), str) and name in own:
        return own[name]
    return {key: _written(item, own) if key == "Fn::Sub" else _filled(item, own) for key, item in value.items()}


def _written(value: Any, own: Mapping[str, Any]) -> Any:
    """What `Fn::Sub` is given: a text, or a text and names of its own, which come before the parameters."""
    text_, *names = value if isinstance(value, list) and value else [value]
    hidden = names[0] if names and isinstance(names[0], Mapping) else {}
    if isinstance(text_, str):
        text_ = _PLACE.sub(
            lambda found: str(own.get(found[1], found[0])) if found[1] not in hidden else found[0], text_
        )
    return [text_, *(_filled(each, own) for each in names)] if isinstance(value, list) else text_


_PLACE = re.compile(r"\$\{\s*([A-Za-z0-9]+)\s*\}")


def weaker_template(before: Template, after: Template) -> Iterable[str]:
    """What of a template protects less; of one that is none of ours (`text`), that it cannot be compared."""
    if "text" in before:
        yield from told("a template in YAML", "a template in JSON")
        return
    old, new = _resources(before), _resources(after)
    types = {name: str(resource.get("Type")) for side in (old, new) for name, resource in side.items()}
    for name, resource in old.items():
        kind = resource.get("Type")
        if name not in new or new[name].get("Type") != kind:
            yield f"{name} no longer a resource ({kind})"
            continue
        yield from (f"{name} {words}" for words in _compared(resource, new[name], types))
    for name in [name for name in new if name not in old]:
        yield from (f"{name} {words}" for words in _come(new[name], old, types))
    others = [_others(side) for side in (before, after)]
    for name in sorted({*others[0], *others[1]}):
        yield from (f"{name} {words}" for words in told(others[0].get(name), others[1].get(name)))
    for section in CONTENTS:
        if before.get(section) != after.get(section) and old:
            yield from (f"{section} {words}" for words in told(before.get(section), after.get(section)))


def _resources(template: Template) -> dict[str, Template]:
    """The resources by logical id, as far as it is seen what they are: a template in AWS may say anything."""
    found = template.get("Resources")
    return {name: each for name, each in found.items() if _is_resource(each)} if isinstance(found, Mapping) else {}


def _others(template: Template) -> Mapping[str, Any]:
    """What makes resources of which it is not seen what they are: `Fn::ForEach`, `Fn::Transform`, and what is none."""
    found = template.get("Resources") or {}
    if not isinstance(found, Mapping):
        return {"Resources": found}
    return {name: each for name, each in found.items() if not _is_resource(each)}


def _is_resource(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("Type"), str)


ODD = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What reading a value raises that has not the shape that its type has by CloudFormation's reference."""


def _compared(before: Template, after: Template, types: Mapping[str, str]) -> list[str]:
    """What of a resource protects less; where one side has no shape that a resource has, whatever changes is said."""
    if before == after:
        return []
    try:
        return [*_weaker_resource(before, after), *more_passes(before, after, types)]
    except ODD:
        return list(told(before, after))


def _come(resource: Template, known: Mapping[str, Any], types: Mapping[str, str]) -> list[str]:
    """What a resource that is new lets through: on what was there, and to whom it is of no other, from outside."""
    made = [name for name in resource.get("Properties") or () if str(name).startswith("Fn::")]
    if made and resource["Type"] in PLACES:
        return list(told(None, resource["Properties"]))
    try:
        if not belongs_to_another(resource, known):
            return list(outsiders(resource, types))
        properties, path = resource.get("Properties") or {}, _GIVES.get(str(resource.get("Type")))
        given = [f"{path} {words}" for words in no_more(None, properties.get(path))] if path else []
        return [*more_passes({}, resource, types), *given]
    except ODD:
        return list(told(None, resource))


_GIVES: Mapping[str, str] = {"AWS::IAM::InstanceProfile": "Roles", "AWS::IAM::UserToGroupAddition": "Users"}
"""Types that give what a role or a group may do to others, with whom or what they name."""


def _weaker_resource(before: Template, after: Template) -> Iterator[str]:
    for name, order in _ATTRIBUTES.items():
        yield from (f"{name} {words}" for words in order(before.get(name), after.get(name)))
    old, new = before.get("Properties") or {}, after.get("Properties") or {}
    for name in sorted(
        name for name in {*old, *new} if name.startswith("Fn::")
    ):  # it gives properties, or changes them
        yield from (f"{name} {words}" for words in told(old.get(name), new.get(name)))
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


def _least(before: Any, after: Any) -> Iterable[str]:
    """The least of something; where there was none, nothing is lost."""
    return () if before is None else longer(forever="")(before, after)


def _egress(before: Any, after: Any) -> Iterable[str]:
    """Rules of a security group for what goes out; where none are written, AWS lets everything out."""
    if after is None:
        return told(before, after)
    return () if before is None else no_more(before, after)


def _another(before: Any, after: Any) -> Iterable[str]:
    """Any other than there was; where there was none, nothing is lost."""
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
        "BucketEncryption": _another,
        "LifecycleConfiguration/Rules": _expiry,
        "LoggingConfiguration": _another,
        "ObjectLockConfiguration": _lock,
        "ObjectLockEnabled": _optional_on,
        "OwnershipControls": _another,
        "PublicAccessBlockConfiguration": each(_optional_on),
        "VersioningConfiguration/Status": ranked("Enabled", "Suspended", None),
    },
    "AWS::S3::BucketPolicy": {"Bucket": told},
    "AWS::KMS::Key": {
        "Enabled": ranked(True, None, False),
        "EnableKeyRotation": _optional_on,
        "PendingWindowInDays": longer(),
    },
    "AWS::KMS::Alias": {"TargetKeyId": told},
    "AWS::Logs::LogGroup": {
        "DeletionProtectionEnabled": _optional_on,
        "KmsKeyId": _another,
        "RetentionInDays": longer(),
    },
    "AWS::IAM::Group": {"ManagedPolicyArns": no_more},
    **dict.fromkeys(
        ("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"), dict.fromkeys(("Groups", "Roles", "Users"), no_more)
    ),
    "AWS::IAM::GroupPolicy": {"GroupName": told},
    "AWS::IAM::InstanceProfile": {"Roles": no_more},
    # Guardrails let roles through by their names.
    "AWS::IAM::Role": {"ManagedPolicyArns": no_more, "Path": told, "PermissionsBoundary": _another, "RoleName": told},
    "AWS::IAM::RolePolicy": {"RoleName": told},
    "AWS::IAM::User": {"Groups": no_more, "ManagedPolicyArns": no_more, "PermissionsBoundary": _another},
    "AWS::IAM::UserPolicy": {"UserName": told},
    "AWS::IAM::UserToGroupAddition": {"GroupName": told, "Users": no_more},
    "AWS::SSO::PermissionSet": {"CustomerManagedPolicyReferences": no_more, "ManagedPolicies": no_more},
    "AWS::SNS::TopicPolicy": {"Topics": told},
    "AWS::SQS::QueuePolicy": {"Queues": told},
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
    "AWS::CloudTrail::Trail": {
        **dict.fromkeys(
            ("EnableLogFileValidation", "IncludeGlobalServiceEvents", "IsLogging", "IsMultiRegionTrail"), _optional_on
        ),
        **dict.fromkeys(("AdvancedEventSelectors", "EventSelectors", "S3BucketName"), told),
        **dict.fromkeys(("CloudWatchLogsLogGroupArn", "KMSKeyId", "SnsTopicName"), _another),
        "InsightSelectors": kept(),
    },
    "AWS::GuardDuty::Detector": {"Enable": on},
    "AWS::Backup::BackupVault": {
        "BackupVaultName": told,
        "EncryptionKeyArn": _another,
        "LockConfiguration/ChangeableForDays": _another,
        "LockConfiguration/MinRetentionDays": _least,
    },
    "AWS::Chatbot::SlackChannelConfiguration": {"GuardrailPolicies": told, "IamRoleArn": told, "SnsTopicArns": kept()},
    "AWS::CloudWatch::Alarm": {
        "ActionsEnabled": ranked(True, None, False),
        "AlarmActions": kept(),
        **dict.fromkeys(("ComparisonOperator", "MetricName", "Namespace", "Threshold", "TreatMissingData"), told),
    },
    "AWS::EC2::FlowLog": dict.fromkeys(("LogDestination", "LogGroupName", "TrafficType"), told),
    "AWS::EC2::SecurityGroup": {"SecurityGroupEgress": _egress, "SecurityGroupIngress": no_more},
    "AWS::EC2::TransitGateway": {
        "AutoAcceptSharedAttachments": ranked("disable", None, "enable"),
        **dict.fromkeys(
            ("DefaultRouteTableAssociation", "DefaultRouteTablePropagation"), ranked("disable", "enable", None)
        ),
    },
    "AWS::ECR::RegistryScanningConfiguration": {"Rules": kept(), "ScanType": ranked("ENHANCED", "BASIC")},
    "AWS::Events::Rule": {
        "EventPattern": told,
        "State": ranked("ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS", "ENABLED", None, "DISABLED"),
        "Targets": kept(),
    },
    "AWS::IAM::OIDCProvider": {"ClientIdList": no_more, "ThumbprintList": told, "Url": told},
    "AWS::Logs::MetricFilter": dict.fromkeys(("FilterPattern", "LogGroupName", "MetricTransformations"), told),
    "AWS::RAM::ResourceShare": {
        "AllowExternalPrincipals": ranked(False, True, None),
        "PermissionArns": told,
        "Principals": no_more,
        "ResourceArns": no_more,
    },
    "AWS::Route53Resolver::ResolverQueryLoggingConfig": {"DestinationArn": told},
    "AWS::SSM::Association": dict.fromkeys(("Name", "Parameters", "ScheduleExpression", "Targets"), told),
}
"""By type and path of names, with the CloudFormation template reference for the values."""
