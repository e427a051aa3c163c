"""AWS Security Hub: the hub, the finding aggregator, configuration policies and what they are associated with."""

from __future__ import annotations

from typing import Any, ClassVar

from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    found,
    given,
    tag_map,
)

SWITCHED_OFF = "InvalidAccessException"
"""What Security Hub answers where it is not enabled."""


def _retag(client: Any, arn: str, before: Properties, after: Properties) -> None:
    old, new = tag_map(before.get("Tags")), tag_map(after.get("Tags"))
    if gone := [key for key in old if key not in new]:
        client.untag_resource(ResourceArn=arn, TagKeys=gone)
    if fresh := {key: value for key, value in new.items() if old.get(key) != value}:
        client.tag_resource(ResourceArn=arn, Tags=fresh)


def _tags(client: Any, arn: str, expected: Properties) -> dict[str, Any]:
    return {"Tags": client.list_tags_for_resource(ResourceArn=arn)["Tags"]} if "Tags" in expected else {}


class Hub(ResourceType):
    """AWS::SecurityHub::Hub."""

    name = "AWS::SecurityHub::Hub"
    properties = frozenset({"AutoEnableControls", "ControlFindingGenerator", "EnableDefaultStandards", "Tags"})

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
        client = site.client("securityhub")
        hub = found(client.describe_hub, SWITCHED_OFF)
        if hub is None:
            return None
        live = {name: hub[name] for name in ("AutoEnableControls", "ControlFindingGenerator")}
        return live | _tags(client, physical_id, expected)

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """What is not told is as in a new hub."""
        client = site.client("securityhub")
        defaults = {"AutoEnableControls": True, "ControlFindingGenerator": "SECURITY_CONTROL"}
        settings = {name: after.get(name, defaults[name]) for name in defaults if changed(before, after, name)}
        if settings:
            client.update_security_hub_configuration(**settings)
        _retag(client, physical_id, before, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DisableSecurityHub."""
        found(site.client("securityhub").disable_security_hub, SWITCHED_OFF)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and date."""
        return {"ARN": physical_id, "SubscribedAt": site.client("securityhub").describe_hub()["SubscribedAt"]}


class FindingAggregator(ResourceType):
    """AWS::SecurityHub::FindingAggregator."""

    name = "AWS::SecurityHub::FindingAggregator"
    properties = frozenset({"RegionLinkingMode", "Regions"})

    def create(self, site: Site, properties: Properties) -> str:
        """CreateFindingAggregator."""
        made = site.client("securityhub").create_finding_aggregator(**properties)
        arn: str = made["FindingAggregatorArn"]
        return arn

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetFindingAggregator."""
        live = site.client("securityhub").get_finding_aggregator(FindingAggregatorArn=physical_id)
        return given(live, RegionLinkingMode="RegionLinkingMode", Regions="Regions")

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """UpdateFindingAggregator."""
        site.client("securityhub").update_finding_aggregator(FindingAggregatorArn=physical_id, **after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteFindingAggregator."""
        site.client("securityhub").delete_finding_aggregator(FindingAggregatorArn=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and Region."""
        return {"FindingAggregatorArn": physical_id, "FindingAggregationRegion": site.region}


class ConfigurationPolicy(ResourceType):
    """AWS::SecurityHub::ConfigurationPolicy."""

    name = "AWS::SecurityHub::ConfigurationPolicy"
    properties = frozenset({"ConfigurationPolicy", "Description", "Name", "Tags"})
    settings = ("ConfigurationPolicy", "Description", "Name")

    def create(self, site: Site, properties: Properties) -> str:
        """CreateConfigurationPolicy; the physical id is the ARN."""
        arn: str = site.client("securityhub").create_configuration_policy(**properties)["Arn"]
        return arn

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """GetConfigurationPolicy."""
        client = site.client("securityhub")
        live = client.get_configuration_policy(Identifier=physical_id)
        return given(live, **{name: name for name in self.settings}) | _tags(client, physical_id, expected)

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """What changed; a description that is gone is emptied."""
        client = site.client("securityhub")
        settings = {name: after.get(name, "") for name in self.settings if changed(before, after, name)}
        if settings:
            client.update_configuration_policy(Identifier=physical_id, **settings)
        _retag(client, physical_id, before, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteConfigurationPolicy."""
        site.client("securityhub").delete_configuration_policy(Identifier=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN, id, dates."""
        live = site.client("securityhub").get_configuration_policy(Identifier=physical_id)
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
