"""What is wrong outside the config: credentials, accounts, organizations, permissions, disks. Nothing is changed."""

from __future__ import annotations

import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from landing.cli import run
from landing.engine.plan_file import digest_of
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud, Story
from tests.samples import FULL, LIBRARY, PEOPLE, SMALL

Config = Callable[..., Path]
Capture = pytest.CaptureFixture[str]
TRAIL = "landing-organization-trail"
TRAIL_ADDRESS = f"trail.{TRAIL}"
WRITES = (
    "Create",
    "Update",
    "Put",
    "Delete",
    "Attach",
    "Detach",
    "Enable",
    "Disable",
    "Move",
    "Register",
    "Tag",
    "Start",
)


@pytest.fixture
def cloud(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Config, creation: Story) -> Iterator[Sandbox]:
    """An organization as FULL declares it, with its config at hand; the sandbox stands for AWS."""
    config(FULL)
    shutil.copytree(LIBRARY, tmp_path, ignore=shutil.ignore_patterns("blueprints"), dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        sandbox.calls.clear()
        yield sandbox
        sandbox.faults.clear()


def trail_of(sandbox: Sandbox) -> Any:
    return sandbox.session().client("cloudtrail", region_name="eu-west-1")


def unchanged(sandbox: Sandbox) -> bool:
    return not [name for _, name in sandbox.calls if name.startswith(WRITES)]


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"], ["drift"]], ids=lambda c: c[0])
def test_expired_credentials_end_the_run(cloud: Sandbox, capsys: Capture, command: list[str]) -> None:
    cloud.faults.reject("*", code="ExpiredToken", times=None)
    assert run(command) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "the credentials have expired; log in" in said.err
    assert unchanged(cloud)


def test_a_member_account_is_told_so(cloud: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts = cloud.session().client("organizations").list_accounts()["Accounts"]
    member = next(account["Id"] for account in accounts if account["Id"] != cloud.management_account_id)
    cloud.calls.clear()
    keys = cloud.session(member).get_credentials()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", keys.access_key)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", keys.secret_key)
    monkeypatch.setenv("AWS_SESSION_TOKEN", keys.token)
    assert run(["apply", "--auto-approve"]) == 5
    said = capsys.readouterr()
    assert said.out == ""
    assert "management account" in said.err
    assert member in said.err
    assert unchanged(cloud)


def test_the_wrong_organization_is_refused(cloud: Sandbox, capsys: Capture, config: Config) -> None:
    config(FULL.replace("name: test\n", "name: test\n  id: o-someothers1\n", 1))
    assert run(["apply", "--auto-approve"]) == 5
    said = capsys.readouterr().err
    assert "the config wants o-someothers1 (config/landing.yaml:6:7)" in said
    assert "correct the id" in said
    assert unchanged(cloud)


@pytest.mark.parametrize("command", [["plan"], ["apply", "--auto-approve"], ["drift"]], ids=lambda c: c[0])
def test_every_declared_id_that_is_not_held_is_told_at_once(
    cloud: Sandbox, capsys: Capture, config: Config, command: list[str]
) -> None:
    organizations = cloud.session().client("organizations")
    closed = next(each["Id"] for each in organizations.list_accounts()["Accounts"] if each["Name"] == "Shop Prod")
    organizations.close_account(AccountId=closed)
    cloud.calls.clear()
    ids = {"log-archive": "999999999999", "shop-prod": closed, "shop-dev": "999999999998"}
    text = FULL
    for key, account_id in ids.items():
        text = text.replace(f"  {key}: {{", f"  {key}: {{id: '{account_id}', ", 1)
    config(text)
    assert run(command) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.count("error[LZ501]") == 3
    places = [
        f"{number}:{line.index('id: ') + 5}" for number, line in enumerate(text.splitlines(), 1) if "{id: '" in line
    ]
    assert [line.split("landing.yaml:")[1] for line in said.err.splitlines() if "-->" in line] == places
    assert "is marked as `log-archive`" in said.err
    assert f"account {closed} (Shop Prod) is PENDING_CLOSURE" in said.err
    assert unchanged(cloud)


@pytest.mark.parametrize("command", [["plan"], ["drift"]], ids=lambda c: c[0])
def test_a_bucket_of_the_lock_that_is_not_there_is_told_with_the_rest(
    cloud: Sandbox, capsys: Capture, config: Config, command: list[str]
) -> None:
    text = FULL.replace("  shop-dev: {", "  shop-dev: {id: '999999999998', ") + "lock: {bucket: no-such-bucket}\n"
    config(text)
    assert run(command) == 1
    said = capsys.readouterr().err
    assert "error[LZ501]: organization" in said
    assert "error[LZ502]: there is no bucket no-such-bucket for the lock in the account management" in said
    last = len(text.splitlines())
    assert f"config/landing.yaml:{last}:16" in said
    config(FULL + "lock: {bucket: no-such-bucket}\n")
    assert run(command) == 1
    cloud.session(region="eu-west-1").client("s3").create_bucket(
        Bucket="no-such-bucket", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    assert run(command) == 0


@pytest.mark.parametrize("account", ["management", "log-archive"])
def test_a_bucket_of_the_lock_that_may_not_be_seen_is_a_warning(
    cloud: Sandbox, capsys: Capture, config: Config, account: str
) -> None:
    """Somebody else's, or the permission is missing: AWS answers the same."""
    cloud.session("555555555555", region="us-east-1").client("s3").create_bucket(Bucket="grabbed")
    config(FULL + f"lock: {{bucket: grabbed, account: {account}}}\n")
    assert run(["plan"]) == 0
    said = capsys.readouterr().err
    assert "Warning: whether the bucket of the lock s3://grabbed/landing.lock exists could not be seen" in said
    assert "AccessDenied" in said


def test_the_bucket_of_a_member_is_seen_with_the_session_policy_there(
    cloud: Sandbox, capsys: Capture, config: Config
) -> None:
    accounts = cloud.session().client("organizations").list_accounts()["Accounts"]
    archive = next(each["Id"] for each in accounts if each["Name"] == "Log Archive")
    s3 = cloud.session(archive, region="us-east-1").client("s3")
    s3.create_bucket(Bucket="lock-of-a-member")
    config(FULL + "lock: {bucket: lock-of-a-member, account: log-archive, region: us-east-1}\n")
    assert run(["plan", "--detailed-exitcode"]) == 0
    assert "Warning" not in capsys.readouterr().err
    s3.delete_bucket(Bucket="lock-of-a-member")
    assert run(["plan"]) == 1
    assert "no bucket lock-of-a-member for the lock in the account log-archive" in capsys.readouterr().err


def test_an_id_in_an_account_that_has_no_organization_is_no_creation(
    capsys: Capture, config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SMALL + "lock: {bucket: not-yet, account: log-archive}\n"
    config(text.replace("  shop-dev: {", "  shop-dev: {id: '999999999999', "))
    monkeypatch.chdir(tmp_path)
    with Sandbox():
        assert run(["plan"]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert "account 999999999999 cannot be in the organization, which does not exist yet" in said.err


def test_a_service_that_cannot_be_read_is_a_gap_and_the_rest_goes_on(cloud: Sandbox, capsys: Capture) -> None:
    cloud.faults.reject("guardduty", code="AccessDeniedException", status=403, times=None)
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["drift", "--no-detect", "--format", "json"]) == 2
    report = json.loads(capsys.readouterr().out)
    assert [f["address"] for f in report["findings"] if f["status"] == "changed"] == [
        "trail.landing-organization-trail"
    ]
    assert report["summary"]["not_checked"] > 0
    of_service = {kind.name for kind in KINDS if kind.service == "guardduty"}
    missed = {f["kind"] for f in report["findings"] if f["status"] == "not_checked"}
    assert {"guardduty", "guardduty_administrator"} <= missed <= of_service


@pytest.mark.parametrize(("options", "code"), [([], 3), (["--allow-incomplete"], 0)])
def test_apply_makes_the_rest_and_says_that_something_was_not_checked(
    cloud: Sandbox, options: list[str], code: int
) -> None:
    cloud.faults.reject("guardduty", code="AccessDeniedException", status=403, times=None)
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["apply", "--auto-approve", *options]) == code
    assert trail_of(cloud).get_trail_status(Name=TRAIL)["IsLogging"]


def test_an_account_that_cannot_be_entered_is_a_gap_and_the_rest_goes_on(cloud: Sandbox, capsys: Capture) -> None:
    organizations = cloud.session().client("organizations")
    accounts = organizations.list_accounts()["Accounts"]
    root = organizations.list_roots()["Roots"][0]["Id"]
    units = organizations.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    security = next(unit["Id"] for unit in units if unit["Name"] == "Security")
    organizations.update_organizational_unit(OrganizationalUnitId=security, Name="Insecurity")
    archive = next(account["Id"] for account in accounts if account["Name"] == "Log Archive")
    cloud.session(archive).client("iam").detach_role_policy(
        RoleName="OrganizationAccountAccessRole", PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
    )
    cloud.session(archive).client("iam").delete_role(RoleName="OrganizationAccountAccessRole")
    cloud.calls.clear()
    assert run(["plan", "--format", "json", "--detailed-exitcode"]) == 2
    plan = json.loads(capsys.readouterr().out)
    assert plan["complete"] is False
    assert "log-archive" in {gap["account"] for gap in plan["gaps"]}
    assert all(archive in gap["reason"] for gap in plan["gaps"])
    assert {change["address"] for change in plan["resource_changes"]} == {"unit.security"}
    assert cloud.calls["sts", "AssumeRole"] == 3, "one for each account that is entered: a refusal is remembered"


def test_the_role_of_a_new_account_is_waited_for(full: Organization) -> None:
    with Sandbox(identity_center=PEOPLE) as sandbox:
        cloud = Cloud(sandbox, full)
        sandbox.faults.reject("sts", "AssumeRole", code="AccessDenied", status=403, times=5)
        result = cloud.apply()
        assert result.complete, (result.failed, result.blocked)


def test_a_plan_is_stale_when_the_config_or_a_policy_beside_it_has_changed(
    cloud: Sandbox, capsys: Capture, tmp_path: Path, config: Config
) -> None:
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["plan", "--out", "plan.json"]) == 0
    cloud.calls.clear()
    config(FULL + "# edited\n")
    assert run(["apply", "plan.json", "--auto-approve"]) == 5
    assert "config has changed" in capsys.readouterr().err
    config(FULL)
    for file in (tmp_path / "scps").glob("*/*"):
        file.write_bytes(file.read_bytes() + b"\n")
    assert run(["apply", "plan.json", "--auto-approve"]) == 5
    assert unchanged(cloud)


def test_a_plan_is_stale_when_what_it_changes_has_changed(cloud: Sandbox, capsys: Capture) -> None:
    trail = trail_of(cloud)
    trail.stop_logging(Name=TRAIL)
    assert run(["plan", "--out", "plan.json"]) == 0
    trail.update_trail(Name=TRAIL, EnableLogFileValidation=False)
    cloud.calls.clear()
    assert run(["apply", "plan.json", "--auto-approve"]) == 5
    assert "trail.landing-organization-trail" in capsys.readouterr().err
    assert unchanged(cloud)


def test_a_saved_plan_that_lets_more_through_needs_leave(
    cloud: Sandbox, capsys: Capture, tmp_path: Path, config: Config
) -> None:
    policy = tmp_path / "scps" / "no-leaving" / "policy.json"
    policy.write_text(policy.read_text().replace("organizations:LeaveOrganization", "account:CloseAccount"))
    assert run(["plan", "--out", "plan.json", "--format", "md"]) == 0
    assert "landing apply --allow weaken" in capsys.readouterr().out
    cloud.calls.clear()
    assert run(["apply", "plan.json", "--auto-approve", "--allow", "detach"]) == 5
    said = capsys.readouterr().err
    assert "policy.no-leaving (config/landing.yaml:" in said
    assert "needs --allow weaken: e.g. " in said
    assert "with organizations:LeaveOrganization on" in said
    assert unchanged(cloud)
    assert run(["apply", "plan.json", "--auto-approve", "--allow", "weaken"]) == 0


def test_a_truncated_plan_is_refused(cloud: Sandbox, capsys: Capture, tmp_path: Path) -> None:
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["plan", "--out", "plan.json"]) == 0
    whole = (tmp_path / "plan.json").read_bytes()
    (tmp_path / "plan.json").write_bytes(whole[: len(whole) // 2])
    cloud.calls.clear()
    assert run(["apply", "plan.json", "--auto-approve"]) == 1
    assert "not a whole plan" in capsys.readouterr().err
    assert unchanged(cloud)


def forge(path: Path, edit: Callable[[Any], None]) -> None:
    """Edit the file of a plan, and give it the digest that fits."""
    data = json.loads(path.read_text())
    edit(data)
    data["digest"] = digest_of({key: value for key, value in data.items() if key != "digest"})
    path.write_text(json.dumps(data))


def test_a_plan_that_says_otherwise_than_the_config_is_refused(cloud: Sandbox, capsys: Capture, tmp_path: Path) -> None:
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["plan", "--out", "plan.json"]) == 0
    honest = (tmp_path / "plan.json").read_text()
    edits: dict[str, Callable[[Any], None]] = {
        "`after` differs in logging": lambda data: data["resource_changes"][0]["change"]["after"].update(logging=False),
        "made with credentials of account 999999999999": lambda data: data["made_from"].update(account="9" * 12),
        "made for organization o-other": lambda data: data["made_from"].update(organization_id="o-other"),
    }
    cloud.calls.clear()
    for why, edit in edits.items():
        (tmp_path / "plan.json").write_text(honest)
        forge(tmp_path / "plan.json", edit)
        capsys.readouterr()
        assert run(["apply", "plan.json", "--auto-approve"]) == 5
        assert why in capsys.readouterr().err
    assert unchanged(cloud)


def test_a_saved_plan_is_shown_whole_before_it_is_approved(
    cloud: Sandbox, capsys: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["plan", "--out", "plan.json"]) == 0
    shown = capsys.readouterr()
    digest = json.loads((tmp_path / "plan.json").read_text())["digest"]
    assert f"landing apply plan.json --digest {digest}" in shown.err
    cloud.calls.clear()
    monkeypatch.setattr(sys, "stdin", io.StringIO("no\n"))
    assert run(["apply", "plan.json", "--digest", digest]) == 5
    said = capsys.readouterr()
    assert said.out == shown.out
    assert f"plan.json has the digest {digest}." in said.err
    assert "ago (20" in said.err
    assert "by arn:aws:iam::" in said.err
    assert "Apply cancelled" in said.err
    assert run(["apply", "plan.json", "--digest", "0" * 64, "--auto-approve"]) == 5
    assert "not the plan that was reviewed" in capsys.readouterr().err
    assert run(["apply", "--digest", digest]) == 64
    assert run(["apply", "plan.json", "--digest", "", "--auto-approve"]) == 64, "a variable that is not set"
    assert unchanged(cloud)


def test_what_a_file_says_of_requests_is_shown_to_nobody_who_has_not_reviewed_it(
    cloud: Sandbox, capsys: Capture, tmp_path: Path
) -> None:
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["plan", "--out", "plan.json"]) == 0
    address = f"trail.{TRAIL}"
    forge(tmp_path / "plan.json", lambda data: data.update(effects={address: ["lets nobody through"]}))
    capsys.readouterr()
    assert run(["apply", "plan.json", "--auto-approve"]) == 0
    said = capsys.readouterr()
    assert "lets nobody through" not in said.out
    assert "What the changes do to requests is left out" in said.err


@pytest.mark.parametrize("stdin", [io.StringIO(""), None], ids=["ended", "closed"])
def test_without_anybody_to_ask_it_is_said_what_is_missing(
    cloud: Sandbox, capsys: Capture, monkeypatch: pytest.MonkeyPatch, stdin: io.StringIO | None
) -> None:
    trail_of(cloud).stop_logging(Name=TRAIL)
    cloud.calls.clear()
    monkeypatch.setattr(sys, "stdin", stdin)
    assert run(["apply", "--target", TRAIL_ADDRESS]) == 5
    assert "--auto-approve does without the question. Apply cancelled." in capsys.readouterr().err
    assert unchanged(cloud)


@pytest.mark.skipif(not Path("/dev/full").is_char_device(), reason="the system has no full device")
def test_a_full_disk_is_an_error_and_the_device_stays_a_device(config: Config, tmp_path: Path) -> None:
    config()
    landing = [sys.executable, "-m", "landing"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LANDING_"))}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*landing, "schema"],
            cwd=tmp_path,
            env=environment,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (done.returncode, done.stderr) == (1, "Error: cannot write the result: No space left on device\n")


def test_a_plan_file_is_written_whole_or_not_at_all(cloud: Sandbox, capsys: Capture, tmp_path: Path) -> None:
    trail_of(cloud).stop_logging(Name=TRAIL)
    assert run(["plan", "--out", "nowhere/plan.json"]) == 1
    assert "cannot write nowhere/plan.json: No such file" in capsys.readouterr().err
    (tmp_path / "link.json").symlink_to("real.json")
    assert run(["plan", "--out", "link.json"]) == 0
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").stat().st_mode & 0o777 == 0o600
