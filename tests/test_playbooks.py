"""Playbooks: from the config to what is in each account, what is refused, and each shipped one tried on its cases."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.config import load, playbooks
from landing.config.playbook_suites import suites
from landing.core.errors import ConfigError
from landing.core.model import Json
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy.testing.report import SuiteReport
from landing.sandbox import Sandbox, playbook_cases
from landing.sandbox.playbook_trial import Trial, tried
from landing.sandbox.services import event_targets
from landing.sandbox.services.ssm.state import PLACES
from tests.cloud import Cloud
from tests.samples import PLAYED, SMALL

HOME = Path(__file__).parents[1] / "playbooks"
SHIPPED = sorted(path.parent.name for path in HOME.glob("*/metadata.yaml"))
CONTEXT: dict[str, Json] = {
    "partition": "aws",
    "home_region": "us-east-1",
    "governed_regions": ["us-east-1"],
    "exempt_roles": ["arn:aws:iam::*:role/landing-*", "arn:aws:iam::*:role/break-glass"],
}


def trial_of(library: Library, name: str) -> Trial:
    playbook, file = library.playbooks[name], library.playbooks[name].folder / "cases.yaml"
    cases = playbook_cases.read(file)
    value = {"on": cases.on or playbook.on, "parameters": cases.parameters or {}}
    asked = playbooks.asked(name, value, playbook, CONTEXT, playbooks.literally)
    roles, template = library.rendered([("playbook_roles", asked.roles), ("playbook", asked.document)])
    assert roles.template is not None
    assert template.template is not None
    return Trial(name, file, roles.template, template.template, cases)


def wrong(report: SuiteReport) -> list[str]:
    failures = [f"{each.title}: {failure}" for each in report.results for failure in each.failures]
    return [*(each.message for each in report.mistakes), *failures, *(each.mutant for each in report.survivors)]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_playbook_does_what_it_says_and_may_do_no_more(library: Library, name: str) -> None:
    """Each case goes from the event to the effect; without any action or denial of its role one of them fails."""
    (report,) = tried([trial_of(library, name)], mutate=True)
    assert wrong(report) == []
    assert report.mutants


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_playbook_has_a_case_of_what_it_leaves_alone(library: Library, name: str) -> None:
    cases = playbook_cases.read(HOME / name / "cases.yaml").cases
    exempt = "buckets of this tool" if name == "make-bucket-private" else "exemption tag"  # S3 heeds no tags of buckets
    assert any(exempt in case.title and case.refused for case in cases)
    assert any(case.calls for case in cases)
    assert any(case.calls is None and not case.refused for case in cases)


def test_a_playbook_is_deployed_in_two_stack_sets(load_text: Callable[[str], Organization]) -> None:
    deployments = load_text(PLAYED).deployments
    assert {key for key in deployments if key.startswith("playbook-")} == {
        f"playbook-{key}{part}"
        for key in ("disable-access-key", "close-ports", "private-buckets")
        for part in ("", "-roles")
    }
    roles, regional = deployments["playbook-close-ports-roles"], deployments["playbook-close-ports"]
    assert (roles.regions, regional.regions) == (("eu-west-1",), ("eu-west-1", "us-east-1"))
    assert regional.requires == (roles.key,)
    assert deployments["playbook-private-buckets"].regions == ("eu-west-1",)
    rule: Any = regional.template["Resources"]
    assert rule["Rule"]["Properties"]["EventPattern"]["detail"]["configRuleName"] == [
        {"prefix": "OrgConfigRule-landing-ssh-"}
    ]


def test_playbooks_are_made_drift_is_seen_and_they_go(load_text: Callable[[str], Organization]) -> None:
    organization = load_text(PLAYED)
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, organization)
        assert cloud.apply().complete
        assert cloud.plan().changes == ()
        account = cloud.open().tree.account_ids["shop-prod"]
        session: Any = sandbox.session(account, region="us-east-1")
        events, ssm = session.client("events"), session.client("ssm")
        events.disable_rule(Name="landing-playbook-close-ports")
        ssm.delete_document(Name="landing-disable-access-key.playbook")
        found = cloud.plan(detect=True).changes
        assert {change.address.name for change in found} == {"playbook-close-ports", "playbook-disable-access-key"}
        assert cloud.apply(changes=found).complete
        assert events.describe_rule(Name="landing-playbook-close-ports")["State"] == "ENABLED"
        assert cloud.plan(detect=True).changes == ()


ISOLATED = SMALL + "playbooks:\n  isolate-instance: {target: {units: [workloads]}}\n"
FORENSICS = ISOLATED.replace(
    "security_tooling: security-tooling}", "security_tooling: security-tooling, forensics: shop-dev}"
)


def test_evidence_is_shared_with_the_account_that_the_config_names(load_text: Callable[[str], Organization]) -> None:
    organization = load_text(FORENSICS)
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, organization)
        assert cloud.apply().complete
        assert cloud.plan(detect=True).changes == ()
        ids = cloud.open().tree.account_ids
        session: Any = sandbox.session(ids["shop-prod"], region="us-east-1")
        (target,) = session.client("events").list_targets_by_rule(Rule="landing-playbook-isolate-instance")["Targets"]
        given = json.loads(target["InputTransformer"]["InputTemplate"])
    assert given == {"InstanceId": ["<InstanceId>"], "ForensicsAccount": [ids["shop-dev"]]}


def test_an_account_that_the_playbook_is_given_stands_before_that_of_the_config(
    load_text: Callable[[str], Organization],
) -> None:
    other = FORENSICS + "    parameters: {ForensicsAccount: '999999999999'}\n"
    text = other.replace("{target: {units: [workloads]}}", "\n    target: {units: [workloads]}")
    template = load_text(text).deployments["playbook-isolate-instance"].template
    assert "Parameters" not in template
    assert "999999999999" in json.dumps(template)


def test_without_an_account_for_forensics_it_is_told_how_to_name_one(load_text: Callable[[str], Organization]) -> None:
    with pytest.raises(ConfigError) as caught:
        load_text(ISOLATED)
    (problem,) = caught.value.problems
    assert (problem.code, "ForensicsAccount" in problem.message) == ("LZ312", True)
    assert problem.help.startswith("`roles: {forensics: …}`, or `parameters:")


def test_a_template_that_needs_the_account_for_forensics_is_refused_without_it(tmp_path: Path) -> None:
    folder = tmp_path / "blueprints"
    folder.mkdir()
    made = "Resources: {Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: !Ref ForensicsAccountId}}}\n"
    (folder / "told.yaml").write_text(f"Parameters: {{ForensicsAccountId: {{Type: String}}}}\n{made}")
    (tmp_path / "landing.yaml").write_text(SMALL + "baselines:\n  told: {target: {units: [workloads]}}\n")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "landing.yaml", Library.load(shipped(), tmp_path))
    assert [problem.code for problem in caught.value.problems] == ["LZ312"]
    assert "roles.forensics" in caught.value.problems[0].message


def test_no_more_than_so_often_a_day(library: Library) -> None:
    """The second execution of a day ends before its first step; the next day there is another."""
    playbook = library.playbooks["disable-access-key"]
    asked = playbooks.asked("keys", {"on": playbook.on, "at_most": 1}, playbook, CONTEXT, playbooks.literally)
    roles, template = library.rendered([("playbook_roles", asked.roles), ("playbook", asked.document)])
    with Sandbox() as sandbox:
        session: Any = sandbox.session()
        for name, each in (("roles", roles), ("playbook", template)):
            session.client("cloudformation").create_stack(
                StackName=name, TemplateBody=json.dumps(each.template), Capabilities=["CAPABILITY_NAMED_IAM"]
            )
            sandbox.advance(3600)
        world, account = sandbox.world, sandbox.management_account_id
        iam = session.client("iam")
        iam.create_user(UserName="leaky")
        key = iam.create_access_key(UserName="leaky")["AccessKey"]["AccessKeyId"]
        leak = {"accessKeyDetails": {"userName": "leaky", "accessKeyId": key}}
        detail = {"accountId": account, "type": "Impact:IAMUser/AnomalousBehavior", "resource": leak, "service": {}}
        event = {"source": "aws.guardduty", "detail-type": "GuardDuty Finding", "detail": detail}
        for _ in range(2):
            event_targets.deliver(world, account, "us-east-1", event)
        sandbox.advance(24 * 3600)
        event_targets.deliver(world, account, "us-east-1", event)
        executions = PLACES.at(world, account, "us-east-1").executions.values()
        assert [[step.name for step in each.steps] for each in executions] == [
            ["landingHowOften", "disable"],
            ["landingHowOften", "landingEnough"],
            ["landingHowOften", "disable"],
        ]
        assert {each.status for each in executions} == {"Success"}


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("close-admin-ports: {target: {units: [workloads]}}", "LZ413", "nothing sets off"),
        ("close-admin-ports: {target: {units: [workloads]}, on: {rule: rules.ssh}}", "LZ413", "there is no `rules.ssh`"),
        ("close-port: {target: {units: [workloads]}, on: {rule: a}}", "LZ412", "there is no playbook `close-port`"),
        ("disable-access-key: {target: {accounts: [management]}}", "LZ414", "no playbook works in the management account"),
        ("keys: {document: AWS-Do, target: {units: [workloads]}, on: {rule: a}}", "LZ412", "needs `permissions`"),
        ("keys: {document: AWS-Do, permissions: [iam:GetUser], target: {units: [workloads]}}", "LZ412", "needs `on`"),
        ("disable-access-key: {permissions: [iam:GetUser], target: {units: [workloads]}}", "LZ412", "stand in its policy.json"),
        ("disable-access-key: {target: {units: [workloads]}, parameters: {UserName: ann}}", "LZ312", "comes from the event"),
        ("disable-access-key: {target: {units: [workloads]}, at_most: 50}", "LZ206", "more than 49"),
        ("disable-access-key: {target: {units: [nowhere]}}", "LZ301", "no unit"),
        ("disable-access-key: {target: {}}", "LZ321", "means nothing"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said_where_it_stands(
    tmp_path: Path, library: Library, text: str, code: str, said: str
) -> None:
    (tmp_path / "landing.yaml").write_text(f"{SMALL}playbooks:\n  {text}\n")
    with pytest.raises(ConfigError) as raised:
        load(tmp_path, library)
    assert [(each.code, said in each.message) for each in raised.value.problems] == [(code, True)]
    assert raised.value.problems[0].source is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "code", "said"),
    [
        ("document.yaml", "UpdateAccessKey", "DeleteAccessKey", "LZ411", "calls iam:DeleteAccessKey"),
        ("document.yaml", "aws:executeAwsApi", "aws:executeScript", "LZ411", "has the action `aws:executeScript`"),
        ("document.yaml", "name: disable", "name: landingDisable", "LZ411", "those of the tool"),
        ("document.yaml", '"0.3"', '"2.2"', "LZ411", "schemaVersion"),
        ("document.yaml", "    allowedPattern: ^AKIA[A-Z0-9]{12,124}$\n", "", "LZ403", "has no `allowedPattern`"),
        ("metadata.yaml", "$.detail.resource.accessKeyDetails.userName", "detail.user", "LZ403", "no path into an event"),
        ("metadata.yaml", "event:", "events:", "LZ403", "unknown key `events`"),
        ("metadata.yaml", "title:", "titel:", "LZ403", "`title` must be a text"),
        ("policy.json", '"iam:UpdateAccessKey"', '"iam:*"', "LZ404", "a list of statements"),
        ("policy.json", "{", "", "LZ404", "cannot read policy.json"),
    ],
)  # fmt: skip
def test_a_folder_that_is_wrong_is_told(tmp_path: Path, file: str, old: str, new: str, code: str, said: str) -> None:
    folder = tmp_path / "playbooks" / "mine"
    shutil.copytree(HOME / "disable-access-key", folder)
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1))
    problems = Library.load(tmp_path).problems
    assert code in {each.code for each in problems}
    assert any(said in each.message for each in problems), problems


def test_a_name_twice_is_an_error(tmp_path: Path) -> None:
    shutil.copytree(HOME / "disable-access-key", tmp_path / "playbooks" / "disable-access-key")
    (problem,) = Library.load(shipped(), tmp_path).problems
    assert (problem.code, "a playbook of this name" in problem.message) == ("LZ401", True)


def test_those_beside_the_config_are_tried_too(tmp_path: Path) -> None:
    """With the parameters of the config where it uses one, and by themselves where it does not."""
    shutil.copytree(HOME / "close-admin-ports", tmp_path / "playbooks" / "mine")
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "landing.yaml").write_text(PLAYED)
    found = Library.load(shipped(), tmp_path)
    organization, _ = load(tmp_path / "config", found)
    said: dict[str, tuple[Any, Any]] = {name: ({"rule": "a"}, None) for name in ("mine", "close-admin-ports")}
    names = [(each.name, each.playbook) for each in suites(organization, found, tmp_path / "config", said)]
    assert names == [
        ("disable-access-key", "disable-access-key"), ("close-ports", "close-admin-ports"), ("mine", "mine"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("calls: [iam:UpdateAccessKey]", "calls: [iam:DeleteAccessKey]", "it made iam:UpdateAccessKey, not"),
        ("Status: Inactive}", "Status: Gone}", "iam:ListAccessKeys shows"),
        ("Value: exempt}", "Value: other}", "iam:UpdateAccessKey is not refused"),
        ('accountId: "999999999999"', 'accountId: "{{ account }}"', "it is set off"),
        ("UserName: leaky, Tags", "UserName: nobody, Tags", "what is given cannot be"),
        ("- iam:CreateUser:", "- lambda:CreateFunction:", "lambda:CreateFunction is not called here"),
        ("{UserName: leaky}", "{TopicArn: a, Protocol: HTTP}", "nothing is sent by http"),
        ("calls: [iam:UpdateAccessKey]", "call: [iam:UpdateAccessKey]", "`call` is not known here"),
        ("refused: iam:UpdateAccessKey", "refused: UpdateAccessKey", "`refused` is a call as"),
    ],
)
def test_a_case_that_does_not_hold_fails(library: Library, tmp_path: Path, old: str, new: str, said: str) -> None:
    text = (HOME / "disable-access-key" / "cases.yaml").read_text()
    assert old in text
    (tmp_path / "cases.yaml").write_text(text.replace(old, new, 1))
    trial = trial_of(library, "disable-access-key")
    (report,) = tried(
        [Trial(trial.name, trial.file, trial.roles, trial.template, playbook_cases.read(tmp_path / "cases.yaml"))]
    )
    assert not report.passed
    assert any(said in each for each in wrong(report)), wrong(report)


def test_what_the_role_may_not_is_told(library: Library) -> None:
    trial = trial_of(library, "disable-access-key")
    roles = json.loads(json.dumps(trial.roles).replace("iam:UpdateAccessKey", "iam:ListAccessKeys"))
    (report,) = tried([Trial(trial.name, trial.file, roles, trial.template, trial.cases)])
    assert any("its role may not: iam:UpdateAccessKey (AccessDenied)" in each for each in wrong(report))


def test_a_mutant_that_lives_is_told(library: Library) -> None:
    """An action that no call needs is one too many."""
    trial = trial_of(library, "disable-access-key")
    text = json.dumps(trial.roles).replace(
        '"Action": "iam:UpdateAccessKey"', '"Action": ["iam:ListUsers", "iam:UpdateAccessKey"]'
    )
    (report,) = tried([Trial(trial.name, trial.file, json.loads(text), trial.template, trial.cases)], mutate=True)
    assert [each.mutant for each in report.survivors] == ["without iam:ListUsers"]
    assert not report.passed
