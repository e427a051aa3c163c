"""A playbook in an account and region: the Automation document, and the rule that starts it when something happens."""

import json
import types
from collections.abc import Mapping, Sequence
from typing import Any

from troposphere import Parameter, Sub, Template
from troposphere.events import InputTransformer, Rule, Target

from landing.blueprint.automation import add_content
from landing.blueprint.resource_names import playbook_document, playbook_role, playbook_start_role

ROLE = "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/"
LIMIT, APPROVAL, ENOUGH = "landingHowOften", "landingApproval", "landingEnough"


def playbook(
    *,
    key: str,
    title: str,
    pattern: dict[str, Any],
    document: dict[str, Any],
    event: dict[str, str],
    values: dict[str, list[str]],
    accounts: Mapping[str, str] = types.MappingProxyType({}),
    at_most: int = 10,
    approvers: Sequence[str] = (),
    topic: str = "",
) -> Template:
    """A playbook in an account and region: the Automation document, and the rule that starts it.

    `event` are parameters with their paths into the event, `values` those that are given, `accounts` those that are the
    id of an account, which a parameter of the template of that name has. Before its own steps the
    document ends when it has run `at_most` times that day, and waits for one of the `approvers` (names of roles, or
    ARNs), whom `topic` tells of it.
    """
    template = Template("A playbook: its document, and the rule that starts it")
    name = playbook_document(key)
    steps = _steps(key, document["mainSteps"], at_most, _approval(key, title, approvers, topic))
    add_content(template, name, {**document, "assumeRole": Sub(f"{ROLE}{playbook_role(key)}"), "mainSteps": steps})
    place = "arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:automation-definition/"
    for parameter in sorted({*accounts.values()}):
        template.add_parameter(Parameter(parameter, Type="String"))
    template.add_resource(
        Rule(
            "Rule",
            DependsOn="Document",
            Name=playbook_role(key),
            Description=title[:512],
            EventPattern=pattern,
            State="ENABLED",
            Targets=[
                Target(
                    Id="playbook",
                    Arn=Sub(f"{place}{name}:$DEFAULT"),
                    RoleArn=Sub(f"{ROLE}{playbook_start_role(key)}"),
                    InputTransformer=InputTransformer(
                        InputPathsMap=event, InputTemplate=_input(event, values, accounts)
                    ),
                )
            ],
        )
    )
    return template


def _input(event: Mapping[str, str], values: Mapping[str, list[str]], accounts: Mapping[str, str]) -> Any:
    """What the document is given: `<Name>` is filled by EventBridge, an account's id by CloudFormation."""
    given = {**{each: [f"<{each}>"] for each in event}, **values}
    if not accounts:
        return json.dumps(given, sort_keys=True, separators=(",", ":"))
    literal = json.loads(json.dumps(given).replace("${", "${!"))
    filled = {**literal, **{each: [f"${{{parameter}}}"] for each, parameter in accounts.items()}}
    return Sub(json.dumps(filled, sort_keys=True, separators=(",", ":")))


def _approval(key: str, title: str, approvers: Sequence[str], topic: str) -> list[dict[str, Any]]:
    """The step that waits for one of the approvers; none where there is nobody to ask."""
    if not approvers:
        return []
    tells = {"NotificationArn": topic} if topic else {}
    asks = {"Message": f"Playbook {key}: {title}", "MinRequiredApprovals": 1}
    who = [each if each.startswith("arn:") else Sub(f"{ROLE}{each}") for each in sorted(approvers)]
    return [{"name": APPROVAL, "action": "aws:approve", "inputs": {**tells, **asks, "Approvers": who}}]


def _steps(key: str, own: list[dict[str, Any]], at_most: int, approval: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of the document, behind the limit and the approval.

    The executions of a day are counted by asking whether there is one more than there may be: this one is among them.
    Where that cannot be told, the document goes on.
    """
    behind = [*approval, *own]
    limit = {
        "name": LIMIT,
        "action": "aws:assertAwsResourceProperty",
        "isCritical": False,
        "onFailure": f"step:{behind[0]['name']}",
        "nextStep": ENOUGH,
        "inputs": {
            "Service": "ssm",
            "Api": "DescribeAutomationExecutions",
            "Filters": [
                {"Key": "DocumentNamePrefix", "Values": [playbook_document(key)]},
                {"Key": "StartTimeAfter", "Values": ["{{ global:DATE }}T00:00:00Z"]},
            ],
            "MaxResults": at_most + 1,
            "PropertySelector": f"$.AutomationExecutionMetadataList[{at_most}].Mode",
            "DesiredValues": ["Auto", "Interactive"],
        },
    }
    *body, last = behind
    ends = last if last["action"] == "aws:branch" or "nextStep" in last else {**last, "isEnd": True}
    enough = {"name": ENOUGH, "action": "aws:sleep", "isEnd": True, "inputs": {"Duration": "PT1S"}}
    return [limit, *body, ends, enough]
