"""Compliance with the rules of AWS Config: read by pages, told by unit, account and rule, and kept over time."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from landing.cli import run
from landing.core.errors import Refused
from landing.core.model import Source
from landing.organization import Organization
from landing.report.compliance import percent
from landing.report.formats import View, shown
from landing.report.style import Style
from landing.runs.compliance_series import ComplianceSeries, Point, point_of
from landing.sandbox import Sandbox
from landing.services.compliance import (
    MOST_EXPRESSION,
    Compliance,
    FailingResource,
    PackResult,
    Place,
    Result,
    compliance,
    queries_for,
    with_resources,
)
from landing.services.declared_rules import DeclaredRule, declared_rules, told_name
from landing.services.permissions import plan_policy
from tests.cloud import Cloud, QuickAws, WatchedAws, keys_of, made_role
from tests.samples import SMALL

RULED = (
    SMALL
    + """
services:
  log_archive: {}
  config:
    rules:
      root-key: {identifier: IAM_ROOT_ACCESS_KEY_CHECK, home_only: true}
      public: {identifier: S3_BUCKET_PUBLIC_READ_PROHIBITED}
      ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT, exclude: {units: [workloads]}}
    conformance_packs: {small: {}}
"""
)
AT = "2026-01-02T00:00:00Z"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("ruled") / "config"
    path.mkdir()
    (path / "landing.yaml").write_text(RULED, encoding="utf-8")
    packs = path.parent / "conformance-packs"
    packs.mkdir()
    (packs / "small.yaml").write_bytes(
        (Path(__file__).parent / "library" / "conformance-packs" / "small.yaml").read_bytes()
    )
    return path


@pytest.fixture(scope="module")
def cloud(load_text: Callable[[str], Organization]) -> Iterator[Cloud]:
    with Sandbox(organization=True) as sandbox:
        found = Cloud(sandbox, load_text(RULED))
        assert found.apply().complete
        yield found


class CountingAws(WatchedAws):
    """A door that remembers what of AWS Config was asked."""

    asked: list[str]

    def _after_call(self, **rest: object) -> None:
        model = rest["model"]
        if model.service_model.service_name == "config":  # type: ignore[attr-defined]
            self.asked.append(model.name)  # type: ignore[attr-defined]


def test_four_questions_tell_it_of_all_accounts(cloud: Cloud) -> None:
    """As the role that plans may, and no question for each account."""
    role = made_role(cloud.sandbox, "planner", plan_policy())
    aws = CountingAws(cloud.organization, keys=keys_of(cloud.sandbox, role))
    aws.asked = []
    found = compliance(cloud.organization, aws, AT)
    assert sorted(aws.asked) == [
        "DescribeAggregateComplianceByConfigRules",
        "DescribeAggregateComplianceByConformancePacks",
        "DescribeConfigurationAggregatorSourcesStatus",
        "SelectAggregateResourceConfig",
    ]
    assert not found.unknown
    rules = found.by(lambda each: each.rule)
    assert rules["rules.landing-root-key"] == (len(found.places), len(found.places))
    good, every = rules["rules.landing-ebs"]
    assert good == 0, "nobody has encryption of volumes by default in the sandbox"
    meant = cloud.organization
    outside = [key for key, each in found.places.items() if not each.unit.startswith("workloads")]
    assert every == len(outside) * len(meant.governed_regions)
    assert {each.account for each in found.failing if each.rule == "rules.landing-ebs"} <= {*outside}
    assert "cis-aws-5.0:1.3" in found.controls_of("rules.landing-root-key")
    packs = found.by_pack()
    assert packs == {"conformance_packs.small": (0, len(found.places))}, "passwords, at home alone"
    assert {(each.failing, each.region) for each in found.packs} == {(1, meant.home_region)}
    aws.asked = []
    told = with_resources(meant, aws, found, ["rules.landing-ebs", "rules.landing-root-key", "iam-password-policy"])
    assert aws.asked == ["SelectAggregateResourceConfig"]
    ids = {key: each.id for key, each in found.places.items()}
    every = {(each.rule, each.account, each.region) for each in told.failing}
    assert {(each.rule, each.account, each.region) for each in told.resources} == every
    assert all((each.type, each.id) == ("AWS::::Account", ids[each.account]) for each in told.resources)
    assert with_resources(meant, aws, found, ["rules.landing-root-key"]).resources == ()
    only = told.only(["log-archive"], ["iam-password-policy"])
    assert [(each.rule, each.account) for each in only.resources] == [("iam-password-policy", "log-archive")]
    assert only.packs == (), "the pack has more rules"
    asked = found.asked["rules.landing-ebs"]
    assert [each.line for each in asked.sources] == [1 + RULED[: RULED.index("ebs:")].count("\n")]


def test_what_is_not_recorded_is_never_compliant(cloud: Cloud) -> None:
    home, ids = cloud.organization.home_region, cloud.open().tree.account_ids
    stopped = cloud.sandbox.session(ids["shop-prod"], region=home).client("config")
    gone = cloud.sandbox.session(ids["log-archive"], region="us-east-1").client("config")
    stopped.stop_configuration_recorder(ConfigurationRecorderName="default")
    gone.stop_configuration_recorder(ConfigurationRecorderName="default")
    gone.delete_delivery_channel(DeliveryChannelName="default")
    gone.delete_configuration_recorder(ConfigurationRecorderName="default")
    found = compliance(cloud.organization, cloud.open(), AT)
    assert found.unknown == {
        ("shop-prod", home): "its recorder is stopped: what is known is old",
        ("log-archive", "us-east-1"): "the aggregator sees no recorder there",
    }
    assert not any(each.complies for each in found.results if each.site in found.unknown)
    assert not any(each[1:] in found.unknown for each in found.silent)
    stopped.start_configuration_recorder(ConfigurationRecorderName="default")


def test_without_aggregator_or_settings_it_is_refused(cloud: Cloud, load_text: Callable[[str], Organization]) -> None:
    with pytest.raises(Refused, match="AWS Config is not in the config"):
        compliance(load_text(SMALL), QuickAws(load_text(SMALL)), AT)
    other = load_text(RULED.replace("  config:\n", "  config:\n    existing_aggregator: theirs\n"))
    with pytest.raises(Refused, match="there is no aggregator theirs in security-tooling"):
        compliance(other, QuickAws(other), AT)


def test_the_command_tells_keeps_and_filters(cloud: Cloud, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["compliance", "--config", str(folder), "--allow-incomplete"]
    page = folder.parent / "compliance.html"
    assert run([*command, "--format", "text", "--format", f"html={page}"]) == 2
    text = capsys.readouterr().out
    assert re.search(r"^  rules\.landing-ebs +\d+ of \d+\n    .*landing\.yaml:\d+", text, re.MULTILINE)
    assert "Over time" not in text
    assert run([*command, "--exit-zero"]) == 0
    assert len(re.findall(r"^  \S+Z  .*do not comply", capsys.readouterr().out, re.MULTILINE)) == 2
    kept = folder.parent / ".landing" / "compliance.jsonl"
    assert len(kept.read_text().splitlines()) == 2
    assert run([*command, "--rule", "rules.root-key", "--format", "json"]) == 0
    only = json.loads(capsys.readouterr().out)
    assert {*only["rules"]} == {"rules.landing-root-key"}
    assert run([*command, "--rule", "rules.root-key", "--rule", "rules.landing-ebs", "--format", "json"]) == 2
    assert {*json.loads(capsys.readouterr().out)["rules"]} == {"rules.landing-root-key", "rules.landing-ebs"}
    assert run([*command, "--control", "cis-aws-5.0:1.3", "--unit", "workloads", "--format", "json"]) == 0
    assert {each["unit"] for each in json.loads(capsys.readouterr().out)["accounts"].values()} <= {
        "workloads/prod", "workloads/dev", "workloads"
    }  # fmt: skip
    assert len(kept.read_text().splitlines()) == 2, "a part is no point of the series"
    assert run([*command, "--exit-zero", "--rule", "rules.ebs", "--resources", "rules.ebs", "--format", "json"]) == 0
    read = json.loads(capsys.readouterr().out)
    assert {each["rule"] for each in read["resources"]} == {"rules.landing-ebs"}
    assert len(read["resources"]) == len(read["non_compliant"]) > 0
    assert run([*command, "--exit-zero", "--rule", "conformance_packs.small", "--format", "json"]) == 0
    assert {*json.loads(capsys.readouterr().out)["conformance_packs"]} == {"conformance_packs.small"}
    for wrong in (
        ["--unit", "nowhere"],
        ["--account", "nobody"],
        ["--rule", "none"],
        ["--resources", "none"],
        ["--control", "x:1"],
    ):
        assert run([*command, *wrong]) == 64
    assert run([*command, "--history", str(folder.parent / "own.jsonl"), "--exit-zero"]) == 0
    assert len((folder.parent / "own.jsonl").read_text().splitlines()) == 1


# ---- names


def test_a_rule_has_one_name_in_all_accounts() -> None:
    assert told_name("OrgConfigRule-landing-root-key-ab12cd34") == "rules.landing-root-key"
    assert told_name("access-keys-rotated-conformance-pack-abc123xyz") == "access-keys-rotated"
    assert told_name("securityhub-iam-root-key-check-1a2b3c4d") == "securityhub-iam-root-key-check"
    assert told_name("their-own") == "their-own"


def test_rules_of_packs_and_remediations_are_traced_to_their_lines(load_text: Callable[[str], Organization]) -> None:
    text = (
        RULED.replace("    conformance_packs: {small: {}}\n", "")
        + """
    conformance_packs: {cis: {template: cis-aws-5.0}, pci: {template: pci-dss-4.0, exclude: {units: [workloads]}}}
    remediations:
      bucket: {identifier: S3_BUCKET_PUBLIC_READ_PROHIBITED, document: AWS-DisableS3BucketPublicReadWrite, permissions: [s3:PutBucketAcl]}
"""
    )
    asked = declared_rules(load_text(text))
    both = asked["access-keys-rotated"]
    assert both.settings == ("conformance_packs.cis", "conformance_packs.pci")
    assert "cis-aws-5.0:1.13" in both.controls
    assert any(each.startswith("pci-dss-4.0:") for each in both.controls)
    assert asked["landing-bucket"].settings == ("remediations.bucket",)
    assert asked["landing-bucket"].controls == asked["rules.landing-public"].controls != ()


# ---- what it looks like

HOSTILE = "=cmd\x1b[2J<script>alert(1)</script>"
FOUND = Compliance(
    "o-1",
    AT,
    (
        Result("access-keys-rotated", "shop", "eu-west-1", complies=False, failing=25, more=True),
        Result("access-keys-rotated", "web", "eu-west-1", complies=True),
        Result(HOSTILE, "shop", "eu-west-1", complies=False, failing=1),
    ),
    {
        "access-keys-rotated": DeclaredRule(
            "access-keys-rotated",
            ("conformance_packs.cis",),
            (Source("config/services.yaml", 7, 1),),
            ("cis-aws-5.0:1.13",),
            frozenset(),
        )
    },
    {"shop": Place(HOSTILE, "111111111111", "workloads/prod"), "web": Place("web", "222222222222", "root")},
    {("web", "us-east-1"): "the aggregator sees no recorder there"},
    (("access-keys-rotated", "shop", "us-east-1"),),
    (PackResult("conformance_packs.cis", "shop", "eu-west-1", 2, 40), PackResult(HOSTILE, "web", "eu-west-1", 0, 3)),
    resources=(FailingResource("access-keys-rotated", "shop", "eu-west-1", "AWS::IAM::User", HOSTILE),),
)
POINTS = [Point("2026-01-01T00:00:00Z", (3, 3), 0, {"root": (1, 1)}, {"access-keys-rotated": (2, 2)}), point_of(FOUND)]


def test_it_is_told_by_unit_account_rule_and_over_time() -> None:
    text = shown("compliance", "text", FOUND, POINTS, view=View(style=Style()))
    assert text.startswith("1 of 3 results comply (33.3 %); of 1 account and region nothing is known\n")
    assert "    config/services.yaml:7  cis-aws-5.0:1.13\n" in text
    assert "eu-west-1: 25 resources or more\n" in text
    assert "  the aggregator sees no recorder there: web/us-east-1\n" in text
    assert "  conformance_packs.cis  0 of 1 account and region comply with all of it\n" in text
    assert "eu-west-1: 2 of 40 rules fail\n" in text
    assert "  access-keys-rotated  AWS::IAM::User =cmd" in text
    assert "  2026-01-01T00:00:00Z  100.0 %  0 do not comply\n" in text
    assert "\x1b" not in text
    read = json.loads(shown("compliance", "json", FOUND, POINTS, view=View()))
    assert read["rules"]["access-keys-rotated"] == {
        "compliant": 1, "results": 2, "controls": ["cis-aws-5.0:1.13"], "settings": ["conformance_packs.cis"],
        "sources": ["config/services.yaml:7"],
    }  # fmt: skip
    assert [each["share"] for each in read["series"]] == [[3, 3], [1, 3]]
    rows = list(csv.DictReader(io.StringIO(shown("compliance", "csv", FOUND, POINTS, view=View()))))
    assert [row["status"] for row in rows] == [
        "non_compliant", "compliant", "non_compliant", "no_result", "unknown", "pack_non_compliant", "pack_compliant",
        "resource",
    ]  # fmt: skip
    assert (rows[5]["rule"], rows[5]["reason"]) == ("conformance_packs.cis", "2 of 40 rules fail")
    assert rows[7]["resource_type"] == "AWS::IAM::User"
    assert rows[7]["resource"].startswith("'=cmd")
    assert read["conformance_packs"]["conformance_packs.cis"] == {
        "compliant": 0, "results": 1,
        "non_compliant": [{"account": "shop", "region": "eu-west-1", "failing": 2, "rules": 40}],
    }  # fmt: skip
    assert [each["id"] for each in read["resources"]] == [HOSTILE]
    assert rows[2]["rule"].startswith("'=cmd\\x1b")
    assert rows[4]["reason"] == "the aggregator sees no recorder there"
    page = shown("compliance", "html", FOUND, POINTS, view=View())
    assert '<polyline points="0.0,0.0 900.0,106.7"' in page
    assert "<script" not in page
    assert "\x1b" not in page
    assert "https:" not in page


def test_a_question_for_many_rules_is_cut_where_aws_takes_no_longer_one() -> None:
    names = [f"rule-{number:03}-with-quite-a-long-name-conformance-pack-abcdefgh" for number in range(130)]
    asked = [*queries_for([*names, "it's"])]
    assert len(asked) > 1
    assert all(len(each) <= MOST_EXPRESSION for each in asked)
    assert [name for each in asked for name in re.findall(r"'(rule-[^']+)'", each)] == names
    assert asked[-1].endswith("'it''s')")
    assert [*queries_for([])] == []


def test_a_share_is_rounded_down_and_of_nothing_there_is_none() -> None:
    assert (percent((9999, 10000)), percent((1, 1)), percent((0, 0))) == ("99.9 %", "100.0 %", "-")
    assert (
        "nothing"
        not in shown("compliance", "text", replace(FOUND, unknown={}), [], view=View(style=Style())).split("\n")[0]
    )


def test_the_series_survives_a_line_that_was_cut_off_and_other_organizations(tmp_path: Path) -> None:
    series = ComplianceSeries(tmp_path / "here" / "series.jsonl", "o-1")
    assert series.points() == []
    series.add(POINTS[1])
    ComplianceSeries(series.path, "o-2").add(POINTS[0])
    series.add(POINTS[0])
    with series.path.open("a") as file:
        file.write('{"organization": "o-1", "at": "2026\n[]\n{"organization": "o-1", "at": 5}\n')
    assert series.points() == POINTS
    assert series.path.stat().st_mode & 0o077 == 0
