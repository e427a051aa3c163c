"""AWS Config: rules and conformance packs of an account, and stored queries."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    found,
    given,
    refused,
    tag_list,
)
from landing.sandbox.services.cloudformation.types.config import retag_config

LOOKS = 1000
"""How often a handler looks whether a thing in the background is done before it gives up."""


def stabilized(operation: str, status: Callable[[], tuple[str, str]]) -> None:
    """Wait for what AWS Config does in the background; `status` is a state and the reason for it."""
    for _ in range(LOOKS):
        state, reason = status()
        if not state.endswith("_IN_PROGRESS"):
            break
    if not state.endswith(("_COMPLETE", "_SUCCESSFUL")):
        raise refused(operation, "NotStabilized", f"{state}: {reason}")


class ConfigRule(ResourceType):
    """AWS::Config::ConfigRule."""

    name = "AWS::Config::ConfigRule"
    settings = ("Description", "EvaluationModes", "InputParameters", "MaximumExecutionFrequency", "Scope", "Source")
    properties = frozenset({*settings, "ConfigRuleName"})

    def create(self, site: Site, properties: Properties) -> str:
        """A rule that is there already is not taken over."""
        client = site.client("config")
        name: str = properties.get("ConfigRuleName") or site.unique_name(128)
        if found(client.describe_config_rules, ConfigRuleNames=[name]):
            raise refused("CreateRule", "AlreadyExists", f"The rule {name} already exists.")
        self._put(client, name, properties)
        return name

    def _put(self, client: Any, name: str, properties: Properties) -> None:
        rule = given(properties, **{setting: setting for setting in self.settings})
        if "InputParameters" in rule and not isinstance(rule["InputParameters"], str):
            rule["InputParameters"] = json.dumps(rule["InputParameters"])
        client.put_config_rule(ConfigRule={"ConfigRuleName": name, **rule})

    def _found(self, site: Site, name: str) -> dict[str, Any]:
        rule: dict[str, Any] = site.client("config").describe_config_rules(ConfigRuleNames=[name])["ConfigRules"][0]
        return rule

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeConfigRules."""
        rule = self._found(site, physical_id)
        live = given(rule, ConfigRuleName="ConfigRuleName", **{setting: setting for setting in self.settings})
        if "InputParameters" in live and not isinstance(expected.get("InputParameters"), str):
            live["InputParameters"] = json.loads(live["InputParameters"])
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutConfigRule again, as a whole."""
        self._put(site.client("config"), physical_id, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """DeleteConfigRule."""
        site.client("config").delete_config_rule(ConfigRuleName=physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and id."""
        rule = self._found(site, physical_id)
        return {"Arn": rule["ConfigRuleArn"], "ConfigRuleId": rule["ConfigRuleId"]}


class ConformancePack(ResourceType):
    """AWS::Config::ConformancePack."""

    name = "AWS::Config::ConformancePack"
    settings = ("ConformancePackInputParameters", "DeliveryS3Bucket", "DeliveryS3KeyPrefix")
    templates = ("TemplateBody", "TemplateS3Uri")
    properties = frozenset({*settings, *templates, "ConformancePackName", "Tags"})

    def create(self, site: Site, properties: Properties) -> str:
        """Made in the background, and waited for."""
        name: str = properties["ConformancePackName"]
        if found(site.client("config").describe_conformance_packs, ConformancePackNames=[name]):
            raise refused("CreatePack", "AlreadyExists", f"The conformance pack {name} already exists.")
        self._put(site, name, properties, **given(properties, Tags="Tags"))
        return name

    def _put(self, site: Site, name: str, properties: Properties, **more: Any) -> None:
        client = site.client("config")
        wanted = given(properties, **{setting: setting for setting in (*self.settings, *self.templates)})
        client.put_conformance_pack(ConformancePackName=name, **wanted, **more)
        self._wait(client, "PutConformancePack", name)

    def _wait(self, client: Any, operation: str, name: str) -> None:
        def status() -> tuple[str, str]:
            answer = found(client.describe_conformance_pack_status, ConformancePackNames=[name])
            if answer is None or not answer["ConformancePackStatusDetails"]:
                return "DELETE_COMPLETE", ""
            detail = answer["ConformancePackStatusDetails"][0]
            return detail["ConformancePackState"], detail.get("ConformancePackStatusReason", "")

        stabilized(operation, status)

    def _found(self, site: Site, name: str) -> dict[str, Any]:
        packs = site.client("config").describe_conformance_packs(ConformancePackNames=[name])
        pack: dict[str, Any] = packs["ConformancePackDetails"][0]
        return pack

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The template cannot be read back."""
        pack = self._found(site, physical_id)
        live = given(pack, ConformancePackName="ConformancePackName", **{name: name for name in self.settings})
        if "Tags" in expected:
            tags = site.client("config").list_tags_for_resource(ResourceArn=pack["ConformancePackArn"])["Tags"]
            live["Tags"] = tag_list(tags)
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutConformancePack again, as a whole."""
        if changed(before, after, *self.settings, *self.templates):
            self._put(site, physical_id, after)
        retag_config(site.client("config"), self._found(site, physical_id)["ConformancePackArn"], before, after)

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """Deleted in the background, and waited for."""
        client = site.client("config")
        client.delete_conformance_pack(ConformancePackName=physical_id)
        self._wait(client, "DeleteConformancePack", physical_id)

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """The ARN."""
        return {"ConformancePackArn": self._found(site, physical_id)["ConformancePackArn"]}
