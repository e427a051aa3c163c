"""The roles of the pipeline: what the config says of them, what their stack is, and who may do what by them."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from landing.cli import run
from landing.cli.run_record import recorded, watch
from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Action, Change, Diagnostic
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy import catalog
from landing.runs import bootstrap, pipeline
from landing.runs.pipeline import Hooks, Planned
from landing.sandbox import Sandbox
from landing.sandbox.authorization import evaluation
from landing.sandbox.protocol.web_identity import token
from landing.services.pipeline import packed, statements_of
from landing.services.registry import KINDS
from landing.services.trust import trust
from tests.cloud import Cloud, Keys, Roles
from tests.samples import BUILT, CODEBUILD, GITHUB, SMALL

Problems = Callable[..., list[Diagnostic]]
Text = Callable[[str], Organization]
STACK = "stack.pipeline@management/eu-west-1"
ROLE = "arn:aws:iam::111122223333:role"


class Silent:
    """Progress that nobody sees."""

    def __enter__(self) -> Callable[[int, int, str], None]:
        return lambda done, total, what: None

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""


HOOKS = Hooks(
    now=lambda: "2026-11-28T00:00:00Z",
    progress=lambda aws: Silent(),
    check=lambda organization, aws: (),
    keep=lambda snapshot: None,
)


def planned(cloud: Cloud, organization: Organization, **options: object) -> Planned:
    """A plan of a bootstrap, unless the options say otherwise."""
    given = {"targets": bootstrap.targets(organization), "whole": True, **options}
    return pipeline.plan(organization, cloud.open(read_only=False), HOOKS, digest="", **given)  # type: ignore[arg-type]


def addresses(changes: tuple[Change, ...]) -> list[str]:
    return [str(change.address) for change in changes]


@pytest.fixture(scope="module")
def built(load_text: Text) -> Organization:
    return load_text(BUILT)


@pytest.fixture(scope="module")
def world(built: Organization) -> bytes:
    """An account that was bootstrapped and has nothing else."""
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, built)
        assert cloud.apply(changes=planned(cloud, built).changes).complete
        return sandbox.dump()


@pytest.fixture
def cloud(built: Organization, world: bytes) -> Iterator[Cloud]:
    with Sandbox() as sandbox:
        sandbox.load(world)
        yield Cloud(sandbox, built)


@pytest.mark.parametrize(
    ("given", "codes"),
    [
        (GITHUB, []),
        (GITHUB + '    gitlab: {project: acme/landing, project_id: "42"}\n', ["LZ391"]),
        ("    session: 2\n", ["LZ391"]),
        (GITHUB.replace("456789", "acme"), ["LZ206"]),
        (GITHUB.replace("456789", "0"), ["LZ206"]),
        (GITHUB.replace("acme/landing", "landing"), ["LZ206"]),
        (GITHUB.replace(', owner_id: "123456"', ""), ["LZ202"]),
        (GITHUB + "    session: 13\n", ["LZ206"]),
        (GITHUB + "    roles: {plan: one, apply: one}\n", ["LZ393"]),
        (GITHUB + "    roles: {plan: Landing-read}\n", ["LZ393"]),
        (GITHUB + "    roles: {apply: OrganizationAccountAccessRole}\n", ["LZ393"]),
        (GITHUB + "    roles: {plan: Landing, apply: landing}\n", ["LZ393"]),
        (CODEBUILD, []),
        (CODEBUILD.replace("}", ", plan: landing, apply: landing}"), ["LZ393"]),
        (CODEBUILD.replace("}", ", plan: landing-apply}"), ["LZ393"]),
        (CODEBUILD.replace("}", ", plan: landing, apply: landing-drift}"), ["LZ393"]),
        (CODEBUILD.replace("acme-artifacts", "acme-landing-lock"), ["LZ395"]),
        (CODEBUILD.replace("acme-artifacts", "a-records") + "    records: a-records\n", ["LZ395"]),
        (CODEBUILD.replace("1:111122223333:connection/a1", "1:111122223333:connection/*"), ["LZ206"]),
        (CODEBUILD.replace(", artifacts: acme-artifacts", ""), ["LZ202"]),
        (f"    principals: {{plan: ['{ROLE}/a', '{ROLE}/b'], apply: ['{ROLE}/b']}}\n", ["LZ393"]),
        (f"    principals: {{plan: ['{ROLE}/a'], apply: ['{ROLE}/b']}}\n", []),
        ("    gitlab: {project: acme/landing, project_id: 42, url: https://GitLab.com}\n", ["LZ206"]),
        ("    gitlab: {project: acme/landing, project_id: 42, audience: '${a}'}\n", ["LZ206"]),
        (GITHUB.replace("{", "{environment: '${a}', branch: '${a}', ", 1), ["LZ206", "LZ206"]),
        (GITHUB.replace("acme/landing", '"acme/landing\\n"'), ["LZ206"]),
        (
            "    gitlab: {project: acme/landing, project_id: 42, namespace_id: 7, url: https://git.acme.com}\n",
            ["LZ394"],
        ),
        ("    gitlab: {project: acme/landing, project_id: 42, namespace_id: 7}\n", []),
        (CODEBUILD + "    existing_provider: true\n", ["LZ394"]),
        ("    principals: {plan: ['arn:aws:iam::111122223333:root'], apply: []}\n", ["LZ206", "LZ206"]),
        (GITHUB + "    records: acme-landing-lock\n", ["LZ395"]),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(problems: Problems, given: str, codes: list[str]) -> None:
    text = f"access:\n  read_role: landing-read\n  pipeline:\n{given}lock: {{bucket: acme-landing-lock}}\n"
    text += "baselines: {read-role: {target: {units: [root]}}}\n"
    found = problems(text)
    assert [each.code for each in found] == codes
    assert all(each.source and each.source.line > SMALL.count("\n") for each in found)


MAKER = """
Parameters: {Name: {Type: String, Default: landing-read}}
Resources:
  Role:
    Type: AWS::IAM::Role
    Properties: {RoleName: NAME, AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: []}}
"""


@pytest.mark.parametrize(
    ("baselines", "warned"),
    [
        ("", True),
        ("baselines: {read-role: {target: {units: [root]}}}\n", False),
        ("baselines: {mine: {target: {units: [root]}, blueprint: mine, parameters: {Name: landing-read}}}\n", False),
        ("baselines: {mine: {target: {units: [root]}, blueprint: mine, parameters: {Name: corp-read}}}\n", True),
    ],
)
def test_a_role_to_enter_members_by_that_nothing_makes_is_a_warning(
    config, tmp_path, baselines: str, warned: bool
) -> None:
    text = SMALL + "access: {read_role: landing-read}\n" + baselines
    folder = tmp_path / "blueprints"
    folder.mkdir()
    (folder / "mine.yaml").write_text(MAKER.replace("NAME", "!Ref Name"))
    found = load(config(text), Library.load(shipped(), tmp_path))[1]
    at = [(each.code, each.source and each.source.line, each.source and each.source.column) for each in found]
    line = SMALL.count("\n") + 1
    assert at == ([("LZ427", line, len("access: {read_role: ") + 1)] if warned else [])


def test_the_role_that_plans_needs_one_to_enter_members_by(problems: Problems) -> None:
    found = problems(f"access:\n  pipeline:\n{GITHUB}")
    assert [(each.code, each.help) for each in found] == [
        ("LZ392", "`read_role: landing-read`, which the baseline `read-role: {target: {units: [root]}}` makes")
    ]


def test_nothing_else_has_its_key(problems: Problems) -> None:
    for section in ("stacks: {pipeline: {accounts: [shop-dev], blueprint: read_role}}\n",
                    "baselines: {pipeline: {target: {units: [root]}, blueprint: read_role}}\n"):  # fmt: skip
        assert [each.code for each in problems(section)] == ["LZ338"]


def test_without_a_pipeline_it_is_said_what_to_write(config, tmp_path, monkeypatch, capsys) -> None:
    config()
    monkeypatch.chdir(tmp_path)
    assert run(["bootstrap", "--sandbox"]) == 1
    assert 'github: {repository: owner/name, repository_id: "456789", owner_id: "123456"}' in capsys.readouterr().err


def test_from_an_empty_account_it_makes_the_roles_and_what_they_require(built: Organization) -> None:
    with Sandbox() as sandbox:
        made = planned(Cloud(sandbox, built), built).changes
    assert addresses(made) == [
        "account.management",
        "governed_region.eu-west-1",
        "organization.this",
        STACK,
        "stack_set.read-role",
        "trusted_access.account.amazonaws.com",
        "trusted_access.member.org.stacksets.cloudformation.amazonaws.com",
    ]


def test_only_a_bootstrap_changes_the_roles(cloud: Cloud, built: Organization, load_text: Text) -> None:
    assert planned(cloud, built).changes == ()
    bootstrap.refuse_other_provider(built, cloud.open(read_only=False))
    other = load_text(BUILT.replace("plans_key: true", "plans_key: true\n    session: 12"))
    ordinary = planned(cloud, other, targets=(), whole=False)
    assert STACK not in addresses(ordinary.changes)
    assert addresses(ordinary.set_aside) == [STACK]
    assert addresses(planned(cloud, other).changes) == [STACK]
    assert STACK in addresses(planned(cloud, other, targets=()).changes), "drift looks at everything"


def test_it_is_removed_and_what_is_kept_is_taken_back(cloud: Cloud, built: Organization) -> None:
    without = Cloud(cloud.sandbox, bootstrap.without_stack(built))
    gone = planned(without, without.organization, targets=[STACK]).changes
    assert [(str(each.address), each.action) for each in gone] == [(STACK, Action.DELETE)]
    assert without.apply(changes=gone).complete
    s3 = cloud.sandbox.session().client("s3")
    assert {each["Name"] for each in s3.list_buckets()["Buckets"]} == {"acme-landing-lock", "acme-landing-records"}
    assert cloud.apply(changes=planned(cloud, built).changes).complete
    assert planned(cloud, built).changes == ()


def test_a_bucket_of_others_is_used_as_it_is(built: Organization) -> None:
    with Sandbox() as sandbox:
        where = {"LocationConstraint": "eu-west-1"}
        s3 = sandbox.session().client("s3", region_name="eu-west-1")
        s3.create_bucket(Bucket="acme-landing-lock", CreateBucketConfiguration=where)
        cloud = Cloud(sandbox, built)
        found = planned(cloud, built)
        assert bootstrap.buckets_of_others(built, cloud.open()) == ["acme-landing-lock"]
        (stack,) = [each for each in found.changes if str(each.address) == STACK]
        assert stack.after is not None
        assert {name for name in stack.after["template"]["Resources"] if "Bucket" in name} == {
            "RecordBucket",
            "RecordBucketPolicy",
        }
        assert Cloud(sandbox, found.organization).apply(changes=found.changes).complete
        assert planned(cloud, built).changes == ()
        assert "Status" not in s3.get_bucket_versioning(Bucket="acme-landing-lock")


def test_a_provider_of_others_is_refused_until_the_config_says_so(built: Organization, load_text: Text) -> None:
    there = load_text(BUILT.replace("plans_key: true", "existing_provider: true"))
    with Sandbox() as sandbox:
        empty = Cloud(sandbox, built).open(read_only=False)
        bootstrap.refuse_other_provider(built, empty)
        with pytest.raises(ConfigError, match="there is no provider"):
            bootstrap.refuse_other_provider(there, empty)
        iam = sandbox.session().client("iam")
        url = "https://token.actions.githubusercontent.com"
        made = iam.create_open_id_connect_provider(Url=url, ClientIDList=["others"])
        with pytest.raises(ConfigError, match="does not take tokens for"):
            bootstrap.refuse_other_provider(there, empty)
        arn = made["OpenIDConnectProviderArn"]
        iam.add_client_id_to_open_id_connect_provider(OpenIDConnectProviderArn=arn, ClientID="sts.amazonaws.com")
        bootstrap.refuse_other_provider(there, empty)
        with pytest.raises(ConfigError, match="something else made") as refused:
            bootstrap.refuse_other_provider(built, empty)
    (problem,) = refused.value.problems
    assert problem.help.startswith("write `existing_provider: true`")
    assert "Provider" not in there.deployments["pipeline"].template["Resources"]  # type: ignore[operator]


HOST = "token.actions.githubusercontent.com"
OLD, NEW = "repo:acme/landing", "repo:acme@123456/landing@456789"
IDS = {"repository": "acme/landing", "repository_id": "456789", "repository_owner_id": "123456"}
OTHER_IDS = {**IDS, "repository_id": "999", "repository_owner_id": "998"}
WORKFLOW = "acme/landing/.github/workflows/landing.yml@refs/heads/main"
APPROVED = {**IDS, "environment": "landing-apply", "job_workflow_ref": WORKFLOW}
GITLAB = "    gitlab: {project: acme/landing, project_id: 42, namespace_id: 7}\n"
BRANCH = "project_path:acme/landing:ref_type:branch:ref:"
PROJECT = {"project_id": "42", "namespace_id": "7"}
MAIN = {**PROJECT, "ref_protected": "true", "pipeline_source": "push"}

JOBS: dict[str, list[tuple[str, str, dict[str, str], str]]] = {
    GITHUB: [
        ("a pull request", f"{OLD}:pull_request", IDS, "plan"),
        ("a pull request, with ids", f"{NEW}:pull_request", IDS, "plan"),
        ("the branch", f"{NEW}:ref:refs/heads/main", IDS, "plan"),
        ("the branch in the old form", f"{OLD}:ref:refs/heads/main", IDS, "plan"),
        ("another branch", f"{NEW}:ref:refs/heads/mine", IDS, ""),
        ("a tag", f"{NEW}:ref:refs/tags/main", IDS, ""),
        ("the environment", f"{NEW}:environment:landing-apply", APPROVED, "apply"),
        ("the environment in the old form", f"{OLD}:environment:landing-apply", APPROVED, "apply"),
        ("another environment", f"{NEW}:environment:test", {**APPROVED, "environment": "test"}, ""),
        ("another workflow", f"{NEW}:environment:landing-apply",
         {**APPROVED, "job_workflow_ref": WORKFLOW.replace("landing.yml", "mine.yml")}, ""),
        ("the workflow as a branch has it", f"{NEW}:environment:landing-apply",
         {**APPROVED, "job_workflow_ref": WORKFLOW.replace("main", "mine")}, ""),
        ("no workflow", f"{NEW}:environment:landing-apply", {**IDS, "environment": "landing-apply"}, ""),
        ("whoever has taken the name", f"{OLD}:pull_request", OTHER_IDS, ""),
        ("whoever has taken the name, approved by themselves", f"{OLD}:environment:landing-apply",
         {**APPROVED, **OTHER_IDS}, ""),
        ("a fork", "repo:mallory/landing:pull_request", OTHER_IDS, ""),
        ("the repository by a new name", "repo:acme@123456/zone@456789:pull_request", IDS, ""),
        ("no ids", f"{OLD}:pull_request", {}, ""),
    ],
    GITHUB.replace("}", ", url: https://github.acme.com/_services/token}"): [
        ("a pull request", f"{OLD}:pull_request", {}, "plan"),
        ("the branch", f"{OLD}:ref:refs/heads/main", {}, "plan"),
        ("the environment", f"{OLD}:environment:landing-apply", {}, "apply"),
        ("a fork", "repo:mallory/landing:pull_request", {}, ""),
    ],
    GITHUB.replace("}", ", url: https://token.actions.acme.ghe.com}"): [
        ("a pull request", f"{NEW}:pull_request", IDS, "plan"),
        ("the environment", f"{NEW}:environment:landing-apply", APPROVED, "apply"),
        ("whoever has taken the name", f"{OLD}:pull_request", OTHER_IDS, ""),
    ],
    GITLAB: [
        ("the branch", f"{BRANCH}main", MAIN, "plan apply"),
        ("a merge request", f"{BRANCH}mine", {**PROJECT, "ref_protected": "false"}, "plan"),
        ("another protected branch", f"{BRANCH}release", MAIN, "plan"),
        ("the branch without protection", f"{BRANCH}main", {**PROJECT, "ref_protected": "false"}, "plan"),
        ("the branch, by hand", f"{BRANCH}main", {**MAIN, "pipeline_source": "web"}, "plan"),
        ("the branch, by the API", f"{BRANCH}main", {**MAIN, "pipeline_source": "api"}, "plan"),
        ("a tag", "project_path:acme/landing:ref_type:tag:ref:main", MAIN, ""),
        ("whoever has taken the name", f"{BRANCH}main", {**MAIN, "project_id": "43"}, ""),
        ("another group of the name", f"{BRANCH}main", {**MAIN, "namespace_id": "8"}, ""),
        ("a fork", "project_path:mallory/landing:ref_type:branch:ref:main", {**MAIN, "project_id": "43"}, ""),
    ],
    "    gitlab: {project: acme/landing, project_id: 42, url: https://git.acme.com, audience: landing}\n": [
        ("the branch", f"{BRANCH}main", {}, "plan apply"),
        ("a merge request", f"{BRANCH}mine", {}, "plan"),
        ("another project", "project_path:acme/shop:ref_type:branch:ref:main", {}, ""),
    ],
}  # fmt: skip
"""By who is trusted: a job, the `sub` and other claims of its token, and the roles that it may become."""


@pytest.mark.parametrize("given", JOBS, ids=["github", "github-server", "github-enterprise", "gitlab", "gitlab-server"])
def test_each_role_is_for_the_jobs_that_are_meant_and_no_others(given: str, load_text: Text) -> None:
    pipeline_ = load_text(BUILT.replace(GITHUB, given)).pipeline
    assert pipeline_ is not None
    found = {}
    with Sandbox() as sandbox:
        iam, sts = sandbox.session().client("iam"), sandbox.session().client("sts")
        account = sandbox.management_account_id
        iam.create_open_id_connect_provider(Url=f"https://{pipeline_.issuer}", ClientIDList=[pipeline_.audience])
        for role in ("plan", "apply"):
            document = json.dumps(trust(pipeline_, role))
            for name, value in (("AWS::Partition", "aws"), ("AWS::AccountId", account)):
                document = document.replace(f"${{{name}}}", value)
            document = re.sub(r'{"Fn::Sub": ("[^"]+")}', r"\1", document)
            iam.create_role(RoleName=role, AssumeRolePolicyDocument=document)
        for job, sub, claims, _ in JOBS[given]:
            text = token({"iss": f"https://{pipeline_.issuer}", "aud": pipeline_.audience, "sub": sub, **claims})
            found[job] = " ".join(role for role in ("plan", "apply") if _may_become(sts, account, role, text))
    assert found == {job: roles for job, _, _, roles in JOBS[given]}


def _may_become(sts: Any, account: str, role: str, text: str) -> bool:
    try:
        sts.assume_role_with_web_identity(
            RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="job", WebIdentityToken=text
        )
    except sts.exceptions.ClientError as error:
        return error.response["Error"]["Code"] != "AccessDenied"
    return True


def test_others_are_trusted_by_name(load_text: Text) -> None:
    template: Any = load_text(BUILT.replace(GITHUB, CODEBUILD)).deployments["pipeline"].template
    project = "arn:${AWS::Partition}:codebuild:${AWS::Region}:${AWS::AccountId}:project/"
    for role, names in (("Apply", ["landing-apply"]), ("Plan", ["landing-plan", "landing-plan-drift"])):
        (statement,) = template["Resources"][f"{role}Role"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "codebuild.amazonaws.com"}
        assert statement["Condition"] == {
            "StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}},
            "ArnEquals": {"aws:SourceArn": [{"Fn::Sub": project + name} for name in names]},
        }
    assert "Provider" not in template["Resources"]
    named = (
        "    principals: {plan: ['arn:aws:iam::111122223333:role/a'], apply: ['arn:aws:iam::111122223333:role/b']}\n"
    )
    template = load_text(BUILT.replace(GITHUB, named)).deployments["pipeline"].template
    (statement,) = template["Resources"]["PlanRole"]["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"AWS": ["arn:aws:iam::111122223333:role/a"]}
    assert statement["Condition"] == {"StringEquals": {"aws:PrincipalOrgID": {"Ref": "OrganizationId"}}}


def _actions(statements: Iterable[Mapping[str, Any]]) -> list[str]:
    return [action for each in statements for action in each.get("Action", each.get("NotAction"))]


def test_policies_fit_however_many_stacks_there_are(full: Organization, load_text: Text) -> None:
    assert full.pipeline is None
    whole = replace(full, pipeline=load_text(BUILT).pipeline, read_role="landing-read")
    for role, statements in statements_of(whole).items():
        made = list(packed(statements))
        assert len(made) <= 10, "IAM and AWS STS quotas: managed policies attached to a role"
        sent = [each for document in made for each in document["Statement"]]
        assert _actions(sent) == _actions(statements), role
        assert len({each["Sid"] for each in sent}) == len(sent)
        assert all(len(json.dumps(each, separators=(",", ":"))) <= 6_144 for each in made)
    long = {"Sid": "Long", "Effect": "Allow", "Action": [f"s3:Get{n:04}" for n in range(1_000)], "Resource": "*"}
    parts = [each for document in packed([long]) for each in document["Statement"]]
    assert [action for each in parts for action in each["Action"]] == long["Action"]
    assert len({each["Sid"] for each in parts}) == len(parts) > 1


@pytest.fixture
def keys(cloud: Cloud) -> Roles:
    """Both roles, by the tokens of jobs."""
    return Roles(
        by_token(cloud, "landing-plan", f"{NEW}:pull_request", IDS),
        by_token(cloud, "landing-apply", f"{NEW}:environment:landing-apply", APPROVED),
    )


def by_token(cloud: Cloud, role: str, sub: str, claims: dict[str, str]) -> Keys:
    """Credentials of a role for a job on GitHub."""
    text = token({"iss": f"https://{HOST}", "aud": "sts.amazonaws.com", "sub": sub, **claims})
    arn = f"arn:aws:iam::{cloud.sandbox.management_account_id}:role/{role}"
    sts = cloud.sandbox.session().client("sts")
    answer = sts.assume_role_with_web_identity(RoleArn=arn, RoleSessionName="job", WebIdentityToken=text)
    return tuple(answer["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))


def client(keys: Keys, service: str) -> Any:
    """A client with the credentials of a session."""
    return boto3.client(
        service,
        region_name="eu-west-1",
        aws_access_key_id=keys[0],
        aws_secret_access_key=keys[1],
        aws_session_token=keys[2],
    )


def refused(call: Callable[..., Any], **parameters: Any) -> bool:
    """Whether a call is denied."""
    try:
        call(**parameters)
    except ClientError as error:
        return "AccessDenied" in error.response["Error"]["Code"]
    return False


def may(cloud: Cloud, keys: Keys, action: str) -> bool:
    """Whether whoever holds the keys may do something to anything, by all of their policies."""
    world = cloud.sandbox.world
    asked = evaluation.Asked(world, world.identities[keys[0]], "eu-west-1", None, dict)  # type: ignore[arg-type]
    return evaluation.denial(asked, evaluation.layers_of(world, asked.caller), action, "*", {}) is None


def test_the_roles_do_all_of_it(cloud: Cloud, built: Organization, keys: Roles) -> None:
    """Plan, apply and drift as the jobs' roles; the plan role writes nowhere, whoever enters a member by it."""
    jobs = Cloud(cloud.sandbox, built, keys)

    def plan(*, detect: bool = False) -> Planned:
        return pipeline.plan(built, jobs.open(detect=detect), HOOKS, digest="", whole=detect)

    first = plan()
    assert {"account", "unit", "policy_type"} <= {change.address.kind for change in first.changes}
    assert first.plan.gaps == ()
    done = jobs.apply(changes=first.changes)
    assert done.complete, (done.failed, done.blocked)
    seen = plan(detect=True)
    assert (seen.changes, seen.plan.gaps) == ((), ())
    iam = cloud.sandbox.session().client("iam")
    iam.update_role(RoleName="landing-apply", MaxSessionDuration=7200)
    assert addresses(plan(detect=True).changes) == [STACK]
    assert plan().changes == ()

    member = jobs.open().tree.account_ids["shop-prod"]
    sts = client(keys.plan, "sts")
    assert refused(
        sts.assume_role, RoleArn=f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole", RoleSessionName="job"
    )
    reading = sts.assume_role(RoleArn=f"arn:aws:iam::{member}:role/landing-read", RoleSessionName="job")
    inside = tuple(reading["Credentials"][name] for name in ("AccessKeyId", "SecretAccessKey", "SessionToken"))
    for held in (keys.plan, inside):
        assert [action for action in sorted(WRITES) if may(cloud, held, action)] == []
        assert not any(may(cloud, held, action) for action in SECRETS)
    assert may(cloud, keys.plan, "organizations:ListAccounts")
    assert may(cloud, inside, "cloudformation:DescribeStacks")
    assert may(cloud, keys.apply, "organizations:CreateAccount")


OPEN = (
    '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "ACCOUNT"}, '
    '"Action": "sts:AssumeRole"}]}'
)
NOTHING = json.dumps({"Resources": {"Log": {"Type": "AWS::Logs::LogGroup"}}})

WRITES = {
    action
    for kind in KINDS
    for action in kind.writes
    if not (catalog.expand(action)[0].levels <= {"read", "list"} or ":Detect" in action)
} | {"iam:CreateRole", "iam:PutRolePolicy", "s3:PutObject", "s3:PutBucketPolicy", "sts:AssumeRoot"}
SECRETS = ("secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt", "s3:GetObject")


def test_the_plan_role_stays_what_it_is_whatever_is_attached_to_it(cloud: Cloud, keys: Roles) -> None:
    iam = cloud.sandbox.session().client("iam")
    iam.attach_role_policy(RoleName="landing-plan", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    assert [action for action in sorted(WRITES) if may(cloud, keys.plan, action)] == []
    assert not any(may(cloud, keys.plan, action) for action in SECRETS)


def test_on_codebuild_what_applies_takes_no_code_from_what_plans(load_text: Text) -> None:
    """Artifacts are at PIPELINE/ARTIFACT/…: what plans writes its plan alone, and reads the sources alone."""
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(BUILT.replace(GITHUB, CODEBUILD)))
        assert cloud.apply(changes=planned(cloud, cloud.organization).changes).complete
        plan, apply_ = (by_service(cloud, f"landing-{role}") for role in ("plan", "apply"))
        mine = sandbox.session().client("s3")
        for key in ("landing/source/a", "landing/plan/b"):
            mine.put_object(Bucket="acme-artifacts", Key=key, Body=b"")
        mine.create_bucket(Bucket="others", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
        iam = sandbox.session().client("iam")
        iam.attach_role_policy(RoleName="landing-plan", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
        for keys, reads, writes in (
            (plan, "landing/source/a", "landing/plan/b"),
            (apply_, "landing/plan/b", "landing/runs/d"),
        ):
            s3 = client(keys, "s3")
            s3.get_object(Bucket="acme-artifacts", Key="landing/source/a")
            s3.get_object(Bucket="acme-artifacts", Key=reads)
            s3.put_object(Bucket="acme-artifacts", Key=writes)
            assert refused(s3.put_object, Bucket="acme-artifacts", Key="landing/source/a")
            assert refused(s3.put_object, Bucket="others", Key="landing/plan/b")
        logs = client(plan, "logs")
        logs.create_log_group(logGroupName="/aws/codebuild/landing-plan-drift")
        assert refused(logs.create_log_group, logGroupName="/aws/codebuild/landing-apply")
        assert [action for action in sorted(WRITES) if may(cloud, plan, action)] == []
        assert not any(may(cloud, plan, action) for action in (*SECRETS, "codeconnections:UseConnection"))


def by_service(cloud: Cloud, role: str) -> Keys:
    """Credentials of a role as a service of AWS gets them."""
    account = cloud.sandbox.management_account_id
    issued = cloud.sandbox.world.issue_key(
        account=account,
        arn=f"arn:aws:sts::{account}:assumed-role/{role}/AWSCodeBuild",
        user_id=f"{role}:AWSCodeBuild",
        principal=f"arn:aws:iam::{account}:role/{role}",
        temporary=True,
    )
    assert issued.session_token is not None
    return issued.access_key, issued.secret_key, issued.session_token


def test_the_apply_role_changes_neither_itself_nor_what_keeps_it_in_its_place(
    cloud: Cloud, built: Organization, keys: Roles
) -> None:
    """Even with all rights besides."""
    iam = cloud.sandbox.session().client("iam")
    everything = "arn:aws:iam::aws:policy/AdministratorAccess"
    iam.attach_role_policy(RoleName="landing-apply", PolicyArn=everything)
    account = cloud.sandbox.management_account_id
    iam, cloudformation, s3, kms, sts = (
        client(keys.apply, name) for name in ("iam", "cloudformation", "s3", "kms", "sts")
    )
    made = cloud.sandbox.session().client("iam")
    for role in ("OrganizationAccountAccessRole", "landing-read"):  # of the management account
        with contextlib.suppress(made.exceptions.EntityAlreadyExistsException):
            made.create_role(RoleName=role, AssumeRolePolicyDocument=OPEN.replace("ACCOUNT", account))
        named = {"RoleArn": f"arn:aws:iam::{account}:role/{role}", "RoleSessionName": "job"}
        assert refused(sts.assume_role, **named)
        assert refused(client(keys.plan, "sts").assume_role, **named)
    for role in ("landing-plan", "landing-apply"):
        assert refused(iam.attach_role_policy, RoleName=role, PolicyArn=everything)
        assert refused(iam.detach_role_policy, RoleName=role, PolicyArn=f"arn:aws:iam::{account}:policy/{role}-1")
        assert refused(iam.put_role_policy, RoleName=role, PolicyName="more", PolicyDocument="{}")
        assert refused(iam.update_assume_role_policy, RoleName=role, PolicyDocument="{}")
        assert refused(iam.update_role, RoleName=role, MaxSessionDuration=43200)
        assert refused(iam.delete_role, RoleName=role)
        assert refused(sts.assume_role, RoleArn=f"arn:aws:iam::{account}:role/{role}", RoleSessionName="job")
    policy = {"PolicyArn": f"arn:aws:iam::{account}:policy/landing-apply-1"}
    assert refused(iam.create_policy_version, **policy, PolicyDocument="{}", SetAsDefault=True)
    provider = {"OpenIDConnectProviderArn": f"arn:aws:iam::{account}:oidc-provider/{HOST}"}
    assert refused(iam.delete_open_id_connect_provider, **provider)
    assert refused(iam.add_client_id_to_open_id_connect_provider, **provider, ClientID="others")
    stack = {"StackName": "landing-pipeline"}
    assert refused(cloudformation.delete_stack, **stack)
    assert refused(cloudformation.update_stack, **stack, UsePreviousTemplate=True)
    assert refused(cloudformation.update_termination_protection, **stack, EnableTerminationProtection=False)
    assert refused(cloudformation.create_change_set, **stack, ChangeSetName="more", UsePreviousTemplate=True)
    others = {"StackName": "administration"}
    cloud.sandbox.session().client("cloudformation", region_name="eu-west-1").create_stack(
        **others, TemplateBody=NOTHING, RoleARN=f"arn:aws:iam::{account}:role/administrator"
    )
    assert refused(cloudformation.update_stack, **others, UsePreviousTemplate=True)
    assert refused(cloudformation.create_change_set, **others, ChangeSetName="more", UsePreviousTemplate=True)
    assert refused(cloudformation.delete_stack, **others)
    assert not refused(cloudformation.create_stack, StackName="landing-more", TemplateBody=NOTHING)
    for bucket in ("acme-landing-lock", "acme-landing-records"):
        assert refused(s3.put_bucket_policy, Bucket=bucket, Policy="{}")
        assert refused(s3.delete_bucket, Bucket=bucket)
        assert refused(s3.put_bucket_versioning, Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    key = (
        cloud.sandbox.session()
        .client("kms", region_name="eu-west-1")
        .describe_key(KeyId="alias/landing-plans")["KeyMetadata"]["Arn"]
    )
    assert refused(kms.schedule_key_deletion, KeyId=key)
    assert refused(kms.put_key_policy, KeyId=key, PolicyName="default", Policy="{}")
    assert planned(cloud, built).changes == (), "nothing of it was changed"


def test_the_key_is_for_plan_files_of_the_organization(cloud: Cloud, keys: Roles) -> None:
    organization = cloud.sandbox.session().client("organizations").describe_organization()["Organization"]["Id"]
    context = {"landing:organization": organization}
    plan, apply_ = client(keys.plan, "kms"), client(keys.apply, "kms")
    named = {"KeyId": "alias/landing-plans", "KeySpec": "AES_256"}
    made = plan.generate_data_key(**named, EncryptionContext=context)
    sealed = {"KeyId": made["KeyId"], "CiphertextBlob": made["CiphertextBlob"], "EncryptionContext": context}
    assert refused(plan.generate_data_key, **named, EncryptionContext={"landing:organization": "o-others"})
    assert refused(plan.decrypt, **sealed)
    opened = apply_.decrypt(**sealed)
    assert opened["Plaintext"] == made["Plaintext"]


def test_a_connection_that_only_reads_comes_by_a_token(
    cloud: Cloud, built: Organization, tmp_path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As boto3 does by itself, and a workflow asks it to."""
    claims = {"iss": f"https://{HOST}", "aud": "sts.amazonaws.com", "sub": f"{NEW}:pull_request", **IDS}
    (tmp_path / "token").write_text(token(claims))
    account = cloud.sandbox.management_account_id
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("AWS_ROLE_ARN", f"arn:aws:iam::{account}:role/landing-plan")
    aws = cloud.open()
    assert ":assumed-role/landing-plan/" in aws.caller[1]
    assert aws.calls["sts", "AssumeRoleWithWebIdentity"] == 1


def test_the_record_of_a_run_goes_to_its_bucket(
    cloud: Cloud, built: Organization, keys: Roles, tmp_path, capsys
) -> None:
    aws = Cloud(cloud.sandbox, built, keys).open(read_only=False)
    with recorded(tmp_path) as run:
        watch(run, built, aws)
        run.end("no changes")
    s3 = client(keys.plan, "s3")
    found = {each["Key"] for each in s3.list_objects_v2(Bucket="acme-landing-records")["Contents"]}
    place = f"runs/{aws.tree.description['Id']}/{run.folder.name}"  # type: ignore[index]
    assert found == {f"{place}/{name}" for name in ("events.jsonl", "log", "summary.json")}
    assert f"Run record: s3://acme-landing-records/{place}/" in capsys.readouterr().err


def test_a_record_is_written_once(cloud: Cloud, keys: Roles) -> None:
    """Whatever a role or a person may do: the policy of the bucket says so."""
    iam = cloud.sandbox.session().client("iam")
    iam.attach_role_policy(RoleName="landing-apply", PolicyArn="arn:aws:iam::aws:policy/AmazonS3FullAccess")
    record = {"Bucket": "acme-landing-records", "Key": "runs/o/1/log"}
    for s3 in (client(keys.apply, "s3"), cloud.sandbox.session().client("s3")):
        assert refused(s3.put_object, **record, Body=b"forged")
        with contextlib.suppress(s3.exceptions.ClientError):
            s3.put_object(**record, Body=b"first", IfNoneMatch="*")
        with pytest.raises(s3.exceptions.ClientError, match="PreconditionFailed"):
            s3.put_object(**record, Body=b"forged", IfNoneMatch="*")
        assert refused(s3.delete_object, **record)
        assert s3.get_object(**record)["Body"].read() == b"first"


def test_a_run_ends_as_it_has_where_its_record_cannot_be_kept(
    cloud: Cloud, keys: Roles, load_text: Text, tmp_path, capsys
) -> None:
    elsewhere = load_text(BUILT.replace("acme-landing-records", "somebody-elses-records"))
    with recorded(tmp_path) as run:
        watch(run, elsewhere, Cloud(cloud.sandbox, elsewhere, keys).open(read_only=False))
        run.end("applied")
    said = capsys.readouterr().err
    assert f"Warning: the record of this run is in {run.folder} alone" in said
    assert "`landing bootstrap` makes the bucket" in said
    assert json.loads((run.folder / "summary.json").read_text())["outcome"] == "applied"
