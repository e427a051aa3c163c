"""Findings: sample ones, seen by the account and by its administrator (User Guide, "Sample findings")."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.event_targets import happened
from landing.sandbox.services.guardduty.state import Detector, at, bad, here, own_detector
from landing.sandbox.services.members import stamp

SAMPLES: dict[str, tuple[float, str]] = {
    "AttackSequence:IAM/CompromisedCredentials": (9.0, "AttackSequence"),
    "Backdoor:EC2/C&CActivity.B": (8.0, "Instance"),
    "CryptoCurrency:EC2/BitcoinTool.B!DNS": (8.0, "Instance"),
    "Discovery:S3/MaliciousIPCaller": (8.0, "AccessKey"),
    "Impact:IAMUser/AnomalousBehavior": (8.0, "AccessKey"),
    "Policy:IAMUser/RootCredentialUsage": (2.0, "AccessKey"),
    "Policy:S3/BucketPublicAccessGranted": (8.0, "S3Bucket"),
    "Recon:EC2/PortProbeUnprotectedPort": (2.0, "Instance"),
    "Stealth:IAMUser/CloudTrailLoggingDisabled": (2.0, "AccessKey"),
    "UnauthorizedAccess:EC2/SSHBruteForce": (5.0, "Instance"),
    "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B": (5.0, "AccessKey"),
}
"""Types of which samples are made, with severity and kind of resource (User Guide, "Finding types")."""

COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "Eq": lambda value, wanted: str(value) in wanted,
    "Equals": lambda value, wanted: str(value) in wanted,
    "Neq": lambda value, wanted: str(value) not in wanted,
    "NotEquals": lambda value, wanted: str(value) not in wanted,
    "Gt": lambda value, wanted: value > wanted,
    "Gte": lambda value, wanted: value >= wanted,
    "Lt": lambda value, wanted: value < wanted,
    "Lte": lambda value, wanted: value <= wanted,
    "GreaterThan": lambda value, wanted: value > wanted,
    "GreaterThanOrEqual": lambda value, wanted: value >= wanted,
    "LessThan": lambda value, wanted: value < wanted,
    "LessThanOrEqual": lambda value, wanted: value <= wanted,
}


def create_sample_findings(call: Call) -> None:
    """One of each type that is named, or of each known type (API reference, CreateSampleFindings)."""
    detector = own_detector(call)
    types = call.get("FindingTypes") or list(SAMPLES)
    unknown = [name for name in types if name not in SAMPLES]
    if unknown:
        raise bad(f"The request is rejected because the finding type {unknown[0]} is not valid.")
    for name in types:
        finding = _sample(call, detector, name)
        detector.held().findings[finding["Id"]] = finding
        _tell(call, finding)


def _tell(call: Call, finding: dict[str, Any]) -> None:
    """An event for the account and for its administrator (User Guide, "Processing findings with EventBridge")."""
    detail = {f"{name[0].lower()}{name[1:]}": value for name, value in finding.items()}
    detail["service"] = {f"{name[0].lower()}{name[1:]}": value for name, value in finding["Service"].items()}
    detail["service"]["additionalInfo"] = {"sample": True}
    administrator = here(call).administrator
    for account in {call.account, administrator or call.account}:
        happened(
            call.world, account, call.region, source="aws.guardduty", detail_type="GuardDuty Finding", detail=detail
        )


def _sample(call: Call, detector: Detector, name: str) -> dict[str, Any]:
    severity, resource = SAMPLES[name]
    number = call.world.token(32, "0123456789abcdef")
    now = stamp(call.world.now)
    return {
        "AccountId": call.account,
        "Arn": call.arn(f"detector/{detector.id}/finding/{number}"),
        "CreatedAt": now,
        "UpdatedAt": now,
        "Description": f"A sample of {name}.",
        "Id": number,
        "Partition": call.partition,
        "Region": call.region,
        "Resource": {"ResourceType": resource},
        "SchemaVersion": "2.0",
        "Service": {
            "Archived": False,
            "Count": 1,
            "DetectorId": detector.id,
            "EventFirstSeen": now,
            "EventLastSeen": now,
            "ServiceName": "guardduty",
            "AdditionalInfo": {"Value": '{"sample":true}', "Type": "default"},
        },
        "Severity": severity,
        "Title": f"[SAMPLE] {name}",
        "Type": name,
    }


def list_findings(call: Call) -> dict[str, Any]:
    """Ids, filtered and sorted; an administrator sees its members' too (API reference, ListFindings)."""
    criteria = (call.get("FindingCriteria") or {}).get("Criterion") or {}
    found = [f for f in _visible(call).values() if all(_meets(f, name, wanted) for name, wanted in criteria.items())]
    order = call.get("SortCriteria") or {}
    if order.get("AttributeName"):
        found.sort(key=lambda f: str(_attribute(f, order["AttributeName"])), reverse=order.get("OrderBy") == "DESC")
    return call.page("FindingIds", [finding["Id"] for finding in found], most=50)


def get_findings(call: Call) -> dict[str, Any]:
    """API reference, GetFindings."""
    visible = _visible(call)
    return {"Findings": [visible[number] for number in call["FindingIds"] if number in visible]}


def archive_findings(call: Call) -> None:
    """For administrators and accounts without one (API reference, ArchiveFindings)."""
    _mark(call, archived=True)


def unarchive_findings(call: Call) -> None:
    """API reference, UnarchiveFindings."""
    _mark(call, archived=False)


def _mark(call: Call, *, archived: bool) -> None:
    if here(call).administrator is not None:
        raise bad("The request is rejected because a member account cannot archive findings.")
    visible = _visible(call)
    for number in call["FindingIds"]:
        if number in visible:
            visible[number]["Service"]["Archived"] = archived


def _visible(call: Call) -> dict[str, dict[str, Any]]:
    found = dict(own_detector(call).held().findings)
    settings = here(call).administration
    for member in () if settings is None else settings.members.values():
        detector = at(call.world, member.account, call.region).detector
        if member.status == "Enabled" and detector is not None and detector.holdings is not None:
            found.update(detector.holdings.findings)
    return found


def _meets(finding: dict[str, Any], attribute: str, condition: dict[str, Any]) -> bool:
    value = _attribute(finding, attribute)
    if isinstance(value, bool):
        value = str(value).lower()
    return value is not None and all(
        COMPARISONS[word](value, wanted) for word, wanted in condition.items() if word in COMPARISONS
    )


def _attribute(finding: dict[str, Any], path: str) -> Any:
    """`service.archived` means Service, then Archived."""
    value: Any = finding
    for part in path.split("."):
        value = value.get(part[:1].upper() + part[1:]) if isinstance(value, dict) else None
    return value
