"""Automation documents and what starts them (Systems Manager User Guide; EventBridge User Guide)."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.cloud import Cloud, refused, source
from tests.sandbox.security import document, role

API = {"action": "aws:executeAwsApi"}
REFERENCE = "Systems Manager User Guide, Systems Manager Automation actions reference"


def api(name: str, service: str, operation: str, /, **more: Any) -> dict[str, Any]:
    step = {key: more.pop(key) for key in ("outputs", "onFailure", "isCritical", "isEnd", "nextStep") if key in more}
    return {"name": name, **API, **step, "inputs": {"Service": service, "Api": operation, **more}}


def put(cloud: Cloud, *steps: dict[str, Any], may: Any = "iam:*", parameters: Any = None, name: str = "book") -> str:
    """A document of these steps, with a role that may do something."""
    iam = cloud.client("iam")
    if name not in [each["RoleName"] for each in iam.list_roles()["Roles"]]:
        role(cloud, name, "ssm.amazonaws.com")
    allowed = document({"Effect": "Allow", "Action": may, "Resource": "*"})
    iam.put_role_policy(RoleName=name, PolicyName="may", PolicyDocument=allowed)
    content = {
        "schemaVersion": "0.3",
        "assumeRole": iam.get_role(RoleName=name)["Role"]["Arn"],
        "parameters": parameters or {},
        "mainSteps": list(steps),
    }
    cloud.client("ssm").create_document(
        Name=name, DocumentType="Automation", DocumentFormat="JSON", Content=json.dumps(content)
    )
    return name


def run(cloud: Cloud, name: str = "book", **parameters: list[str]) -> dict[str, Any]:
    ssm = cloud.client("ssm")
    started = ssm.start_automation_execution(DocumentName=name, **({"Parameters": parameters} if parameters else {}))
    found: dict[str, Any] = ssm.get_automation_execution(AutomationExecutionId=started["AutomationExecutionId"])
    return found["AutomationExecution"]  # type: ignore[no-any-return]


def steps(execution: dict[str, Any]) -> list[tuple[str, str]]:
    return [(each["StepName"], each["StepStatus"]) for each in execution["StepExecutions"]]


@source(REFERENCE)
def test_a_step_calls_as_the_documents_role(cloud: Cloud) -> None:
    user = {"User": {"type": "String", "allowedPattern": "^[a-z]+$"}}
    made = api("make", "iam", "CreateUser", UserName="{{ User }}", outputs=[{"Name": "Arn", "Selector": "$.User.Arn"}])
    put(
        cloud,
        made,
        api("tag", "iam", "TagUser", UserName="{{ User }}", Tags=[{"Key": "arn", "Value": "{{ make.Arn }}"}]),
        parameters=user,
    )
    assert run(cloud, User=["ann"])["AutomationExecutionStatus"] == "Success"
    (tag,) = cloud.client("iam").list_user_tags(UserName="ann")["Tags"]
    assert tag["Value"].endswith(":user/ann")
    put(cloud, api("make", "iam", "CreateUser", UserName="ben"), may="iam:GetUser", name="less")
    execution = run(cloud, "less")
    assert execution["AutomationExecutionStatus"] == "Failed"
    assert "not authorized to perform: iam:CreateUser" in execution["FailureMessage"]
    refused("NoSuchEntity", cloud.client("iam").get_user, UserName="ben")


@source("ssm: StartAutomationExecution (API reference), parameters of a runbook")
def test_parameters_are_as_the_document_says(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    declared = {
        "User": {"type": "String", "allowedPattern": "^[a-z]+$"},
        "How": {"type": "String", "default": "a", "allowedValues": ["a", "b"]},
    }
    put(cloud, api("get", "iam", "GetUser", UserName="{{ User }}"), parameters=declared)
    for wrong in (
        {"How": ["a"]},
        {"User": ["ann; b"]},
        {"User": ["ann"], "Other": ["b"]},
        {"User": ["ann", "ben"]},
        {"User": ["ann"], "How": ["c"]},
    ):
        refused(
            "InvalidAutomationExecutionParametersException",
            ssm.start_automation_execution,
            DocumentName="book",
            Parameters=wrong,
        )
    refused("AutomationDefinitionNotFoundException", ssm.start_automation_execution, DocumentName="AWS-StopEC2Instance")
    refused("AutomationExecutionNotFoundException", ssm.get_automation_execution, AutomationExecutionId="0" * 36)


@source("User Guide, Setting up Automation: the assume role trusts ssm.amazonaws.com")
def test_the_role_must_trust_automation(cloud: Cloud) -> None:
    put(cloud, api("get", "iam", "ListUsers"))
    trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
    cloud.client("iam").update_assume_role_policy(RoleName="book", PolicyDocument=trust)
    refused(
        "InvalidAutomationExecutionParametersException",
        cloud.client("ssm").start_automation_execution,
        DocumentName="book",
    )


@source("User Guide, Using conditional statements in runbooks; Properties shared by all actions")
def test_steps_branch_and_fail(cloud: Cloud) -> None:
    choices = [
        {"NextStep": "never", "Variable": "{{ How }}", "StringEquals": "a"},
        {"NextStep": "last", "Not": {"Variable": "{{ How }}", "StartsWith": "x"}},
    ]
    branch = {"name": "branch", "action": "aws:branch", "inputs": {"Choices": choices, "Default": "never"}}
    missing = api("missing", "iam", "GetUser", UserName="nobody", onFailure="step:branch", isCritical=False)
    put(
        cloud,
        missing,
        api("never", "iam", "CreateUser", UserName="never"),
        branch,
        api("last", "iam", "ListUsers"),
        parameters={"How": {"type": "String", "default": "b"}},
    )
    execution = run(cloud)
    assert steps(execution) == [("missing", "Failed"), ("branch", "Success"), ("last", "Success")]
    assert execution["AutomationExecutionStatus"] == "Success"
    put(cloud, api("missing", "iam", "GetUser", UserName="nobody"), api("next", "iam", "ListUsers"), name="aborts")
    assert steps(run(cloud, "aborts")) == [("missing", "Failed")]
    going_on = api("missing", "iam", "GetUser", UserName="nobody", onFailure="Continue")
    put(cloud, going_on, api("next", "iam", "ListUsers"), name="continues")
    execution = run(cloud, "continues")
    assert steps(execution) == [("missing", "Failed"), ("next", "Success")]
    assert execution["AutomationExecutionStatus"] == "Failed"


@source(REFERENCE)
def test_properties_are_asserted_and_awaited(cloud: Cloud) -> None:
    cloud.client("iam").create_user(UserName="ann")
    for name, action, wanted, status in (
        ("yes", "aws:assertAwsResourceProperty", "ann", "Success"),
        ("not-so", "aws:assertAwsResourceProperty", "ben", "Failed"),
        ("waits", "aws:waitForAwsResourceProperty", "ann", "Success"),
        ("in-vain", "aws:waitForAwsResourceProperty", "ben", "Failed"),
    ):
        inputs = {"PropertySelector": "$.User.UserName", "DesiredValues": [wanted]}
        put(cloud, {**api("look", "iam", "GetUser", UserName="ann", **inputs), "action": action}, name=name)
        assert run(cloud, name)["AutomationExecutionStatus"] == status


@source("User Guide, aws:loop: for each")
def test_steps_are_repeated_for_each(cloud: Cloud) -> None:
    inner = api("one", "iam", "CreateUser", UserName="{{ each.CurrentIteratorValue }}")
    loop = {"name": "each", "action": "aws:loop", "inputs": {"Iterators": "{{ Names }}", "Steps": [inner]}}
    names = {"Names": {"type": "StringList"}}
    put(cloud, loop, api("last", "iam", "ListUsers"), parameters=names)
    assert steps(run(cloud, Names=["ann", "ben"])) == [
        ("each", "Success"),
        ("one", "Success"),
        ("one", "Success"),
        ("last", "Success"),
    ]
    assert len(cloud.client("iam").list_users()["Users"]) == 2
    failed = run(cloud, Names=["eve", "ann", "zoe"])
    assert steps(failed) == [("each", "Failed"), ("one", "Success"), ("one", "Failed")]
    assert failed["AutomationExecutionStatus"] == "Failed"


@source("ssm: aws:executeScript is never run by the sandbox")
def test_scripts_are_not_run(cloud: Cloud) -> None:
    script = {"Runtime": "python3.11", "Handler": "main", "Script": "def main(events, context): raise SystemExit"}
    put(cloud, {"name": "script", "action": "aws:executeScript", "inputs": script})
    assert "runs no aws:executeScript" in run(cloud)["FailureMessage"]


@source("User Guide, aws:approve; ssm: SendAutomationSignal (API reference)")
@pytest.mark.parametrize(("signal", "status", "users"), [("Approve", "Success", ["ann"]), ("Reject", "Failed", [])])
def test_a_person_approves(cloud: Cloud, signal: str, status: str, users: list[str]) -> None:
    ssm = cloud.client("ssm")
    me = cloud.client("sts").get_caller_identity()["Arn"]
    topic = cloud.client("sns").create_topic(Name="Automation-asks")["TopicArn"]
    asks = {
        "name": "ask",
        "action": "aws:approve",
        "inputs": {"Approvers": [me], "NotificationArn": topic, "Message": "May I?"},
    }
    put(cloud, asks, api("make", "iam", "CreateUser", UserName="ann"), may=["iam:CreateUser", "sns:Publish"])
    execution = run(cloud)
    assert (execution["AutomationExecutionStatus"], execution["CurrentStepName"]) == ("Waiting", "ask")
    assert cloud.client("iam").list_users()["Users"] == []
    id_ = execution["AutomationExecutionId"]
    ssm.send_automation_signal(AutomationExecutionId=id_, SignalType=signal)
    found = ssm.get_automation_execution(AutomationExecutionId=id_)["AutomationExecution"]
    assert found["AutomationExecutionStatus"] == status
    assert [each["UserName"] for each in cloud.client("iam").list_users()["Users"]] == users
    refused(
        "InvalidAutomationSignalException", ssm.send_automation_signal, AutomationExecutionId=id_, SignalType="Approve"
    )
    refused("InvalidAutomationStatusUpdateException", ssm.stop_automation_execution, AutomationExecutionId=id_)


@source("User Guide, aws:approve: Approvers")
def test_nobody_else_approves_and_it_can_be_stopped(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    asks = {"name": "ask", "action": "aws:approve", "inputs": {"Approvers": ["arn:aws:iam::123456789012:user/other"]}}
    put(cloud, asks)
    id_ = run(cloud)["AutomationExecutionId"]
    refused(
        "InvalidAutomationSignalException", ssm.send_automation_signal, AutomationExecutionId=id_, SignalType="Approve"
    )
    ssm.stop_automation_execution(AutomationExecutionId=id_)
    assert (
        ssm.get_automation_execution(AutomationExecutionId=id_)["AutomationExecution"]["AutomationExecutionStatus"]
        == "Cancelled"
    )


@source("ssm: DescribeAutomationExecutions (API reference): filters")
def test_executions_are_found(cloud: Cloud) -> None:
    ssm = cloud.client("ssm")
    put(cloud, api("look", "iam", "ListUsers"))
    first = run(cloud)["AutomationExecutionId"]
    filters = [
        {"Key": "DocumentNamePrefix", "Values": ["bo"]},
        {"Key": "StartTimeAfter", "Values": ["2026-01-01T00:00:00Z"]},
    ]
    found = ssm.describe_automation_executions(Filters=filters)["AutomationExecutionMetadataList"]
    assert [each["AutomationExecutionId"] for each in found] == [first]
    later = [{"Key": "StartTimeAfter", "Values": ["2027-01-01T00:00:00Z"]}]
    assert ssm.describe_automation_executions(Filters=later)["AutomationExecutionMetadataList"] == []
    refused(
        "InvalidFilterValue",
        ssm.describe_automation_executions,
        Filters=[{"Key": "StartTimeAfter", "Values": ["today"]}],
    )


def _target(cloud: Cloud, name: str, may: str) -> dict[str, Any]:
    account = cloud.client("sts").get_caller_identity()["Account"]
    starts = role(cloud, "starts", "events.amazonaws.com")
    passes = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": "*"}
    allowed = document({"Effect": "Allow", "Action": may, "Resource": "*"}, passes)
    cloud.client("iam").put_role_policy(RoleName="starts", PolicyName="start", PolicyDocument=allowed)
    transformer = {"InputPathsMap": {"user": "$.detail.user"}, "InputTemplate": '{"User":["<user>"]}'}
    arn = f"arn:aws:ssm:us-east-1:{account}:automation-definition/{name}:$DEFAULT"
    return {"Id": "book", "Arn": arn, "RoleArn": starts, "InputTransformer": transformer}


@source("EventBridge User Guide, Amazon EventBridge targets: Systems Manager Automation; input transformation")
@pytest.mark.parametrize(
    ("may", "user", "made"),
    [
        ("ssm:StartAutomationExecution", "ann", ["ann"]),
        ("ssm:StartAutomationExecution", 'ann"],"Other":["b', []),
        ("ssm:GetAutomationExecution", "ann", []),
    ],
)
def test_an_event_starts_a_document(cloud: Cloud, may: str, user: str, made: list[str]) -> None:
    put(
        cloud,
        api("make", "iam", "CreateUser", UserName="{{ User }}"),
        parameters={"User": {"type": "String", "allowedPattern": "^[a-z]+$"}},
    )
    events = cloud.client("events")
    events.put_rule(Name="made", EventPattern=json.dumps({"source": ["shop"], "detail": {"user": [{"exists": True}]}}))
    events.put_targets(Rule="made", Targets=[_target(cloud, "book", may)])
    entry = {"Source": "shop", "DetailType": "made", "Detail": json.dumps({"user": user})}
    assert events.put_events(Entries=[entry])["FailedEntryCount"] == 0
    events.put_events(Entries=[{**entry, "Source": "other"}])
    assert [each["UserName"] for each in cloud.client("iam").list_users()["Users"]] == made


@source("events: PutEvents (API reference): sources that begin with aws. are AWS's own")
def test_nobody_puts_events_of_aws(cloud: Cloud) -> None:
    entry = {"Source": "aws.guardduty", "DetailType": "GuardDuty Finding", "Detail": "{}"}
    answer = cloud.client("events").put_events(Entries=[entry])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == "NotAuthorizedForSourceException"


@source("Service Authorization Reference: aws:ResourceTag of users and of resources of EC2")
def test_tags_of_resources_decide(cloud: Cloud) -> None:
    group = cloud.client("ec2").create_security_group(GroupName="g", Description="g")["GroupId"]
    cloud.client("iam").create_user(UserName="ann", Tags=[{"Key": "playbooks", "Value": "exempt"}])
    cloud.client("ec2").create_tags(Resources=[group], Tags=[{"Key": "playbooks", "Value": "exempt"}])
    cloud.client("iam").create_user(UserName="ben")
    put(
        cloud,
        api("ann", "iam", "TagUser", UserName="ann", Tags=[{"Key": "a", "Value": "b"}], onFailure="Continue"),
        api("ben", "iam", "TagUser", UserName="ben", Tags=[{"Key": "a", "Value": "b"}], onFailure="Continue"),
        api("group", "ec2", "DeleteSecurityGroup", GroupId=group, onFailure="Continue"),
        may=["iam:TagUser", "ec2:DeleteSecurityGroup"],
    )
    exempt = {"StringEquals": {"aws:ResourceTag/playbooks": "exempt"}}
    denied = document({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": exempt})
    cloud.client("iam").put_role_policy(RoleName="book", PolicyName="not", PolicyDocument=denied)
    assert steps(run(cloud)) == [("ann", "Failed"), ("ben", "Success"), ("group", "Failed")]
