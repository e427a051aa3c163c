"""Before guardrails change: nobody who must get through is locked out."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from landing.cli import run
from landing.config import load
from landing.core.errors import UnsafePlan
from landing.core.model import Action, Address, Change
from landing.guardrails.lock_out import concerns, lock_outs, refuse_lock_out
from landing.library import Library, shipped
from landing.organization import ForeignPolicy, Organization
from landing.policy import SCP
from landing.sandbox import Sandbox
from tests.cloud import Story
from tests.samples import FULL, LIBRARY

METADATA = "title: Freeze\ndescription: Nobody changes stacks.\ntype: SERVICE_CONTROL_POLICY\nseverity: high\n"


def document(condition: dict[str, object]) -> str:
    statement = {
        "Sid": "Freeze",
        "Effect": "Deny",
        "Action": "cloudformation:UpdateStack",
        "Resource": "*",
        **condition,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def freeze(tmp_path: Path, config: Callable[..., Path]) -> Callable[[dict[str, object]], Organization]:
    """FULL (or another) with a policy on the workloads (or elsewhere) that denies changing stacks, under a condition."""

    def build(condition: dict[str, object], text: str = FULL, target: str = "units: [workloads]") -> Organization:
        shutil.copytree(LIBRARY, tmp_path, ignore=shutil.ignore_patterns("blueprints"), dirs_exist_ok=True)
        folder = tmp_path / "scps" / "freeze"
        folder.mkdir(exist_ok=True)
        (folder / "metadata.yaml").write_text(METADATA)
        (folder / "policy.json").write_text(document(condition))
        path = config(text.replace("guardrails:\n", f"guardrails:\n  freeze: {{target: {{{target}}}}}\n"))
        return load(path, Library.load(shipped(), tmp_path))[0]

    return build


def test_the_shipped_config_locks_nobody_out(library: Library) -> None:
    assert list(lock_outs(load(shipped() / "config", library)[0])) == []


def test_one_that_blocks_the_execution_role_is_found(freeze: Callable[..., Organization]) -> None:
    found = list(lock_outs(freeze({})))
    assert {each.account for each in found} == {"shop-prod", "shop-dev"}
    assert {each.actions for each in found} == {("cloudformation:UpdateStack",)}
    members = "role/OrganizationAccountAccessRole"
    assert {each.role for each in found} == {"role/stacksets-exec-*", members}
    assert {each.account for each in found if each.role == members} == {"shop-prod"}, "by it a stack is made there"


def test_one_that_exempts_it_is_fine(freeze: Callable[..., Organization]) -> None:
    condition = {"Condition": {"ArnNotLike": {"aws:PrincipalArn": ["{{ exempt_roles }}"]}}}
    assert list(lock_outs(freeze(condition))) == []


def test_one_that_leaves_the_home_region_alone_is_fine(freeze: Callable[..., Organization]) -> None:
    condition = {"Condition": {"StringNotEquals": {"aws:RequestedRegion": ["{{ home_region }}"]}}}
    assert list(lock_outs(freeze(condition))) == []


BREAK_GLASS = FULL + "access: {exempt_roles: [break-glass, AWSControlTowerExecution]}\n"
EXECUTION = {"Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:aws:iam::*:role/stacksets-exec-*"]}}}


def test_roles_that_the_config_names_get_through_where_nothing_is_deployed(freeze: Callable[..., Organization]) -> None:
    bare = BREAK_GLASS.replace("  security-audit-role: {target: {units: [root]}, management: true}\n", "")
    found = list(lock_outs(freeze(EXECUTION, bare, "accounts: [shop-dev]")))
    assert {each.account for each in found} == {"shop-dev"}
    assert {each.role for each in found} == {"role/break-glass", "role/AWSControlTowerExecution"}
    assert {each.actions for each in found} == {("cloudformation:UpdateStack",)}


def test_a_moved_account_is_looked_at_where_it_goes(freeze: Callable[..., Organization]) -> None:
    moved = FULL.replace("unit: workloads/dev", "unit: security")
    assert [
        each.account
        for each in lock_outs(
            freeze({}, moved, "units: [security], exclude: {accounts: [log-archive, security-tooling]}")
        )
    ] == ["shop-dev"]


def test_a_unit_without_accounts_is_looked_at_too(freeze: Callable[..., Organization]) -> None:
    empty = FULL.replace("      dev: {name: Dev}\n", "      dev: {name: Dev}\n      new: {name: New}\n")
    found = list(lock_outs(freeze({}, empty, "units: [workloads/new]")))
    assert [each.account for each in found] == ["workloads/new (a new account)"]


@pytest.mark.parametrize(
    ("action", "left"),
    [("cloudformation:*", {"cloudformation:UpdateStack"}), ("iam:*", {"cloudformation:UpdateStack"})],
)
def test_what_others_block_by_themselves_stands_in_no_way_and_what_ours_block_does(
    freeze: Callable[..., Organization], action: str, left: set[str]
) -> None:
    """Theirs is theirs to mend; ours would still lock out when it is."""
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    text = {"Version": "2012-10-17", "Statement": [statement, {"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    theirs = ForeignPolicy("p-1", "rogue", SCP, ("unit/workloads",), Address("policy", "p-1"), text)
    frozen = replace(freeze({}), foreign=(theirs,))
    blocked = {each for found in lock_outs(frozen) for each in found.actions}
    assert len(blocked) > 1
    assert {each for found in lock_outs(frozen, standing=[str(theirs)]) for each in found.actions} == left
    refuse_lock_out(replace(frozen, guardrails={}), [Change(Action.DELETE, Address("policy", "freeze"), {}, None)])


def test_what_ours_block_already_stands_in_the_way_of_no_other_change(freeze: Callable[..., Organization]) -> None:
    """As that of a quarantine: only what a change is of locks out anew."""
    frozen = freeze({})
    assert list(lock_outs(frozen))
    other = Change(Action.UPDATE, Address("policy", "tls-only"), {"content": {}}, {"content": {"a": 1}})
    refuse_lock_out(frozen, [other])
    refuse_lock_out(frozen, [Change(Action.FORGET, Address("policy", "freeze"), {}, None)])
    placed = Change(Action.UPDATE, Address("attachments", "unit/x"), {"policies": []}, {"policies": ["freeze"]})
    for change in (placed, replace(other, address=Address("policy", "freeze"))):
        with pytest.raises(UnsafePlan, match="lock-out"):
            refuse_lock_out(frozen, [change])


def test_the_member_role_must_be_able_to_write_what_plain_stacks_hold(
    freeze: Callable[..., Organization],
) -> None:
    found = list(lock_outs(freeze(EXECUTION, FULL, "accounts: [log-archive]")))
    assert {(each.account, each.role) for each in found} == {("log-archive", "role/OrganizationAccountAccessRole")}


def test_apply_refuses_until_it_is_allowed(
    freeze: Callable[..., Organization],
    creation: Story,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    freeze({})
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        before = sandbox.session().client("organizations").list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
        assert run(["apply", "--auto-approve"]) == 5
        said = capsys.readouterr().err
        assert "stacksets-exec-*" in said
        assert "--allow lock-out" in said
        client = sandbox.session().client("organizations")
        assert client.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"] == before
        assert run(["apply", "--auto-approve", "--allow", "lock-out"]) == 0


def test_adopting_a_policy_locks_nobody_out() -> None:
    before, after = {"name": "NoRDS", "managed": False}, {"name": "NoRDS", "managed": True}
    address = Address("policy", "no-rds")
    assert not concerns([Change(Action.ADOPT, address, before, after)])
    assert concerns([Change(Action.UPDATE, address, before, {**after, "content": {}})])
