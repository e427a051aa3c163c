"""Compliance as an aggregator sees it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.config import packs, rules
from landing.sandbox.services.config.aggregators import aggregator_of, sources
from landing.sandbox.services.config.compliance import compliance, detail, summary
from landing.sandbox.services.config.evaluations import Result, evaluate
from landing.sandbox.services.config.state import invalid, peek

RESULTS = ("COMPLIANT", "NON_COMPLIANT")
"""What a filter may ask for, and what is shown of a rule."""


def _evaluated(call: Call, wanted: dict[str, str]) -> Iterator[tuple[str, str, dict[str, Any], Result]]:
    """Account, Region, rule and result, of what the filters leave."""
    for account, region in sources(call, aggregator_of(call)):
        place = peek(call.world, account, region)
        outside = wanted.get("AccountId", account) != account or wanted.get("AwsRegion", region) != region
        if outside or place is None or place.recorder is None:
            continue
        for name, rule in rules.every(call.world, account, region).items():
            if wanted.get("ConfigRuleName", name) == name:
                yield account, region, rule, evaluate(call.world, account, region, rule, thorough=False)


def describe_aggregate_compliance_by_config_rules(call: Call) -> dict[str, Any]:
    """Rule by rule in each account and Region, but for those without a result (API reference)."""
    wanted = call.get("Filters") or {}
    if wanted.get("ComplianceType", RESULTS[0]) not in RESULTS:  # ConfigRuleComplianceFilters
        raise invalid(f"The compliance type must be one of {', '.join(RESULTS)}.")
    found = [
        {
            "ConfigRuleName": rule["ConfigRuleName"],
            "Compliance": compliance(result.compliance, result.findings),
            "AccountId": account,
            "AwsRegion": region,
        }
        for account, region, rule, result in _evaluated(call, wanted)
        if result.compliance in RESULTS and wanted.get("ComplianceType", result.compliance) == result.compliance
    ]
    return call.page("AggregateComplianceByConfigRules", found, most=1000)


def describe_aggregate_compliance_by_conformance_packs(call: Call) -> dict[str, Any]:
    """Pack by pack in each account and Region, but for those without a result (API reference)."""
    wanted = call.get("Filters") or {}
    if wanted.get("ComplianceType", RESULTS[0]) not in RESULTS:  # AggregateConformancePackComplianceFilters
        raise invalid(f"The compliance type must be one of {', '.join(RESULTS)}.")
    found = []
    for account, region in sources(call, aggregator_of(call)):
        place = peek(call.world, account, region)
        outside = wanted.get("AccountId", account) != account or wanted.get("AwsRegion", region) != region
        if outside or place is None or place.recorder is None:
            continue
        known = rules.every(call.world, account, region).values()
        for pack in packs.every(call.world, account, region).values():
            members = [rule for rule in known if rule["ConfigRuleName"].endswith(f"-{pack.id}")]
            verdicts = [evaluate(call.world, account, region, rule, thorough=False).compliance for rule in members]
            bad, good = (verdicts.count(each) for each in ("NON_COMPLIANT", "COMPLIANT"))
            verdict = "NON_COMPLIANT" if bad else "COMPLIANT"
            named = wanted.get("ConformancePackName", pack.name) == pack.name
            if named and (bad or good) and wanted.get("ComplianceType", verdict) == verdict:
                counts = {"CompliantRuleCount": good, "NonCompliantRuleCount": bad, "TotalRuleCount": len(members)}
                compared = {"ComplianceType": verdict, **counts}
                at = {"AccountId": account, "AwsRegion": region}
                found.append({"ConformancePackName": pack.name, "Compliance": compared, **at})
    return call.page("AggregateComplianceByConformancePacks", found)


def get_aggregate_compliance_details_by_config_rule(call: Call) -> dict[str, Any]:
    """Of one rule in one account and Region (API reference, GetAggregateComplianceDetailsByConfigRule)."""
    account, region = call["AccountId"], call["AwsRegion"]
    found: list[dict[str, Any]] = []
    rule = rules.every(call.world, account, region).get(call["ConfigRuleName"])
    if rule is not None and (account, region) in set(sources(call, aggregator_of(call))):
        result = evaluate(call.world, account, region, rule)
        found = [
            {**detail(call, rule, finding), "AccountId": account, "AwsRegion": region}
            for finding in result.findings
            if call.get("ComplianceType", finding.compliance) == finding.compliance
        ]
    return call.page("AggregateEvaluationResults", found)


def get_aggregate_config_rule_compliance_summary(call: Call) -> dict[str, Any]:
    """How many rules comply, by account or Region (API reference, GetAggregateConfigRuleComplianceSummary)."""
    groups: dict[str, list[str]] = defaultdict(list)
    key = call.get("GroupByKey")
    for account, region, _, result in _evaluated(call, call.get("Filters") or {}):
        groups[account if key == "ACCOUNT_ID" else region if key == "AWS_REGION" else ""].append(result.compliance)
    found = [
        {
            "GroupName": name or None,
            "ComplianceSummary": {**summary(verdicts), "ComplianceSummaryTimestamp": call.world.now},
        }
        for name, verdicts in groups.items()
    ]
    return {"GroupByKey": key, **call.page("AggregateComplianceCounts", found)}
