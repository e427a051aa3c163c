"""Amazon EventBridge: moto's, with limits on targets and buses, and permissions as they read back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from landing.sandbox.moto.probes import refuses
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import event_patterns, event_targets
from landing.sandbox.services.call import Call
from landing.sandbox.services.service import Probe, ProbedSandbox, Service

MOST_TARGETS = 5
"""Of one rule (EventBridge User Guide, "Quotas")."""
LONGEST = 2_048
"""Characters of a pattern (the same)."""
INPUTS = ("Input", "InputPath", "InputTransformer")
SETTINGS = ("Description", "KmsKeyIdentifier", "DeadLetterConfig", "LogConfig")
EVERYBODY = {"AWS": "arn:aws:iam::*:root"}
"""How moto writes a principal that stands for all accounts."""
NEEDED = frozenset({"account", "detail-type", "id", "region", "resources", "source", "time"})
"""Fields that an event must have to be tried (API reference, TestEventPattern)."""
PATTERN = '{"source":["aws.guardduty"]}'


def _events(sandbox: ProbedSandbox) -> Any:
    events: Any = sandbox.session().client("events", region_name="us-east-1")
    return events


def targets_are_limited(sandbox: ProbedSandbox) -> bool:
    """The probe: a rule has no sixth target."""
    events = _events(sandbox)
    events.put_rule(Name="probe", EventPattern=PATTERN)
    targets = [{"Id": str(i), "Arn": "arn:aws:sns:us-east-1:123456789012:t"} for i in range(6)]
    return refuses(events.put_targets, "LimitExceededException", Rule="probe", Targets=targets)


def patterns_are_short(sandbox: ProbedSandbox) -> bool:
    """The probe: no rule has a pattern of 2,049 characters."""
    pattern = json.dumps({"source": ["a" * (LONGEST - 15)]})
    return refuses(_events(sandbox).put_rule, "LimitExceededException", Name="probe", EventPattern=pattern)


def buses_with_rules_stay(sandbox: ProbedSandbox) -> bool:
    """The probe: a bus that has a rule is not deleted."""
    events = _events(sandbox)
    events.create_event_bus(Name="probe")
    events.put_rule(Name="probe", EventBusName="probe", EventPattern=PATTERN)
    return refuses(events.delete_event_bus, "ValidationException", Name="probe")


def everybody_is_a_star(sandbox: ProbedSandbox) -> bool:
    """The probe: a permission for the principal * reads back with the principal *."""
    events = _events(sandbox)
    events.put_permission(Action="events:PutEvents", Principal="*", StatementId="probe")
    (statement,) = json.loads(events.describe_event_bus()["Policy"])["Statement"]
    return bool(statement["Principal"] == "*")


def sources_of_aws_are_kept(sandbox: ProbedSandbox) -> bool:
    """The probe: nobody puts an event of AWS's own services."""
    entry = {"Source": "aws.ec2", "DetailType": "probe", "Detail": "{}"}
    return bool(_events(sandbox).put_events(Entries=[entry])["FailedEntryCount"] == 1)


def buses_are_updated(sandbox: ProbedSandbox) -> bool:
    """The probe: a bus has the description that it was given later."""
    events = _events(sandbox)
    events.update_event_bus(Name="default", Description="probe")
    return bool(events.describe_event_bus()["Description"] == "probe")


def patterns_are_tried(sandbox: ProbedSandbox) -> bool:
    """The probe: an event is held against a pattern."""
    event = json.dumps(dict.fromkeys(NEEDED, "") | {"source": "aws.guardduty"})
    return bool(_events(sandbox).test_event_pattern(EventPattern=PATTERN, Event=event)["Result"])


def tokens_are_checked(sandbox: ProbedSandbox) -> bool:
    """The probe: a list does not begin at a token that was never given."""
    return refuses(_events(sandbox).list_rules, "ValidationException", NextToken="mine")


@dataclass
class Buses:
    """Name of a bus to the settings that it was given later."""

    changed: dict[str, dict[str, Any]] = field(default_factory=dict)


class Events(Service[Buses]):
    """Rules, targets and buses are moto's."""

    name = "events"
    extends = True
    state_type = Buses
    probes: ClassVar[Mapping[str, Probe]] = {
        "DeleteEventBus": buses_with_rules_stay,
        "DescribeEventBus": everybody_is_a_star,
        "ListRules": tokens_are_checked,
        "PutEvents": sources_of_aws_are_kept,
        "PutRule": patterns_are_short,
        "PutTargets": targets_are_limited,
        "TestEventPattern": patterns_are_tried,
        "UpdateEventBus": buses_are_updated,
    }

    def test_event_pattern(self, call: Call) -> dict[str, Any]:
        """Moto has no trial of a pattern."""
        try:
            event = json.loads(call["Event"])
        except ValueError:
            event = None
        if not isinstance(event, dict) or not event.keys() >= NEEDED:
            raise Refusal("ValidationException", "Parameter Event is not valid.")
        return {"Result": event_patterns.matches(event_patterns.parsed(call["EventPattern"]), event)}

    def put_rule(self, call: Call) -> HttpAnswer:
        """Moto takes patterns of any length."""
        if len(call.get("EventPattern") or "") > LONGEST:
            raise Refusal("LimitExceededException", f"The event pattern is longer than {LONGEST} characters.")
        return call.forward()

    def put_events(self, call: Call) -> dict[str, Any]:
        """Moto starts no Automation, and takes events that only AWS's own services put."""
        entries: list[dict[str, Any]] = []
        for given in call["Entries"]:
            if given.get("Source", "").startswith("aws."):
                message = "Not authorized for the source."
                entries.append({"ErrorCode": "NotAuthorizedForSourceException", "ErrorMessage": message})
                continue
            number = event_targets.happened(
                call.world,
                call.account,
                call.region,
                source=given.get("Source", ""),
                detail_type=given.get("DetailType", ""),
                detail=json.loads(given.get("Detail", "{}")),
                resources=given.get("Resources", []),
                bus=_bus_name(given.get("EventBusName", "default")),
            )
            entries.append({"EventId": number})
        failed = sum("ErrorCode" in each for each in entries)
        return {"FailedEntryCount": failed, "Entries": entries}

    def put_targets(self, call: Call) -> HttpAnswer:
        """Moto takes any number of targets, and several inputs for one."""
        for target in call["Targets"]:
            if sum(name in target for name in INPUTS) > 1:
                raise Refusal(
                    "ValidationException",
                    f"Only one of Input, InputPath, or InputTransformer must be provided for target {target['Id']}.",
                )
        bus = call.backend().event_buses.get(_bus_name(call.get("EventBusName", "default")))
        rule = None if bus is None else bus.rules.get(call["Rule"])
        before = [] if rule is None else rule.targets
        if len({target["Id"] for target in (*before, *call["Targets"])}) > MOST_TARGETS:
            raise Refusal("LimitExceededException", "The requested resource exceeds the maximum number allowed.")
        return call.forward()

    def list_rules(self, call: Call) -> dict[str, Any]:
        """Moto takes any token, and then lists nothing."""
        bus = _bus_name(call.get("EventBusName", "default"))
        if bus not in call.backend().event_buses:
            raise Refusal("ResourceNotFoundException", f"Event bus {bus} does not exist.")
        rules = call.backend().event_buses[bus].rules.values()
        shown = [rule for rule in rules if rule.name.startswith(call.get("NamePrefix", ""))]
        return call.page("Rules", sorted(shown, key=lambda rule: rule.name), show=_rule)

    def delete_event_bus(self, call: Call) -> HttpAnswer:
        """Moto deletes a bus together with its rules."""
        name = _bus_name(call["Name"])
        bus = call.backend().event_buses.get(name)
        if bus is not None and bus.rules and name != "default":
            raise Refusal("ValidationException", f"Event bus {name} can't be deleted since it has rules.")
        self.state(call).changed.pop(name, None)
        return call.forward()

    def update_event_bus(self, call: Call) -> dict[str, Any]:
        """Moto has no updates of a bus."""
        name = _bus_name(call.get("Name", "default"))
        bus = call.backend().event_buses.get(name)
        if bus is None:
            raise Refusal("ResourceNotFoundException", f"Event bus {name} does not exist.")
        given = {setting: call[setting] for setting in SETTINGS if setting in call}
        self.state(call).changed[name] = given
        return {"Arn": bus.arn, "Name": name, **given}

    def describe_event_bus(self, call: Call) -> dict[str, Any]:
        """Moto has no updates of a bus, and writes the principal * as a pattern of an ARN."""
        found = call.moto()
        if "Policy" in found:
            policy = json.loads(found["Policy"])
            for statement in policy["Statement"]:
                if statement.get("Principal") == EVERYBODY:
                    statement["Principal"] = "*"
            found["Policy"] = json.dumps(policy, separators=(",", ":"))
        return {**found, **self.state(call).changed.get(found["Name"], {})}


def _bus_name(name: str) -> str:
    """By its name or its ARN."""
    return name.rpartition("event-bus/")[2]


def _rule(rule: Any) -> dict[str, Any]:
    return {name: value for name, value in rule.describe().items() if name != "CreatedBy" and value is not None}
