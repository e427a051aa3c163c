"""Which services are used below a unit, and the guardrail against the others: its cases, its effect, its proof."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from landing.aws.access_report import ACTIONS, Used, access_report
from landing.cli import run
from landing.config import load
from landing.core.errors import AwsError
from landing.guardrails.suites import suites
from landing.guardrails.unused_services import KEPT, document, folder, judged, unused
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy import catalog, testing
from landing.policy.declared import estate_of
from landing.report.access import Access, OfUnit
from landing.report.formats import View, shown
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.services.permissions import access_policy, plan_policy
from tests.cloud import QuickAws, keys_of, made_role
from tests.samples import SMALL

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OLD, NEW = NOW - timedelta(days=91), NOW - timedelta(days=89)
ROWS = [
    Used("athena", "Amazon Athena"),
    Used("braket", "Amazon Braket", OLD, "111111111111", "eu-west-1", 1),
    Used("iam", "AWS IAM"),
    Used("mechanicalturk", "Amazon Mechanical Turk"),
    Used("s3", "Amazon S3", NEW, "111111111111", "eu-west-1", 3),
    Used("no-such-service", "Something new"),
]


@pytest.fixture
def small(load_text: Callable[[str], Organization]) -> Organization:
    return load_text(SMALL)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        client = sandbox.session().client("organizations")
        root = client.list_roots()["Roots"][0]["Id"]
        client.enable_policy_type(RootId=root, PolicyType="SERVICE_CONTROL_POLICY")
        while client.list_roots()["Roots"][0]["PolicyTypes"][0]["Status"] != "ENABLED":
            pass
        yield sandbox


def root_path(sandbox: Sandbox) -> str:
    client = sandbox.session().client("organizations")
    organization = client.describe_organization()["Organization"]["Id"]
    return f"{organization}/{client.list_roots()['Roots'][0]['Id']}"


def test_unused_is_what_a_guardrail_can_deny_and_nobody_needs_to_get_in() -> None:
    assert [each.service for each in unused(ROWS, NOW, 90)] == ["athena", "braket"]
    assert [each.service for each in unused(ROWS, NOW, 100)] == ["athena"]
    assert [each.service for each in unused(ROWS, NOW, 10)] == ["athena", "braket", "s3"]
    assert catalog.services() >= KEPT - {"signin"}


def test_a_report_is_read_page_by_page(sandbox: Sandbox, small: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    (account,) = sandbox.seed(1)
    sandbox.session(account).client("sns", region_name="eu-west-1").list_topics()
    role = made_role(sandbox, "planner", plan_policy(), access_policy())
    aws = QuickAws(small, keys=keys_of(sandbox, role))
    aws.reads = aws.reads.and_also(ACTIONS)
    rows, at = access_report(aws, root_path(sandbox))
    found = {each.service: each for each in rows}
    assert (found["sns"].account, found["sns"].region, found["sns"].accounts) == (account, "eu-west-1", 1)
    assert found["braket"].last is None
    assert at >= sandbox.world.now - timedelta(minutes=10)
    monkeypatch.setattr("landing.aws.access_report.MOST", 50)
    again, _ = access_report(aws, root_path(sandbox))
    assert [each.service for each in again] == [each.service for each in rows]
    assert len(rows) > 100


def test_a_report_that_aws_does_not_make_is_an_error(sandbox: Sandbox, small: Organization) -> None:
    aws = QuickAws(small)
    aws.reads = aws.reads.and_also(ACTIONS)
    with pytest.raises(AwsError, match="does not exist"):
        access_report(aws, f"{root_path(sandbox)}/ou-none-12345678")


def test_the_guardrail_is_proved_beside_the_others(load_text: Callable[[str], Organization]) -> None:
    guarded = load_text(SMALL + "guardrails:\n  no-leaving: {target: {units: [root]}}\n")
    verdict = judged(guarded, ["athena", "braket"], "workloads")
    assert (verdict.proved, verdict.wrong, verdict.accounts) == (True, (), 2)
    assert set(verdict.denied) == {"athena", "braket"}
    assert verdict.denied["athena"] == len(catalog.expand("athena:*"))


def test_it_does_not_count_as_denied_what_others_deny_already(load_text: Callable[[str], Organization]) -> None:
    small = load_text(SMALL)
    assert judged(small, ["athena"], "workloads/prod").accounts == 1
    assert judged(small, ["athena"], "root").accounts == 4, "never the management account, for which no SCP is"


def test_a_policy_that_aws_would_not_take_is_refused(small: Organization) -> None:
    many = [f"{service}-{number}" for service in sorted(catalog.services()) for number in range(3)]
    with pytest.raises(Exception, match="AWS takes 10,240"):
        judged(small, many, "workloads")


def test_its_folder_passes_its_cases_and_no_mutant_lives(tmp_path: Path, config: Callable[..., Path]) -> None:
    files = folder(unused(ROWS, NOW, 90), ROWS, "workloads", 90, NOW)
    place = tmp_path / "scps" / "deny-unused-services"
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / name).write_text(text, encoding="utf-8")
    (tmp_path / "config").mkdir(exist_ok=True)
    (tmp_path / "config" / "landing.yaml").write_text(
        SMALL + "guardrails:\n  deny-unused-services: {target: {units: [workloads]}}\n", encoding="utf-8"
    )
    library = Library.load(shipped(), tmp_path)
    organization, problems = load(tmp_path / "config", library)
    assert {each.code for each in problems} == {"LZ349"}, "the sample protects none of its exempt roles"
    estate = estate_of(organization)
    (suite,) = suites(organization, library, estate, tmp_path / "config")
    report = testing.run([suite], estate, mutate=True)
    assert report.passed
    declared = organization.guardrails["deny-unused-services"].document
    assert declared["Statement"] == document(["athena", "braket"], organization.exempt_roles)["Statement"]


FOUND = Access([OfUnit("workloads\x1b[2J", ROWS, ["athena", "braket"], NOW)], 90, {"111111111111": "=shop"})


def test_the_report_says_who_used_what() -> None:
    text = shown("access", "text", FOUND, view=View(style=Style()))
    assert "  s3      2026-03-04  =shop and 2 more\n  braket  2026-03-02  =shop  (unused)\n" in text
    assert "  Not used for 90 days, or never: 2\n    athena, braket\n" in text
    read = json.loads(shown("access", "json", FOUND, view=View()))
    assert [each["service"] for each in read["units"][0]["services"] if each["unused"]] == ["athena", "braket"]
    rows = list(csv.DictReader(io.StringIO(shown("access", "csv", FOUND, view=View()))))
    assert [row["account"] for row in rows][1:2] == ["'=shop"]
    assert "\x1b" not in text + str(rows)


def test_the_command_writes_the_guardrail(
    sandbox: Sandbox, config: Callable[..., Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (account,) = sandbox.seed(1)
    sandbox.session(account).client("sns").list_topics()
    command = ["access", "--config", str(config())]
    target = tmp_path / "scps" / "deny-unused"
    assert run([*command, "--format", "json"]) == 0
    assert [each["unit"] for each in json.loads(capsys.readouterr().out)["units"]] == ["root"]
    assert run([*command, "--write", str(target)]) == 64
    assert run([*command, "--unit", "nowhere"]) == 64
    assert run([*command, "--unit", "root", "--write", str(tmp_path / "No Name")]) == 64
    assert run([*command, "--unit", "root", "--write", str(target)]) == 0
    out = capsys.readouterr().out
    assert "proof: every request for these services is blocked there\n" in out
    assert "proof: no request for any other service is treated otherwise than before\n" in out
    assert "  deny-unused: {target: {units: [root]}}\n" in out
    actions = json.loads((target / "policy.json").read_text())["Statement"][0]["Action"]
    assert "braket:*" in actions
    assert not {"sns:*", "iam:*", "sts:*", "organizations:*"} & {*actions}
    assert run([*command, "--unit", "root", "--write", str(target)]) == 64
