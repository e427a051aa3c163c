"""Analyzers of an account or, by its management account or a delegated administrator, of an organization."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.accessanalyzer import archive
from landing.sandbox.services.accessanalyzer.state import (
    PLACES,
    PRINCIPAL,
    Analyzer,
    at,
    by_arn,
    conflict,
    invalid,
    named,
)
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.tags import Tags
from landing.sandbox.world import Event, World

QUOTAS = {"ORGANIZATION": 5, "ORGANIZATION_UNUSED_ACCESS": 5}
"""Analyzers of a type in a Region, of an account or of an organization; 1 where there is no number (IAM User Guide,
"IAM Access Analyzer quotas")."""
MOST_PRINCIPALS = 70_000
"""Users and roles of an organization, for an analyzer of internal access (the same page)."""
UNUSED_AGE = 90
INTERNAL_TYPES = frozenset({
    "AWS::DynamoDB::Stream", "AWS::DynamoDB::Table", "AWS::RDS::DBClusterSnapshot", "AWS::RDS::DBSnapshot",
    "AWS::S3::Bucket", "AWS::S3Express::DirectoryBucket",
})  # fmt: skip
"""Of the types of resources, those with internal access (API reference, InternalAccessAnalysisRuleCriteria)."""
MOST_EXCLUDED = 2000
"""Accounts (API reference, AnalysisRuleCriteria)."""


def create_analyzer(call: Call) -> dict[str, Any]:
    """CREATING for a while; the account gets the service's role (API reference, CreateAnalyzer)."""
    place, name, kind = at(call.world, call.account, call.region), call["analyzerName"], call["type"]
    if kind.startswith("ORGANIZATION"):
        _check_organization(call)
    if name in place.analyzers:
        raise conflict(f"Analyzer {name} already exists.", name, "Analyzer")
    _check_quotas(call, name, kind)
    configuration = _configuration(call, kind, call.get("configuration", {}))
    arn = call.arn(f"analyzer/{name}", service="access-analyzer")
    made = Analyzer(arn, name, kind, call.world.now, configuration, dict(call.get("tags", {})))
    made.rules = {rule["ruleName"]: archive.rule(call, rule) for rule in call.get("archiveRules", [])}
    place.analyzers[name] = made
    linked_roles.ensure(call.world, call.account, PRINCIPAL)
    call.world.clock.later(_activate, call.account, call.region, name, thing=arn)
    return {"arn": arn}


def _activate(world: World, account: str, region: str, name: str) -> None:
    analyzer = at(world, account, region).analyzers.get(name)
    if analyzer is not None and analyzer.status == "CREATING":
        analyzer.status = "ACTIVE"


def _check_quotas(call: Call, name: str, kind: str) -> None:
    """Of the whole organization, where that is analyzed; how many principals it has, the option `principals` says."""
    owners = [call.account]
    if kind.startswith("ORGANIZATION"):
        owners = list(accounts.membership(call.world, call.account).members)
    places = (at(call.world, account, call.region) for account in owners)
    exceeded = Refusal.of("ServiceQuotaExceededException", resourceId=name, resourceType="Analyzer")
    if sum(known.type == kind for place in places for known in place.analyzers.values()) >= QUOTAS.get(kind, 1):
        raise exceeded(f"The maximum number of analyzers of type {kind} is reached.")
    if kind == "ORGANIZATION_INTERNAL_ACCESS" and call.world.options.get("principals", 0) > MOST_PRINCIPALS:
        raise exceeded(f"The organization has more than {MOST_PRINCIPALS:,} IAM principals.")


def _check_organization(call: Call) -> None:
    """IAM User Guide, "Delegated administrator for IAM Access Analyzer"."""
    organization = accounts.organization_of(call.world, call.account)
    if organization is None:
        raise invalid("You must create an organization to use an organization as the zone of trust.")
    if PRINCIPAL not in organization.services:
        raise Refusal(
            "ValidationException", "Service not enabled for AWS Organizations", reason="fieldValidationFailed"
        )
    if accounts.may_administer(call, PRINCIPAL) is None:
        raise Refusal(
            "AccessDeniedException",
            "Only the management account or the delegated administrator can create an organization analyzer.",
        )


def _configuration(call: Call, kind: str, given: dict[str, Any]) -> dict[str, Any]:
    """The part that the type of analyzer has; the age is 90 days by default (API reference)."""
    part = "unusedAccess" if kind.endswith("UNUSED_ACCESS") else "internalAccess" if "INTERNAL" in kind else None
    if set(given) - {part}:
        raise invalid("The configuration does not fit the type of the analyzer.")
    if part != "unusedAccess":
        inclusions = given.get("internalAccess", {}).get("analysisRule", {}).get("inclusions", [])
        if strange := {kind for rule in inclusions for kind in rule.get("resourceTypes", [])} - INTERNAL_TYPES:
            message = "Invalid InternalAccessAnalysisRuleCriteria: the provided resourceType is invalid"
            raise invalid(f"{message}: {', '.join(sorted(strange))}")
        return given
    found = {"unusedAccessAge": UNUSED_AGE, **given.get("unusedAccess", {})}
    if not 1 <= found["unusedAccessAge"] <= 365:
        raise invalid("unusedAccessAge must be between 1 and 365.")
    excluded = [
        account
        for rule in found.get("analysisRule", {}).get("exclusions", [])
        for account in rule.get("accountIds", [])
    ]
    if excluded and not kind.startswith("ORGANIZATION"):
        raise invalid("Accounts can be excluded from an organization analyzer only.")
    if call.account in excluded:
        raise invalid("The account of the analyzer cannot be excluded.")
    if len(excluded) > MOST_EXCLUDED:
        raise invalid(f"At most {MOST_EXCLUDED} accounts can be excluded.")
    return {"unusedAccess": found}


def get_analyzer(call: Call) -> dict[str, Any]:
    """API reference, GetAnalyzer."""
    call.poll(named(call).arn)
    return {"analyzer": _shown(named(call))}


def list_analyzers(call: Call) -> dict[str, Any]:
    """Of a type, or all (API reference, ListAnalyzers)."""
    found = list(at(call.world, call.account, call.region).analyzers.values())
    for analyzer in found:
        call.poll(analyzer.arn)
    return call.page("analyzers", [a for a in found if call.get("type") in (None, a.type)], show=_shown)


def update_analyzer(call: Call) -> dict[str, Any]:
    """The configuration; the age of unused access stays as it was made (API reference, UpdateAnalyzer)."""
    analyzer = named(call)
    if analyzer.type in ("ACCOUNT", "ORGANIZATION"):
        raise invalid("This action is not supported for external access analyzers.")
    if "configuration" in call:
        wanted = _configuration(call, analyzer.type, call["configuration"])
        before = analyzer.configuration.get("unusedAccess", {}).get("unusedAccessAge")
        if wanted.get("unusedAccess", {}).get("unusedAccessAge") not in (None, before):
            raise invalid("unusedAccessAge cannot be changed.")
        analyzer.configuration = wanted
    return {"configuration": analyzer.configuration}


def delete_analyzer(call: Call) -> None:
    """API reference, DeleteAnalyzer."""
    analyzer = named(call)
    del at(call.world, call.account, call.region).analyzers[analyzer.name]
    call.world.clock.forget(analyzer.arn)


def administrator_deregistered(world: World, event: Event) -> None:
    """Its organization analyzers are disabled (API reference, StatusReason)."""
    if event.detail["principal"] == PRINCIPAL:
        _disable(world, [event.account], "DELEGATED_ADMINISTRATOR_DEREGISTERED")


def service_distrusted(world: World, event: Event) -> None:
    """Every organization analyzer is disabled (API reference, StatusReason)."""
    organization = accounts.organization_of(world, event.account)
    if event.detail["principal"] == PRINCIPAL and organization is not None:
        _disable(world, list(organization.members), "AWS_SERVICE_ACCESS_DISABLED")


def _disable(world: World, owners: list[str], reason: str) -> None:
    for account, _, place in PLACES.every(world):
        for analyzer in place.analyzers.values() if account in owners else ():
            if analyzer.of_organization:
                analyzer.status, analyzer.reason = "DISABLED", reason


def _shown(analyzer: Analyzer) -> dict[str, Any]:
    return {
        "arn": analyzer.arn,
        "name": analyzer.name,
        "type": analyzer.type,
        "createdAt": analyzer.created,
        "tags": analyzer.tags,
        "status": analyzer.status,
        "statusReason": {"code": analyzer.reason} if analyzer.reason else None,
        "configuration": analyzer.configuration or None,
    }


TAGS = Tags(
    of=lambda call: by_arn(call, "resourceArn").tags, too_many=lambda: invalid("An analyzer has at most 50 tags.")
)
