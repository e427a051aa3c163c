"""The roles of the pipeline: what the config says of them, what their stack is, and who may do what by them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from landing.cli import run
from landing.core.errors import ConfigError
from landing.core.model import Action, Change, Diagnostic
from landing.organization import Organization
from landing.runs import bootstrap, pipeline
from landing.runs.pipeline import Hooks, Planned
from landing.sandbox import Sandbox
from tests.cloud import Cloud
from tests.samples import BUILT, GITHUB, SMALL

Problems = Callable[..., list[Diagnostic]]
Text = Callable[[str], Organization]
STACK = "stack.pipeline@management/eu-west-1"


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
        (
            "    gitlab: {project: acme/landing, project_id: 42, namespace_id: 7, url: https://git.acme.com}\n",
            ["LZ394"],
        ),
        ("    gitlab: {project: acme/landing, project_id: 42, namespace_id: 7}\n", []),
        ("    codebuild: {plan: landing-plan, apply: landing-apply}\n    existing_provider: true\n", ["LZ394"]),
        ("    principals: {plan: ['arn:aws:iam::111122223333:root'], apply: []}\n", ["LZ206", "LZ206"]),
        (GITHUB + "    records: acme-landing-lock\n", ["LZ395"]),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(problems: Problems, given: str, codes: list[str]) -> None:
    text = f"access:\n  read_role: landing-read\n  pipeline:\n{given}lock: {{bucket: acme-landing-lock}}\n"
    found = problems(text)
    assert [each.code for each in found] == codes
    assert all(each.source and each.source.line > SMALL.count("\n") for each in found)


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
