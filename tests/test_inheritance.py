"""Declarative guardrails together, as the config attaches them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.library import Library, shipped
from landing.sandbox import Sandbox
from tests.cloud import Cloud
from tests.samples import FULL, SMALL

EC2 = '{"ec2_attributes": {"serial_console_access": {"status": {"@@assign": "%s"}}}}'
PLAN = '{"plans": {"daily": {"regions": {"@@assign": ["eu-west-1"]}}}}'
LIBRARY = Path(__file__).parent / "library"
META = "title: T\ndescription: D\ntype: %s\nseverity: low\n"


@pytest.fixture
def found(tmp_path: Path) -> Callable[[str], list[Diagnostic]]:
    """What is wrong when these guardrails are added to a small config."""
    policies = {
        "on": (EC2 % "enabled", "DECLARATIVE_POLICY_EC2"),
        "off": (EC2 % "disabled", "DECLARATIVE_POLICY_EC2"),
        "plan": (PLAN, "BACKUP_POLICY"),
    }
    for name, (text, policy_type) in policies.items():
        (tmp_path / "scps" / name).mkdir(parents=True)
        (tmp_path / "scps" / name / "policy.json").write_text(text)
        (tmp_path / "scps" / name / "metadata.yaml").write_text(META % policy_type)
    (tmp_path / "config").mkdir()

    def find(guardrails: str) -> list[Diagnostic]:
        text = FULL.replace("guardrails:\n", f"guardrails:\n{guardrails}")
        (tmp_path / "config" / "all.yaml").write_text(text)
        try:
            _, problems = load(tmp_path / "config", Library.load(shipped(), LIBRARY, tmp_path))
        except ConfigError as error:
            problems = [*error.problems]
        return [problem for problem in problems if problem.code in ("LZ477", "LZ478", "LZ479", "LZ480")]

    return find


@pytest.fixture
def load_problems(tmp_path: Path) -> Callable[[str], list[Diagnostic]]:
    """What is told of a small config with more of it."""

    def find(more: str) -> list[Diagnostic]:
        (tmp_path / "landing.yaml").write_text(SMALL + more)
        _, problems = load(tmp_path / "landing.yaml", Library.load(shipped()))
        return [problem for problem in problems if problem.code == "LZ480"]

    return find


def test_two_of_one_place_contradict_each_other_and_of_two_places_the_inner_wins(
    found: Callable[[str], list[Diagnostic]],
) -> None:
    same = "  on: {target: {units: [root]}}\n  off: {target: {units: [root]}}\n"
    (problem,) = found(same)
    assert (problem.code, problem.severity, problem.pointer) == ("LZ477", "warning", ("guardrails", "off"))
    assert "ec2_attributes.serial_console_access.status otherwise than guardrail `on`" in problem.message
    assert found(same.replace("off: {target: {units: [root]}}", "off: {target: {units: [workloads]}}")) == []


def test_what_aws_would_pass_over_in_silence(found: Callable[[str], list[Diagnostic]]) -> None:
    problems = found("  plan: {target: {units: [workloads]}}\n")
    assert {(problem.code, problem.severity) for problem in problems} == {("LZ478", "warning")}
    assert any("KEY_REQUIRED at plans.daily.rules" in problem.message for problem in problems)
    assert all("below `workloads`" in problem.message for problem in problems)


def test_a_baseline_that_sets_what_a_policy_sets_in_the_same_account(found: Callable[[str], list[Diagnostic]]) -> None:
    (problem,) = found("  ec2-account-defaults: {target: {units: [workloads]}}\n")
    assert (problem.code, problem.severity, problem.pointer) == (
        "LZ479",
        "error",
        ("guardrails", "ec2-account-defaults"),
    )
    assert "snapshot_block_public_access in `shop-prod`" in problem.message
    assert "of `account-baseline`" in problem.message
    assert found("  ec2-account-defaults: {target: {accounts: [shop-dev]}}\n") == []  # where the baseline is not


def test_a_zone_within_a_zone_holds_otherwise_and_two_of_one_place_are_told(
    found: Callable[[str], list[Diagnostic]],
) -> None:
    zones = (
        "  vpc-block-public-access: {target: {units: [root]}}\n"
        "  private: {policy: vpc-block-public-access, target: {units: [workloads]}, "
        "parameters: {mode: block_bidirectional}}\n"
        "  public: {policy: vpc-block-public-access, target: {accounts: [shop-dev]}, parameters: {mode: off}}\n"
    )
    assert found(zones) == []
    (problem,) = found(zones.replace("{units: [workloads]}", "{units: [root]}"))
    assert (problem.code, problem.pointer) == ("LZ477", ("guardrails", "private"))
    assert "internet_gateway_block.mode otherwise than guardrail `vpc-block-public-access`" in problem.message


EXCLUSION = """Resources:
  Open:
    Type: AWS::EC2::VPCBlockPublicAccessExclusion
    Properties: {InternetGatewayExclusionMode: allow-egress, VpcId: vpc-1}
"""


def test_an_exclusion_is_refused_only_where_the_innermost_policy_admits_none(
    found: Callable[[str], list[Diagnostic]], tmp_path: Path
) -> None:
    """What a policy further up says of exclusions does not matter where one below says otherwise."""
    (tmp_path / "blueprints").mkdir()
    (tmp_path / "blueprints" / "open_network.yaml").write_text(EXCLUSION)
    (tmp_path / "config" / "open.yaml").write_text("baselines: {open-network: {target: {accounts: [shop-prod]}}}\n")
    closed = "  vpc-block-public-access: {target: {units: [root]}}\n"
    (problem,) = found(closed)
    assert (problem.code, problem.pointer) == ("LZ479", ("guardrails", "vpc-block-public-access"))
    assert "vpc_block_public_access in `shop-prod`" in problem.message
    inner = (
        "  below: {policy: vpc-block-public-access, target: {units: [workloads]}, parameters: {exclusions: enabled}}\n"
    )
    assert found(closed + inner) == []
    (problem,) = found(
        closed.replace("}}", "}, parameters: {exclusions: enabled}}") + inner.replace("enabled", "disabled")
    )
    assert problem.pointer == ("guardrails", "below")


VAULT = "  backup-vault: {target: {units: [workloads]}}\n"
ROLE = "  backup-role: {target: {units: [workloads]}}\n"


def test_backups_that_lack_their_vault_or_role_are_told_once_each(
    load_problems: Callable[[str], list[Diagnostic]],
) -> None:
    guardrail = "guardrails:\n  backup-daily: {target: {units: [workloads]}}\n"
    lacking = [problem.message for problem in load_problems(guardrail)]
    assert len(lacking) == 2
    assert "the vault `landing`, which nothing of the config makes in `shop-prod`, eu-west-1" in lacking[0]
    assert "the role `landing-backup`, which nothing of the config makes in `shop-prod`" in lacking[1]
    assert load_problems(f"{guardrail}baselines:\n{VAULT}{ROLE}") == []
    (vault,) = load_problems(f"{guardrail}baselines:\n{ROLE}")
    assert (vault.code, vault.severity, vault.pointer) == ("LZ480", "warning", ("guardrails", "backup-daily"))
    one = VAULT.replace("]}}", "]}, regions: [eu-west-1]}")
    (other,) = load_problems(f"{guardrail}baselines:\n{ROLE}{one}")
    assert "in `shop-prod`, us-east-1" in other.message
    prod = f"{ROLE}{VAULT}".replace("units: [workloads]", "units: [workloads/prod]")
    assert all("in `shop-dev`" in each.message for each in load_problems(f"{guardrail}baselines:\n{prod}"))
    default = guardrail.replace("]}}", "]}, parameters: {vault: Default}}")
    assert [each.message.count("the role") for each in load_problems(default)] == [1]


LONGER = (
    """{"plans": {"landing-daily": {"rules": {"nightly": {"lifecycle": {"delete_after_days": {"@@assign": "90"}}}}}}}"""
)


def test_the_shipped_backup_policy_is_inherited_and_changed_below(tmp_path: Path) -> None:
    """AWS merges it: a policy of a unit says how long, the rest is the shipped one's, and the role is the account's own."""
    folder = tmp_path / "scps" / "longer"
    folder.mkdir(parents=True)
    (folder / "policy.json").write_text(LONGER)
    (folder / "metadata.yaml").write_text(META % "BACKUP_POLICY")
    guardrails = (
        "guardrails:\n  backup-daily: {target: {units: [workloads]}}\n  longer: {target: {units: [workloads/prod]}}\n"
    )
    (tmp_path / "landing.yaml").write_text(f"{SMALL}{guardrails}baselines:\n{VAULT}{ROLE}")
    organization, problems = load(tmp_path / "landing.yaml", Library.load(shipped(), tmp_path))
    assert [each for each in problems if each.code in ("LZ477", "LZ478", "LZ480")] == []
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, organization)
        assert cloud.apply().complete
        assert cloud.plan().changes == ()
        ids, client = cloud.open().tree.account_ids, sandbox.session().client("organizations")
        for key, days in (("shop-prod", "90"), ("shop-dev", "35")):
            answer = client.describe_effective_policy(PolicyType="BACKUP_POLICY", TargetId=ids[key])
            plan = json.loads(answer["EffectivePolicy"]["PolicyContent"])["plans"]["landing-daily"]
            assert plan["rules"]["nightly"]["lifecycle"]["delete_after_days"] == days
            assert plan["regions"] == ["eu-west-1", "us-east-1"]
            role = plan["selections"]["tags"]["tagged"]["iam_role_arn"]
            assert role in (f"arn:aws:iam::{ids[key]}:role/landing-backup", "arn:aws:iam::$account:role/landing-backup")
            session = sandbox.session(ids[key], region="us-east-1")
            vaults = session.client("backup").list_backup_vaults()["BackupVaultList"]
            assert plan["rules"]["nightly"]["target_backup_vault_name"] in [each["BackupVaultName"] for each in vaults]
