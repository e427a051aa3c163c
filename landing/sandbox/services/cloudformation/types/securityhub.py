"""AWS Security Hub: the hub, the finding aggregator, configuration policies and what they are associated with."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, given
from landing.sandbox.services.cloudformation.types.tags import TagCalls


class Hub(ApiType):
    """AWS::SecurityHub::Hub."""

    name = "AWS::SecurityHub::Hub"
    properties = frozenset({"AutoEnableControls", "ControlFindingGenerator", "EnableDefaultStandards", "Tags"})
    service, absent = "securityhub", ("InvalidAccessException",)
    creates, updates, deletes = "EnableSecurityHub", "UpdateSecurityHubConfiguration", "DisableSecurityHub"
    describes = "DescribeHub"
    tagging = TagCalls("securityhub")

    def create(self, site: Site, properties: Properties) -> str:
        """EnableSecurityHub, with the default standards unless they are declined."""
        super().create(site, properties)
        if properties.get("AutoEnableControls") is False:
            self._call(site, self.updates, None, {"AutoEnableControls": False})
        return site.arn("securityhub", "hub/default")

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """What is not told is as in a new hub."""
        defaults = {"AutoEnableControls": True, "ControlFindingGenerator": "SECURITY_CONTROL"}
        settings = {name: after.get(name, defaults[name]) for name in defaults if changed(before, after, name)}
        if settings:
            self._call(site, self.updates, None, settings)


class FindingAggregator(ApiType):
    """AWS::SecurityHub::FindingAggregator."""

    name = "AWS::SecurityHub::FindingAggregator"
    properties = frozenset({"RegionLinkingMode", "Regions"})
    service, key = "securityhub", "FindingAggregatorArn"
    creates, updates, deletes = "CreateFindingAggregator", "UpdateFindingAggregator", "DeleteFindingAggregator"
    describes = "GetFindingAggregator"


class ConfigurationPolicy(ApiType):
    """AWS::SecurityHub::ConfigurationPolicy."""

    name = "AWS::SecurityHub::ConfigurationPolicy"
    properties = frozenset({"ConfigurationPolicy", "Description", "Name", "Tags"})
    service, key, identity = "securityhub", "Identifier", "Arn"
    creates, updates, deletes = (f"{verb}ConfigurationPolicy" for verb in ("Create", "Update", "Delete"))
    describes = "GetConfigurationPolicy"
    tagging = TagCalls("securityhub")

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """What changed; a description that is gone is emptied."""
        settings = {name: after.get(name, "") for name in self.properties - {"Tags"} if changed(before, after, name)}
        if settings:
            self._call(site, self.updates, physical_id, settings)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """One is inside the policy."""
        live = self.description(site, physical_id, properties) or {}
        enabled = live["ConfigurationPolicy"]["SecurityHub"]["ServiceEnabled"]
        return {**super().attributes(site, physical_id, properties), "ServiceEnabled": enabled}


class PolicyAssociation(ResourceType):
    """AWS::SecurityHub::PolicyAssociation."""

    name = "AWS::SecurityHub::PolicyAssociation"
    properties = frozenset({"ConfigurationPolicyId", "TargetId", "TargetType"})
    targets: ClassVar = {"ACCOUNT": "AccountId", "ORGANIZATIONAL_UNIT": "OrganizationalUnitId", "ROOT": "RootId"}

    def create(self, site: Site, properties: Properties) -> str:
        """StartConfigurationPolicyAssociation; the physical id is the target."""
        self.update(site, "", {}, properties)
        return f"{properties['TargetType']}/{properties['TargetId']}"

    def _target(self, kind: str, target: str) -> dict[str, str]:
        return {self.targets[kind]: target}

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """A target that inherits has no association of its own."""
        kind, _, target = physical_id.partition("/")
        client = site.client("securityhub")
        live = client.get_configuration_policy_association(Target=self._target(kind, target))
        if live["AssociationType"] != "APPLIED":
            return None
        policy = live["ConfigurationPolicyId"]
        wanted = str(expected.get("ConfigurationPolicyId", ""))
        policy = wanted if wanted.rpartition("/")[2] == policy else policy
        return {"TargetType": kind, "TargetId": target, "ConfigurationPolicyId": policy}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """StartConfigurationPolicyAssociation replaces what was applied before."""
        site.client("securityhub").start_configuration_policy_association(
            ConfigurationPolicyIdentifier=after["ConfigurationPolicyId"],
            Target=self._target(after["TargetType"], after["TargetId"]),
        )

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """StartConfigurationPolicyDisassociation."""
        site.client("securityhub").start_configuration_policy_disassociation(
            ConfigurationPolicyIdentifier=properties["ConfigurationPolicyId"],
            Target=self._target(properties["TargetType"], properties["TargetId"]),
        )

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """What GetConfigurationPolicyAssociation says."""
        kind, _, target = physical_id.partition("/")
        client = site.client("securityhub")
        live = client.get_configuration_policy_association(Target=self._target(kind, target))
        names = ("AssociationStatus", "AssociationStatusMessage", "AssociationType")
        return {"AssociationIdentifier": physical_id, **given(live, **{name: name for name in names})}


class AutomationRule(ApiType):
    """AWS::SecurityHub::AutomationRule."""

    name = "AWS::SecurityHub::AutomationRule"
    properties = frozenset({
        "Actions", "Criteria", "Description", "IsTerminal", "RuleName", "RuleOrder", "RuleStatus",
    })  # fmt: skip
    service, key, identity = "securityhub", "AutomationRulesArn", "RuleArn"
    creates, deletes = "CreateAutomationRule", "BatchDeleteAutomationRules"
    describes, described = "BatchGetAutomationRules", "Rules"

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """BatchUpdateAutomationRules; what the template does not say is as in a new rule."""
        rule = {"IsTerminal": False, "RuleStatus": "ENABLED", **after, "RuleArn": physical_id}
        site.client("securityhub").batch_update_automation_rules(UpdateAutomationRulesRequestItems=[rule])
