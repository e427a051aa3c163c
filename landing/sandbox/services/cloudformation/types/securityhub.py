"""AWS Security Hub: the hub, the finding aggregator, configuration policies and what they are associated with."""

from __future__ import annotations

from typing import ClassVar

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import Properties, ResourceType, Site, changed, found, given
from landing.sandbox.services.cloudformation.types.tags import TagCalls

SWITCHED_OFF = "InvalidAccessException"
"""What Security Hub answers where it is not enabled."""


class Hub(ResourceType):
    """AWS::SecurityHub::Hub."""

    name = "AWS::SecurityHub::Hub"
    properties = frozenset({"AutoEnableControls", "ControlFindingGenerator", "EnableDefaultStandards", "Tags"})
    tagging = TagCalls("securityhub")

    def create(self, site: Site, properties: Properties) -> str:
        """EnableSecurityHub, with the default standards unless they are declined."""
        client = site.client("securityhub")
        names = ("ControlFindingGenerator", "EnableDefaultStandards", "Tags")
        client.enable_security_hub(**given(properties, **{name: name for name in names}))
        if properties.get("AutoEnableControls") is False:
            client.update_security_hub_configuration(AutoEnableControls=False)
        return site.arn("securityhub", "hub/default")

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeHub."""
        hub = found(site.client("securityhub").describe_hub, SWITCHED_OFF)
        return hub and {name: hub[name] for name in ("AutoEnableControls", "ControlFindingGenerator")}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """What is not told is as in a new hub."""
        client = site.client("securityhub")
        defaults = {"AutoEnableControls": True, "ControlFindingGenerator": "SECURITY_CONTROL"}
        settings = {name: after.get(name, defaults[name]) for name in defaults if changed(before, after, name)}
        if settings:
            client.update_security_hub_configuration(**settings)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DisableSecurityHub."""
        found(site.client("securityhub").disable_security_hub, SWITCHED_OFF)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and date."""
        return {"ARN": physical_id, "SubscribedAt": site.client("securityhub").describe_hub()["SubscribedAt"]}


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
        """Dates are texts, and one attribute is inside the policy."""
        live = self.description(site=site, name=physical_id) or {}
        times = {name: live[name].isoformat() for name in ("CreatedAt", "UpdatedAt")}
        enabled = live["ConfigurationPolicy"]["SecurityHub"]["ServiceEnabled"]
        return {"Arn": physical_id, "Id": live["Id"], "ServiceEnabled": enabled, **times}


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

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """Dates are texts."""
        live = super().attributes(site, physical_id, properties)
        return {name: value if isinstance(value, str) else value.isoformat() for name, value in live.items()}
