"""What managed rules find, over resources as they are now. A rule that is not here has insufficient data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.services import accounts
from landing.sandbox.services.cloudtrail import state as cloudtrail
from landing.sandbox.services.config import evaluations_ec2, evaluations_iam, evaluations_s3, managed_rules
from landing.sandbox.services.config.findings import Evaluation, Finding, Site, of_account, of_each
from landing.sandbox.services.guardduty import state as guardduty
from landing.sandbox.services.securityhub import state as securityhub
from landing.sandbox.world import World


@dataclass(frozen=True, slots=True)
class Result:
    """What a rule comes to in an account and Region."""

    compliance: str
    findings: tuple[Finding, ...]


def evaluate(world: World, account: str, region: str, rule: Mapping[str, Any], *, thorough: bool = True) -> Result:
    """`thorough`: look at services too that the account has not used yet, which costs time."""
    source = rule["Source"]
    evaluation = EVALUATIONS.get(source.get("SourceIdentifier", "")) if source["Owner"] == "AWS" else None
    if evaluation is None:
        return Result("INSUFFICIENT_DATA", ())
    parameters = managed_rules.parsed_parameters(rule.get("InputParameters"))
    site = Site(world, account, region, source["SourceIdentifier"], parameters, thorough)
    found = tuple(finding for finding in evaluation(site) if _in_scope(finding, rule.get("Scope") or {}))
    if not found:
        return Result("INSUFFICIENT_DATA", ())
    failed = any(finding.compliance == "NON_COMPLIANT" for finding in found)
    return Result("NON_COMPLIANT" if failed else "COMPLIANT", found)


def _in_scope(finding: Finding, scope: Mapping[str, Any]) -> bool:
    types, resource = scope.get("ComplianceResourceTypes"), scope.get("ComplianceResourceId")
    return (not types or finding.kind in types) and resource in (None, finding.resource)


def _trails(site: Site) -> list[cloudtrail.Trail]:
    return list(cloudtrail.visible(site.world, site.account, site.region))


def _own_trails(setting: str) -> Evaluation:
    def test(site: Site, trail: cloudtrail.Trail) -> bool | None:
        return bool(trail.settings.get(setting)) if trail.home == site.region else None

    return of_each("AWS::CloudTrail::Trail", _trails, test, "name")


def _has_detector(site: Site) -> bool:
    detector = guardduty.at(site.world, site.account, site.region).detector
    return detector is not None and detector.enabled


def _in_organization(site: Site) -> bool:
    organization = accounts.organization_of(site.world, site.account)
    wanted = site.parameters.get("MasterAccountId")
    return organization is not None and wanted in (None, organization.management_account)


def _keys(site: Site) -> list[Any]:
    """The customer's."""
    found = upstream.backend("kms", site.account, site.region).keys.values()
    return [key for key in found if key.key_manager == "CUSTOMER"]


def _rotates(_: Site, key: Any) -> bool | None:
    rotatable = key.key_state == "Enabled" and key.key_spec == "SYMMETRIC_DEFAULT"
    return bool(key.key_rotation_status) if rotatable else None


def _topics(site: Site) -> list[Any]:
    return list(upstream.backend("sns", site.account, site.region).topics.values())


EVALUATIONS: Mapping[str, Evaluation] = {
    "ACCOUNT_PART_OF_ORGANIZATIONS": of_account(_in_organization, "The account is not part of the organization."),
    "CLOUD_TRAIL_ENABLED": of_account(
        lambda site: any(trail.is_logging for trail in _trails(site)), "No trail is logging."
    ),
    "CLOUD_TRAIL_ENCRYPTION_ENABLED": _own_trails("KmsKeyId"),
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": _own_trails("LogFileValidationEnabled"),
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED": _own_trails("CloudWatchLogsLogGroupArn"),
    "CMK_BACKING_KEY_ROTATION_ENABLED": of_each("AWS::KMS::Key", _keys, _rotates),
    "GUARDDUTY_ENABLED_CENTRALIZED": of_account(_has_detector, "GuardDuty is not configured."),
    "KMS_CMK_NOT_SCHEDULED_FOR_DELETION": of_each(
        "AWS::KMS::Key", _keys, lambda _, key: key.key_state != "PendingDeletion"
    ),
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": of_account(
        lambda site: any(trail.is_logging and trail.is_multi_region for trail in _trails(site)),
        "No multi-Region trail is logging.",
    ),
    "SECURITYHUB_ENABLED": of_account(
        lambda site: securityhub.at(site.world, site.account, site.region).hub is not None,
        "Security Hub is not enabled.",
    ),
    "SNS_ENCRYPTED_KMS": of_each("AWS::SNS::Topic", _topics, lambda _, topic: bool(topic.kms_master_key_id), "arn"),
    **evaluations_ec2.EVALUATIONS,
    **evaluations_iam.EVALUATIONS,
    **evaluations_s3.EVALUATIONS,
}
"""Identifier of a managed rule to what it looks at (Developer Guide, "List of AWS Config Managed Rules")."""
