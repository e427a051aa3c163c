"""Automation rules of the newer Security Hub, and the connectors that make tickets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub.state import Version2, absent, unfit
from landing.sandbox.services.securityhub.version2 import denied, hub_of, refuse_linked, refuse_member

MOST = 100
"""Rules of an account in a Region (User Guide, "Automation rules")."""
SETTINGS = ("RuleName", "RuleStatus", "RuleOrder", "Description", "Criteria", "Actions")
NESTED = "NestedCompositeFilters"
"""The third layer, and the last (API reference, CompositeFilter)."""
MEMBERS = {
    "FINDING_FIELDS_UPDATE": "FindingFieldsUpdate",
    "EXTERNAL_INTEGRATION": "ExternalIntegrationConfiguration",
    "RESOURCE_FIELDS_UPDATE": "ResourceFieldsUpdate",
}
SEVERITIES, STATUSES = (0, 1, 2, 3, 4, 5, 6, 99), (0, 1, 2, 3, 4, 5, 99)
"""API reference, BatchUpdateFindingsV2."""


def _administered(call: Call) -> Version2:
    refuse_member(call)
    try:
        return hub_of(call)
    except Refusal:
        raise denied("Security Hub is not enabled.") from None


def create_automation_rule_v2(call: Call) -> dict[str, Any]:
    """In the home Region, 100 of them; a token makes one (API reference, CreateAutomationRuleV2)."""
    hub = _administered(call)
    refuse_linked(call)
    token = call.get("ClientToken", "")
    if token not in hub.tokens:
        _check(hub, call)
        if len(hub.rules) >= MOST:
            raise Refusal("ServiceQuotaExceededException", f"There are at most {MOST} automation rules.")
        identifier = call.world.uuid()
        arn = call.arn(f"automation-rulev2/{identifier}")
        hub.rules[arn] = {
            "RuleArn": arn,
            "RuleId": identifier,
            "RuleStatus": "ENABLED",
            "CreatedAt": call.world.now,
            "UpdatedAt": call.world.now,
            **{name: call[name] for name in SETTINGS if name in call},
        }
        hub.tokens[token] = arn
    rule = hub.rules[hub.tokens[token]]
    return {"RuleArn": rule["RuleArn"], "RuleId": rule["RuleId"]}


def list_automation_rules_v2(call: Call) -> dict[str, Any]:
    """In their order, with what they do and not of what (API reference, ListAutomationRulesV2)."""
    found = sorted(_administered(call).rules.values(), key=lambda rule: float(rule["RuleOrder"]))
    return call.page("Rules", found, show=_summary)


def _summary(rule: Mapping[str, Any]) -> dict[str, Any]:
    shown = {name: value for name, value in rule.items() if name not in ("Criteria", "Actions")}
    return {**shown, "Actions": [{"Type": action["Type"]} for action in rule["Actions"]]}


def get_automation_rule_v2(call: Call) -> dict[str, Any]:
    """API reference, GetAutomationRuleV2."""
    return dict(_rule(call))


def update_automation_rule_v2(call: Call) -> None:
    """What is not named stays (API reference, UpdateAutomationRuleV2)."""
    rule = _rule(call)
    given = {name: call[name] for name in SETTINGS if name in call}
    _check(hub_of(call), {**rule, **given})
    rule.update(given, UpdatedAt=call.world.now)


def delete_automation_rule_v2(call: Call) -> None:
    """API reference, DeleteAutomationRuleV2."""
    del hub_of(call).rules[_rule(call)["RuleArn"]]


def _rule(call: Call) -> dict[str, Any]:
    rules = _administered(call).rules
    if call["Identifier"] not in rules:
        raise absent("The automation rule does not exist.")
    return rules[call["Identifier"]]


def _check(hub: Version2, rule: Mapping[str, Any]) -> None:
    """What goes together (User Guide, "Types of automation rules")."""
    (action,) = rule["Actions"]
    if MEMBERS[action["Type"]] not in action:
        raise unfit(f"{MEMBERS[action['Type']]} is required for {action['Type']}.")
    if ("ResourceCriteria" in rule["Criteria"]) != (action["Type"] == "RESOURCE_FIELDS_UPDATE"):
        raise unfit("Resource criteria and resource actions go together.")
    for filters in rule["Criteria"].values():
        nested = [each for part in filters.get("CompositeFilters", ()) for each in part.get(NESTED, ())]
        if any(each.get(NESTED) for each in nested):
            raise unfit("Composite filters are nested in three layers at most.")
    update = action.get("FindingFieldsUpdate") or {}
    if update.get("SeverityId", 0) not in SEVERITIES or update.get("StatusId", 0) not in STATUSES:
        raise unfit("SeverityId or StatusId has no such value.")
    if len(update.get("Comment", "")) > 512:
        raise unfit("Comment has at most 512 characters.")
    arn = (action.get("ExternalIntegrationConfiguration") or {}).get("ConnectorArn")
    if arn is not None and arn not in hub.connectors:
        raise unfit("The connector does not exist.")


def create_connector_v2(call: Call) -> dict[str, Any]:
    """Of a name that none has; Jira Cloud waits for somebody to log in (API reference, CreateConnectorV2)."""
    hub = _administered(call)
    token = call.get("ClientToken", "")
    if token not in hub.tokens:
        if any(found["Name"] == call["Name"] for found in hub.connectors.values()):
            raise Refusal("ConflictException", "A connector with this name exists.")
        identifier = call.world.uuid()
        arn = call.arn(f"connectorv2/{identifier}")
        hub.connectors[arn] = {
            "ConnectorArn": arn,
            "ConnectorId": identifier,
            "Name": call["Name"],
            "Description": call.get("Description", ""),
            "Provider": dict(call["Provider"]),
            "Authorized": "JiraCloud" not in call["Provider"],
            "CreatedAt": call.world.now,
        }
        hub.tokens[token] = arn
    found = hub.connectors[hub.tokens[token]]
    shown = {name: found[name] for name in ("ConnectorArn", "ConnectorId")}
    login = (
        {} if found["Authorized"] else {"AuthUrl": f"https://auth.atlassian.com/authorize?state={found['ConnectorId']}"}
    )
    return {**shown, **login, "ConnectorStatus": _status(found), "EnablementStatus": "ENABLED"}


def _status(found: Mapping[str, Any]) -> str:
    return "CONNECTED" if found["Authorized"] else "PENDING_AUTHORIZATION"


def register_connector_v2(call: Call) -> dict[str, Any]:
    """Somebody has logged in (API reference, RegisterConnectorV2)."""
    for found in _administered(call).connectors.values():
        if found["ConnectorId"] == call["AuthState"]:
            found["Authorized"] = True
            return {name: found[name] for name in ("ConnectorArn", "ConnectorId")}
    raise absent("There is no such authorization.")


def list_connectors_v2(call: Call) -> dict[str, Any]:
    """API reference, ListConnectorsV2."""
    names = {"JiraCloud": "JIRA_CLOUD", "ServiceNow": "SERVICENOW", "Azure": "AZURE", "GCP": "GCP"}

    def shown(found: Mapping[str, Any]) -> dict[str, Any]:
        ((provider, _),) = found["Provider"].items()
        return {
            **{name: found[name] for name in ("ConnectorArn", "ConnectorId", "Name", "Description", "CreatedAt")},
            "ProviderSummary": {
                "ProviderName": names[provider],
                "ConnectorStatus": _status(found),
                "ProviderConfiguration": found["Provider"],
            },
            "EnablementStatus": "ENABLED",
        }

    return call.page("Connectors", list(_administered(call).connectors.values()), show=shown)


def update_connector_v2(call: Call) -> dict[str, Any]:
    """Its provider stays the same one (API reference, UpdateConnectorV2)."""
    found = _connector(call)
    found["Description"] = call.get("Description", found["Description"])
    for provider, given in (call.get("Provider") or {}).items():
        if provider not in found["Provider"]:
            raise unfit("The provider of a connector cannot be changed.")
        found["Provider"] = {provider: {**found["Provider"][provider], **given}}
    return {"ConnectorStatus": _status(found), "EnablementStatus": "ENABLED"}


def delete_connector_v2(call: Call) -> dict[str, Any]:
    """Not one that a rule uses (API reference, DeleteConnectorV2, ConflictException)."""
    found, hub = _connector(call), hub_of(call)
    used = (action.get("ExternalIntegrationConfiguration") for rule in hub.rules.values() for action in rule["Actions"])
    if found["ConnectorArn"] in [each["ConnectorArn"] for each in used if each]:
        raise Refusal("ConflictException", "An automation rule uses the connector.")
    del hub.connectors[found["ConnectorArn"]]
    return {"EnablementStatus": "PENDING_DELETION"}


def _connector(call: Call) -> dict[str, Any]:
    for found in _administered(call).connectors.values():
        if found["ConnectorId"] == call["ConnectorId"]:
            return found
    raise absent("The connector does not exist.")
