"""Findings: imported by products, seen by the account and its administrator, in the home Region too."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landing.sandbox.protocol.model import service_model
from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.event_targets import happened
from landing.sandbox.services.securityhub.aggregators import seen_from
from landing.sandbox.services.securityhub.state import Holdings, at, invalid, own_hub

REQUIRED: tuple[str, ...] = tuple(sorted(service_model("securityhub").shape_for("AwsSecurityFinding").required_members))
LONGEST = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1024, "ProductName": 128, "CompanyName": 128}
"""Characters (User Guide, "Required top-level ASFF attributes", "Optional top-level ASFF attributes")."""
LARGEST = 240 * 1024
"""Bytes of a finding (API reference, BatchImportFindings)."""
NAMESPACES = (
    "Software and Configuration Checks", "TTPs", "Effects", "Unusual Behaviors", "Sensitive Data Identifications",
)  # fmt: skip
"""How a type begins (User Guide, "Types taxonomy for ASFF"); at most a category and a classifier follow."""
LABELS = ("INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)")
UPDATABLE = (
    "Note", "Severity", "VerificationState", "Confidence", "Criticality", "Types", "UserDefinedFields", "Workflow",
    "RelatedFindings",
)  # fmt: skip

PATHS: dict[str, tuple[str, ...]] = {
    "AwsAccountId": ("AwsAccountId",),
    "ComplianceSecurityControlId": ("Compliance", "SecurityControlId"),
    "CreatedAt": ("CreatedAt",),
    "ComplianceStatus": ("Compliance", "Status"),
    "Description": ("Description",),
    "GeneratorId": ("GeneratorId",),
    "Id": ("Id",),
    "ProductArn": ("ProductArn",),
    "ProductName": ("ProductName",),
    "RecordState": ("RecordState",),
    "Region": ("Region",),
    "ResourceId": ("Resources", "Id"),
    "ResourceType": ("Resources", "Type"),
    "SeverityLabel": ("Severity", "Label"),
    "Title": ("Title",),
    "Type": ("Types",),
    "WorkflowStatus": ("Workflow", "Status"),
}
"""Filters that are supported, with the way to their value; a list on the way means any of its items."""

COMPARISONS: dict[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda value, wanted: value == wanted,
    "PREFIX": str.startswith,
    "CONTAINS": lambda value, wanted: wanted in value,
    "NOT_EQUALS": lambda value, wanted: value != wanted,
    "PREFIX_NOT_EQUALS": lambda value, wanted: not value.startswith(wanted),
    "NOT_CONTAINS": lambda value, wanted: wanted not in value,
}


def batch_import_findings(call: Call) -> dict[str, Any]:
    """Each is taken or refused for itself (API reference, BatchImportFindings)."""
    own_product = call.arn(f"product/{call.account}/default")
    held, failed = own_hub(call).held(), []
    for finding in call["Findings"]:
        wrong = _wrong(finding)
        problem = f"Finding does not adhere to Amazon Finding Format. {wrong}" if wrong else ""
        if not wrong and (finding["ProductArn"] != own_product or finding["AwsAccountId"] != call.account):
            problem = "Not authorized to import findings of this product and account"
        if problem:
            failed.append({"Id": finding.get("Id", ""), "ErrorCode": "InvalidInput", "ErrorMessage": problem})
        else:
            _store(held, call, finding)
            _tell(call, held.findings[finding["ProductArn"], finding["Id"]])
    return {
        "FailedCount": len(failed),
        "SuccessCount": len(call["Findings"]) - len(failed),
        "FailedFindings": failed,
    }


def _tell(call: Call, finding: dict[str, Any]) -> None:
    """An event of each (User Guide, "EventBridge event types for Security Hub", "Security Hub Findings - Imported")."""
    detail = {"findings": [dict(finding)]}
    kind = "Security Hub Findings - Imported"
    happened(call.world, call.account, call.region, source="aws.securityhub", detail_type=kind, detail=detail)


def _wrong(finding: dict[str, Any]) -> str:
    """What of a finding is against its format; nothing when it is right."""
    if missing := [name for name in REQUIRED if not finding.get(name)]:
        return f"{', '.join(missing)} is required"
    if finding["SchemaVersion"] != "2018-10-08":
        return "SchemaVersion must be 2018-10-08"
    if long := [name for name, most in LONGEST.items() if len(finding.get(name, "")) > most]:
        return f"{', '.join(long)} is too long"
    if odd := [name for name in ("CreatedAt", "UpdatedAt") if not TIME.fullmatch(finding[name])]:
        return f"{', '.join(odd)} is no timestamp"
    provided = finding.get("FindingProviderFields") or {}
    severity = finding.get("Severity") or provided.get("Severity") or {}
    if severity.get("Label") not in LABELS and "Normalized" not in severity:
        return "Severity.Label or Severity.Normalized is required"
    types = finding.get("Types") or provided.get("Types") or []
    if not types or len(types) > 50 or any(not _is_type(each) for each in types):
        return "Types must be namespace/category/classifier"
    if len(finding["Resources"]) > 32 or any(len(each["Id"]) > 512 for each in finding["Resources"]):
        return "Resources has at most 32 entries, and an Id at most 512 characters"
    fields = finding.get("ProductFields") or {}
    if len(fields) > 50 or any(len(name) > 128 or len(text) > 2048 for name, text in fields.items()):
        return "ProductFields has at most 50 entries, of 128 and 2048 characters"
    if any(name.startswith("aws/") for name in fields):
        return "ProductFields that begin with aws/ are reserved"
    if len((finding.get("Compliance") or {}).get("RelatedRequirements") or ()) > 32:
        return "Compliance.RelatedRequirements has at most 32 entries"
    return "The finding is larger than 240 KB" if len(json.dumps(finding).encode()) > LARGEST else ""


def _is_type(text: str) -> bool:
    namespace, *rest = text.split("/")
    return namespace in NAMESPACES and len(rest) <= 2


def _store(held: Holdings, call: Call, finding: dict[str, Any]) -> None:
    """What only a customer's update may change is kept from before (API reference, BatchImportFindings)."""
    before = held.findings.get((finding["ProductArn"], finding["Id"]), {})
    kept: dict[str, Any] = {name: before[name] for name in ("Note", "UserDefinedFields", "Workflow") if name in before}
    revived = before.get("RecordState") == "ARCHIVED" and finding.get("RecordState", "ACTIVE") == "ACTIVE"
    if revived and before["Workflow"]["Status"] in ("NOTIFIED", "RESOLVED"):
        kept["Workflow"] = {"Status": "NEW"}  # User Guide, "Setting the workflow status of findings"
    held.findings[finding["ProductArn"], finding["Id"]] = {
        "RecordState": "ACTIVE",
        "Workflow": {"Status": "NEW"},
        "ProductName": "Default",
        "CompanyName": "Personal",
        "Region": call.region,
        **finding,
        **kept,
    }


def get_findings(call: Call) -> dict[str, Any]:
    """An administrator sees its members', the home Region those of linked ones (API reference, GetFindings)."""
    filters = call.get("Filters") or {}
    unknown = sorted(set(filters) - set(PATHS))
    if unknown:
        raise unsupported("securityhub", "GetFindings", f"by the filter {unknown[0]}")
    found = [finding for finding in _visible(call) if _meets(finding, filters)]
    for criterion in reversed(call.get("SortCriteria") or ()):
        field = criterion.get("Field", "UpdatedAt")
        found.sort(key=lambda f: str(f.get(field, "")), reverse=criterion.get("SortOrder") == "desc")
    return call.page("Findings", found)


def batch_update_findings(call: Call) -> dict[str, Any]:
    """What a customer decides about findings (API reference, BatchUpdateFindings)."""
    if len(call["FindingIdentifiers"]) > 100:
        raise invalid("At most 100 findings are updated at once.")
    visible = {(finding["ProductArn"], finding["Id"]): finding for finding in _visible(call)}
    changes = {name: call[name] for name in UPDATABLE if name in call}
    if "Note" in changes:
        changes["Note"] = {**changes["Note"], "UpdatedAt": call.world.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")}
    done, failed = [], []
    for identifier in call["FindingIdentifiers"]:
        finding = visible.get((identifier["ProductArn"], identifier["Id"]))
        if finding is None:
            failed.append(
                {"FindingIdentifier": identifier, "ErrorCode": "FindingNotFound", "ErrorMessage": "Finding Not Found"}
            )
        else:
            finding.update(changes)
            done.append(identifier)
    return {"ProcessedFindings": done, "UnprocessedFindings": failed}


def _visible(call: Call) -> Iterator[dict[str, Any]]:
    for region in seen_from(call):
        place = at(call.world, call.account, region)
        settings = place.administration
        members = () if settings is None else settings.members.values()
        for account in (call.account, *(member.account for member in members if member.status == "Enabled")):
            hub = at(call.world, account, region).hub
            if hub is not None and hub.holdings is not None:
                yield from hub.holdings.findings.values()


def _meets(finding: Mapping[str, Any], filters: Mapping[str, list[Mapping[str, str]]]) -> bool:
    """Values of one filter are alternatives, unless they are negations; filters are conjoined (API reference)."""
    for name, conditions in filters.items():
        values = [str(value) for value in _values(finding, PATHS[name])]
        if name == "CreatedAt":
            if not any(_within(value, each) for each in conditions for value in values):
                return False
            continue
        positive = [c for c in conditions if "NOT" not in c["Comparison"]]
        negative = [c for c in conditions if "NOT" in c["Comparison"]]
        if positive and not any(COMPARISONS[c["Comparison"]](v, c["Value"]) for c in positive for v in values):
            return False
        if not all(COMPARISONS[c["Comparison"]](v, c["Value"]) for c in negative for v in values):
            return False
    return True


def _within(value: str, period: Mapping[str, Any]) -> bool:
    """Whether a time is in a period; both are ISO 8601 in UTC (API reference, DateFilter)."""
    if "DateRange" in period:
        raise unsupported("securityhub", "GetFindings", "by a DateRange")
    return str(period.get("Start", "")) <= value <= str(period.get("End", "~"))


def _values(thing: Any, path: tuple[str, ...]) -> list[Any]:
    if isinstance(thing, list):
        return [value for item in thing for value in _values(item, path)]
    if not path:
        return [] if thing is None else [thing]
    return _values(thing.get(path[0]), path[1:]) if isinstance(thing, Mapping) else []
