"""Automation rules of Security Hub CSPM: what is written into findings when they come or change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.constraints.security_hub import most_values
from landing.core.errors import OperationFailed
from landing.core.model import Action, Change, Diagnostic, Resource, Scope, Severity
from landing.organization import PREFIX, Organization
from landing.services.base import Ownership
from landing.services.security_hub.association import SecurityHubAssociation
from landing.services.security_hub.hub import NOT_ENABLED, SecurityHub
from landing.services.security_hub.settings import (
    BOUNDS,
    COMPARISONS,
    MAPS,
    NUMBERS,
    AutomationRule,
    SecurityHubSettings,
)
from landing.services.shapes import NAME, HidingRule, keyed_apart
from landing.services.strength import Weaker, neutral, told

MOST = 100
"""Rules of an administrator in a region, and what one call takes (Security Hub quotas; BatchGetAutomationRules)."""
AUTHOR = "landing"
"""Whom a note is by."""


class SecurityHubAutomationRule(HidingRule):
    """A rule (CreateAutomationRule), called `landing-<key>`, in every governed region; others are unmanaged.

    AWS gives a name to as many as are made: of those of ours with one name, all but the first are deleted.
    """

    name = "security_hub_automation_rule"
    ending = "deleted"
    title = "Security Hub automation rule"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    service = "security_hub"
    client_name = "securityhub"
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/automation-rules.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"where": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "where": told,
        "then": told,
        "order": neutral,
        "enabled": neutral,
        "terminal": neutral,
    }
    reads = ("securityhub:ListAutomationRules", "securityhub:BatchGetAutomationRules", "sts:AssumeRole")
    writes = (
        "securityhub:CreateAutomationRule",
        "securityhub:BatchUpdateAutomationRules",
        "securityhub:BatchDeleteAutomationRules",
    )

    def hides(self, rule: Mapping[str, Any]) -> bool:
        """Whether findings are settled by it, or are of no severity."""
        then = rule["then"]
        settled = (then.get("workflow"), then.get("severity"))
        return rule["enabled"] and any(each in ("SUPPRESSED", "RESOLVED", "INFORMATIONAL") for each in settled)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Not more of them, nor of values of a criterion, than AWS takes, and no two of one order."""
        service = organization.service(SecurityHubSettings)
        rules = service.settings.automation_rules if service else {}
        if service and len(rules) > MOST:
            message = f"{len(rules)} automation rules, where AWS takes {MOST}"
            yield service.problem("LZ441", message, "put some together", "automation_rules")
        taken: dict[int, str] = {}
        for key, rule in rules.items():
            if service and rule.order in taken:
                message = f"`{key}` and `{taken[rule.order]}` have the same order, {rule.order}"
                hint = "which of them acts first is not defined: give each its own"
                yield service.problem("LZ441", message, hint, "automation_rules", key, "order", severity="warning")
            taken.setdefault(rule.order, key)
            for name, tests in rule.where.items() if service else ():
                if service and (size := len([*_criterion(name, tests)])) > (most := most_values(name)):
                    message = f"{name} of `{key}` has {size} values, over all comparisons, where AWS takes {most}"
                    hint = "make two rules of it, or compare by `prefix`"
                    yield service.problem("LZ441", message, hint, "automation_rules", key, "where", name, key=True)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule, in every governed region; after Security Hub is on in the account that administers."""
        service = organization.service(SecurityHubSettings)
        if service is None:
            return
        home = Scope(self.account(organization), organization.home_region)
        first = [each.address for each in SecurityHubAssociation().desired(organization)]
        for key, rule in service.settings.automation_rules.items():
            for scope in self.scopes(organization):
                needs = (SecurityHub().address(NAME, home), *first)
                source = service.at("automation_rules", key)
                yield Resource(self.address(key, scope), attributes_of(rule), needs, source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """By name, a page and a call a hundred; raises OperationFailed where AWS leaves one out that is there."""
        home = Scope(self.account(organization), organization.home_region)
        for key, owned, found in self._rules(aws, scope):
            needs = (SecurityHub().address(NAME, home),)
            yield Resource(self.address(key, scope), seen(found), needs, owned=owned)

    def _rules(self, aws: Aws, scope: Scope) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        client = aws.client(self.client_name, scope)

        def listed() -> list[str]:
            with unless(*NOT_ENABLED):
                found = aws.listed(client, "list_automation_rules", "AutomationRulesMetadata", MaxResults=MOST)
                return [each["RuleArn"] for each in found]
            return []

        rules: list[Mapping[str, Any]] = []
        arns = listed()
        for start in range(0, len(arns), MOST):
            answer = client.batch_get_automation_rules(AutomationRulesArns=arns[start : start + MOST])
            if left := answer.get("UnprocessedAutomationRules"):
                there = {*listed()}  # what somebody has deleted since is no gap
                _whole([each for each in left if each.get("RuleArn") in there], "BatchGetAutomationRules")
            rules += sorted(answer["Rules"], key=lambda rule: rule["CreatedAt"])
        yield from keyed_apart(rules, name="RuleName", arn="RuleArn")

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or replace; what it has written into findings stays there without it."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        rules = self._rules(aws, scope)
        arn = next((each["RuleArn"] for key, owned, each in rules if owned and key == change.address.name), "")
        if change.action is Action.DELETE:
            if arn:
                answer = client.batch_delete_automation_rules(AutomationRulesArns=[arn])
                _whole(answer.get("UnprocessedAutomationRules", ()), "BatchDeleteAutomationRules")
            return
        assert after is not None
        rule = {"RuleName": PREFIX + change.address.name, **_sent(after)}
        if arn:
            items = [{"RuleArn": arn, **rule}]
            answer = client.batch_update_automation_rules(UpdateAutomationRulesRequestItems=items)
            _whole(answer.get("UnprocessedAutomationRules", ()), "BatchUpdateAutomationRules")
        else:
            client.create_automation_rule(**rule)


def attributes_of(rule: AutomationRule) -> dict[str, Any]:
    """A rule of the config as it is compared."""
    return {
        "description": rule.description,
        "order": rule.order,
        "enabled": rule.enabled,
        "terminal": rule.terminal,
        "where": {name: _plain(tests) for name, tests in rule.where.items()},
        "then": {name: _plain(value) for name, value in rule.then.items()},
    }


def seen(found: Mapping[str, Any]) -> dict[str, Any]:
    """A rule of AWS as the config has it; criteria and fields that it cannot say stay as AWS has them."""
    (action,) = found["Actions"]
    return {
        "description": found["Description"],
        "order": found["RuleOrder"],
        "enabled": found["RuleStatus"] == "ENABLED",
        "terminal": found["IsTerminal"],
        "where": {name: _tests(name, entries) for name, entries in found["Criteria"].items() if entries},
        "then": _then(action["FindingFieldsUpdate"]),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return sorted(value)
    return float(value) if isinstance(value, float) else value


def _sent(after: Mapping[str, Any]) -> dict[str, Any]:
    then = after["then"]
    update: dict[str, Any] = {
        **{name.capitalize(): then[name] for name in ("confidence", "criticality", "types") if name in then},
        **({"Severity": {"Label": then["severity"]}} if "severity" in then else {}),
        **({"Workflow": {"Status": then["workflow"]}} if "workflow" in then else {}),
        **({"VerificationState": then["verification"]} if "verification" in then else {}),
        **({"Note": {"Text": then["note"], "UpdatedBy": AUTHOR}} if "note" in then else {}),
        **({"UserDefinedFields": then["fields"]} if "fields" in then else {}),
    }
    return {
        "Description": after["description"],
        "RuleOrder": after["order"],
        "RuleStatus": "ENABLED" if after["enabled"] else "DISABLED",
        "IsTerminal": after["terminal"],
        "Criteria": {name: [*_criterion(name, tests)] for name, tests in after["where"].items()},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update}],
    }


def _criterion(name: str, tests: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    if name in MAPS:
        yield from ({"Key": key, "Value": value, "Comparison": "EQUALS"} for key, value in tests.items())
    elif name in NUMBERS:
        yield {BOUNDS[test]: float(value) for test, value in tests.items()}
    else:
        for test, values in tests.items():
            yield from ({"Value": value, "Comparison": COMPARISONS[test]} for value in values)


def _tests(name: str, entries: list[dict[str, Any]]) -> Any:
    if name in MAPS and all(entry.get("Comparison") == "EQUALS" for entry in entries):
        return {entry["Key"]: entry["Value"] for entry in entries}
    if name in NUMBERS and len(entries) == 1:
        return {test: entries[0][bound] for test, bound in BOUNDS.items() if bound in entries[0]}
    words = {comparison: test for test, comparison in COMPARISONS.items()}
    if name not in (*MAPS, *NUMBERS) and all(entry.get("Comparison") in words for entry in entries):
        tests: dict[str, list[str]] = {}
        for entry in entries:
            tests.setdefault(words[entry["Comparison"]], []).append(entry["Value"])
        return {test: sorted(values) for test, values in tests.items()}
    return entries


def _then(update: Mapping[str, Any]) -> dict[str, Any]:
    names = {"Confidence": "confidence", "Criticality": "criticality", "VerificationState": "verification",
             "UserDefinedFields": "fields"}  # fmt: skip
    found: dict[str, Any] = {}
    for name, value in update.items():
        match name, value:
            case "Severity", {"Label": label}:
                found["severity"] = label
            case "Workflow", {"Status": status}:
                found["workflow"] = status
            case "Note", {"Text": text}:
                found["note"] = text
            case "Types", _:
                found["types"] = sorted(value)
            case _:
                found[names.get(name, name)] = value
    return found


def _whole(unprocessed: Iterable[Mapping[str, Any]], operation: str) -> None:
    """Raises OperationFailed for what a batch has not done."""
    for left in unprocessed:
        message = f"{left.get('RuleArn', 'a rule')}: {left.get('ErrorMessage', 'AWS does not say why')}"
        raise OperationFailed(message, operation=operation, aws_code=str(left.get("ErrorCode", "")))
