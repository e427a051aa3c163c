"""Targets without FullAWSAccess: AWS attaches it to what is new by itself, and it goes in the same run."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from landing.config import load
from landing.engine.apply import refresh
from landing.guardrails.exposure import dangers, refuse_unsafe
from landing.guardrails.packs import with_full_access, with_full_access_now
from landing.library import Library
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.samples import SMALL

NAMES = ("organization", "trusted_access", "policy_type", "unit", "account", "policy", "attachments")
KINDS = [BY_NAME[name] for name in NAMES]
GUARDRAILS = "guardrails:\n  allow-some: {target: {units: [security, workloads/dev], accounts: [shop-prod]}}\n"
OPEN = SMALL.replace("      dev: {name: Dev}\n", "")
OPEN = "".join(line for line in OPEN.splitlines(keepends=True) if "shop-" not in line)
CLOSED = SMALL.replace("{name: Dev}", "{name: Dev, full_access: false}").replace("prod}}", "prod}, full_access: false}")
ALLOW = {"Sid": "Some", "Effect": "Allow", "Action": ["s3:*", "iam:*", "sts:*", "cloudformation:*"], "Resource": "*"}
ABOUT = "title: Some\ntype: SERVICE_CONTROL_POLICY\ndescription: Some services\nseverity: low\n"
Load = Callable[[str], Organization]


@pytest.fixture
def organization_of(tmp_path: Path) -> Load:
    home = tmp_path / "scps" / "allow-some"
    home.mkdir(parents=True)
    (home / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [ALLOW]}))
    (home / "metadata.yaml").write_text(ABOUT)

    def build(text: str) -> Organization:
        config = tmp_path / "config"
        config.mkdir(exist_ok=True)
        (config / "landing.yaml").write_text(text)
        return load(config, Library.load(tmp_path))[0]

    return build


@pytest.fixture(params=["nothing", "units", "guardrails"])
def cloud(request: pytest.FixtureRequest, organization_of: Load) -> Iterator[Cloud]:
    """What is there before: nothing; an organization without SCPs; one with SCPs, in which unit and account are new."""
    with Sandbox() as sandbox:
        if request.param != "nothing":
            other = "guardrails:\n  allow-some: {target: {units: [security]}}\n"
            there = SMALL if request.param == "units" else OPEN + other
            assert Cloud(sandbox, organization_of(there)).apply(KINDS).complete
        yield Cloud(sandbox, organization_of(CLOSED + GUARDRAILS))


def test_an_account_that_keeps_it_does_not_name_it(organization_of: Load) -> None:
    """With guardrails of its own, and FullAWSAccess beside them."""
    with Sandbox() as sandbox:
        text = SMALL + "guardrails:\n  allow-some: {target: {accounts: [shop-prod]}}\n"
        cloud = Cloud(sandbox, organization_of(text))
        assert cloud.apply(KINDS).complete
        tree = cloud.open().tree
        assert tree.full_access(tree.accounts["shop-prod"].id)


def allowing(cloud: Cloud) -> list[list[str]]:
    state = cloud.state([BY_NAME["attachments"]])
    return [
        attributes["policies"]
        for address, attributes in state.items()
        if address.name in ("unit/workloads/dev", "account/shop-prod")
    ]


def test_it_goes_in_the_run_in_which_it_comes(cloud: Cloud) -> None:
    result = cloud.apply(KINDS)
    assert result.complete, result.failed
    assert allowing(cloud) == [["allow-some"]] * 2
    assert cloud.plan(KINDS).changes == ()


@pytest.mark.parametrize("saved", [False, True], ids=["a new plan", "the saved plan"])
def test_a_killed_run_is_resumed_without_leave_to_detach(cloud: Cloud, saved: bool) -> None:
    before = cloud.sandbox.dump()
    planned = cloud.plan(KINDS)
    for writes in range(100):
        cloud.sandbox.load(before)
        try:
            result = cloud.apply(KINDS, aws=DyingAws(cloud.organization, writes=writes, after_effect=True))
        except Cut:
            again = planned if saved else cloud.plan(KINDS)
            refuse_unsafe(cloud.organization, again.changes, ())
            aws = cloud.open(read_only=False)
            changes = refresh(cloud.organization, aws, again)
            assert cloud.apply(KINDS, aws=aws, changes=changes).complete
            assert cloud.plan(KINDS).changes == ()
        else:
            assert result.complete
            return
    raise AssertionError


BESIDE = "guardrails:\n  allow-some: {target: {accounts: [shop-prod]}}\n"


@pytest.fixture
def strict(organization_of: Load) -> Iterator[Cloud]:
    """A unit and an account in which only some services are allowed."""
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, organization_of(CLOSED + GUARDRAILS))
        assert cloud.apply(KINDS).complete
        assert not all(has_full_access(cloud).values())
        yield cloud


def has_full_access(cloud: Cloud) -> dict[str, bool]:
    tree = cloud.open().tree
    targets = {"unit": tree.node_id("workloads/dev"), "account": tree.accounts["shop-prod"].id}
    return {name: tree.full_access(target) for name, target in targets.items()}


GIVEN_BACK = SMALL.replace("{name: Dev}", "{name: Dev, full_access: true}").replace(
    "prod}}", "prod}, full_access: true}"
)


@pytest.mark.parametrize(
    ("text", "words"),
    [(SMALL, {"detach"}), (GIVEN_BACK, {"detach"}), (GIVEN_BACK + BESIDE, {"detach", "weaken"})],
    ids=["the list goes", "the list goes and it is named", "the list stays"],
)
def test_it_is_attached_again_where_the_config_gives_it_back(
    strict: Cloud, organization_of: Load, text: str, words: set[str]
) -> None:
    cloud = Cloud(strict.sandbox, organization_of(text))
    before = strict.sandbox.dump()
    planned = cloud.plan(KINDS)
    asked = {word for words in dangers(cloud.organization, planned.changes).values() for word in words}
    assert asked - {"delete"} == words
    for writes in range(100):
        cloud.sandbox.load(before)
        died = False
        try:
            result = cloud.apply(KINDS, aws=DyingAws(cloud.organization, writes=writes, after_effect=True))
        except Cut:
            died, result = True, cloud.apply(KINDS)
        assert result.complete, result.failed
        assert has_full_access(cloud) == {"unit": True, "account": True}
        assert cloud.plan(KINDS).changes == ()
        if not died:
            assert writes > 1
            return
    raise AssertionError


def foreign(cloud: Cloud, effect: str, node: str) -> None:
    """An SCP of somebody else at a node, in the place of FullAWSAccess."""
    tree, client = cloud.open().tree, cloud.sandbox.session().client("organizations")
    document = {"Version": "2012-10-17", "Statement": [{**ALLOW, "Effect": effect}]}
    made = client.create_policy(
        Name=f"theirs-{effect}", Description="", Type="SERVICE_CONTROL_POLICY", Content=json.dumps(document)
    )["Policy"]["PolicySummary"]["Id"]
    target = tree.node_id(node)
    client.attach_policy(PolicyId=made, TargetId=target)
    client.detach_policy(PolicyId="p-FullAWSAccess", TargetId=target)


@pytest.fixture
def taken_away(organization_of: Load) -> Iterator[Cloud]:
    """A unit in which somebody else has an allow-list; the config says nothing of FullAWSAccess."""
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, organization_of(SMALL + "guardrails:\n  allow-some: {target: {units: [security]}}\n"))
        assert cloud.apply(KINDS).complete
        foreign(cloud, "Allow", "workloads/dev")
        yield cloud


def test_left_out_it_stays_as_it_is_found(taken_away: Cloud, organization_of: Load) -> None:
    assert taken_away.plan(KINDS).changes == ()
    named = SMALL.replace("{name: Dev}", "{name: Dev, full_access: true}")
    cloud = Cloud(
        taken_away.sandbox, organization_of(named + "guardrails:\n  allow-some: {target: {units: [security]}}\n")
    )
    (change,) = planned = cloud.plan(KINDS).changes
    assert (str(change.address), change.after) == ("attachments.unit/workloads/dev", {"policies": ["FullAWSAccess"]})
    assert list(dangers(cloud.organization, planned)[change.address]) == ["weaken"]


def test_a_guardrail_that_comes_and_goes_leaves_it_as_it_was(taken_away: Cloud, organization_of: Load) -> None:
    both = "guardrails:\n  allow-some: {target: {units: [security, workloads/dev]}}\n"
    for text in (SMALL + both, SMALL + both.replace(", workloads/dev", "")):
        cloud = Cloud(taken_away.sandbox, organization_of(text))
        assert cloud.apply(KINDS).complete
        tree = cloud.open().tree
        assert not tree.full_access(tree.node_id("workloads/dev"))
        assert cloud.plan(KINDS).changes == ()


def test_what_is_known_of_it_goes_with_the_organization(taken_away: Cloud) -> None:
    """Moving an account out of there lets more through, whatever the config leaves out."""
    organization = taken_away.organization
    seen = taken_away.observe(KINDS)
    known = with_full_access(organization, seen.desired)
    assert known.bare == {"unit/workloads/dev"}
    assert with_full_access_now(organization, taken_away.open(), ()).bare == known.bare
    assert (known.full_access("unit/workloads/dev"), known.full_access("unit/workloads/prod")) == (False, True)
