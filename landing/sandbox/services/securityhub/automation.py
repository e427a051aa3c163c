"""Automation rules of the administrator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.core.constraints.security_hub import most_values
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub.state import here, own_hub

MOST = 100
SETTINGS = ("RuleStatus", "RuleOrder", "RuleName", "Description", "IsTerminal", "Criteria", "Actions")


def create_automation_rule(call: Call) -> dict[str, Any]:
    """Not by a member; 100 of them (API reference, CreateAutomationRule; User Guide, "Quotas")."""
    if here(call).administrator is not None:
        raise Refusal("AccessDeniedException", "Only the administrator account can create automation rules.")
    rules = own_hub(call).held().rules
    _check_values(call.get("Criteria") or {})
    if len(rules) >= MOST:
        raise Refusal("LimitExceededException", f"There are at most {MOST} automation rules.")
    arn = call.arn(f"automation-rule/{call.world.uuid()}")
    rules[arn] = {
        "RuleArn": arn,
        "RuleStatus": "ENABLED",
        "IsTerminal": False,
        "CreatedAt": call.world.now,
        "UpdatedAt": call.world.now,
        "CreatedBy": call.caller.arn,
        **{name: call[name] for name in SETTINGS if name in call},
    }
    return {"RuleArn": arn}


def list_automation_rules(call: Call) -> dict[str, Any]:
    """In their order (API reference, ListAutomationRules)."""
    found = sorted(own_hub(call).held().rules.values(), key=lambda rule: int(rule["RuleOrder"]))
    return call.page("AutomationRulesMetadata", found, whole=dict)


def batch_get_automation_rules(call: Call) -> dict[str, Any]:
    """API reference, BatchGetAutomationRules."""
    rules, asked = own_hub(call).held().rules, call["AutomationRulesArns"]
    return {
        "Rules": [rules[arn] for arn in asked if arn in rules],
        "UnprocessedAutomationRules": [_unknown(arn) for arn in asked if arn not in rules],
    }


def batch_update_automation_rules(call: Call) -> dict[str, Any]:
    """What is not named stays (API reference, BatchUpdateAutomationRules)."""
    rules, done, unknown = own_hub(call).held().rules, [], []
    for item in call["UpdateAutomationRulesRequestItems"]:
        _check_values(item.get("Criteria") or {})
    for item in call["UpdateAutomationRulesRequestItems"]:
        arn = item["RuleArn"]
        if arn in rules:
            rules[arn].update({name: item[name] for name in SETTINGS if name in item}, UpdatedAt=call.world.now)
            done.append(arn)
        else:
            unknown.append(_unknown(arn))
    return {"ProcessedAutomationRules": done, "UnprocessedAutomationRules": unknown}


def batch_delete_automation_rules(call: Call) -> dict[str, Any]:
    """API reference, BatchDeleteAutomationRules."""
    rules, asked = own_hub(call).held().rules, call["AutomationRulesArns"]
    done = [arn for arn in asked if rules.pop(arn, None) is not None]
    return {
        "ProcessedAutomationRules": done,
        "UnprocessedAutomationRules": [_unknown(arn) for arn in asked if arn not in done],
    }


def _check_values(criteria: Mapping[str, Any]) -> None:
    """Array members of AutomationRulesFindingFilters (API reference)."""
    for name, values in criteria.items():
        if len(values) > most_values(name):
            raise Refusal("InvalidInputException", f"{name} has {len(values)} values: at most {most_values(name)}.")


def _unknown(arn: str) -> dict[str, Any]:
    return {"RuleArn": arn, "ErrorCode": 404, "ErrorMessage": "The automation rule does not exist."}
