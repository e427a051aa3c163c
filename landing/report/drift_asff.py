"""A drift report in the AWS Security Finding Format (Security Hub User Guide, "ASFF syntax"; API, AwsSecurityFinding).

Findings of one's own are those of the product `default` of the account that sends them, and of that account: it is the
management account, where `landing` has its credentials.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from landing.core.model import Address, Severity
from landing.core.text import safe
from landing.engine.drift import Finding, Report, Status
from landing.organization import Organization
from landing.report.diff import in_a_line, of_finding
from landing.report.drift_results import MEANS, REMEDIES
from landing.report.findings import WORDS, told

SCHEMA = "2018-10-08"
GENERATOR = "landing/drift/"
"""How the generators of our findings begin; the kind and the status follow."""
FIELD = "landing/"
"""How our product fields begin."""
TYPE = "Software and Configuration Checks/AWS Security Best Practices"
LABELS = {Severity.HIGH: "HIGH", Severity.MEDIUM: "MEDIUM", Severity.LOW: "LOW"}
LONGEST_ID, LONGEST_TITLE, LONGEST_DESCRIPTION, LONGEST_FIELD, LONGEST_ADVICE = 512, 256, 1024, 2048, 512
MOST_REQUIREMENTS = 32
"""Limits of the format, in characters and entries."""


def findings(report: Report, organization: Organization) -> list[dict[str, Any]]:
    """AwsSecurityFinding objects, worst first; accepted ones are suppressed."""
    return [_finding(report, organization, each) for each in told(report)]


def prefix_of(report: Report) -> str:
    """How the ids of all findings of an organization begin."""
    return f"{GENERATOR}{safe(report.plan.made_from.organization_id)}/"


def is_gone(report: Report, earlier: Mapping[str, Any]) -> bool:
    """Whether a finding that was told earlier, and is not in the report, is over: not so where nobody could look."""
    fields = earlier.get("ProductFields", {})
    if fields.get(f"{FIELD}status") == Status.NOT_CHECKED:
        return True
    try:
        address = Address.parse(fields.get(f"{FIELD}address", ""))
    except ValueError:
        return True
    return not any(gap.covers(address) for gap in report.plan.gaps)


def product_of(organization: Organization, account: str) -> str:
    """The ARN of the product that an account's own findings are of, in the home region."""
    home = organization.home_region
    return f"arn:{organization.partition}:securityhub:{home}:{account}:product/{account}/default"


def _finding(report: Report, organization: Organization, finding: Finding) -> dict[str, Any]:
    made, kind = report.plan.made_from, report.plan.kinds[finding.address.kind]
    unread = finding.status is Status.NOT_CHECKED
    advice: dict[str, str] = {"Text": _cut(REMEDIES[finding.status], LONGEST_ADVICE)}
    return {
        "SchemaVersion": SCHEMA,
        "Id": f"{prefix_of(report)}{finding.id}",
        "ProductArn": product_of(organization, safe(made.account)),
        "ProductName": "landing",
        "GeneratorId": f"{GENERATOR}{finding.address.kind}.{finding.status}",
        "AwsAccountId": safe(made.account),
        "Types": [TYPE],
        "CreatedAt": safe(made.created),
        "UpdatedAt": safe(made.created),
        "Severity": {
            "Label": "INFORMATIONAL" if unread else LABELS[finding.severity],
            "Original": finding.severity.value,
        },
        "Title": _cut(f"{finding.title} {WORDS[finding.status]}: {safe(finding.address)}", LONGEST_TITLE),
        "Description": _cut(_description(finding), LONGEST_DESCRIPTION),
        "Remediation": {"Recommendation": advice | ({"Url": kind.help_uri} if kind.help_uri else {})},
        "ProductFields": _fields(finding),
        "Resources": [
            {
                "Type": "Other",
                "Id": _cut(safe(finding.address), LONGEST_ID),
                "Partition": organization.partition,
                "Region": safe(finding.address.scope.region or organization.home_region),
            }
        ],
        "Compliance": {
            "Status": "NOT_AVAILABLE" if unread else "FAILED",
            **_requirements(kind.controls_of(organization, finding.address)),
        },
        "Workflow": {"Status": "SUPPRESSED" if finding.accepted else "NEW"},
        "RecordState": "ACTIVE",
    }


def _requirements(controls: Sequence[str]) -> dict[str, list[str]]:
    return {"RelatedRequirements": list(controls[:MOST_REQUIREMENTS])} if controls else {}


def _description(finding: Finding) -> str:
    lines = of_finding(finding) if finding.status is Status.CHANGED else []
    parts = (MEANS[finding.status], safe(finding.reason), safe(finding.note), in_a_line(lines))
    return " ".join(filter(None, parts))


def _fields(finding: Finding) -> dict[str, str]:
    """What the format has no place for; of several acceptances all owners, days and reasons."""
    source, scope = finding.declared_at, finding.address.scope
    by_name = {
        "address": finding.address,
        "status": finding.status,
        "account": scope.account,
        "region": scope.region,
        "declared_at": source or "",
        "change": finding.change if finding.diff else "",
        "note": finding.note,
        **{
            f"accepted_{name}": "; ".join(dict.fromkeys(getattr(each, part) for each in finding.accepted))
            for name, part in (("by", "owner"), ("until", "until"), ("reason", "reason"))
        },
    }
    texts = {f"{FIELD}{name}": _cut(safe(value), LONGEST_FIELD) for name, value in by_name.items()}
    return {name: text for name, text in texts.items() if text}


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
