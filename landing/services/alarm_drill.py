"""A drill of the alarms: samples of findings are made, and it is seen whether they come to those who are to hear.

GuardDuty makes a sample in each governed Region of the security tooling account (API reference, CreateSampleFindings);
Security Hub is given a finding at home (BatchImportFindings). Both take the way of real ones: EventBridge, the bus, the
function, the topic. An alarm on the trail is set off (SetAlarmState), which takes its own topic and the function. The
function's log says what it has published; that counts as heard. What was made is archived in the end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from landing.aws import Aws, translated, unless
from landing.blueprint.resource_names import ALARMS
from landing.core.errors import AwsError, TimedOut
from landing.core.model import Scope
from landing.organization import Organization
from landing.services.alarms import subscription
from landing.services.alarms.settings import AlarmsSettings
from landing.services.guardduty.settings import GuardDutySettings
from landing.services.security_hub.settings import SecurityHubSettings

READS = (
    "chatbot:DescribeSlackChannelConfigurations", "cloudwatch:DescribeAlarms", "guardduty:GetFindings",
    "guardduty:ListDetectors", "logs:FilterLogEvents", "sns:ListSubscriptionsByTopic", "sts:AssumeRole",
)  # fmt: skip
WRITES = (
    "cloudwatch:SetAlarmState", "guardduty:ArchiveFindings", "guardduty:CreateSampleFindings",
    "securityhub:BatchImportFindings", "securityhub:BatchUpdateFindings",
)  # fmt: skip
SAMPLE, GRAVEST_SAMPLE = "Backdoor:EC2/C&CActivity.B", "AttackSequence:IAM/CompromisedCredentials"
"""Types whose samples are HIGH and CRITICAL (GuardDuty User Guide, "Finding types")."""
GUARDDUTY, SECURITY_HUB, CLOUDWATCH = "GuardDuty", "Security Hub", "CloudWatch"
ALARM = "landing-RootUse"
"""The alarm on the trail that is set off."""
BATCH = 50
"""Findings that GetFindings takes."""


@dataclass(slots=True)
class Sample:
    """A finding that was made, or an alarm that was set off, and how far it has come."""

    service: str
    scope: Scope
    id: str = ""
    """Known at once for Security Hub, when it was heard for GuardDuty."""
    after: float | None = None
    """Seconds until the topic had it; none: nobody has heard."""
    message: str = ""
    """The id that SNS has given the message."""
    problem: str = ""
    """Why it was not made, or not put away again; or what the function could not find out of it."""
    detector: str = ""


@dataclass(frozen=True, slots=True)
class Drill:
    """What was made in which Region, and who hears: end points of the topic, with whether they are confirmed."""

    samples: Sequence[Sample]
    subscriptions: Mapping[str, bool] = field(default_factory=dict)

    @property
    def unheard(self) -> list[Sample]:
        """Those that did not come to the topic."""
        return [each for each in self.samples if each.after is None]

    @property
    def deaf(self) -> list[str]:
        """End points that are not confirmed, so that nothing is sent to them."""
        return [endpoint for endpoint, confirmed in self.subscriptions.items() if not confirmed]

    @property
    def passed(self) -> bool:
        """Whether all were heard, by somebody, and nothing is wrong with any."""
        wrong = self.unheard or self.deaf or any(each.problem for each in self.samples)
        return bool(self.samples) and bool(self.subscriptions) and not wrong


def planned(organization: Organization) -> list[Sample]:
    """The samples that a drill makes; none where the config has no alarms, or no service that finds."""
    found: list[Sample] = []
    account, home = organization.security_tooling, organization.home_region
    alarms = organization.service(AlarmsSettings)
    if alarms is None:
        return found
    if organization.service(GuardDutySettings):
        found += [Sample(GUARDDUTY, Scope(account, region)) for region in sorted(organization.governed_regions)]
    if organization.service(SecurityHubSettings):
        found.append(Sample(SECURITY_HUB, Scope(account, home)))
    if alarms.settings.trail_alarms:
        found.append(Sample(CLOUDWATCH, Scope(organization.management, home)))
    return found


def subscriptions(organization: Organization, aws: Aws) -> dict[str, bool]:
    """Who hears of the topic: end points and channels of Slack, with whether they are confirmed. Raises AwsError."""
    home = Scope(organization.security_tooling, organization.home_region)
    with translated(home):
        listed = list(subscription.subscriptions(organization, aws, home))
        found = {str(each["Endpoint"]): each["SubscriptionArn"] != subscription.PENDING for each in listed}
        topics = {str(each["TopicArn"]) for each in listed}
        chat = found.pop(subscription.CHAT, None)
        if chat is not None:
            for each in subscription.channels(aws, home.account):
                if topics.intersection(each["SnsTopicArns"]):
                    name = (
                        f"#{each.get('SlackChannelName') or each['SlackChannelId']} of Slack ({each['SlackTeamName']})"
                    )
                    found[name] = chat and each.get("State") != "DISABLED"
        return found


def run(
    organization: Organization,
    aws: Aws,
    who: Mapping[str, bool],
    *,
    now: str,
    milliseconds: int,
    heard: Callable[[Sample], None],
) -> Drill:
    """Make the samples, wait until all are heard or the time is up, put them away.

    `who` hears, as `subscriptions` says; `now` in ISO 8601, the same as `milliseconds` since 1970; `heard` is told of
    each. A sample that AWS refuses is told by its problem. Raises AwsError where the log cannot be read: nothing is
    made then.
    """
    samples = planned(organization)
    home = Scope(organization.security_tooling, organization.home_region)
    before = _published(aws, home, milliseconds)
    alarms = organization.service(AlarmsSettings)
    assert alarms is not None
    hub = {"severity": alarms.settings.severity, "now": now, "account": aws.tree.account_ids[home.account]}
    try:
        for sample in samples:
            _made(organization, aws, sample, hub)
        waiting = [each for each in samples if not each.problem]
        began = aws.clock.now()
        try:
            for _ in aws.poll("the drill of the alarms", "alarm_drill") if waiting else ():
                published = [each for each in _published(aws, home, milliseconds) if each not in before]
                for sample in _come(aws, waiting, published):
                    sample.after = aws.clock.now() - began
                    waiting.remove(sample)
                    heard(sample)
                if not waiting:
                    break
        except TimedOut:
            pass  # what is not heard is told by the result
    finally:
        for sample in samples:
            _put_away(organization, aws, sample, hub)
    return Drill(samples, who)


def _made(organization: Organization, aws: Aws, sample: Sample, hub: Mapping[str, str]) -> None:
    try:
        with translated(sample.scope):
            if sample.service == SECURITY_HUB:
                sample.id = f"landing-drill/{hub['now']}"
                answer = aws.client("securityhub", sample.scope).batch_import_findings(
                    Findings=[_finding(organization, sample, hub)]
                )
                sample.problem = "".join(
                    f"{each['ErrorCode']}: {each['ErrorMessage']}" for each in answer["FailedFindings"]
                )
                return
            if sample.service == CLOUDWATCH:
                _set_off(aws.client("cloudwatch", sample.scope), sample, hub["now"])
                return
            client = aws.client("guardduty", sample.scope)
            sample.detector = next(iter(aws.listed(client, "list_detectors", "DetectorIds")), "")
            if not sample.detector:
                sample.problem = "GuardDuty is off: there is no detector"
                return
            kind = GRAVEST_SAMPLE if hub["severity"] == "CRITICAL" else SAMPLE
            client.create_sample_findings(DetectorId=sample.detector, FindingTypes=[kind])
    except AwsError as error:
        sample.problem = error.diagnostic.text


def _set_off(client: Any, sample: Sample, now: str) -> None:
    """It acts where its state becomes another (CloudWatch API reference, SetAlarmState)."""
    state = next((each["StateValue"] for each in client.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"]), "")
    if state in ("", "ALARM"):
        sample.problem = f"the alarm {ALARM} rings already" if state else f"there is no alarm {ALARM}"
        return
    reason = f"[SAMPLE] landing-drill/{now}"
    client.set_alarm_state(AlarmName=ALARM, StateValue="ALARM", StateReason=reason)
    sample.id = f"{ALARM} {reason}"


def _finding(organization: Organization, sample: Sample, hub: Mapping[str, str], **more: Any) -> dict[str, Any]:
    region, account = sample.scope.region, hub["account"]
    return {
        "SchemaVersion": "2018-10-08",
        "Id": sample.id,
        "ProductArn": f"arn:{organization.partition}:securityhub:{region}:{account}:product/{account}/default",
        "ProductName": "landing",
        "GeneratorId": "landing-drill",
        "AwsAccountId": account,
        "Types": ["Unusual Behaviors"],
        "CreatedAt": hub["now"],
        "UpdatedAt": hub["now"],
        "Severity": {"Label": hub["severity"]},
        "Title": "[SAMPLE] A drill of the alarms",
        "Description": "Nothing has happened: somebody has tried whether the alarms are heard.",
        "Resources": [{"Type": "AwsAccount", "Id": f"AWS::::Account:{account}"}],
        **more,
    }


def _published(aws: Aws, home: Scope, milliseconds: int) -> list[Mapping[str, str]]:
    """What the function's log has of since then: `heard`, `region`, `message`, `problem`; none where it never ran."""
    found: list[Mapping[str, str]] = []
    with translated(home), unless("ResourceNotFoundException"):
        lines = aws.listed(
            aws.client("logs", home),
            "filter_log_events",
            "events",
            logGroupName=f"/aws/lambda/{ALARMS}",
            startTime=milliseconds,
            filterPattern="{ $.heard = * }",
        )
        for line in lines:
            try:
                told = json.loads(line["message"])
            except ValueError:
                continue
            if isinstance(told, dict) and told.get("heard"):
                found.append(told)
    return found


def _come(aws: Aws, waiting: Sequence[Sample], published: Sequence[Mapping[str, str]]) -> Iterator[Sample]:
    """Those that were published meanwhile."""
    for sample in list(waiting):
        here = {str(each["heard"]): each for each in published if each["region"] == sample.scope.region}
        if sample.service == GUARDDUTY:
            sample.id = _ours(aws, sample, list(here))
        if sample.id in here:
            sample.message, sample.problem = str(here[sample.id]["message"]), str(here[sample.id].get("problem", ""))
            yield sample


def _ours(aws: Aws, sample: Sample, ids: Sequence[str]) -> str:
    """The sample among the findings of these ids; empty where it is none of them."""
    client = aws.client("guardduty", sample.scope)
    for at in range(0, len(ids), BATCH):
        with translated(sample.scope):
            found = client.get_findings(DetectorId=sample.detector, FindingIds=ids[at : at + BATCH])["Findings"]
        for each in found:
            if each["Type"] in (SAMPLE, GRAVEST_SAMPLE) and each["Title"].startswith("[SAMPLE]"):
                return str(each["Id"])
    return ""


def _put_away(organization: Organization, aws: Aws, sample: Sample, hub: Mapping[str, str]) -> None:
    """Archived, so that it stands in nobody's list; a sample that was not heard stays where people can look at it."""
    if not sample.id or (sample.problem and sample.after is None):
        return
    try:
        with translated(sample.scope):
            if sample.service == CLOUDWATCH:
                client = aws.client("cloudwatch", sample.scope)
                client.set_alarm_state(AlarmName=ALARM, StateValue="OK", StateReason="the drill is over")
                return
            if sample.service == GUARDDUTY:
                client = aws.client("guardduty", sample.scope)
                client.archive_findings(DetectorId=sample.detector, FindingIds=[sample.id])
                return
            client = aws.client("securityhub", sample.scope)
            finding = _finding(organization, sample, hub, RecordState="ARCHIVED")
            client.batch_import_findings(Findings=[finding])
            identifier = {"Id": sample.id, "ProductArn": finding["ProductArn"]}
            client.batch_update_findings(FindingIdentifiers=[identifier], Workflow={"Status": "RESOLVED"})
    except AwsError as error:
        sample.problem = f"not put away: {error.diagnostic.text}"
