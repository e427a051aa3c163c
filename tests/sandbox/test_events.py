"""Rules, targets, buses and their permissions (EventBridge User Guide and API reference)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source

PATTERN = json.dumps({"source": ["aws.guardduty"]})
TOPIC = "arn:aws:sns:us-east-1:123456789012:alarms"


def rule(cloud: Cloud, name: str = "findings", **parameters: Any) -> Any:
    events = cloud.client("events")
    events.put_rule(Name=name, EventPattern=PATTERN, **parameters)
    return events


def targets(*ids: str) -> list[dict[str, str]]:
    return [{"Id": one, "Arn": TOPIC} for one in ids]


@source("events: PutRule, DescribeRule (API reference): a rule is replaced by the new parameters")
def test_a_rule_is_put_and_replaced(cloud: Cloud) -> None:
    events = rule(cloud, Description="first", State="DISABLED")
    found = events.describe_rule(Name="findings")
    assert (found["State"], found["Description"], found["EventBusName"]) == ("DISABLED", "first", "default")
    rule(cloud)
    found = events.describe_rule(Name="findings")
    assert (found["State"], "Description" in found) == ("ENABLED", False)


@source("events: PutRule (API reference): InvalidEventPatternException, ValidationException")
@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("ValidationException", {}),
        ("InvalidEventPatternException", {"EventPattern": "{"}),
        ("InvalidEventPatternException", {"EventPattern": '{"source": "aws.s3"}'}),
        ("ValidationException", {"ScheduleExpression": "every day"}),
    ],
)
def test_a_rule_needs_a_valid_pattern_or_schedule(cloud: Cloud, code: str, what: dict[str, str]) -> None:
    refused(code, cloud.client("events").put_rule, Name="findings", **what)


@source("EventBridge User Guide, Quotas: event pattern size")
def test_a_pattern_has_2048_characters_at_most(cloud: Cloud) -> None:
    def pattern(size: int) -> str:
        return json.dumps({"source": ["a" * (size - len(json.dumps({"source": [""]})))]})

    events = cloud.client("events")
    events.put_rule(Name="long", EventPattern=pattern(2048))
    refused("LimitExceededException", events.put_rule, Name="long", EventPattern=pattern(2049))


@source("EventBridge User Guide, Quotas: targets per rule")
def test_a_rule_has_five_targets(cloud: Cloud) -> None:
    events = rule(cloud)
    events.put_targets(Rule="findings", Targets=targets(*"abcde"))
    events.put_targets(Rule="findings", Targets=targets("a"))
    refused("LimitExceededException", events.put_targets, Rule="findings", Targets=targets("f"))
    assert len(events.list_targets_by_rule(Rule="findings")["Targets"]) == 5


@source("events: PutTargets (API reference): Input, InputPath, and InputTransformer are mutually exclusive")
def test_a_target_has_one_input(cloud: Cloud) -> None:
    both = [{**targets("a")[0], "Input": "{}", "InputPath": "$"}]
    refused("ValidationException", rule(cloud).put_targets, Rule="findings", Targets=both)


@source("events: PutTargets, RemoveTargets, ListTargetsByRule (API reference), ResourceNotFoundException")
def test_targets_need_their_rule(cloud: Cloud) -> None:
    events = cloud.client("events")
    refused("ResourceNotFoundException", events.put_targets, Rule="none", Targets=targets("a"))
    refused("ResourceNotFoundException", events.remove_targets, Rule="none", Ids=["a"])
    refused("ResourceNotFoundException", events.list_targets_by_rule, Rule="none")


@source("events: DeleteRule (API reference): before you can delete the rule, you must remove all targets")
def test_a_rule_is_deleted_after_its_targets(cloud: Cloud) -> None:
    events = rule(cloud)
    events.put_targets(Rule="findings", Targets=targets("a"))
    refused("ValidationException", events.delete_rule, Name="findings")
    events.remove_targets(Rule="findings", Ids=["a"])
    events.delete_rule(Name="findings")
    refused("ResourceNotFoundException", events.describe_rule, Name="findings")


@source("events: ListRules (API reference): Limit, NamePrefix, NextToken")
def test_rules_have_pages(cloud: Cloud) -> None:
    for name in ("b", "a", "ab"):
        events = rule(cloud, name)
    first = events.list_rules(Limit=2)
    second = events.list_rules(Limit=2, NextToken=first["NextToken"])
    assert [found["Name"] for page in (first, second) for found in page["Rules"]] == ["a", "ab", "b"]
    assert [found["Name"] for found in events.list_rules(NamePrefix="a")["Rules"]] == ["a", "ab"]
    refused("ValidationException", events.list_rules, NextToken="mine")
    refused("ResourceNotFoundException", events.list_rules, EventBusName="none")


@source("events: CreateEventBus, DeleteEventBus (API reference)")
def test_a_bus_is_deleted_after_its_rules(cloud: Cloud) -> None:
    events = cloud.client("events")
    events.create_event_bus(Name="security")
    refused("ResourceAlreadyExistsException", events.create_event_bus, Name="security")
    rule(cloud, EventBusName="security")
    refused("ValidationException", events.delete_event_bus, Name="security")
    events.delete_rule(Name="findings", EventBusName="security")
    events.delete_event_bus(Name="security")
    refused("ResourceNotFoundException", events.describe_event_bus, Name="security")


@source("events: DeleteEventBus (API reference): you can't delete your account's default event bus")
def test_the_default_bus_stays(cloud: Cloud) -> None:
    refused("ValidationException", cloud.client("events").delete_event_bus, Name="default")


@source("events: PutRule (API reference): scheduled rules are supported only on the default event bus")
def test_schedules_are_for_the_default_bus(cloud: Cloud) -> None:
    events = cloud.client("events")
    events.create_event_bus(Name="security")
    schedule = {"Name": "daily", "ScheduleExpression": "rate(1 day)"}
    refused("ValidationException", events.put_rule, EventBusName="security", **schedule)
    events.put_rule(**schedule)


@source("events: UpdateEventBus (API reference)")
def test_a_bus_is_updated(cloud: Cloud) -> None:
    events = cloud.client("events")
    refused("ResourceNotFoundException", events.update_event_bus, Name="none")
    assert events.update_event_bus(Name="default", Description="ours")["Description"] == "ours"
    assert events.describe_event_bus()["Description"] == "ours"


@source("EventBridge User Guide, Permissions for event buses: all accounts of an organization")
def test_an_organization_may_put_events(cloud: Cloud) -> None:
    events = cloud.client("events")
    condition = {"Type": "StringEquals", "Key": "aws:PrincipalOrgID", "Value": "o-example"}
    put = {"Action": "events:PutEvents", "StatementId": "organization", "Condition": condition}
    events.put_permission(Principal="*", **put)
    (statement,) = json.loads(events.describe_event_bus()["Policy"])["Statement"]
    assert statement["Principal"] == "*"
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": "o-example"}}
    events.remove_permission(StatementId="organization")
    refused("ResourceNotFoundException", events.remove_permission, StatementId="organization")


EVENT = {
    "id": "1", "account": "123456789012", "source": "aws.x", "time": "2026-01-01T00:00:00Z", "region": "us-east-1",
    "resources": ["arn:aws:iam::123456789012:role/a"], "detail-type": "d",
    "detail": {"severity": 7.5, "name": "Delete", "list": [{"a": 1, "b": 2}, {"a": 3, "b": 4}], "tags": ["x", "y"]},
}  # fmt: skip


@source("EventBridge User Guide, Comparison operators for use in event patterns")
@pytest.mark.parametrize(
    ("detail", "fits"),
    [
        ({"severity": [{"numeric": [">=", 7, "<", 8]}]}, True),
        ({"severity": [{"numeric": [">=", 8]}]}, False),
        ({"name": [{"prefix": "Del"}]}, True),
        ({"name": [{"suffix": "Del"}]}, False),
        ({"name": ["Create", {"wildcard": "D*te"}]}, True),
        ({"name": [{"anything-but": ["Delete"]}]}, False),
        ({"name": [{"anything-but": {"prefix": "Cre"}}]}, True),
        ({"name": [{"equals-ignore-case": "delete"}]}, True),
        ({"none": [{"exists": False}]}, True),
        ({"name": [{"exists": False}]}, False),
        ({"none": {"deeper": [{"exists": False}]}}, True),
        ({"list": {"a": [3], "b": [4]}}, True),
        ({"list": {"a": [1], "b": [4]}}, False),
        ({"tags": ["y"]}, True),
        ({"$or": [{"name": ["Create"]}, {"severity": [7.5]}]}, True),
        ({"$or": [{"name": ["Create"]}, {"severity": [7]}]}, False),
    ],
)
def test_an_event_is_held_against_a_pattern(cloud: Cloud, detail: dict[str, Any], fits: bool) -> None:
    pattern = json.dumps({"source": ["aws.x"], "detail": detail})
    tried = cloud.client("events").test_event_pattern
    assert tried(EventPattern=pattern, Event=json.dumps(EVENT))["Result"] is fits


@source("events: TestEventPattern (API reference): InvalidEventPatternException; the fields of an event")
def test_a_trial_needs_a_pattern_and_an_event(cloud: Cloud) -> None:
    tried = cloud.client("events").test_event_pattern
    event = json.dumps(EVENT)
    refused("InvalidEventPatternException", tried, EventPattern="{", Event=event)
    refused("InvalidEventPatternException", tried, EventPattern='{"source": "aws.x"}', Event=event)
    refused("InvalidEventPatternException", tried, EventPattern='{"source": [{"like": "aws.x"}]}', Event=event)
    refused("ValidationException", tried, EventPattern=PATTERN, Event='{"source": "aws.x"}')
