"""The policies of a library in the organization of a config: the shipped ones, and a user's own."""

from collections.abc import Callable
from pathlib import Path

import pytest

from landing.cli import run as command
from landing.config import load
from landing.guardrails.suites import suite_of
from landing.library import Library, shipped
from landing.organization import Organization
from landing.policy.declared import account_ids, estate_of
from landing.policy.testing import run
from landing.policy.testing.output import as_text
from tests.conftest import Load
from tests.samples import SMALL


@pytest.fixture(scope="module")
def example(library: Library) -> Organization:
    return load(shipped() / "config", library)[0]


def test_shipped_policies_pass_in_the_shipped_config(example: Organization, library: Library) -> None:
    estate = estate_of(example)
    report = run([suite_of(policy, estate) for policy in library.policies.values()], estate)
    assert report.passed, as_text(report)
    assert report.count("skipped") == 0


def test_other_partitions_work(organization: Load, library: Library) -> None:
    china = organization(text=SMALL.replace("eu-west-1", "cn-north-1").replace("us-east-1", "cn-northwest-1"))
    estate = estate_of(china)
    assert estate.partition == "aws-cn"
    chosen = ("deny-root-user", "protect-landing", "protect-log-archive", "rcp-protect-log-archive", "require-imdsv2")
    report = run([suite_of(library.policies[name], estate) for name in chosen], estate)
    assert report.passed, as_text(report)


def test_accounts_have_the_ids_of_the_config_or_some_that_nobody_has(organization: Load) -> None:
    extra = "  extra: {name: Extra, email: x@example.com, unit: root, id: '000000000001'}\n"
    small = organization(text=SMALL + extra)
    ids = account_ids(small)
    assert ids["extra"] == "000000000001"
    assert len(set(ids.values())) == len(small.accounts)
    estate = estate_of(small)
    assert estate.path(ids["shop-prod"]) == ("root", "workloads", "workloads/prod", ids["shop-prod"])
    assert estate.place("ou:prod") == (ids["shop-prod"],)
    assert estate.place("log_archive") == (ids["log-archive"],)


def test_tokens_in_parameters_become_ids(organization: Load, library: Library) -> None:
    estate = estate_of(organization())
    policy = library.policies["rcp-organization-identities"]
    made = suite_of(policy, estate, {"trusted_accounts": ["<account:shop-dev>"]})
    assert made.values["trusted_accounts"] == [estate.keys["shop-dev"]]
    assert "<" not in made.texts
    assert run([made], estate).passed


def test_a_users_own_folder_is_tested_like_ours(tmp_path: Path, organization: Load) -> None:
    folder = tmp_path / "scps" / "no-queues"
    folder.mkdir(parents=True)
    (folder / "policy.json").write_text(
        '{"Version": "2012-10-17", "Statement": [{"Sid": "Queues", "Effect": "Deny", "Action": "sqs:{{ verb }}*", "Resource": "*"}]}'
    )
    (folder / "metadata.yaml").write_text(
        "{title: T, description: D, type: SERVICE_CONTROL_POLICY, severity: low, parameters: {verb: {type: string}}}"
    )
    estate = estate_of(organization())
    policy = Library.load(tmp_path).policies["no-queues"]
    report = run([suite_of(policy, estate, {"verb": "Create"})], estate)
    assert "policy `no-queues` has no cases" in as_text(report)
    (folder / "cases.yaml").write_text(
        '- {try: "sqs:{{ verb }}*", expect: denied, by: Queues}\n- {try: sqs:SendMessage, expect: not-denied}\n'
    )
    assert run([suite_of(policy, estate, {"verb": "Create"})], estate, mutate=True).passed


def test_the_command_shows_no_control_characters_and_suggests_names(
    tmp_path: Path, config: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = config(SMALL)
    (folder / "cases").mkdir()
    (folder / "cases" / "odd.yaml").write_text('- {try: sqs:SendMessage, as: "role/\\e[31m", expect: denied}\n')
    monkeypatch.chdir(tmp_path)
    assert command(["test"]) == 1
    text = capsys.readouterr().out
    assert "\x1b" not in text
    assert "\\x1b[31m" in text
    assert command(["test", "config/cases/od.yaml"]) == 64
    assert "did you mean `config/cases/odd.yaml`?" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["protect-log-archive", "rcp-protect-log-archive"])
def test_what_an_old_log_archive_keeps_is_protected_by_name(organization: Load, name: str) -> None:
    """With another account as log archive all but the doors of the account is as it was."""
    text = SMALL + f"guardrails: {{{name}: {{target: {{units: [root]}}}}}}\n"
    before, after = (
        {each["Sid"]: each for each in organization(text=each).policies[name].document["Statement"]}
        for each in (text, text.replace("log_archive: log-archive", "log_archive: shop-prod"))
    )
    assert before.keys() == after.keys()
    assert {sid for sid in before if before[sid] != after[sid]} <= {"Doors"}
    assert "landing-cloudtrail-*" in str(after["Buckets"])
