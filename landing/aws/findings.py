"""Findings of ours in AWS Security Hub: imported, and closed when they are gone.

API reference: BatchImportFindings, BatchUpdateFindings, GetFindings. What a finding provider imports never changes the
workflow status of a finding that is there already: that is for BatchUpdateFindings, and is done only where an
acceptance that we tell of comes or goes, and of what is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from landing.aws.expected_refusals import unless
from landing.aws.faults import translated
from landing.core.errors import NotSent
from landing.core.model import ORGANIZATION

if TYPE_CHECKING:
    from landing.aws.door import Aws

ACTIONS = ("securityhub:BatchImportFindings", "securityhub:BatchUpdateFindings", "securityhub:GetFindings")
"""What it needs."""
BATCH = 100
"""Findings in a call."""
NOT_ENABLED = "InvalidAccessException"
NAMED = 20
"""Refusals that are told; of the others how many they are."""
OPEN = ("NEW", "NOTIFIED")
"""Workflow statuses of what nobody has settled."""
PROVIDED = (
    "SchemaVersion", "Id", "ProductArn", "ProductName", "GeneratorId", "AwsAccountId", "Types", "CreatedAt", "Severity",
    "Title", "Description", "Remediation", "ProductFields", "Resources",
)  # fmt: skip
"""What is imported again of a finding that is closed: the rest is Security Hub's or the customer's."""

RESERVED = "aws/"
"""How product fields begin that AWS adds (User Guide, "ProductFields")."""

Finding = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """How many findings were imported, and how many closed."""

    imported: int
    closed: int


def send(
    aws: Aws, findings: Sequence[Finding], *, product: str, prefix: str, now: str, gone: Callable[[Finding], bool]
) -> Sent:
    """Import the findings of a product in the home region, and close earlier ones whose Id begins with the prefix.

    `gone` is asked of each that is not among the findings any more; `now` in ISO 8601. Raises AwsError, and NotSent
    with what Security Hub did not take, or where it is not enabled.
    """
    client = aws.client("securityhub")
    with translated(ORGANIZATION):
        with unless(NOT_ENABLED) as off:
            earlier = {each["Id"]: each for each in _earlier(aws, client, product, prefix)}
        if off.code:
            region = product.split(":")[3]
            raise NotSent(
                f"Security Hub is not enabled in the management account in {region}: {off.message}. `services."
                "security_hub` enables it there, or `aws securityhub enable-security-hub --no-enable-default-standards`"
            )
        there = [{**each, **_first_seen(earlier.get(each["Id"]))} for each in findings]
        known = {each["Id"] for each in findings}
        over = [each for each in earlier.values() if each["Id"] not in known]
        closing = [each for each in over if each.get("RecordState") == "ACTIVE" and gone(each)]
        failed = _imported(client, [*there, *(_closed(each, now) for each in closing)])
        workflow = [*_accepted(findings, earlier), *_settled(closing)]
        refused = [f"{why[0]}: {why[1]}" for why in failed.items()]
        refused += _updated(client, [(finding, status) for finding, status in workflow if finding["Id"] not in failed])
    if refused:
        few = [f"  {why}" for why in refused[:NAMED]]
        more = [f"  … and {len(refused) - NAMED} more"] if len(refused) > NAMED else []
        raise NotSent("\n".join([f"Security Hub did not take {len(refused)} of what was sent:", *few, *more]))
    return Sent(len(there), len(closing))


def _earlier(aws: Aws, client: Any, product: str, prefix: str) -> Iterator[Finding]:
    """Ours alone, closed ones too; the home region also shows those of other products and regions."""
    filters = {
        "ProductArn": [{"Value": product, "Comparison": "EQUALS"}],
        "Id": [{"Value": prefix, "Comparison": "PREFIX"}],
    }
    yield from aws.listed(client, "get_findings", "Findings", Filters=filters, MaxResults=BATCH)


def _first_seen(earlier: Finding | None) -> dict[str, Any]:
    still = earlier is not None and earlier.get("RecordState") == "ACTIVE"
    return {"CreatedAt": earlier["CreatedAt"]} if still and earlier else {}


def _closed(finding: Finding, now: str) -> Finding:
    kept = {name: finding[name] for name in PROVIDED if name in finding}
    fields = {name: text for name, text in finding.get("ProductFields", {}).items() if not name.startswith(RESERVED)}
    compliance = {**finding.get("Compliance", {}), "Status": "PASSED"}
    return {**kept, "ProductFields": fields, "UpdatedAt": now, "Compliance": compliance, "RecordState": "ARCHIVED"}


def _accepted(findings: Iterable[Finding], earlier: Mapping[str, Finding]) -> Iterator[tuple[Finding, str]]:
    """Of what is there already: what is accepted now and was not, and what we had suppressed and no longer do."""
    for finding in findings:
        before = earlier.get(finding["Id"])
        if before is None:
            continue
        status, wanted = before["Workflow"]["Status"], finding["Workflow"]["Status"]
        over = status == "SUPPRESSED" and _is_ours(before)
        if wanted != status and (wanted == "SUPPRESSED" or over):
            yield finding, wanted


def _settled(closing: Iterable[Finding]) -> Iterator[tuple[Finding, str]]:
    """What people have suppressed stays so."""
    for finding in closing:
        status = finding["Workflow"]["Status"]
        if status in OPEN or (status == "SUPPRESSED" and _is_ours(finding)):
            yield finding, "RESOLVED"


def _is_ours(finding: Finding) -> bool:
    """Whether it was suppressed because somebody accepted it."""
    return any(name.endswith("/accepted_by") for name in finding.get("ProductFields", {}))


def _imported(client: Any, findings: Sequence[Finding]) -> dict[str, str]:
    """Why those were not taken that were not, by Id."""
    failed = {}
    for batch in _batches(findings):
        for each in client.batch_import_findings(Findings=batch).get("FailedFindings") or ():
            failed[each["Id"]] = f"{each['ErrorCode']}: {each['ErrorMessage']}"
    return failed


def _updated(client: Any, workflow: Sequence[tuple[Finding, str]]) -> list[str]:
    """Why those were not updated that were not."""
    failed = []
    for status in sorted({status for _, status in workflow}):
        meant = [{"Id": each["Id"], "ProductArn": each["ProductArn"]} for each, wanted in workflow if wanted == status]
        for batch in _batches(meant):
            answer = client.batch_update_findings(FindingIdentifiers=batch, Workflow={"Status": status})
            for each in answer.get("UnprocessedFindings") or ():
                name = each["FindingIdentifier"]["Id"]
                failed.append(f"{name} did not become {status}: {each['ErrorCode']}: {each['ErrorMessage']}")
    return failed


def _batches(found: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (found[at : at + BATCH] for at in range(0, len(found), BATCH))
