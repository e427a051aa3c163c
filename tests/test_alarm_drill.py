"""A drill of the alarms: findings on their whole way, from GuardDuty and Security Hub to the topic."""

from __future__ import annotations

import contextlib
import io
import json
import time
from collections.abc import Iterator
from types import ModuleType

import pytest

from landing.blueprint.resource_names import TRAIL
from landing.report.formats import View, shown
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.sandbox.services.functions import INVOCATIONS
from landing.services.alarm_drill import READS, SAMPLE, WRITES, Drill, Sample, planned, run, subscriptions
from tests.cloud import QuickAws
from tests.conftest import Load
from tests.samples import SMALL
from tests.test_alarms import EMAIL, HOME, Applied, message

__all__ = ["message"]  # the fixture
REGIONS = [HOME, "us-east-1"]
TEXT = (
    SMALL
    + f"""
timeouts: {{alarm_drill: 60s}}
services:
  log_archive: {{}}
  cloudtrail: {{cloudwatch_logs: true}}
  guardduty: {{}}
  security_hub: {{}}
  config: {{}}
  alarms: {{email: [{EMAIL}], trail_alarms: true}}
"""
)
NOW = "2026-01-01T00:00:00Z"
GROUP = "/aws/lambda/landing-alarms"

WITHOUT_DESCRIPTION = (
    "AlarmActions", "AlarmName", "ComparisonOperator", "EvaluationPeriods", "MetricName", "Namespace", "Period",
    "Statistic", "Threshold",
)  # fmt: skip


class DrilledAws(QuickAws):
    """A door beside which the function of the alarms runs while one waits."""

    runs = True
    function: ModuleType
    applied: Applied

    def invoke(self) -> int:
        """Run the function for what it was given, in the name of its role, and keep what it writes."""
        waiting = INVOCATIONS.at(self.applied.cloud.sandbox.world, self.applied.ids["security-tooling"], HOME).waiting
        events, waiting[:] = list(waiting), []
        logs = self.applied.session.client("logs")
        for name, event in events:
            assert name == "landing-alarms"
            written = io.StringIO()
            with contextlib.redirect_stdout(written):
                self.function.handler(event, None)
            lines = [
                {"timestamp": int(time.time() * 1000), "message": line} for line in written.getvalue().splitlines()
            ]
            logs.put_log_events(logGroupName=GROUP, logStreamName="run", logEvents=lines)
        return len(events)


@pytest.fixture(scope="module")
def applied(load_text: Load) -> Iterator[Applied]:
    with Sandbox(organization=True) as sandbox:
        found = Applied(sandbox, load_text(TEXT))
        assert found.result.complete, found.result.failed
        found.session.client("logs").create_log_stream(logGroupName=GROUP, logStreamName="run")
        yield found


@pytest.fixture
def aws(applied: Applied, message: ModuleType, monkeypatch: pytest.MonkeyPatch) -> DrilledAws:
    applied.invoked_as_lambda_does(monkeypatch)
    found = DrilledAws(applied.cloud.organization, read_only=False)
    found.reads = found.reads.and_also((*READS, *WRITES))
    found.applied, found.function = applied, message
    sleep = found.clock.sleep

    def asleep(seconds: float) -> None:
        if found.runs:
            found.invoke()
        sleep(seconds)

    monkeypatch.setattr(found.clock, "sleep", asleep)
    return found


def drill(aws: DrilledAws) -> Drill:
    heard: list[Sample] = []
    since = int((time.time() - 5) * 1000)
    organization = aws.applied.cloud.organization
    who = subscriptions(organization, aws)
    found = run(organization, aws, who, now=NOW, milliseconds=since, heard=heard.append)
    assert len(heard) == len(found.samples) - len(found.unheard)
    return found


def archived(applied: Applied, region: str) -> list[bool]:
    client = applied.cloud.sandbox.session(applied.ids["security-tooling"], region=region).client("guardduty")
    (detector,) = client.list_detectors()["DetectorIds"]
    ids = client.list_findings(DetectorId=detector)["FindingIds"]
    found = client.get_findings(DetectorId=detector, FindingIds=ids)["Findings"]
    return [each["Service"]["Archived"] for each in found if each["Type"] == SAMPLE]


def test_samples_come_to_the_topic_from_every_region_and_are_put_away(applied: Applied, aws: DrilledAws) -> None:
    found = drill(aws)
    assert [(each.service, each.scope.region) for each in found.samples] == [
        *(("GuardDuty", region) for region in REGIONS),
        ("Security Hub", HOME),
        ("CloudWatch", HOME),
    ]
    assert [each.problem for each in found.samples] == [""] * 4
    assert all(each.after is not None and each.message for each in found.samples)
    assert [archived(applied, region) for region in REGIONS] == [[True], [True]]
    hub = applied.session.client("securityhub")
    (finding,) = hub.get_findings(Filters={"Title": [{"Value": "[SAMPLE]", "Comparison": "PREFIX"}]})["Findings"]
    assert (finding["RecordState"], finding["Workflow"]["Status"]) == ("ARCHIVED", "RESOLVED")
    assert found.deaf == [EMAIL], "nobody has opened the link"
    assert not found.passed
    assert Drill(found.samples, {EMAIL: True}).passed


def test_a_rule_that_somebody_has_switched_off_is_noticed(applied: Applied, aws: DrilledAws) -> None:
    events = applied.cloud.sandbox.session(applied.ids["security-tooling"], region="us-east-1").client("events")
    events.disable_rule(Name="landing-alarms-guarddutyfindings")
    found = drill(aws)
    events.enable_rule(Name="landing-alarms-guarddutyfindings")
    assert [each.scope.region for each in found.unheard] == ["us-east-1"]
    text = shown("drill", "text", found, view=View(style=Style()))
    assert "GuardDuty in us-east-1: not heard: look at the rules landing-alarms-… there" in text
    assert "Drill: 3 of 4 samples came to the topic" in text
    assert json.loads(shown("drill", "json", found, view=View()))["passed"] is False


def test_a_bus_that_takes_events_of_nobody_is_noticed(applied: Applied, aws: DrilledAws) -> None:
    events = applied.session.client("events")
    (statement,) = json.loads(events.describe_event_bus(Name="landing-alarms")["Policy"])["Statement"]
    events.remove_permission(EventBusName="landing-alarms", StatementId="organization")
    found = drill(aws)
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    events.put_permission(EventBusName="landing-alarms", Policy=policy)
    assert {each.service for each in found.unheard} <= {"GuardDuty"}
    assert drill(aws).unheard == []


def test_a_function_that_does_not_run_hears_nothing(applied: Applied, aws: DrilledAws) -> None:
    aws.runs = False
    found = drill(aws)
    assert len(found.unheard) == 4
    aws.runs = True
    assert aws.invoke() == 4


def test_what_aws_refuses_is_told_and_the_others_are_tried(applied: Applied, aws: DrilledAws) -> None:
    applied.cloud.sandbox.faults.reject("guardduty", "CreateSampleFindings", code="AccessDeniedException", message="no")
    found = drill(aws)
    (sample,) = found.unheard
    assert (sample.service, sample.scope.region) == ("GuardDuty", HOME)
    assert sample.problem.endswith("no")


def test_a_sample_that_cannot_be_put_away_is_told(applied: Applied, aws: DrilledAws) -> None:
    applied.cloud.sandbox.faults.reject("guardduty", "ArchiveFindings", code="AccessDeniedException", message="no")
    found = drill(aws)
    assert found.unheard == []
    assert [each.problem.startswith("not put away: ") for each in found.samples] == [True, False, False, False]
    assert "(not put away: " in shown("drill", "text", found, view=View(style=Style()))


def written(applied: Applied, *records: dict[str, object]) -> None:
    """Records come to the log group of the trail."""
    logs = applied.cloud.sandbox.session(region=HOME).client("logs")
    with contextlib.suppress(logs.exceptions.ResourceAlreadyExistsException):
        logs.create_log_stream(logGroupName=TRAIL, logStreamName="trail")
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": json.dumps(record)} for record in records]
    logs.put_log_events(logGroupName=TRAIL, logStreamName="trail", logEvents=events)


def rung(applied: Applied, aws: DrilledAws, name: str) -> dict[str, str]:
    """What people hear when an alarm on the trail is set off."""
    watch = applied.cloud.sandbox.session(region=HOME).client("cloudwatch")
    watch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="Threshold crossed")
    assert aws.invoke() == 1
    watch.set_alarm_state(AlarmName=name, StateValue="OK", StateReason="over")
    return applied.heard()


@pytest.fixture
def heard(applied: Applied) -> Iterator[None]:
    queue = f"arn:aws:sqs:{HOME}:{applied.ids['security-tooling']}:heard"
    subscription = applied.subscribe("sqs", queue)["SubscriptionArn"]
    yield
    applied.session.client("sns").unsubscribe(SubscriptionArn=subscription)


@pytest.mark.usefixtures("heard")
def test_an_alarm_on_the_trail_names_accounts_units_and_who_did_what(applied: Applied, aws: DrilledAws) -> None:
    shop, archive = applied.ids["shop-prod"], applied.ids["log-archive"]
    call = {"eventSource": "ec2.amazonaws.com", "eventName": "AuthorizeSecurityGroupIngress"}
    ann = {"userIdentity": {"arn": "arn:aws:iam::1:user/ann\x1b[2J"}}
    written(
        applied,
        *[{**call, **ann, "recipientAccountId": shop}] * 3,
        {**call, "recipientAccountId": archive, "errorCode": "AccessDenied", "userIdentity": {"type": "Root"}},
        {**call, "eventName": "DescribeSecurityGroups", "recipientAccountId": applied.ids["management"]},
    )
    told = rung(applied, aws, "landing-SecurityGroups")
    names = {key: applied.cloud.organization.accounts[key].name for key in ("shop-prod", "log-archive")}
    assert told["Subject"] == f"ALARM in {names['shop-prod']} and 1 more: 4.10 security group changes"
    lines = told["Message"].splitlines()
    did = "ec2.amazonaws.com AuthorizeSecurityGroupIngress"
    assert lines[1:3] == [
        f"Account: {names['shop-prod']} ({shop}), unit Workloads/Prod: {did} x 3",
        f"Account: {names['log-archive']} ({archive}), unit Security: {did} (AccessDenied)",
    ]
    assert "Who: arn:aws:iam::1:user/ann?[2J x 3, Root" in lines
    assert lines[-1].startswith(
        f"Where to look: account {applied.ids['management']}, CloudWatch Logs, log group {TRAIL}"
    )


@pytest.mark.usefixtures("heard")
def test_an_alarm_on_the_trail_rings_also_where_nothing_is_found(applied: Applied, aws: DrilledAws) -> None:
    told = rung(applied, aws, "landing-Vpcs")
    assert told["Subject"] == "ALARM in an unknown account: 4.14 VPC changes"
    assert "Account: unknown: the log group of the trail has no record of it yet" in told["Message"]
    blob = applied.cloud.sandbox.dump()
    applied.cloud.sandbox.session(region=HOME).client("iam").delete_role_policy(
        RoleName="landing-trail-alarms", PolicyName="read"
    )
    told = rung(applied, aws, "landing-Vpcs")
    assert "Account: unknown: the log group of the trail cannot be read: " in told["Message"]
    assert "logs:DescribeMetricFilters" in told["Message"]
    assert [each.problem[:36] for each in drill(aws).samples][3] == "the log group of the trail cannot be"
    applied.cloud.sandbox.load(blob)
    watch = applied.cloud.sandbox.session(region=HOME).client("cloudwatch")
    (alarm,) = watch.describe_alarms(AlarmNames=["landing-Vpcs"])["MetricAlarms"]
    watch.put_metric_alarm(**{name: alarm[name] for name in WITHOUT_DESCRIPTION})
    told = rung(applied, aws, "landing-Vpcs")
    assert told["Subject"] == "ALARM in an unknown account: landing-Vpcs"
    assert "CloudWatch, alarm landing-Vpcs" in told["Message"]
    applied.cloud.sandbox.load(blob)


def test_without_alarms_there_is_nothing_to_try(load_text: Load) -> None:
    assert planned(load_text(SMALL)) == []
