"""External access, as resource policies that are there now grant it (IAM User Guide, "How IAM Access Analyzer works").

A finding is a statement that allows a principal outside the zone of trust. Conditions that keep everyone else
out (an organization, an account, an ARN of theirs) are understood; others are taken not to restrict.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from landing.sandbox.moto import upstream
from landing.sandbox.protocol.documents import listed
from landing.sandbox.protocol.refusal import Refusal, unsupported
from landing.sandbox.services import accounts
from landing.sandbox.services.accessanalyzer.state import Analyzer, by_arn
from landing.sandbox.services.call import Call

FENCES = ("aws:principalorgid", "aws:sourceorgid", "aws:principalaccount", "aws:sourceaccount", "aws:sourcearn",
          "aws:principalarn", "aws:principalorgpaths", "aws:sourceowner", "kms:calleraccount")  # fmt: skip
ALIKE = ("stringequals", "stringlike", "arnequals", "arnlike", "stringequalsignorecase")


@dataclass(frozen=True, slots=True)
class Grant:
    """A statement of a resource's policy that lets someone outside in."""

    kind: str
    arn: str
    owner: str
    statement: dict[str, Any]
    principal: str


def list_findings(call: Call) -> dict[str, Any]:
    """Of an analyzer of external access; those that an archive rule covers are ARCHIVED (API reference)."""
    return _page(call, _finding)


def list_findings_v2(call: Call) -> dict[str, Any]:
    """The same in the newer form (API reference, ListFindingsV2)."""
    return _page(call, _finding_v2)


def _page(call: Call, show: Callable[[Call, Analyzer, Grant], dict[str, Any]]) -> dict[str, Any]:
    analyzer = by_arn(call)
    call.poll(analyzer.arn)
    if analyzer.type not in ("ACCOUNT", "ORGANIZATION"):
        raise unsupported("accessanalyzer", call.operation.name, f"findings of an analyzer of type {analyzer.type}")
    grants = list(_external(call, analyzer)) if analyzer.status == "ACTIVE" else []
    shown = [show(call, analyzer, grant) for grant in grants]
    wanted = call.get("filter", {})
    return call.page("findings", [one for one in shown if _passes(one, wanted)])


def _passes(finding: dict[str, Any], wanted: dict[str, Any]) -> bool:
    for name, criterion in wanted.items():
        if name not in finding:
            raise Refusal("ValidationException", f"The filter {name} is not known.", reason="fieldValidationFailed")
        value = str(finding[name]).lower() if isinstance(finding[name], bool) else finding[name]
        if "eq" in criterion and value not in criterion["eq"]:
            return False
        if "neq" in criterion and value in criterion["neq"]:
            return False
        if "contains" in criterion and not any(part in value for part in criterion["contains"]):
            return False
        if "exists" in criterion and criterion["exists"] != bool(value):
            return False
    return True


def _external(call: Call, analyzer: Analyzer) -> Iterator[Grant]:
    organization = accounts.organization_of(call.world, call.account) if analyzer.of_organization else None
    trusted = {call.account} if organization is None else set(organization.members)
    marks = trusted | ({organization.id} if organization else set())
    for owner in sorted(trusted):
        for kind, arn, policy in _policies(call, owner):
            for statement in listed(json.loads(policy).get("Statement", [])):
                for principal in _outside(statement, trusted) if not _is_fenced(statement, marks) else ():
                    yield Grant(kind, arn, owner, statement, principal)


def _policies(call: Call, account: str) -> Iterator[tuple[str, str, str]]:
    """What is there to be analyzed in a Region; roles are looked at in each (User Guide)."""
    for bucket in upstream.backend("s3", account, call.region).buckets.values():
        if bucket.policy and bucket.region_name == call.region:
            yield "AWS::S3::Bucket", f"arn:{call.partition}:s3:::{bucket.name}", bucket.policy.decode()
    for role in upstream.backend("iam", account, call.region).get_roles():
        yield "AWS::IAM::Role", role.arn, role.assume_role_policy_document
    for key in upstream.backend("kms", account, call.region).keys.values():
        if key.policy:
            yield "AWS::KMS::Key", key.arn, key.policy
    for topic in upstream.backend("sns", account, call.region).topics.values():
        yield "AWS::SNS::Topic", topic.arn, topic.policy


def _outside(statement: dict[str, Any], trusted: set[str]) -> Iterator[str]:
    principal = statement.get("Principal")
    if statement.get("Effect") != "Allow" or principal is None:
        return
    for named in listed(principal if isinstance(principal, str) else principal.get("AWS", [])):
        account = named.split(":")[4] if named.startswith("arn:") else named
        if account not in trusted:
            yield named


def _is_fenced(statement: dict[str, Any], trusted: set[str]) -> bool:
    """Whether a condition lets only the zone of trust in."""
    return any(
        operator.lower().rpartition(":")[2] in ALIKE
        and key.lower() in FENCES
        and all(any(mark in value for mark in trusted) for value in listed(values))
        for operator, block in statement.get("Condition", {}).items()
        for key, values in block.items()
    )


def _finding(call: Call, analyzer: Analyzer, grant: Grant) -> dict[str, Any]:
    found = _finding_v2(call, analyzer, grant)
    del found["findingType"]
    conditions = grant.statement.get("Condition", {})
    return found | {
        "principal": {"AWS": grant.principal},
        "action": listed(grant.statement.get("Action", [])),
        "isPublic": grant.principal == "*",
        "condition": {key: str(value) for block in conditions.values() for key, value in block.items()},
    }


def _finding_v2(call: Call, analyzer: Analyzer, grant: Grant) -> dict[str, Any]:
    text = json.dumps([analyzer.arn, grant.arn, grant.statement, grant.principal], sort_keys=True)
    digest = hashlib.sha256(text.encode()).hexdigest()
    found = {
        "id": "-".join((digest[:8], digest[8:12], digest[12:16], digest[16:20], digest[20:32])),
        "resource": grant.arn,
        "resourceType": grant.kind,
        "resourceOwnerAccount": grant.owner,
        "createdAt": call.world.now,
        "analyzedAt": call.world.now,
        "updatedAt": call.world.now,
        "status": "ACTIVE",
        "findingType": "ExternalAccess",
    }
    known = {**found, "principal.AWS": grant.principal, "isPublic": grant.principal == "*"}
    if any(_passes(known, rule["filter"]) for rule in analyzer.rules.values()):
        found["status"] = "ARCHIVED"
    return found
