"""`landing can`: the verdict, what decides it, and what it depends on; of the config, and of what AWS has."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from landing.cli import run
from landing.sandbox import Sandbox
from tests.cloud import Story
from tests.samples import FULL, LIBRARY

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Callable[..., Path]) -> Path:
    """A config with region deny and IMDSv2 on the workloads beside what FULL has."""
    more = "  deny-regions: {target: {units: [workloads]}}\n  require-imdsv2: {target: {accounts: [shop-dev]}}\n  rcp-tls-only: {target: {units: [workloads/prod]}}\n"
    config(FULL.replace("guardrails:\n", "guardrails:\n" + more))
    shutil.copytree(LIBRARY, tmp_path, ignore=shutil.ignore_patterns("blueprints"), dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def answers(capsys: Capture, *arguments: str) -> list[dict]:
    run(["can", *arguments, "--format", "json"])
    return json.loads(capsys.readouterr().out)


def test_a_denial_names_level_statement_and_line(home: Path, capsys: Capture) -> None:
    assert (
        run(["can", "role/Dev", "ec2:DescribeVpcs", "--in", "shop-prod", "--with", "aws:RequestedRegion=us-west-2"])
        == 2
    )
    text = capsys.readouterr().out
    assert text.startswith("Blocked by guardrails\n")
    assert "unit workloads: " in text
    line = next(
        n
        for n, text_ in enumerate((home / "config/landing.yaml").read_text().splitlines(), 1)
        if "deny-regions" in text_
    )
    assert f"denied by deny-regions/OtherRegions (config/landing.yaml:{line}:3)" in text


def test_what_is_let_through_says_on_what_that_depends(home: Path, capsys: Capture) -> None:
    [answer] = answers(capsys, "role/Dev", "ec2:DescribeVpcs", "--in", "shop-prod")
    assert answer["result"] == "not-denied"
    flips = {flip["key"]: flip for flip in answer["depends_on"]}
    assert flips["aws:RequestedRegion"]["result"] == "denied"
    assert flips["aws:RequestedRegion"]["value"] not in ("eu-west-1", "us-east-1")


def test_every_flip_is_what_happens(home: Path, capsys: Capture) -> None:
    tried = 0
    for question in (
        ("role/Dev", "ec2:StartInstances", "arn:aws:ec2:eu-west-1:000000000005:instance/i-1", "--in", "shop-dev"),
        ("root", "s3:DeleteBucket", "arn:aws:s3:::data", "--in", "shop-dev"),
        ("role/Dev", "s3:GetObject", "arn:aws:s3:::data/key", "--in", "shop-prod"),
    ):
        [answer] = answers(capsys, *question)
        for flip in answer["depends_on"]:
            [with_key] = answers(capsys, *question, "--with", f"{flip['key']}={flip['value']}")
            assert with_key["result"] == flip["result"] != answer["result"], flip
            tried += 1
    assert tried >= 2


def test_all_accounts_fold(home: Path, capsys: Capture) -> None:
    assert (
        run(["can", "role/Dev", "ec2:DescribeVpcs", "--all-accounts", "--with", "aws:RequestedRegion=us-west-2"]) == 2
    )
    text = capsys.readouterr().out
    assert "Blocked by guardrails in 2 accounts: deny-regions/OtherRegions\n  shop-dev, shop-prod" in text
    assert "Not blocked by guardrails in 3 accounts\n  log-archive, management, security-tooling" in text


def test_mistakes_are_usage(home: Path, capsys: Capture) -> None:
    assert run(["can", "role/Dev", "s3:GetObject", "--in", "nowhere"]) == 64
    assert "shop-dev" in capsys.readouterr().err
    assert run(["can", "role/Dev", "s3:GetObject", "--in", "shop-de"]) == 64
    assert "did you mean `shop-dev`" in capsys.readouterr().err
    assert run(["can", "role/Dev", "s3:GetObject", "--in", "shop-dev", "--all-accounts"]) == 64
    for resource in ("bucket", "arn:aws:s3:::"[:9]):
        assert run(["can", "role/Dev", "s3:GetObject", resource, "--in", "shop-dev"]) == 64
        assert "ARN of six parts" in capsys.readouterr().err
    assert run(["can", "arn:aws:s3:::data", "s3:GetObject", "--in", "shop-dev"]) == 64
    assert "role/NAME" in capsys.readouterr().err
    assert run(["can", "role/Dev", "s3:GetObject"]) == 64
    assert run(["can", "Dev", "s3:GetObject", "--in", "shop-dev"]) == 64
    assert "role/NAME" in capsys.readouterr().err
    assert run(["can", "role/Dev", "s3:GetObject", "--in", "shop-dev", "--with", "novalue"]) == 64
    for action in ("nonsense", "s3:", "s3:Get*", "s3[write]"):
        assert run(["can", "role/Dev", action, "--in", "shop-dev"]) == 64
        assert "service:Name" in capsys.readouterr().err


def test_without_a_resource_the_one_that_is_worst_off_decides(home: Path, capsys: Capture) -> None:
    launch = ("role/Dev", "ec2:RunInstances", "--in", "shop-dev")
    [answer] = answers(capsys, *launch)
    assert answer["result"] == "denied", "every launch has an instance, and its metadata service is not told"
    assert ":instance/" in answer["request"]["resource"]
    assert answer["decided_by"][0]["by"].startswith("require-imdsv2/Launch")
    assert {other["result"] for other in answer["other_resources"]} == {"not-denied"}
    [flip] = [flip for flip in answer["depends_on"] if flip["key"] == "ec2:MetadataHttpTokens"]
    [launched] = answers(capsys, *launch, "--with", f"ec2:MetadataHttpTokens={flip['value']}")
    assert launched["result"] == flip["result"] == "not-denied"
    run(["can", *launch])
    assert " more types\n" in capsys.readouterr().out


def test_scps_are_of_the_principals_account_and_rcps_of_the_resources(home: Path, capsys: Capture) -> None:
    [mine] = answers(capsys, "root", "s3:GetObject", "--in", "shop-dev")
    other = f"arn:aws:iam::{mine['account_id']}:role/Dev"
    question = (other, "s3:GetObject", "--in", "shop-prod", "--with", "aws:SecureTransport=false")
    [answer] = answers(capsys, *question)
    assert answer["paths"]["SERVICE_CONTROL_POLICY"][-1] == mine["account_id"]
    assert answer["paths"]["RESOURCE_CONTROL_POLICY"][-1] == answer["account_id"]
    assert [by["level"] for by in answer["decided_by"]] == ["workloads/prod"]
    run(["can", *question])
    text = capsys.readouterr().out
    rcps = text.partition("RCPs of the resource's account:")[2]
    assert "unit workloads/prod: 2 policies\n    - denied by rcp-tls-only" in rcps
    [far] = answers(capsys, other, "ec2:DescribeVpcs", "--in", "log-archive", "--with", "aws:RequestedRegion=us-west-2")
    assert [by["level"] for by in far["decided_by"]] == ["workloads"], "the log archive is in no such unit"


def test_what_does_not_apply_is_said(home: Path, capsys: Capture) -> None:
    run(["can", "root", "s3:GetObject", "--in", "management"])
    text = capsys.readouterr().out
    assert "SCPs do not apply to principals of the management account" in text
    assert "root: " not in text
    run(["can", "arn:aws:sts::111111111111:assumed-role/Dev/me", "s3:GetObject", "--in", "shop-dev"])
    assert "aws:PrincipalArn is taken to be arn:aws:iam::111111111111:role/Dev" in capsys.readouterr().out


@pytest.mark.parametrize(
    "question", [["can", "role/Dev", "s3:GetObjct", "--in", "shop-dev"], ["prove", "never", "s3:GetObjct"]]
)
def test_of_an_action_that_aws_has_not_nothing_is_said(home: Path, capsys: Capture, question: list[str]) -> None:
    assert run(question) == 64
    told = capsys.readouterr()
    assert "did you mean `s3:GetObject`?" in told.err
    assert told.out == ""


def test_keys_that_aws_has_not_are_warned_about(home: Path, capsys: Capture) -> None:
    assert run(["can", "role/Dev", "s3:GetObject", "--in", "shop-dev", "--with", "aws:RequestedRegoin=x"]) == 0
    assert "did you mean `aws:RequestedRegion`?" in capsys.readouterr().err
    run(["prove", "never", "s3:GetObject", "--absent", "aws:SourceVcp", "--absent", "kms:*"])
    warnings = capsys.readouterr().err
    assert "did you mean `aws:SourceVpc`?" in warnings
    assert "kms" not in warnings


def test_a_key_given_twice_has_two_values(home: Path, capsys: Capture) -> None:
    pairs = ("--with", "aws:TagKeys=a", "--with", "aws:tagkeys=b")
    [answer] = answers(capsys, "role/Dev", "ec2:CreateTags", "--in", "shop-dev", *pairs)
    assert answer["request"]["context"]["aws:TagKeys"] == ["a", "b"]


def test_live_asks_what_is_attached_and_not_what_is_declared(home: Path, capsys: Capture, creation: Story) -> None:
    question = ["can", "role/Dev", "organizations:LeaveOrganization", "--in", "shop-dev"]
    outside = ["can", "role/Dev", "ec2:DescribeVpcs", "--in", "shop-dev", "--with", "aws:RequestedRegion=us-west-2"]
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        assert run([*question, "--live"]) == 2
        assert "no-leaving" in capsys.readouterr().out
        assert run(outside) == 2
        assert run([*outside, "--live"]) == 0, "deny-regions is declared and not yet attached"
        client = sandbox.session().client("organizations")
        root = client.list_roots()["Roots"][0]["Id"]
        policies = client.list_policies_for_target(TargetId=root, Filter="SERVICE_CONTROL_POLICY")["Policies"]
        for policy in policies:
            if not policy["AwsManaged"]:
                client.detach_policy(PolicyId=policy["Id"], TargetId=root)
        assert run([*question, "--live"]) == 0
