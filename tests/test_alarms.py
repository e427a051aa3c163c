"""Alarms: what rings for which event and what does not, what the message says, and who hears of it."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import boto3
import pytest

from landing.core.model import Diagnostic
from landing.engine import drift
from landing.library import Library
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.sandbox.services import clients
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.conftest import Load
from tests.samples import SMALL

HOME = "eu-west-1"
EMAIL = "security@example.com"
ALARMS = "services: {alarms: {email: [security@example.com], watched_roles: [break-glass]}}\n"
FUNCTION = Path(__file__).parents[1] / "blueprints" / "functions" / "alarm_message.py"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        yield sandbox


def rendered(library: Library, name: str, **parameters: Any) -> dict[str, Any]:
    (found,) = library.rendered([(name, parameters)])
    assert found.template, (found.wrong, found.failure)
    return {each: body["Properties"] for each, body in found.template["Resources"].items()}  # type: ignore[union-attr,index,call-overload]


def test_the_filters_come_after_the_log_group_of_the_trail(load_text: Load) -> None:
    alarms = "alarms: {email: [a@example.com], trail_alarms: true}"
    organization = load_text(
        SMALL + f"services: {{log_archive: {{}}, cloudtrail: {{cloudwatch_logs: true}}, {alarms}}}\n"
    )
    stacks = {str(each.address): each for each in KINDS["stack"].desired(organization)}
    needs = map(str, stacks[f"stack.alarms-trail@management/{HOME}"].requires)
    assert f"stack.cloudtrail-logs@management/{HOME}" in needs


# ---- what the rules forward


def event(kind: str, source: str = "aws.x", **detail: Any) -> dict[str, Any]:
    return {
        "id": "1", "account": "111111111111", "source": source, "time": "2026-01-01T00:00:00Z", "region": HOME,
        "resources": [], "detail-type": kind, "detail": detail,
    }  # fmt: skip


def failing(name: str, verdict: str = "NON_COMPLIANT", **more: Any) -> dict[str, Any]:
    """A change of what a rule of AWS Config has come to for a resource."""
    result = {"complianceType": verdict, "resultRecordedTime": "2026-01-01T00:00:00Z", "annotation": None}
    return event(
        "Config Rules Compliance Change", "aws.config", configRuleName=name, awsRegion=HOME,
        awsAccountId="111111111111", resourceType="AWS::S3::Bucket", resourceId="b", newEvaluationResult=result,
        oldEvaluationResult=None, messageType="ComplianceChangeNotification", **more,
    )  # fmt: skip


RULES = ["OrgConfigRule-landing-root-key-", "access-keys-rotated-conformance-pack-", "landing-passwords"]
CALL, SIGN_IN = "AWS API Call via CloudTrail", "AWS Console Sign In via CloudTrail"
BREAK_GLASS = {"roleArn": "arn:aws:iam::111111111111:role/emergency/break-glass"}
STS = {"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole"}
FORWARDED = [
    ("RootUse", event(SIGN_IN, userIdentity={"type": "Root"}, eventType="AwsConsoleSignIn"), True),
    ("RootUse", event(CALL, userIdentity={"type": "Root"}, eventType="AwsApiCall"), True),
    ("RootUse", event(CALL, userIdentity={"type": "IAMUser"}, eventType="AwsApiCall"), False),
    ("RootUse", event(CALL, userIdentity={"type": "Root", "invokedBy": "x.amazonaws.com"}, eventType="AwsApiCall"), False),
    ("RootUse", event(CALL, userIdentity={"type": "Root"}, eventType="AwsServiceEvent"), False),
    ("SwitchedOff", event(CALL, eventSource="cloudtrail.amazonaws.com", eventName="StopLogging"), True),
    ("SwitchedOff", event(CALL, eventSource="config.amazonaws.com", eventName="StopConfigurationRecorder"), True),
    ("SwitchedOff", event(CALL, eventSource="guardduty.amazonaws.com", eventName="DeleteDetector"), True),
    ("SwitchedOff", event(CALL, eventSource="cloudtrail.amazonaws.com", eventName="StartLogging"), False),
    ("SwitchedOff", event(CALL, eventSource="iot.amazonaws.com", eventName="StopLogging"), False),
    ("WatchedRoles", event(CALL, **STS, requestParameters=BREAK_GLASS), True),
    ("WatchedRoles", event(CALL, **STS, requestParameters={"roleArn": "arn:aws:iam::1:role/not-break-glass"}), False),
    ("WatchedRoles", event(CALL, eventSource="iam.amazonaws.com", eventName="GetRole", requestParameters=BREAK_GLASS), False),
    ("GuardDutyFindings", event("GuardDuty Finding", "aws.guardduty", severity=7), True),
    ("GuardDutyFindings", event("GuardDuty Finding", "aws.guardduty", severity=6.9), False),
    ("ConfigRules1", failing("OrgConfigRule-landing-root-key-ab12cd34"), True),
    ("ConfigRules1", failing("OrgConfigRule-landing-root-key-ab12cd34", "COMPLIANT"), False),
    ("ConfigRules1", failing("OrgConfigRule-landing-rootless-ab12cd34"), False),
    ("ConfigRules1", failing("access-keys-rotated-conformance-pack-x1y2z3"), True),
    ("ConfigRules1", failing("access-keys-rotated"), False),
    ("ConfigRules1", failing("landing-passwords"), True),
    ("ConfigRules1", failing("landing-passwords-too"), False),
    ("ConfigRules1", {**failing("landing-passwords"), "source": "aws.x"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "happens", "rings"), FORWARDED)
def test_each_rule_forwards_its_events_and_no_near_ones(
    library: Library, sandbox: Sandbox, rule: str, happens: dict[str, Any], rings: bool
) -> None:
    rules = rendered(library, "alarms_events", watched_roles=["break-glass"], rule_names=RULES)
    tried = sandbox.session(region=HOME).client("events").test_event_pattern
    pattern = json.dumps(rules[rule]["EventPattern"])
    assert tried(EventPattern=pattern, Event=json.dumps(happens))["Result"] is rings


def test_the_rules_of_a_pack_are_spread_over_patterns_that_eventbridge_takes(library: Library) -> None:
    names = [f"rule-number-{number:03}-conformance-pack-" for number in range(130)]
    rules = rendered(library, "alarms_events", rule_names=names)
    patterns = [body["EventPattern"] for key, body in rules.items() if key.startswith("ConfigRules")]
    assert all(len(json.dumps(each)) <= 2048 for each in patterns)
    assert [each["prefix"] for one in patterns for each in one["detail"]["configRuleName"]] == names
    assert len(patterns) == 4


CONFIG = """
  config:
    rules: {root: {identifier: IAM_ROOT_ACCESS_KEY_CHECK}, root-key: {identifier: CLOUD_TRAIL_ENABLED},
            theirs: {identifier: CLOUD_TRAIL_ENABLED, name: corp-trail}}
    conformance_packs: {small: {}}
    remediations:
      passwords: {identifier: IAM_PASSWORD_POLICY, document: AWS-A, permissions: [s3:GetObject], home_only: true}
"""


@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        ("[]", []),
        ("[rules.root-key, rules.theirs]", ["OrgConfigRule-corp-trail-", "OrgConfigRule-landing-root-key-"]),
        ("[remediations.passwords]", ["landing-passwords"]),
        ("[conformance_packs.small]", None),
        ("[all]", None),
    ],
)
def test_rules_are_heard_by_the_names_that_accounts_know_them_by(
    load_text: Load, chosen: str, names: list[str] | None
) -> None:
    alarms = f"services:\n  log_archive: {{}}\n  alarms: {{email: [{EMAIL}], config_rules: {chosen}}}{CONFIG}"
    template = load_text(SMALL + alarms).deployments["alarms-events"].template
    patterns = [
        body["Properties"]["EventPattern"]["detail"]["configRuleName"]  # type: ignore[index,call-overload]
        for key, body in template["Resources"].items()  # type: ignore[union-attr]
        if key.startswith("ConfigRules")
    ]
    heard = [each if isinstance(each, str) else each["prefix"] for one in patterns for each in one]  # type: ignore[union-attr,index,call-overload]
    if names is not None:
        assert heard == names
    else:
        assert any(each.endswith("-conformance-pack-") for each in heard)
        assert ("OrgConfigRule-landing-root-" in heard) is (chosen == "[all]")
        assert "OrgConfigRule-landing-root-key-" not in heard, "it begins as that of `root` does"


def finding(**more: Any) -> dict[str, Any]:
    return {
        "Id": "arn:aws:securityhub:x", "Title": "Bucket is public", "AwsAccountId": "111111111111", "Region": HOME,
        "ProductName": "Security Hub", "RecordState": "ACTIVE", "Severity": {"Label": "HIGH"},
        "Workflow": {"Status": "NEW"}, "UpdatedAt": "2026-01-01T00:00:00Z", "Resources": [{"Id": "arn:aws:s3:::b"}],
        **more,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("more", "rings"),
    [
        ({}, True),
        ({"Severity": {"Label": "CRITICAL"}}, True),
        ({"Severity": {"Label": "MEDIUM"}}, False),
        ({"ProductName": "GuardDuty"}, False),
        ({"Workflow": {"Status": "SUPPRESSED"}}, False),
        ({"RecordState": "ARCHIVED"}, False),
    ],
)
def test_findings_of_security_hub_are_told_once(
    library: Library, sandbox: Sandbox, more: dict[str, Any], rings: bool
) -> None:
    pattern = rendered(library, "alarms", email=[EMAIL])["SecurityHubFindings"]["EventPattern"]
    happens = event("Security Hub Findings - Imported", "aws.securityhub", findings=[finding(**more)])
    tried = sandbox.session(region=HOME).client("events").test_event_pattern
    assert tried(EventPattern=json.dumps(pattern), Event=json.dumps(happens))["Result"] is rings


# ---- the trail

MFA = {"userIdentity": {"type": "IAMUser"}, "responseElements": {"ConsoleLogin": "Success"}}
SCP = "User: x is not authorized to perform: s3:GetObject with an explicit deny in a service control policy"
RECORDS = [
    ("UnauthorizedCalls", {"errorCode": "AccessDeniedException"}, {"errorCode": "ThrottlingException"}),
    (
        "ConsoleWithoutMfa",
        {"eventName": "ConsoleLogin", "additionalEventData": {"MFAUsed": "No"}, **MFA},
        {"eventName": "ConsoleLogin", "additionalEventData": {"MFAUsed": "Yes"}, **MFA},
    ),
    ("RootUse", {"userIdentity": {"type": "Root"}, "eventType": "AwsApiCall"},
        {"userIdentity": {"type": "Root", "invokedBy": "x"}, "eventType": "AwsApiCall"}),
    ("IamPolicies", {"eventName": "AttachRolePolicy"}, {"eventName": "ListRolePolicies"}),
    ("CloudTrailChanges", {"eventName": "StopLogging"}, {"eventName": "DescribeTrails"}),
    ("ConsoleFailures", {"eventName": "ConsoleLogin", "errorMessage": "Failed authentication"},
        {"eventName": "ConsoleLogin"}),
    ("KeyDeletion", {"eventSource": "kms.amazonaws.com", "eventName": "DisableKey"},
        {"eventSource": "acm.amazonaws.com", "eventName": "DisableKey"}),
    ("BucketPolicies", {"eventSource": "s3.amazonaws.com", "eventName": "PutBucketPolicy"},
        {"eventSource": "s3.amazonaws.com", "eventName": "GetBucketPolicy"}),
    ("ConfigChanges", {"eventSource": "config.amazonaws.com", "eventName": "StopConfigurationRecorder"},
        {"eventSource": "config.amazonaws.com", "eventName": "StartConfigurationRecorder"}),
    ("SecurityGroups", {"eventName": "AuthorizeSecurityGroupIngress"}, {"eventName": "DescribeSecurityGroups"}),
    ("NetworkAcls", {"eventName": "ReplaceNetworkAclEntry"}, {"eventName": "DescribeNetworkAcls"}),
    ("Gateways", {"eventName": "AttachInternetGateway"}, {"eventName": "CreateNatGateway"}),
    ("RouteTables", {"eventName": "ReplaceRoute"}, {"eventName": "AssociateRouteTable"}),
    ("Vpcs", {"eventName": "DeleteVpc"}, {"eventName": "DeleteVpcEndpoints"}),
    ("Organizations", {"eventSource": "organizations.amazonaws.com", "eventName": "LeaveOrganization"},
        {"eventSource": "organizations.amazonaws.com", "eventName": "ListAccounts"}),
    ("GuardrailDenials", {"errorCode": "AccessDenied", "errorMessage": SCP},
        {"errorCode": "AccessDenied", "errorMessage": SCP.replace("service control", "identity-based")}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "met", "near"), RECORDS, ids=[each[0] for each in RECORDS])
def test_each_filter_counts_its_records_and_no_near_ones(
    library: Library, sandbox: Sandbox, name: str, met: dict[str, Any], near: dict[str, Any]
) -> None:
    template = rendered(library, "trail_alarms")
    pattern = template[f"{name}Filter"]["FilterPattern"]
    tried = sandbox.session(region=HOME).client("logs").test_metric_filter
    found = tried(filterPattern=pattern, logEventMessages=[json.dumps(met), json.dumps(near)])["matches"]
    assert [each["eventNumber"] for each in found] == [1]


def test_every_filter_has_a_record_and_an_alarm(library: Library) -> None:
    template = rendered(library, "trail_alarms", denials=50)
    filters = {name.removesuffix("Filter") for name in template if name.endswith("Filter")}
    assert (
        filters
        == {name for name, _, _ in RECORDS}
        == {name[: -len("Alarm")] for name in template if name.endswith("Alarm")}
    )
    assert all(len(template[f"{name}Filter"]["FilterPattern"]) <= 1024 for name in filters)
    assert {
        name: template[f"{name}Alarm"]["Threshold"] for name in filters if template[f"{name}Alarm"]["Threshold"] != 1
    } == {"GuardrailDenials": 50}


# ---- the message


@pytest.fixture(scope="module")
def message() -> ModuleType:
    """The function, as Lambda would load it."""
    spec = importlib.util.spec_from_file_location("index", FUNCTION)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_names_that_anybody_gives_call_nobody_in_a_channel(message: ModuleType) -> None:
    content = message._chat("HIGH in <!channel> & co: @here", "What: <https://x|y>")["content"]
    assert content["title"] == "HIGH in &lt;!channel&gt; &amp; co: (at)here"
    assert content["description"] == "What: &lt;https://x|y&gt;"


class Applied:
    """An organization whose alarms have been applied, and a queue that hears of them."""

    def __init__(self, sandbox: Sandbox, organization: Organization) -> None:
        self.cloud = Cloud(sandbox, organization)
        self.result = self.cloud.apply()
        self.ids = self.cloud.open().tree.account_ids
        self.session = sandbox.session(self.ids["security-tooling"], region=HOME)
        self.topic = f"arn:aws:sns:{HOME}:{self.ids['security-tooling']}:landing-alarms"
        self.queue = self.session.client("sqs").create_queue(QueueName="heard")["QueueUrl"]

    def subscribe(self, protocol: str, endpoint: str) -> Any:
        return self.session.client("sns").subscribe(TopicArn=self.topic, Protocol=protocol, Endpoint=endpoint)

    def heard(self) -> dict[str, Any]:
        """The only message in the queue, as SNS wraps it."""
        (found,) = self.session.client("sqs").receive_message(QueueUrl=self.queue)["Messages"]
        self.session.client("sqs").delete_message(QueueUrl=self.queue, ReceiptHandle=found["ReceiptHandle"])
        body: dict[str, Any] = json.loads(found["Body"])
        return body

    def as_message(self) -> boto3.Session:
        """A session of the function's role, as Lambda assumes it: it may what that may, and no more."""
        role = self.session.client("iam").get_role(RoleName="landing-alarms-message")["Role"]
        account = self.ids["security-tooling"]
        issued = self.cloud.sandbox.world.issue_key(
            account=account,
            arn=f"arn:aws:sts::{account}:assumed-role/landing-alarms-message/landing-alarms",
            user_id=f"{role['RoleId']}:landing-alarms",
            principal=role["Arn"],
            temporary=True,
        )
        return clients.session(issued, HOME)

    def invoked_as_lambda_does(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """What the function finds where it runs: its role, and the variables that the template gives it."""
        function = self.session.client("lambda").get_function_configuration(FunctionName="landing-alarms")
        for name, value in function["Environment"]["Variables"].items():
            monkeypatch.setenv(name, value)
        monkeypatch.setattr(boto3, "DEFAULT_SESSION", self.as_message())


@pytest.fixture(scope="module")
def applied(sandbox: Sandbox, load_text: Load) -> Applied:
    text = SMALL + ALARMS.replace("services: {", "services: {access_analyzer: {}, ")
    found = Applied(sandbox, load_text(text))
    assert found.result.complete
    found.subscribe("sqs", f"arn:aws:sqs:{HOME}:{found.ids['security-tooling']}:heard")
    return found


def test_applied_alarms_are_as_declared(applied: Applied) -> None:
    assert [str(change.address) for change in applied.cloud.plan(detect=True).changes] == []


def _rule(applied: Applied) -> tuple[Any, str]:
    """The first rule of ours in the home region, by name, and who speaks to EventBridge there."""
    client = applied.session.client("events")
    return client, sorted(each["Name"] for each in client.list_rules(NamePrefix="landing-")["Rules"])[0]


def _rule_disabled(applied: Applied) -> None:
    client, name = _rule(applied)
    client.disable_rule(Name=name)


def _rule_forwards_less(applied: Applied) -> None:
    client, name = _rule(applied)
    client.put_rule(Name=name, EventPattern=json.dumps({"source": ["aws.nothing"]}))


def _topic_for_everybody(applied: Applied) -> None:
    statement = {"Effect": "Allow", "Principal": "*", "Action": "sns:Subscribe", "Resource": applied.topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    applied.session.client("sns").set_topic_attributes(
        TopicArn=applied.topic, AttributeName="Policy", AttributeValue=policy
    )


def _topic_deleted(applied: Applied) -> None:
    applied.session.client("sns").delete_topic(TopicArn=applied.topic)


@pytest.mark.parametrize("act", [_rule_disabled, _rule_forwards_less, _topic_for_everybody, _topic_deleted])
def test_what_somebody_does_to_alarms_is_drift_and_is_put_right(
    applied: Applied, act: Callable[[Applied], None]
) -> None:
    blob = applied.cloud.sandbox.dump()
    try:
        act(applied)
        report = drift.report(applied.cloud.organization, applied.cloud.plan(detect=True))
        (finding,) = [each for each in report.drifted if each.address.kind != "alarm_subscription"]
        assert str(finding.address) == f"stack.alarms@security-tooling/{HOME}"
        assert applied.cloud.apply(changes=report.plan.changes).complete
        assert applied.cloud.plan(detect=True).changes == ()
    finally:
        applied.cloud.sandbox.load(blob)


def test_who_has_not_confirmed_is_drift_and_who_is_not_declared_is_shown(applied: Applied) -> None:
    plan = applied.cloud.plan()
    waits = next(address for address in plan.unmanaged if address.name == EMAIL)
    assert EMAIL in plan.kinds[waits.kind].astray(plan.described[waits])
    other = next(address for address in plan.unmanaged if address.name.endswith(":heard"))
    assert plan.kinds[other.kind].astray(plan.described[other]) == ""


def test_the_message_names_account_unit_what_and_where(
    applied: Applied, message: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The function does it with what its role may, and with nothing more."""
    applied.invoked_as_lambda_does(monkeypatch)
    account = applied.ids["shop-prod"]
    hostile = "arn:aws:iam::1:user/x\n\x1b[2J<!channel>"
    happens = event(
        CALL, "aws.cloudtrail", eventSource="cloudtrail.amazonaws.com", eventName="StopLogging", awsRegion=HOME,
        userIdentity={"arn": hostile}, sourceIPAddress="203.0.113.7", eventTime="2026-01-01T00:00:00Z", eventID="e-1",
        errorCode="AccessDenied",
    )  # fmt: skip
    assert message.handler({**happens, "account": account}, None) == 1
    heard = applied.heard()
    name = applied.cloud.organization.accounts["shop-prod"].name
    assert heard["Subject"].startswith(f"ALARM in {name}: cloudtrail.amazonaws.com StopLogging")
    assert f"Account: {name} ({account}), unit Workloads/Prod" in heard["Message"]
    assert "refused: AccessDenied" in heard["Message"]
    assert "cloudtrailv2/home?region=eu-west-1#/events/e-1" in heard["Message"]
    assert "\x1b" not in heard["Message"]
    assert "user/x??[2J" in heard["Message"]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("OrgConfigRule-landing-root-key-ab12cd34", "rules.root-key"),
        ("OrgConfigRule-corp-trail-ab12cd34", "rules.corp-trail"),
        ("access-keys-rotated-conformance-pack-x1y2z3", "access-keys-rotated of a conformance pack"),
        ("landing-passwords", "remediations.passwords"),
        ("<!channel>\n\x1b[2J", "<!channel>??[2J"),
    ],
)
def test_a_resource_that_does_not_comply_is_told_with_the_key_of_the_rule(
    applied: Applied, message: ModuleType, monkeypatch: pytest.MonkeyPatch, name: str, told: str
) -> None:
    applied.invoked_as_lambda_does(monkeypatch)
    happens = failing(name)
    happens["detail"] |= {"awsAccountId": applied.ids["shop-prod"], "resourceId": "b\n@here"}
    happens["detail"]["newEvaluationResult"]["annotation"] = "public\x07"
    assert message.handler(happens, None) == 1
    heard = applied.heard()
    account = applied.cloud.organization.accounts["shop-prod"].name
    assert heard["Subject"].startswith(f"ALARM in {account}: {told}: AWS::S3::Bucket"[:100])
    assert f"What: {told}: AWS::S3::Bucket b?@here does not comply: public?" in heard["Message"]
    assert "unit Workloads/Prod" in heard["Message"]
    assert f"config/home?region={HOME}#/rules/details?configRuleName={quote(name, safe='')}" in heard["Message"]


def test_a_sample_of_guardduty_is_told_as_one(
    applied: Applied, message: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.invoked_as_lambda_does(monkeypatch)
    sample = {"additionalInfo": {"sample": True}}
    detail = {"region": HOME, "type": "Trojan:EC2/DNS", "title": "t", "accountId": "999999999999", "severity": 8.0,
              "id": "f", "service": sample}  # fmt: skip
    assert message.handler(event("GuardDuty Finding", "aws.guardduty", **detail), None) == 1
    heard = applied.heard()
    assert heard["Subject"].startswith("HIGH in 999999999999: [SAMPLE] Trojan:EC2/DNS")
    assert "unit unknown" in heard["Message"]


def test_each_finding_of_security_hub_has_a_message(
    applied: Applied, message: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    applied.invoked_as_lambda_does(monkeypatch)
    happens = event("Security Hub Findings - Imported", "aws.securityhub", findings=[finding()])
    assert message.handler(happens, None) == 1
    assert "Bucket is public (arn:aws:s3:::b)" in applied.heard()["Message"]


# ---- the config


def codes(found: list[Diagnostic]) -> list[tuple[str, str]]:
    return [(each.code, each.severity) for each in found]


def test_alarms_that_nobody_can_hear_are_told(problems: Any) -> None:
    regions = SMALL.replace(", us-east-1]", "]")
    assert codes(problems("services: {alarms: {}}", SMALL)) == [("LZ424", "error")]
    assert codes(problems(ALARMS, regions)) == [("LZ425", "warning")]
    unlogged = ALARMS.replace("]}}", "], trail_alarms: true}}")
    assert codes(problems(unlogged, SMALL)) == [("LZ426", "error")]


def test_alarms_of_rules_that_nothing_asks_for_are_told_at_their_place(problems: Any) -> None:
    text = f"services:\n  log_archive: {{}}\n  alarms:\n    email: [{EMAIL}]\n    config_rules: [rules.root-kye, all]\n{CONFIG}"
    (found,) = [each for each in problems(text, SMALL) if each.code == "LZ455"]
    assert (found.severity, found.pointer) == ("error", ("services", "alarms", "config_rules", 0))
    assert "rules.root-key" in found.help
    without = "services: {alarms: {email: [a@b], config_rules: [all]}}"
    assert codes(problems(without, SMALL)) == [("LZ455", "error")]
