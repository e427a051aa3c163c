"""What managed rules find, over resources as they are now. A rule that is not here has insufficient data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.services import accounts
from landing.sandbox.services.cloudtrail import state as cloudtrail
from landing.sandbox.services.config import evaluations_ec2, evaluations_iam, evaluations_s3, managed_rules
from landing.sandbox.services.config.findings import Finding, Site, verdict
from landing.sandbox.services.guardduty import state as guardduty
from landing.sandbox.services.securityhub import state as securityhub
from landing.sandbox.world import World

Evaluation = Callable[[Site], Iterator[Finding]]


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


def _account(site: Site, compliant: bool, annotation: str = "") -> Iterator[Finding]:
    yield Finding("AWS::::Account", site.account, verdict(compliant), "" if compliant else annotation)


def _cloud_trail_enabled(site: Site) -> Iterator[Finding]:
    trails = cloudtrail.visible(site.world, site.account, site.region)
    yield from _account(site, any(trail.is_logging for trail in trails), "No trail is logging.")


def _multi_region_trail(site: Site) -> Iterator[Finding]:
    trails = cloudtrail.visible(site.world, site.account, site.region)
    good = any(trail.is_logging and trail.is_multi_region for trail in trails)
    yield from _account(site, good, "No multi-Region trail is logging.")


def _trails(setting: str) -> Evaluation:
    def evaluation(site: Site) -> Iterator[Finding]:
        for trail in cloudtrail.visible(site.world, site.account, site.region):
            if trail.home == site.region:
                yield Finding("AWS::CloudTrail::Trail", trail.name, verdict(bool(trail.settings.get(setting))))

    return evaluation


def _guardduty(site: Site) -> Iterator[Finding]:
    detector = guardduty.at(site.world, site.account, site.region).detector
    yield from _account(site, detector is not None and detector.enabled, "GuardDuty is not configured.")


def _security_hub(site: Site) -> Iterator[Finding]:
    hub = securityhub.at(site.world, site.account, site.region).hub
    yield from _account(site, hub is not None, "Security Hub is not enabled.")


def _in_organization(site: Site) -> Iterator[Finding]:
    organization = accounts.organization_of(site.world, site.account)
    wanted = site.parameters.get("MasterAccountId")
    good = organization is not None and wanted in (None, organization.management_account)
    yield from _account(site, good, "The account is not part of the organization.")


def _rotated_keys(site: Site) -> Iterator[Finding]:
    found = upstream.backend("kms", site.account, site.region)
    for key in list(found.keys.values()):
        if key.key_manager == "CUSTOMER" and key.key_state == "Enabled" and key.key_spec == "SYMMETRIC_DEFAULT":
            yield Finding("AWS::KMS::Key", key.id, verdict(bool(key.key_rotation_status)))


def _encrypted_topics(site: Site) -> Iterator[Finding]:
    for topic in list(upstream.backend("sns", site.account, site.region).topics.values()):
        yield Finding("AWS::SNS::Topic", topic.arn, verdict(bool(topic.kms_master_key_id)))


def _no_deletion(site: Site) -> Iterator[Finding]:
    for key in list(upstream.backend("kms", site.account, site.region).keys.values()):
        if key.key_manager == "CUSTOMER":
            yield Finding("AWS::KMS::Key", key.id, verdict(key.key_state != "PendingDeletion"))


EVALUATIONS: Mapping[str, Evaluation] = {
    "ACCOUNT_PART_OF_ORGANIZATIONS": _in_organization,
    "CLOUD_TRAIL_ENABLED": _cloud_trail_enabled,
    "CLOUD_TRAIL_ENCRYPTION_ENABLED": _trails("KmsKeyId"),
    "CLOUD_TRAIL_LOG_FILE_VALIDATION_ENABLED": _trails("LogFileValidationEnabled"),
    "CLOUD_TRAIL_CLOUD_WATCH_LOGS_ENABLED": _trails("CloudWatchLogsLogGroupArn"),
    "CMK_BACKING_KEY_ROTATION_ENABLED": _rotated_keys,
    "GUARDDUTY_ENABLED_CENTRALIZED": _guardduty,
    "KMS_CMK_NOT_SCHEDULED_FOR_DELETION": _no_deletion,
    "MULTI_REGION_CLOUD_TRAIL_ENABLED": _multi_region_trail,
    "SECURITYHUB_ENABLED": _security_hub,
    "SNS_ENCRYPTED_KMS": _encrypted_topics,
    **evaluations_ec2.EVALUATIONS,
    **evaluations_iam.EVALUATIONS,
    **evaluations_s3.EVALUATIONS,
}
"""Identifier of a managed rule to what it looks at (Developer Guide, "List of AWS Config Managed Rules")."""
