"""A playbook tried on its cases, in a world of its own: its stacks are made, the event is delivered, its calls counted.

What the cases of a playbook say is data, and so is the playbook: no program of anybody's is run.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from landing.core.operation_names import READING
from landing.policy import catalog
from landing.policy.testing.model import Mistake, Position
from landing.policy.testing.report import FAILED, PASSED, Result, SuiteReport, Survivor
from landing.sandbox import Sandbox
from landing.sandbox.playbook_cases import Case, Cases, Step
from landing.sandbox.services import event_targets
from landing.sandbox.services.ssm.state import PLACES, Execution, Made

PLACEHOLDER = re.compile(r"\{\{\s*([A-Za-z_][\w.\[\]]*)\s*\}\}")
COUNTING = "ssm:DescribeAutomationExecutions"
"""The call of the tool's own step that limits how often a playbook runs."""
DENIED = ("AccessDenied", "AccessDeniedException", "UnauthorizedOperation", "AuthorizationError")
ROLE = "PlaybookRole"
SERVICES = frozenset({
    "accessanalyzer", "cloudtrail", "cloudwatch", "config", "dynamodb", "ec2", "efs", "elbv2", "events", "guardduty",
    "iam", "kms", "logs", "organizations", "rds", "resourcegroupstaggingapi", "s3", "s3control", "securityhub", "sns",
    "sqs", "ssm", "sts",
})  # fmt: skip
"""Services that a case and a document may call: none of them runs a program that the caller gives it."""
SENT = ("http", "https")
"""Protocols of a subscription by which something would leave the sandbox."""
OURS = "HowOften"
"""The statement that every playbook's role has."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A playbook by its name, the templates of its two blueprints, and its cases; `file` is where these stand."""

    name: str
    file: Path
    roles: Mapping[str, Any]
    template: Mapping[str, Any]
    cases: Cases


def tried(trials: Sequence[Trial], *, mutate: bool = False) -> list[SuiteReport]:
    """What came of each.

    With `mutate` each action is taken from its role, and each denial: a case must fail every time.
    """
    return [_tried(trial, mutate=mutate) for trial in trials]


def _tried(trial: Trial, *, mutate: bool) -> SuiteReport:
    mistakes = (*trial.cases.mistakes, *_not_admitted(trial))
    if not trial.cases.cases or len(mistakes) > len(trial.cases.mistakes):
        return SuiteReport(trial.name, str(trial.file), (), mistakes)
    with Sandbox() as sandbox:
        stage = _Stage(sandbox, trial)
        results = tuple(_result(stage, case) for case in trial.cases.cases)
        sound = all(result.status == PASSED for result in results)
        mutants = list(stage.mutants()) if mutate and sound else []
        alive = [Survivor(name) for name, policy in mutants if stage.survives(policy)]
    tested = len(mutants) if mutate else None
    return SuiteReport(trial.name, str(trial.file), results, mistakes, tested, tuple(alive))


def _not_admitted(trial: Trial) -> Iterator[Mistake]:
    """Calls that are not made for a case, which may be a stranger's."""
    top = Position(str(trial.file), 1, 1)
    for resource in trial.template["Resources"].values():
        content = resource["Properties"].get("Content") or {}
        for service in sorted(set(_services(content.get("mainSteps"))) - SERVICES):
            yield Mistake(top, f"the document calls {service}, which is not tried here")
    for case in trial.cases.cases:
        for step in (*case.given, *case.then):
            if step.service not in SERVICES:
                yield Mistake(case.position, f"{step.service}:{step.operation} is not called here")
            elif str(step.parameters.get("Protocol", "")).lower() in SENT:
                yield Mistake(case.position, f"{step.service}:{step.operation}: nothing is sent by {' or '.join(SENT)}")


def _services(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        if isinstance(value.get("Service"), str):
            yield value["Service"]
        value = list(value.values())
    for each in value if isinstance(value, list) else ():
        yield from _services(each)


def _result(stage: _Stage, case: Case) -> Result:
    failures, calls = stage.run(case)
    status = FAILED if failures else PASSED
    return Result("event", case.title, status, case.position, calls, tuple(failures))


class _Stage:
    """A world in which the stacks of a playbook are, as it was before any case."""

    def __init__(self, sandbox: Sandbox, trial: Trial) -> None:
        self.sandbox, self.trial = sandbox, trial
        self.account, self.region = sandbox.management_account_id, sandbox.world.home_region
        self.names = {"account": self.account, "region": self.region, "partition": sandbox.world.partition}
        for name, template in (("roles", trial.roles), ("playbook", trial.template)):
            self._deploy(name, template)
        self.before = sandbox.dump()

    def _client(self, service: str) -> Any:
        session: Any = self.sandbox.session()
        return session.client(service)

    def _deploy(self, name: str, template: Mapping[str, Any]) -> None:
        cloudformation = self._client("cloudformation")
        capabilities = ["CAPABILITY_NAMED_IAM"]
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=capabilities)
        while (stack := cloudformation.describe_stacks(StackName=name)["Stacks"][0])["StackStatus"].endswith(
            "PROGRESS"
        ):
            pass
        if stack["StackStatus"] != "CREATE_COMPLETE":
            events = cloudformation.describe_stack_events(StackName=name)["StackEvents"]
            reasons = [each.get("ResourceStatusReason", "") for each in events if "FAILED" in each["ResourceStatus"]]
            raise RuntimeError(f"the stack of {self.trial.name} is {stack['StackStatus']}: {'; '.join(reasons)}")

    def run(self, case: Case, policy: Mapping[str, Any] | None = None) -> tuple[list[str], int]:
        """What is wrong with a case, and how many calls the playbook made; `policy`: that of its role instead."""
        self.sandbox.load(self.before)
        if policy is not None:
            name = self.trial.roles["Resources"][ROLE]["Properties"]["RoleName"]
            put = {"PolicyName": "playbook", "PolicyDocument": json.dumps(policy)}
            self._client("iam").put_role_policy(RoleName=name, **put)
        known: dict[str, Any] = dict(self.names)
        try:
            for step in case.given:
                answer = self._call(step, known)
                if step.name:
                    known[step.name] = answer
            event = _filled(case.event, known)
        except (ClientError, BotoCoreError, KeyError, ValueError) as error:
            return [f"what is given cannot be: {error}"], 0
        world = self.sandbox.world
        whole = {
            "version": "0",
            "id": world.uuid(),
            "account": self.account,
            "region": self.region,
            "time": world.now.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "resources": [],
            **event,
        }
        delivered = event_targets.deliver(world, self.account, self.region, whole)
        failures = [each.failure for each in delivered if each.failure]
        executions = PLACES.at(world, self.account, self.region).executions
        begun = [executions[each.execution] for each in delivered if each.execution]
        made = [call for execution in begun for call in execution.calls if call.text != COUNTING]
        failures += _judged(case, begun, made)
        failures += self._shown(case, known)
        return failures, len(made)

    def _call(self, step: Step, known: Mapping[str, Any]) -> Any:
        client = self._client(step.service)
        names = {operation.lower(): operation for operation in client.meta.service_model.operation_names}
        if step.operation.lower() not in names:
            raise ValueError(f"there is no operation {step.operation} of {step.service}")
        answer = client._make_api_call(names[step.operation.lower()], _filled(step.parameters, known))
        answer.pop("ResponseMetadata", None)
        return answer

    def _shown(self, case: Case, known: Mapping[str, Any]) -> Iterator[str]:
        for step in case.then:
            call = f"{step.service}:{step.operation}"
            try:
                answer, wanted = self._call(step, known), _filled(step.shows, known)
            except (ClientError, BotoCoreError, KeyError, ValueError) as error:
                yield f"{call}: {error}"
                continue
            if step.only:
                answer = _selected(step.only, answer)
                fits = _sorted(answer) == _sorted(wanted)
            else:
                fits = step.shows is None or _contains(answer, wanted)
            if not fits:
                yield f"{call} shows {json.dumps(answer, default=str)}, not {json.dumps(wanted, default=str)}"

    def mutants(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """The role's policy without an action, or without a denial, by what is missing."""
        (policy,) = self.trial.roles["Resources"][ROLE]["Properties"]["Policies"]
        document = policy["PolicyDocument"]
        for index, statement in enumerate(document["Statement"]):
            if statement.get("Sid") == OURS:
                continue
            if statement["Effect"] == "Deny":
                if "Condition" in statement and not any(map(_heeds_tags, statement["Action"])):
                    continue
                rest = [each for each in document["Statement"] if each is not statement]
                yield f"without the denial {statement['Sid']}", {**document, "Statement": rest}
                continue
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            for action in actions:
                changed = copy.deepcopy(document)
                left = [each for each in actions if each != action]
                if left:
                    changed["Statement"][index]["Action"] = left
                else:
                    del changed["Statement"][index]
                yield f"without {action}", changed

    def survives(self, policy: Mapping[str, Any]) -> bool:
        """Whether every case passes with another policy of the role."""
        return not any(self.run(case, policy)[0] for case in self.trial.cases.cases)


def _heeds_tags(action: str) -> bool:
    """Whether what is denied by the tags of a resource can be this action (Service Authorization Reference).

    Those of a bucket are heeded where its owner has said so alone (S3 User Guide, "Enabling ABAC").
    """
    known = catalog.action(action)
    return known is not None and known.service != "s3" and "aws:resourcetag/${tagkey}" in known.keys


def _judged(case: Case, begun: Sequence[Execution], made: Sequence[Made]) -> Iterator[str]:
    """What is wrong with what the playbook did."""
    if case.calls is None and not case.refused:
        if begun:
            yield "it is set off"
        return
    if not begun:
        yield "it is not set off: no rule fits the event"
        return
    denied = [call for call in made if call.refused in DENIED]
    execution = begun[0]
    if case.refused:
        if case.refused not in [call.text for call in denied]:
            yield f"{case.refused} is not refused: {_told(made)}"
        changed = [call.text for call in made if not call.refused and not call.operation.startswith(READING)]
        if changed:
            yield f"it made {', '.join(changed)} all the same"
        return
    if denied:
        yield f"its role may not: {_told(denied)}"
    if tuple(call.text for call in made) != case.calls:
        yield f"it made {_told(made) or 'no call'}, not {', '.join(case.calls or ())}"
    if execution.status not in ("Success", "Waiting"):
        yield f"it ended {execution.status}: {execution.failure}"


def _told(calls: Sequence[Made]) -> str:
    return ", ".join(f"{call.text}{f' ({call.refused})' if call.refused else ''}" for call in calls)


def _filled(value: Any, known: Mapping[str, Any]) -> Any:
    """With `{{ name.path }}` replaced by what an answer has there."""
    if isinstance(value, str):
        if whole := PLACEHOLDER.fullmatch(value):
            return _at(whole[1], known)
        return PLACEHOLDER.sub(lambda match: str(_at(match[1], known)), value)
    if isinstance(value, list):
        return [_filled(each, known) for each in value]
    if isinstance(value, Mapping):
        return {key: _filled(each, known) for key, each in value.items()}
    return value


def _at(path: str, known: Mapping[str, Any]) -> Any:
    import jmespath

    name, _, rest = path.partition(".")
    if name not in known:
        raise ValueError(f"`{{{{ {path} }}}}` is not known: name an answer with `as: {name}`")
    found = jmespath.search(rest, known[name]) if rest else known[name]
    if found is None:
        raise ValueError(f"`{{{{ {path} }}}}` is nothing")
    return found


def _selected(path: str, answer: Any) -> Any:
    import jmespath
    from jmespath.exceptions import JMESPathError

    try:
        return jmespath.search(path, json.loads(json.dumps(answer, default=str)))
    except JMESPathError as error:
        return f"`{path}` is no JMESPath: {error}"


def _sorted(value: Any) -> Any:
    """Lists are sets: AWS answers in any order."""
    if isinstance(value, list):
        return sorted((_sorted(each) for each in value), key=lambda each: json.dumps(each, sort_keys=True))
    if isinstance(value, Mapping):
        return {key: _sorted(each) for key, each in value.items()}
    return value if isinstance(value, bool) or value is None else str(value)


def _contains(found: Any, wanted: Any) -> bool:
    """Whether a value has all that is wanted: keys of mappings, each entry of a list somewhere in the other."""
    if isinstance(wanted, Mapping):
        return isinstance(found, Mapping) and all(
            key in found and _contains(found[key], each) for key, each in wanted.items()
        )
    if isinstance(wanted, list):
        if not isinstance(found, list):
            return False
        if not wanted:
            return not found
        return all(any(_contains(each, one) for each in found) for one in wanted)
    return bool(str(found) == str(wanted)) if not isinstance(wanted, bool) else found is wanted
