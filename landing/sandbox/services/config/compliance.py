"""Compliance with the rules of an account, evaluated over its resources as they are now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config import rules
from landing.sandbox.services.config.evaluations import evaluate
from landing.sandbox.services.config.findings import Finding
from landing.sandbox.services.config.packs import chosen as chosen_packs
from landing.sandbox.services.config.state import Pack, selected

CAP = 25


def describe_compliance_by_config_rule(call: Call) -> dict[str, Any]:
    """API reference, DescribeComplianceByConfigRule."""
    wanted, found = call.get("ComplianceTypes"), []
    for rule in rules.chosen(call):
        result = evaluate(call.world, call.account, call.region, rule)
        if not wanted or result.compliance in wanted:
            found.append(
                {
                    "ConfigRuleName": rule["ConfigRuleName"],
                    "Compliance": compliance(result.compliance, result.findings),
                }
            )
    return call.page("ComplianceByConfigRules", found, most=25)


def compliance(verdict: str, findings: Iterable[Finding]) -> dict[str, Any]:
    """With the number of resources that cause it, up to a cap (API reference, Compliance)."""
    causing = sum(finding.compliance == verdict for finding in findings)
    counted = {"CappedCount": min(causing, CAP), "CapExceeded": causing > CAP}
    return {
        "ComplianceType": verdict,
        **({"ComplianceContributorCount": counted} if verdict == "NON_COMPLIANT" else {}),
    }


def get_compliance_details_by_config_rule(call: Call) -> dict[str, Any]:
    """Resource by resource (API reference, GetComplianceDetailsByConfigRule)."""
    known = rules.every(call.world, call.account, call.region)
    rule = selected([call["ConfigRuleName"]], known, "NoSuchConfigRuleException", "The ConfigRule")[0]
    result, wanted = evaluate(call.world, call.account, call.region, rule), call.get("ComplianceTypes")
    found = [detail(call, rule, finding) for finding in result.findings if not wanted or finding.compliance in wanted]
    return call.page("EvaluationResults", found)


def detail(call: Call, rule: dict[str, Any], finding: Finding) -> dict[str, Any]:
    """An evaluation result."""
    return {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": {
                "ConfigRuleName": rule["ConfigRuleName"],
                "ResourceType": finding.kind,
                "ResourceId": finding.resource,
            },
            "OrderingTimestamp": call.world.now,
        },
        "ComplianceType": finding.compliance,
        "ResultRecordedTime": call.world.now,
        "ConfigRuleInvokedTime": call.world.now,
        "Annotation": finding.annotation or None,
    }


def _by_resource(call: Call) -> dict[tuple[str, str], list[tuple[dict[str, Any], Finding]]]:
    found: dict[tuple[str, str], list[tuple[dict[str, Any], Finding]]] = defaultdict(list)
    for rule in rules.every(call.world, call.account, call.region).values():
        for finding in evaluate(call.world, call.account, call.region, rule).findings:
            found[finding.kind, finding.resource].append((rule, finding))
    return found


def describe_compliance_by_resource(call: Call) -> dict[str, Any]:
    """Over all rules (API reference, DescribeComplianceByResource)."""
    wanted, found = call.get("ComplianceTypes"), []
    for (kind, resource), results in _by_resource(call).items():
        if call.get("ResourceType", kind) != kind or call.get("ResourceId", resource) != resource:
            continue
        failed = [finding for _, finding in results if finding.compliance == "NON_COMPLIANT"]
        verdict = "NON_COMPLIANT" if failed else "COMPLIANT"
        if not wanted or verdict in wanted:
            found.append({"ResourceType": kind, "ResourceId": resource, "Compliance": compliance(verdict, failed)})
    return call.page("ComplianceByResources", found)


def get_compliance_details_by_resource(call: Call) -> dict[str, Any]:
    """API reference, GetComplianceDetailsByResource."""
    wanted = call.get("ComplianceTypes")
    results = _by_resource(call).get((call.get("ResourceType", ""), call.get("ResourceId", "")), [])
    found = [detail(call, rule, finding) for rule, finding in results if not wanted or finding.compliance in wanted]
    return call.page("EvaluationResults", found)


def get_compliance_summary_by_config_rule(call: Call) -> dict[str, Any]:
    """Rules, not resources (API reference, GetComplianceSummaryByConfigRule)."""
    known = rules.every(call.world, call.account, call.region).values()
    verdicts = [evaluate(call.world, call.account, call.region, rule).compliance for rule in known]
    return {"ComplianceSummary": {**summary(verdicts), "ComplianceSummaryTimestamp": call.world.now}}


def summary(verdicts: list[str]) -> dict[str, Any]:
    """How many are compliant and how many are not."""
    return {
        name: {"CappedCount": min(verdicts.count(verdict), CAP), "CapExceeded": verdicts.count(verdict) > CAP}
        for name, verdict in (
            ("CompliantResourceCount", "COMPLIANT"),
            ("NonCompliantResourceCount", "NON_COMPLIANT"),
        )
    }


def _pack(call: Call, name: str) -> tuple[Pack, list[dict[str, Any]]]:
    pack = chosen_packs(call, [name])[0]
    known = rules.every(call.world, call.account, call.region).values()
    return pack, [rule for rule in known if rule["ConfigRuleName"].endswith(f"-{pack.id}")]


def describe_conformance_pack_compliance(call: Call) -> dict[str, Any]:
    """Rule by rule (API reference, DescribeConformancePackCompliance)."""
    pack, members = _pack(call, call["ConformancePackName"])
    wanted = call.get("Filters") or {}
    names = {rule["ConfigRuleName"] for rule in members}
    if not set(wanted.get("ConfigRuleNames") or ()) <= names:
        raise Refusal("NoSuchConfigRuleInConformancePackException", "The rule is not in the conformance pack.")
    found = []
    for rule in members:
        verdict = evaluate(call.world, call.account, call.region, rule).compliance
        if (
            rule["ConfigRuleName"] in (wanted.get("ConfigRuleNames") or names)
            and wanted.get("ComplianceType", verdict) == verdict
        ):
            found.append({"ConfigRuleName": rule["ConfigRuleName"], "ComplianceType": verdict, "Controls": []})
    page = call.page("ConformancePackRuleComplianceList", found)
    return {"ConformancePackName": pack.name, **page}


def get_conformance_pack_compliance_details(call: Call) -> dict[str, Any]:
    """Resource by resource (API reference, GetConformancePackComplianceDetails)."""
    pack, members = _pack(call, call["ConformancePackName"])
    wanted = (call.get("Filters") or {}).get("ComplianceType")
    found = [
        detail(call, rule, finding)
        for rule in members
        for finding in evaluate(call.world, call.account, call.region, rule).findings
        if wanted in (None, finding.compliance)
    ]
    return {"ConformancePackName": pack.name, **call.page("ConformancePackRuleEvaluationResults", found)}


def get_conformance_pack_compliance_summary(call: Call) -> dict[str, Any]:
    """Pack by pack (API reference, GetConformancePackComplianceSummary)."""
    found = []
    for name in call["ConformancePackNames"]:
        pack, members = _pack(call, name)
        verdicts = {evaluate(call.world, call.account, call.region, rule).compliance for rule in members}
        worst = next((v for v in ("NON_COMPLIANT", "COMPLIANT") if v in verdicts), "INSUFFICIENT_DATA")
        found.append({"ConformancePackName": pack.name, "ConformancePackComplianceStatus": worst})
    return call.page("ConformancePackComplianceSummaryList", found)
