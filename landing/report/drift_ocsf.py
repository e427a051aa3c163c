"""A drift report as OCSF events of the class Compliance Finding (schema.ocsf.io, 1.3.0), with the profile `cloud`."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from landing.core.model import Severity
from landing.core.text import safe
from landing.engine.drift import Finding, Report, Status
from landing.engine.plan import Origin
from landing.organization import Organization
from landing.report.drift_results import MEANS, REMEDIES
from landing.report.findings import WORDS, accepted_by, difference, told
from landing.services.base import Kinds

VERSION = "1.3.0"
FINDINGS, COMPLIANCE_FINDING, CREATE = 2, 2003, 1
SEVERITIES = {Severity.HIGH: (4, "High"), Severity.MEDIUM: (3, "Medium"), Severity.LOW: (2, "Low")}
NEW, SUPPRESSED = (1, "New"), (3, "Suppressed")
WARNING, FAIL = (2, "Warning"), (3, "Fail")
"""Of the compliance check: without a result for want of information, and not passed."""


def render(report: Report, organization: Organization) -> str:
    """One JSON object a line; nothing where nothing is amiss."""
    events = (_event(report, organization, finding) for finding in told(report))
    return "".join(json.dumps(event, separators=(",", ":")) + "\n" for event in events)


def _event(report: Report, organization: Organization, finding: Finding) -> dict[str, Any]:
    made, address = report.plan.made_from, safe(finding.address)
    time, title = milliseconds(made.created), f"{finding.title} {WORDS[finding.status]}: {address}"
    (severity_id, severity), (status_id, status) = SEVERITIES[finding.severity], SUPPRESSED if finding.accepted else NEW
    kind = report.plan.kinds[finding.address.kind]
    event = {
        "category_uid": FINDINGS,
        "category_name": "Findings",
        "class_uid": COMPLIANCE_FINDING,
        "class_name": "Compliance Finding",
        "activity_id": CREATE,
        "activity_name": "Create",
        "type_uid": COMPLIANCE_FINDING * 100 + CREATE,
        "type_name": "Compliance Finding: Create",
        "time": time,
        "severity_id": severity_id,
        "severity": severity,
        "status_id": status_id,
        "status": status,
        "message": title,
        "metadata": {"version": VERSION, "product": _product(made), "profiles": ["cloud"]},
        "cloud": _cloud(made, organization, finding),
        "finding_info": {
            "uid": finding.id,
            "title": title,
            "desc": " ".join(filter(None, (MEANS[finding.status], safe(finding.reason), safe(finding.note)))),
            "types": ["drift"],
            "created_time": time,
            "analytic": {
                "type_id": 1,
                "type": "Rule",
                "uid": f"{finding.address.kind}.{finding.status}",
                "name": f"{finding.title} {WORDS[finding.status]}",
            },
        },
        "compliance": _compliance(report.plan.kinds, organization, finding),
        "resources": [_resource(organization, finding)],
        "remediation": {"desc": REMEDIES[finding.status], "references": [kind.help_uri]},
        "unmapped": _unmapped(finding),
    }
    if not kind.help_uri:
        del event["remediation"]["references"]  # type: ignore[attr-defined]
    return event | ({"comment": f"Accepted {accepted_by(finding)}"} if finding.accepted else {})


def _product(made: Origin) -> dict[str, str]:
    return {"name": "landing", "vendor_name": "landing", "uid": "landing", "version": safe(made.version)}


def _cloud(made: Origin, organization: Organization, finding: Finding) -> dict[str, Any]:
    org = {"uid": safe(made.organization_id), "name": safe(made.organization)}
    found: dict[str, Any] = {
        "provider": "AWS",
        "region": safe(finding.address.scope.region or organization.home_region),
    }
    if made.account:
        found["account"] = {"uid": safe(made.account), "type": "AWS Account", "type_id": 10}
    return found | ({"org": {key: name for key, name in org.items() if name}} if any(org.values()) else {})


def _compliance(kinds: Kinds, organization: Organization, finding: Finding) -> dict[str, Any]:
    kind = kinds[finding.address.kind]
    controls = kind.controls_of(organization, finding.address)
    status_id, status = WARNING if finding.status is Status.NOT_CHECKED else FAIL
    return {
        "standards": sorted({control.partition(":")[0] for control in controls}) or ["landing"],
        **({"requirements": list(controls)} if controls else {}),
        "control": kind.title,
        "status_id": status_id,
        "status": status,
        "status_code": finding.status.value,
        "status_detail": MEANS[finding.status],
    }


def _resource(organization: Organization, finding: Finding) -> dict[str, Any]:
    address = finding.address
    found = {
        "uid": safe(address),
        "name": safe(address.name),
        "type": address.kind,
        "cloud_partition": organization.partition,
        "region": safe(address.scope.region),
        "labels": [f"account:{safe(address.scope.account)}"] if address.scope.account else [],
    }
    return {name: value for name, value in found.items() if value}


def _unmapped(finding: Finding) -> dict[str, Any]:
    """What OCSF has no attribute for."""
    source = finding.declared_at
    found = {
        "declared_at": safe(source) if source else "",
        "change": finding.change if finding.diff else "",
        "difference": difference(finding),
        "accepted": [{key: safe(text) for key, text in each.to_json().items()} for each in finding.accepted],
    }
    return {name: value for name, value in found.items() if value}


def milliseconds(time: str) -> int:
    """A time in ISO 8601 as milliseconds since 1970; 0 for what is none."""
    try:
        return int(datetime.fromisoformat(time).astimezone(UTC).timestamp() * 1000)
    except ValueError:
        return 0
