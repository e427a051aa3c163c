"""Declarative guardrails together, as the config attaches them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.library import Library, shipped
from tests.samples import FULL

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
        return [problem for problem in problems if problem.code in ("LZ477", "LZ478", "LZ479")]

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
