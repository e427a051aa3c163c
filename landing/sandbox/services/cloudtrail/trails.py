"""Trails: made, changed, described, started and stopped."""

from __future__ import annotations

import re
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudtrail import deliveries
from landing.sandbox.services.cloudtrail.state import PRINCIPAL, Trail, find, find_own, of_account, visible
from landing.sandbox.services.iam import linked_roles

MOST = 5
NAME = re.compile(r"(?=.{3,128}$)[A-Za-z0-9](?:[._-]?[A-Za-z0-9])*")
SETTINGS = (
    "S3BucketName", "S3KeyPrefix", "SnsTopicName", "IncludeGlobalServiceEvents", "IsMultiRegionTrail",
    "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn", "KmsKeyId", "IsOrganizationTrail", "RecursiveLogging",
)  # fmt: skip
DEFAULTS = {
    "IncludeGlobalServiceEvents": True,
    "IsMultiRegionTrail": False,
    "IsOrganizationTrail": False,
    "LogFileValidationEnabled": False,
    "RecursiveLogging": True,
}


def create_trail(call: Call) -> dict[str, Any]:
    """It does not log yet (API reference, CreateTrail)."""
    name = call["Name"]
    if not NAME.fullmatch(name) or re.fullmatch(r"\d+\.\d+\.\d+\.\d+", name):
        raise Refusal("InvalidTrailNameException", f"Trail name {name} is not valid.")
    settings = {**DEFAULTS, **_asked(call)}
    owner = _owner(call) if settings["IsOrganizationTrail"] else call.account
    here = list(visible(call.world, owner, call.region))
    if any(trail.name == name for trail in here):
        raise Refusal("TrailAlreadyExistsException", f"Trail {name} already exists for customer: {owner}")
    if len(here) >= MOST:
        raise Refusal(
            "MaximumNumberOfTrailsExceededException", f"User: {owner} already has {MOST} trails in {call.region}."
        )
    trail = Trail(name, owner, call.region, settings)
    _check(call, trail)
    trail.tags = {tag["Key"]: tag.get("Value", "") for tag in call.get("TagsList") or ()}
    of_account(call.world, owner).trails[call.region, name] = trail
    return _answered(call, trail)


def update_trail(call: Call) -> dict[str, Any]:
    """What is not named stays; an empty text takes a setting away (API reference, UpdateTrail)."""
    trail = find_own(call, call["Name"])
    changed = Trail(trail.name, trail.account, trail.home, {**trail.settings, **_asked(call)})
    if changed.is_organization and not trail.is_organization:
        _owner(call)
    _check(call, changed)
    trail.settings = changed.settings
    return _answered(call, trail)


def _asked(call: Call) -> dict[str, Any]:
    asked = {name: call[name] for name in SETTINGS if name in call}
    if "EnableLogFileValidation" in call:
        asked["LogFileValidationEnabled"] = call["EnableLogFileValidation"]
    return asked


def _check(call: Call, trail: Trail) -> None:
    if trail.is_multi_region and not trail.settings["IncludeGlobalServiceEvents"]:
        raise Refusal("InvalidParameterCombinationException", "Multi-Region trail must include global service events.")
    deliveries.check(call.world, trail)
    trail.settings = {name: value for name, value in trail.settings.items() if value != ""}


def _owner(call: Call) -> str:
    """The management account, if the caller may make a trail for its organization.

    User Guide, "Prepare for creating a trail for your organization".
    """
    organization = accounts.organization_of(call.world, call.account)
    if organization is None:
        raise Refusal("OrganizationsNotInUseException", "The account is not a member of an organization.")
    if organization.feature_set != "ALL":
        raise Refusal("OrganizationNotInAllFeaturesModeException", "The organization has not all features.")
    if accounts.may_administer(call, PRINCIPAL) is None:
        raise Refusal(
            "NotOrganizationMasterAccountException",
            "The account is neither the management account nor a delegated administrator of the organization.",
        )
    if PRINCIPAL not in organization.services:
        raise Refusal(
            "CloudTrailAccessNotEnabledException",
            "Trusted access for CloudTrail is not enabled in AWS Organizations.",
        )
    management = organization.management_account
    if call.account == management:
        linked_roles.ensure(call.world, management, PRINCIPAL)
    elif not linked_roles.exists(call.world, management, PRINCIPAL):
        raise Refusal(
            "NoManagementAccountSLRExistsException", "The management account has no service-linked role for CloudTrail."
        )
    return management


def _answered(call: Call, trail: Trail) -> dict[str, Any]:
    return {"Name": trail.name, "TrailARN": trail.arn(call.partition), **trail.settings}


def _described(call: Call, trail: Trail) -> dict[str, Any]:
    return {
        **_answered(call, trail),
        "HomeRegion": trail.home,
        "HasCustomEventSelectors": trail.selectors is not None or trail.advanced is not None,
        "HasInsightSelectors": bool(trail.insights),
    }


def get_trail(call: Call) -> dict[str, Any]:
    """API reference, GetTrail."""
    return {"Trail": _described(call, find(call, call["Name"]))}


def describe_trails(call: Call) -> dict[str, Any]:
    """With shadows unless they are not wanted (API reference, DescribeTrails)."""
    wanted = call.get("trailNameList")
    if wanted:
        found = [trail for name in wanted for trail in _named(call, name)]
    else:
        found = list(visible(call.world, call.account, call.region))
    if not call.get("includeShadowTrails", True):
        found = [trail for trail in found if trail.home == call.region and trail.account == call.account]
    return {"trailList": [_described(call, trail) for trail in found]}


def _named(call: Call, name: str) -> list[Trail]:
    """An unknown name is passed over."""
    try:
        return [find(call, name)]
    except Refusal as refusal:
        if refusal.code != "TrailNotFoundException":
            raise
        return []


def list_trails(call: Call) -> dict[str, Any]:
    """Of every home Region (API reference, ListTrails)."""
    from landing.sandbox.world import regions

    found = {
        trail.arn(call.partition): trail
        for region in regions.every(call.world)
        for trail in visible(call.world, call.account, region)
    }
    return call.page(
        "Trails",
        list(found.items()),
        show=lambda item: {"TrailARN": item[0], "Name": item[1].name, "HomeRegion": item[1].home},
    )


def get_trail_status(call: Call) -> dict[str, Any]:
    """With an error as long as the bucket does not admit CloudTrail (API reference, GetTrailStatus)."""
    trail, now = find(call, call["Name"]), call.world.now
    problem = deliveries.problem(call.world, trail) if trail.is_logging else None
    delivered = trail.is_logging and problem is None
    in_log_group = bool(trail.settings.get("CloudWatchLogsLogGroupArn"))
    return {
        "IsLogging": trail.is_logging,
        "StartLoggingTime": trail.started,
        "StopLoggingTime": trail.stopped,
        "TimeLoggingStarted": _text(trail.started),
        "TimeLoggingStopped": _text(trail.stopped),
        "LatestDeliveryError": problem,
        "LatestDeliveryTime": now if delivered else None,
        "LatestCloudWatchLogsDeliveryTime": now if trail.is_logging and in_log_group else None,
        "LatestDeliveryAttemptTime": _text(now if trail.is_logging else None),
        "LatestDeliveryAttemptSucceeded": _text(now if delivered else None),
        "LatestDigestDeliveryTime": now if delivered and trail.settings["LogFileValidationEnabled"] else None,
        "LatestNotificationAttemptTime": "",
        "LatestNotificationAttemptSucceeded": "",
    }


def _text(moment: Any) -> str:
    return "" if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def start_logging(call: Call) -> None:
    """API reference, StartLogging."""
    trail = find_own(call, call["Name"])
    if not trail.is_logging:
        trail.is_logging, trail.started = True, call.world.now


def stop_logging(call: Call) -> None:
    """API reference, StopLogging."""
    trail = find_own(call, call["Name"])
    if trail.is_logging:
        trail.is_logging, trail.stopped = False, call.world.now


def delete_trail(call: Call) -> None:
    """API reference, DeleteTrail."""
    trail = find_own(call, call["Name"])
    del of_account(call.world, trail.account).trails[trail.home, trail.name]
