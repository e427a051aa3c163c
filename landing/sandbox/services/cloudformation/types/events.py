"""Amazon EventBridge: rules and their targets, buses and who may put events on them."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.cloudformation.types.api import ApiType
from landing.sandbox.services.cloudformation.types.base import (
    Properties,
    ResourceType,
    Site,
    changed,
    document,
    given,
    parsed,
    refused,
)
from landing.sandbox.services.cloudformation.types.tags import TagCalls

SETTINGS = ("Description", "EventBusName", "RoleArn", "ScheduleExpression", "State")


class Rule(ResourceType):
    """AWS::Events::Rule."""

    name = "AWS::Events::Rule"
    properties = frozenset({*SETTINGS, "EventPattern", "Name", "Tags", "Targets"})
    tagging = TagCalls("events")

    def create(self, site: Site, properties: Properties) -> str:
        """PutRule, then its targets; the physical id is the name, behind the bus if that is not the default one."""
        client = site.client("events")
        name = properties.get("Name") or site.unique_name()
        tags = {"Tags": properties["Tags"]} if properties.get("Tags") else {}
        client.put_rule(Name=name, **self._settings(properties), **tags)
        bus = properties.get("EventBusName", "default")
        self._aim(client, _place(name, bus), [], properties.get("Targets", []))
        return str(name) if bus == "default" else f"{bus}|{name}"

    def _settings(self, properties: Properties) -> dict[str, Any]:
        settings = given(properties, **{name: name for name in SETTINGS})
        if properties.get("EventPattern"):
            settings["EventPattern"] = document(properties["EventPattern"])
        return settings

    def _aim(self, client: Any, place: dict[str, str], before: list[Any], after: list[Any]) -> None:
        named = {target["Id"] for target in after}
        if gone := [target["Id"] for target in before if target["Id"] not in named]:
            client.remove_targets(**place, Ids=gone)
        if fresh := [target for target in after if target not in before]:
            client.put_targets(**place, Targets=fresh)

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """DescribeRule and its targets."""
        client = site.client("events")
        bus, _, name = physical_id.rpartition("|")
        rule = client.describe_rule(Name=name, EventBusName=bus or "default")
        live: dict[str, Any] = given(rule, Name="Name", **{setting: setting for setting in SETTINGS})
        if rule.get("EventPattern"):
            live["EventPattern"] = parsed(rule["EventPattern"])
        targets = client.list_targets_by_rule(**_place(name, bus or "default"))["Targets"]
        live["Targets"] = targets
        return live

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """PutRule again, as a whole; targets as they differ."""
        client = site.client("events")
        bus, _, name = physical_id.rpartition("|")
        client.put_rule(Name=name, **self._settings(after))
        if changed(before, after, "Targets"):
            self._aim(client, _place(name, bus or "default"), before.get("Targets", []), after.get("Targets", []))

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """A rule goes after its targets."""
        client = site.client("events")
        bus, _, name = physical_id.rpartition("|")
        place = _place(name, bus or "default")
        if targets := client.list_targets_by_rule(**place)["Targets"]:
            client.remove_targets(**place, Ids=[target["Id"] for target in targets])
        client.delete_rule(Name=name, EventBusName=bus or "default")

    def attributes(self, site: Site, physical_id: str, properties: Properties) -> Properties:
        """ARN and name."""
        bus, _, name = physical_id.rpartition("|")
        rule = site.client("events").describe_rule(Name=name, EventBusName=bus or "default")
        return {"Arn": rule["Arn"], "RuleName": name}

    def arn(self, site: Site, physical_id: str) -> str:
        """It is not the physical id."""
        return str(self.attributes(site, physical_id, {})["Arn"])


def _place(name: str, bus: str) -> dict[str, str]:
    return {"Rule": name, "EventBusName": bus}


class EventBus(ApiType):
    """AWS::Events::EventBus."""

    name = "AWS::Events::EventBus"
    properties = frozenset({"Description", "KmsKeyIdentifier", "Name", "Tags"})
    service, key, named, longest = "events", "Name", "Name", 256
    creates, updates, deletes = "CreateEventBus", "UpdateEventBus", "DeleteEventBus"
    describes = "DescribeEventBus"
    tagging = TagCalls("events")


class EventBusPolicy(ResourceType):
    """AWS::Events::EventBusPolicy: one statement of the policy of a bus."""

    name = "AWS::Events::EventBusPolicy"
    properties = frozenset({"EventBusName", "Statement", "StatementId"})

    def create(self, site: Site, properties: Properties) -> str:
        """PutPermission of the whole policy; a statement that is there already is another's."""
        bus, sid = properties.get("EventBusName", "default"), properties["StatementId"]
        if sid in self._statements(site, bus):
            raise refused("PutPermission", "AlreadyExists", f"Statement {sid} of event bus {bus} already exists.")
        self._put(site, bus, sid, properties["Statement"])
        return f"{bus}|{sid}"

    def read(self, site: Site, physical_id: str, expected: Properties) -> Properties | None:
        """The statement in the policy of DescribeEventBus."""
        bus, _, sid = physical_id.partition("|")
        found = self._statements(site, bus).get(sid)
        if found is None:
            return None
        wanted = expected.get("Statement", {})
        statement = {name: value for name, value in found.items() if name != "Sid" or name in wanted}
        return {"EventBusName": bus, "StatementId": sid, "Statement": statement}

    def update(self, site: Site, physical_id: str, before: Properties, after: Properties) -> None:
        """Put again."""
        bus, _, sid = physical_id.partition("|")
        self._put(site, bus, sid, after["Statement"])

    def delete(self, site: Site, physical_id: str, properties: Properties) -> None:
        """RemovePermission."""
        bus, _, sid = physical_id.partition("|")
        site.client("events").remove_permission(EventBusName=bus, StatementId=sid)

    def _statements(self, site: Site, bus: str) -> dict[str, Any]:
        text = site.client("events").describe_event_bus(Name=bus).get("Policy")
        return {statement["Sid"]: statement for statement in parsed(text)["Statement"]} if text else {}

    def _put(self, site: Site, bus: str, sid: str, statement: Any) -> None:
        statements = {**self._statements(site, bus), sid: {**statement, "Sid": sid}}
        policy = {"Version": "2012-10-17", "Statement": [*statements.values()]}
        site.client("events").put_permission(EventBusName=bus, Policy=document(policy))
