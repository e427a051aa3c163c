"""Automation rules of AWS Security Hub: what becomes of findings and resources when they come or change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.core import forms
from landing.core.errors import NotThere
from landing.core.model import Action, Change, Diagnostic, Resource, Scope, Severity
from landing.core.spelling import nearest
from landing.organization import PREFIX, EnabledService, Organization
from landing.services.base import Ownership
from landing.services.security_hub_v2 import criteria, members
from landing.services.security_hub_v2.administrator import SecurityHubV2Administrator, SecurityHubV2Part
from landing.services.security_hub_v2.aggregator import NOT_ENABLED, SecurityHubV2Aggregator
from landing.services.security_hub_v2.connector import SecurityHubV2Connector
from landing.services.security_hub_v2.hub import SecurityHubV2
from landing.services.security_hub_v2.settings import (
    SEVERITIES,
    STATUSES,
    AutomationRule,
    SecurityHubV2Settings,
)
from landing.services.shapes import NAME, AdministeredSetting, keyed_apart
from landing.services.strength import Weaker, neutral, told

MOST = 100
"""Rules of an account in a region, those of findings and of resources together (User Guide, "Automation rules")."""


class SecurityHubV2AutomationRule(SecurityHubV2Part, AdministeredSetting):
    """A rule (CreateAutomationRuleV2), called `landing-<key>`, in the home region, which has it applied in all others.

    Others are unmanaged. Calls: a page, and one for each rule of ours.
    """

    name = "security_hub_v2_automation_rule"
    ending = "deleted"
    title = "Security Hub V2 automation rule"
    ownership = Ownership.PREFIX
    severity = Severity.MEDIUM
    home_only = True
    removal = "delete"
    help_uri = "https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-v2-automation-rules.html"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"where": forms.unordered, "resources": forms.unordered}
    weaker: ClassVar[Mapping[str, Weaker]] = {
        "where": told,
        "resources": told,
        "then": told,
        "order": neutral,
        "enabled": neutral,
    }
    reads = (
        "securityhub:ListAutomationRulesV2",
        "securityhub:GetAutomationRuleV2",
        "securityhub:ListConnectorsV2",
        "sts:AssumeRole",
    )
    writes = (
        "securityhub:CreateAutomationRuleV2",
        "securityhub:UpdateAutomationRuleV2",
        "securityhub:DeleteAutomationRuleV2",
    )

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Not more than AWS takes, no two of one order, and what goes together."""
        service = organization.service(SecurityHubV2Settings)
        if service is None:
            return
        rules = service.settings.automation_rules
        if len(rules) > MOST:
            message = f"{len(rules)} automation rules, where AWS takes {MOST}"
            yield service.problem("LZ469", message, "put some together", "automation_rules", key=True)
        taken: dict[int, str] = {}
        for key, rule in rules.items():
            if rule.order in taken:
                message = f"`{key}` and `{taken[rule.order]}` have the same order, {rule.order}"
                hint = "which of them acts first is not defined: give each its own"
                yield service.problem("LZ469", message, hint, "automation_rules", key, "order", severity="warning")
            taken.setdefault(rule.order, key)
            yield from _problems(service, key, rule)

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Each rule, once the regions are linked and its connector is there."""
        service = organization.service(SecurityHubV2Settings)
        if service is None or organization.security_tooling not in members.accounts(organization):
            return
        linking = [each.address for each in SecurityHubV2Aggregator().desired(organization)]
        for key, rule in service.settings.automation_rules.items():
            for scope in self.scopes(organization):
                first = self.administrator(organization, scope, SecurityHubV2Administrator())
                needs = [SecurityHubV2().address(NAME, scope), first, *linking]
                if "ticket" in rule.then:
                    needs.append(SecurityHubV2Connector().address(rule.then["ticket"], scope))
                source = service.at("automation_rules", key)
                yield Resource(self.address(key, scope), attributes_of(rule), tuple(needs), source=source)

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """By name; of rules of others what the list tells."""
        client = aws.client(self.client_name, scope)
        needs = [SecurityHubV2().address(NAME, scope)]
        connectors: dict[str, str] | None = None
        for key, owned, listed in self._rules(aws, scope):
            attributes: dict[str, Any] = {"description": listed["Description"]}
            if owned:
                found = client.get_automation_rule_v2(Identifier=listed["RuleArn"])
                if connectors is None and any("ExternalIntegrationConfiguration" in each for each in found["Actions"]):
                    connectors = {arn: name for name, arn in SecurityHubV2Connector().arns(aws, scope).items()}
                attributes = seen(found, connectors or {})
            ticket = attributes.get("then", {}).get("ticket")
            first = [SecurityHubV2Connector().address(ticket, scope)] if ticket else []
            yield Resource(self.address(key, scope), attributes, (*needs, *first), owned=owned)

    def _rules(self, aws: Aws, scope: Scope) -> Iterator[tuple[str, bool, Mapping[str, Any]]]:
        client = aws.client(self.client_name, scope)
        rules: list[Mapping[str, Any]] = []
        with unless(*NOT_ENABLED):
            rules = list(aws.listed(client, "list_automation_rules_v2", "Rules", MaxResults=MOST))
        rules.sort(key=lambda rule: (rule["CreatedAt"], rule["RuleArn"]))
        yield from keyed_apart(rules, name="RuleName", arn="RuleArn")

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create or replace; what it has written into findings stays there without it."""
        scope, after = change.address.scope, change.after
        client = aws.client(self.client_name, scope)
        rules = self._rules(aws, scope)
        arn = next((each["RuleArn"] for key, owned, each in rules if owned and key == change.address.name), "")
        if change.action is Action.DELETE:
            if arn:
                client.delete_automation_rule_v2(Identifier=arn)
            return
        assert after is not None
        connectors = SecurityHubV2Connector().arns(aws, scope) if "ticket" in after["then"] else {}
        rule = {"RuleName": PREFIX + change.address.name, **_sent(after, connectors)}
        if arn:
            client.update_automation_rule_v2(Identifier=arn, **rule)
        else:
            client.create_automation_rule_v2(**rule)


def _problems(service: EnabledService[SecurityHubV2Settings], key: str, rule: AutomationRule) -> Iterator[Diagnostic]:
    at, then = ("automation_rules", key), {*rule.then}
    for member in ("where", "resources"):
        for number, group in enumerate(getattr(rule, member).get(criteria.ANY, ())):
            name = criteria.too_deep(group)
            if name is not None:
                message = f"a group of `any` in the rule `{key}` has several values of `{name}` beside other fields"
                hint = "AWS nests no deeper: make a group of each value"
                yield service.problem("LZ469", message, hint, *at, member, criteria.ANY, number, name)
    if bool(rule.where) == bool(rule.resources):
        message = f"the rule `{key}` must be of findings or of resources"
        yield service.problem("LZ469", message, "give it either `where` or `resources`", *at, key=True)
    elif rule.resources and then != {"criticality"}:
        message = f"the rule `{key}` is of resources, of which it can say how critical they are alone"
        yield service.problem("LZ469", message, "write `then: {criticality: High}`", *at, "then", key=True)
    elif rule.where and "criticality" in then:
        message = f"the rule `{key}` is of findings, which have no criticality"
        yield service.problem("LZ469", message, "write `severity`, `status` or `comment`", *at, "then", key=True)
    if "ticket" in then and len(then) > 1:
        message = f"the rule `{key}` makes a ticket and writes into the finding: a rule does one of both"
        yield service.problem("LZ469", message, "make two rules of it", *at, "then", key=True)
    if "ticket" in then and rule.then["ticket"] not in service.settings.connectors:
        message = f"there is no connector `{rule.then['ticket']}`"
        hint = nearest(rule.then["ticket"], service.settings.connectors, "declare it under `connectors`")
        yield service.problem("LZ469", message, hint, *at, "then", "ticket")


def attributes_of(rule: AutomationRule) -> dict[str, Any]:
    """A rule of the config as it is compared."""
    return {
        "description": rule.description,
        "order": rule.order,
        "enabled": rule.enabled,
        "where": _plain(rule.where),
        "resources": _plain(rule.resources),
        "then": _plain(rule.then),
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        plain = [_plain(each) for each in value]
        return sorted(plain) if all(isinstance(each, str) for each in plain) else plain
    return value


def seen(found: Mapping[str, Any], connectors: Mapping[str, str]) -> dict[str, Any]:
    """A rule of AWS as the config has it, which `connectors` gives the keys by ARN; the rest stays as AWS has it."""
    (action,) = found["Actions"]
    order = found["RuleOrder"]
    has = found["Criteria"]
    return {
        "description": found["Description"],
        "order": int(order) if order == int(order) else order,
        "enabled": found["RuleStatus"] == "ENABLED",
        "where": criteria.seen(has[criteria.FINDING]) if has.get(criteria.FINDING) else {},
        "resources": criteria.seen(has[criteria.RESOURCE]) if has.get(criteria.RESOURCE) else {},
        "then": _then(action, connectors),
    }


def _then(action: Mapping[str, Any], connectors: Mapping[str, str]) -> dict[str, Any]:
    if action["Type"] == "EXTERNAL_INTEGRATION":
        arn = action["ExternalIntegrationConfiguration"]["ConnectorArn"]
        return {"ticket": connectors.get(arn, arn)}
    if action["Type"] == "RESOURCE_FIELDS_UPDATE":
        return {"criticality": action["ResourceFieldsUpdate"]["Criticality"]}
    update = action["FindingFieldsUpdate"]
    severities = {number: name for name, number in SEVERITIES.items()}
    statuses = {number: name for name, number in STATUSES.items()}
    return {
        **({"severity": severities.get(number, number)} if (number := update.get("SeverityId")) is not None else {}),
        **({"status": statuses.get(number, number)} if (number := update.get("StatusId")) is not None else {}),
        **({"comment": update["Comment"]} if "Comment" in update else {}),
    }


def _sent(after: Mapping[str, Any], connectors: Mapping[str, str]) -> dict[str, Any]:
    kind = criteria.RESOURCE if after["resources"] else criteria.FINDING
    return {
        "Description": after["description"],
        "RuleOrder": float(after["order"]),
        "RuleStatus": "ENABLED" if after["enabled"] else "DISABLED",
        "Criteria": {kind: criteria.sent(after["resources"] or after["where"])},
        "Actions": [_action(after["then"], connectors)],
    }


def _action(then: Mapping[str, Any], connectors: Mapping[str, str]) -> dict[str, Any]:
    if "ticket" in then:
        if then["ticket"] not in connectors:
            raise NotThere(f"the connector {then['ticket']} does not exist, or AWS does not show it yet")
        return {
            "Type": "EXTERNAL_INTEGRATION",
            "ExternalIntegrationConfiguration": {"ConnectorArn": connectors[then["ticket"]]},
        }
    if "criticality" in then:
        return {"Type": "RESOURCE_FIELDS_UPDATE", "ResourceFieldsUpdate": {"Criticality": then["criticality"]}}
    update = {
        **({"SeverityId": SEVERITIES[then["severity"]]} if "severity" in then else {}),
        **({"StatusId": STATUSES[then["status"]]} if "status" in then else {}),
        **({"Comment": then["comment"]} if "comment" in then else {}),
    }
    return {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": update}
