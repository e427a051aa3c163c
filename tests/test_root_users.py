"""Root users of members: what they have, who may ask, and how it is removed."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.aws import Aws, ReadOnly
from landing.cli import run
from landing.organization import Organization
from landing.report.formats import View, shown
from landing.report.root_users import RootUsers
from landing.report.style import Style
from landing.runs.root_report import RootReport
from landing.sandbox import Sandbox
from landing.sandbox.world.faults import Fault
from landing.services.permissions import plan_policy, root_policy
from landing.services.root_users import READS, AccessKey, Member, RootCredentials, examine, remove, sessions_are_on
from tests.cloud import QuickAws, keys_of, made_role
from tests.samples import SMALL

ALL = {"password": True, "keys": 2, "mfa_devices": 1, "certificates": 1}
NONE = RootCredentials()


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        client = sandbox.session().client("organizations")
        client.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
        sandbox.session().client("iam").enable_organizations_root_sessions()
        yield sandbox


def members(sandbox: Sandbox, *having: dict[str, Any]) -> list[Member]:
    """A new member for each, whose root user has that."""
    made = sandbox.seed(len(having))
    sandbox.world.options["root_users"] = dict(zip(made, having, strict=True))
    return [Member(f"member-{number}", account, "Name", "root") for number, account in enumerate(made)]


def door(organization: Organization, *, read_only: bool = False, keys: tuple[str, ...] = ()) -> Aws:
    aws = QuickAws(organization, read_only=read_only, keys=keys)
    aws.reads = aws.reads.and_also(READS)
    return aws


@pytest.fixture
def small(load_text: Callable[[str], Organization]) -> Organization:
    return load_text(SMALL)


def test_all_that_there_is_is_read(sandbox: Sandbox, small: Organization) -> None:
    asked = members(sandbox, ALL, {}, {"password": True})
    seen: list[Member] = []
    first, second, third = examine(door(small, read_only=True), asked, seen.append)
    assert first.credentials is not None
    found = first.credentials
    assert (found.password, len(found.keys), len(found.mfa_devices), len(found.certificates)) == (True, 2, 1, 1)
    assert (second.credentials, third.credentials) == (NONE, RootCredentials(password=True))
    assert {each.account for each in seen} == {each.account for each in asked}


def test_who_has_nothing_costs_two_calls(sandbox: Sandbox, small: Organization) -> None:
    aws = door(small, read_only=True)
    examine(aws, members(sandbox, *[{}] * 12), lambda _: None, workers=5)
    assert dict(aws.calls) == {("sts", "AssumeRoot"): 12, ("iam", "GetAccountSummary"): 12}


def test_sessions_do_not_mix(sandbox: Sandbox, small: Organization) -> None:
    """Though one client serves all: each thread signs with what it was given."""
    asked = members(sandbox, *({"keys": number % 3} for number in range(30)))
    found = {each.id: each.credentials for each in examine(door(small), asked, lambda _: None)}
    assert [len(getattr(found[each.id], "keys", ())) for each in asked] == [number % 3 for number in range(30)]


def test_it_is_removed_and_read_again(sandbox: Sandbox, small: Organization) -> None:
    aws = door(small)
    having = examine(aws, members(sandbox, ALL, {"keys": 1}), lambda _: None)
    assert [each.credentials for each in remove(aws, having, lambda _: None)] == [NONE, NONE]
    assert [each.credentials for each in remove(aws, having, lambda _: None)] == [NONE, NONE], "what is gone is fine"


def test_a_door_that_only_reads_removes_nothing(sandbox: Sandbox, small: Organization) -> None:
    aws = door(small, read_only=True)
    having = examine(aws, members(sandbox, ALL), lambda _: None)
    with pytest.raises(ReadOnly):
        remove(aws, having, lambda _: None)
    assert examine(aws, having, lambda _: None) == having


@pytest.mark.parametrize("operation", ["DeleteAccessKey", "DeleteSigningCertificate", "DeleteLoginProfile"])
def test_cut_off_it_leaves_no_password_without_mfa_and_ends_the_same(
    sandbox: Sandbox, small: Organization, operation: str
) -> None:
    aws = door(small)
    having = examine(aws, members(sandbox, ALL), lambda _: None)
    sandbox.faults.add(Fault("reject", "iam", operation, times=1, code="AccessDenied"))
    (cut,) = remove(aws, having, lambda _: None)
    assert cut.credentials is None
    assert "AccessDenied" in cut.reason
    (left,) = examine(aws, having, lambda _: None)
    assert left.credentials is not None
    assert left.credentials.mfa_devices
    assert [each.credentials for each in remove(aws, [left], lambda _: None)] == [NONE]


def test_what_aws_is_still_at_is_waited_for(sandbox: Sandbox, small: Organization) -> None:
    aws = door(small)
    having = examine(aws, members(sandbox, ALL), lambda _: None)
    sandbox.faults.add(Fault("reject", "iam", "DeleteLoginProfile", times=2, code="EntityTemporarilyUnmodifiable"))
    assert [each.credentials for each in remove(aws, having, lambda _: None)] == [NONE]


def test_where_sts_is_not_activated_it_is_said_what_to_do_and_the_others_are_read(
    sandbox: Sandbox, small: Organization
) -> None:
    sandbox.faults.add(Fault("reject", "sts", "AssumeRoot", times=1, code="RegionDisabledException"))
    first, second = examine(door(small, read_only=True), members(sandbox, {}, {}), lambda _: None, workers=1)
    assert first.credentials is None
    assert "activate STS" in first.reason
    assert second.credentials == NONE


def test_who_may_report_may_not_remove(sandbox: Sandbox, small: Organization) -> None:
    asked = members(sandbox, ALL)
    planner = made_role(sandbox, "reporter", plan_policy(), root_policy())
    reporter = door(small, keys=keys_of(sandbox, planner))
    assert sessions_are_on(reporter)
    having = examine(reporter, asked, lambda _: None)
    assert having[0].credentials is not None
    (refused,) = remove(reporter, having, lambda _: None)
    assert "sts:AssumeRoot" in refused.reason
    remover = made_role(sandbox, "remover", plan_policy(), root_policy(removes=True))
    done = remove(door(small, keys=keys_of(sandbox, remover)), having, lambda _: None)
    assert [each.credentials for each in done] == [NONE]


def test_who_plans_may_not_become_a_root_user(sandbox: Sandbox, small: Organization) -> None:
    asked = members(sandbox, ALL)
    planner = made_role(sandbox, "planner", plan_policy())
    (refused,) = examine(door(small, keys=keys_of(sandbox, planner)), asked, lambda _: None)
    assert refused.credentials is None
    assert "sts:AssumeRoot" in refused.reason


FOUND = Member("shop", "111111111111", "Shop", "workloads", RootCredentials(
    True, "2026-01-02", (AccessKey("AKIAIOSFODNN7EXAMPLE", "2020-01-01"),), (), ("CERT",)))  # fmt: skip
HOSTILE = Member("=1\x1b[2J", "222222222222", "|`<b>", "root", None, "no\x1b[31m | `x`")
REPORT = RootUsers(
    [FOUND, HOSTILE, Member("dev", "333333333333", "Dev", "workloads", NONE)], [("old", "it is SUSPENDED")]
)


def test_a_report_says_who_has_what() -> None:
    text = shown("root", "text", REPORT, view=View(style=Style()))
    assert "shop 111111111111 (workloads)\n  password (last used 2026-01-02)\n" in text
    assert "  access key AKIAIOSFODNN7EXAMPLE of 2020-01-01 (no use known)\n" in text
    assert "  no MFA\n" in text
    assert "old is left out: it is SUSPENDED\n" in text
    assert text.endswith(
        "Root users: 1 of 2 members have credentials · 1 access keys · 1 a password without MFA · 1 not read\n"
    )
    assert "dev" not in text


@pytest.mark.parametrize("form", ["text", "json", "csv", "md"])
def test_hostile_names_are_made_harmless(form: str) -> None:
    text = shown("root", form, REPORT, view=View(style=Style()))
    assert "\x1b" not in text
    assert "<b>" not in text or form in ("json", "csv")


def test_machines_get_all_of_it() -> None:
    read = json.loads(shown("root", "json", REPORT, view=View()))
    assert [each["account"] for each in read["members"]] == ["shop", "=1\x1b[2J", "dev"]
    assert read["members"][0]["credentials"]["keys"][0]["id"] == "AKIAIOSFODNN7EXAMPLE"
    rows = list(csv.DictReader(io.StringIO(shown("root", "csv", REPORT, view=View()))))
    assert [row["password"] for row in rows] == ["yes", "", "no"]
    assert rows[1]["account"].startswith("'=")


def test_what_was_read_is_not_read_again(tmp_path: Path) -> None:
    kept = RootReport(tmp_path / ".landing", "o-1", sandbox=False)
    assert kept.resume() == {}
    kept.begin()
    kept.add(FOUND)
    kept.add(HOSTILE)
    with kept.path.open("a", encoding="utf-8") as file:
        file.write('{"id": "3333')
    assert kept.resume() == {FOUND.id: FOUND.credentials}
    assert RootReport(tmp_path / ".landing", "o-2", sandbox=False).resume() == {}
    assert kept.path.stat().st_mode & 0o077 == 0
    kept.end()
    assert kept.resume() == {}


Command = Callable[..., int]


@pytest.fixture
def command(sandbox: Sandbox, config: Callable[..., Path]) -> Command:
    """`landing root` in an organization of three members; one has all credentials."""
    sandbox.world.options["found"] = [each.id for each in members(sandbox, ALL, {}, {})]
    folder = config()
    return lambda *arguments: run(["root", "--config", str(folder), *arguments])


def test_the_command_reports_and_goes_on(
    sandbox: Sandbox, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    having, *_ = sandbox.world.options["found"]
    sandbox.faults.add(Fault("reject", "iam", "GetAccountSummary", times=1, code="AccessDenied"))
    assert command("--parallelism", "1") == 3
    assert "1 not read" in capsys.readouterr().out
    sandbox.calls.clear()
    assert command("--resume") == 0
    assert sandbox.calls["iam", "GetAccountSummary"] == 1
    out, err = capsys.readouterr()
    assert having in out
    assert "1 of 3 members have credentials" in out
    assert "2 of 3 members were read before." in err


def test_the_command_leaves_out_who_is_closed(
    sandbox: Sandbox, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    """AWS lets nobody become its root user: it is told, and no failure."""
    closed, *_ = sandbox.world.options["found"]
    client = sandbox.session().client("organizations")
    client.close_account(AccountId=closed)
    while client.describe_account(AccountId=closed)["Account"]["Status"] == "PENDING_CLOSURE":
        pass
    sandbox.calls.clear()
    assert command() == 0
    out = capsys.readouterr().out
    assert "is left out: it is CLOSED" in out
    assert "0 of 2 members have credentials" in out
    assert sandbox.calls["sts", "AssumeRoot"] == 2


def test_the_command_removes_with_leave(
    sandbox: Sandbox, command: Command, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    having, other, _ = sandbox.world.options["found"]
    assert command("--remove") == 64
    assert command("--remove", "--unit", "nowhere") == 64
    assert command("--remove", "--account", sandbox.management_account_id, "--auto-approve") == 5
    assert command("--remove", "--unit", "root") == 5
    out, err = capsys.readouterr()
    assert "Root credentials of 1 members to remove. 2 have none." in out
    assert "Allow it with --allow delete-root-credentials" in err
    monkeypatch.setattr("sys.stdin", io.StringIO("no\n"))
    assert command("--remove", "--unit", "root", "--allow", "delete-root-credentials") == 5
    assert not any(operation.startswith("Delete") for _, operation in sandbox.calls)
    assert command("--remove", "--account", other) == 0
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert command("--remove", "--account", having, "--allow", "delete-root-credentials") == 0
    assert "Removed the root credentials of 1 of 1 members." in capsys.readouterr().out
    assert command() == 0
    assert "0 of 3 members have credentials" in capsys.readouterr().out


def test_without_sessions_it_says_what_to_do(
    sandbox: Sandbox, command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    sandbox.session().client("iam").disable_organizations_root_sessions()
    assert command() == 5
    assert "root_access: {sessions: true}" in capsys.readouterr().err
