"""What was read last: kept after a plan, brought up to date by an apply, and enough for a plan without AWS."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from landing.aws import account_of
from landing.cli import run
from landing.cli.snapshots import of, update
from landing.core.errors import ConfigError, LandingError, WrongOrganization, WrongUsage
from landing.core.model import Address
from landing.engine.observe import needed_for, observe
from landing.engine.plan import Origin, make
from landing.engine.snapshot import Snapshot, load, save
from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.samples import FULL, SMALL


@pytest.fixture
def kept(creation: Story, tmp_path: Path) -> Path:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        cloud = Cloud(sandbox, creation.organization)
        observation, ids = cloud.observe(), cloud.open().tree.account_ids
    path = tmp_path / ".landing" / "snapshot.json"
    save(Snapshot("2026-11-27T08:00:00Z", "o-abcdefghij", "123456789012", "arn", ids, observation), path)
    return path


def test_it_survives_the_disk_and_finds_nothing_to_do(kept: Path, full: Organization) -> None:
    assert kept.stat().st_mode & 0o777 == 0o600
    plan = make(load(kept).observation_of(full), Origin())
    assert plan.changes == ()
    assert plan.in_sync > 50


def test_what_the_config_asks_for_since_is_planned_and_what_nobody_looked_for_is_a_gap(
    kept: Path, load_text, full: Organization
) -> None:
    text = FULL.replace("name: Shop Prod,", "name: Shop,").replace(
        "[eu-west-1, us-east-1]", "[eu-west-1, eu-central-1]"
    )
    text = text.replace("rollup: us-east-1", "rollup: eu-central-1")
    text = text.replace('us-east-1: "arn:aws:sns:us-east-1:', 'eu-central-1: "arn:aws:sns:eu-central-1:')
    changed = load_text(text)
    plan = make(load(kept).observation_of(changed), Origin())
    assert Address("account", "shop-prod") in {change.address for change in plan.changes}
    unread = [gap for gap in plan.gaps if gap.scope.region == "eu-central-1"]
    assert unread
    assert all("not read yet at 2026-11-27T08:00:00Z" in gap.reason for gap in unread)


def test_what_the_config_lets_go_of_stays_attached(kept: Path, load_text, creation: Story) -> None:
    """The same as a plan that asks AWS: the policy is forgotten, and nothing is detached."""
    text = FULL.replace("  no-root: {target: {units: [workloads]}}\n", "") + "removed: [policy.no-root]\n"
    organization = load_text(text)
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        asked = Cloud(sandbox, organization).plan()
    offline = make(load(kept).observation_of(organization), Origin())
    changes = [[(each.action.value, str(each.address)) for each in plan.changes] for plan in (asked, offline)]
    assert changes[0] == changes[1]
    assert ("forget", "policy.no-root") in changes[0]
    assert not [address for _, address in changes[0] if address.startswith("attachments.")]


def test_an_apply_brings_it_up_to_date(kept: Path, load_text, creation: Story) -> None:
    renamed = load_text(FULL.replace("name: Shop Prod,", "name: Shop,"))
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        result = Cloud(sandbox, renamed).apply()
        assert result.complete
    update(kept, result.done)
    assert make(load(kept).observation_of(renamed), Origin()).changes == ()


def test_it_is_refused_for_another_organization(kept: Path, load_text) -> None:
    other = load_text(FULL.replace("  name: test", "  name: test\n  id: o-zzzzzzzzzz"))
    with pytest.raises(WrongOrganization, match="o-abcdefghij"):
        of(other, kept)


def test_it_is_refused_when_an_account_has_another_id(kept: Path, load_text) -> None:
    other = load_text(FULL.replace("{name: Shop Dev,", "{name: Shop Dev, id: '999999999999',"))
    with pytest.raises(WrongOrganization, match=r"its account shop-dev is .*, and the config's 999999999999"):
        of(other, kept)


@pytest.mark.parametrize(
    ("account_id", "message"),
    [("999999999999", "there was no account 999999999999 in the organization"), ("", "was not known as `new` yet")],
)
def test_an_id_that_was_not_known_then_is_no_creation(kept: Path, load_text, account_id: str, message: str) -> None:
    """Of another key, or of nobody: without asking AWS, no account can be adopted by its id."""
    account_id = account_id or load(kept).account_ids["shop-dev"]
    text = "".join(line for line in FULL.splitlines(keepends=True) if "  shop-dev: {" not in line)
    new = f"accounts:\n  new: {{id: '{account_id}', name: Shop Dev, unit: workloads/dev}}\n"
    text = text.replace("accounts:\n", new, 1).replace(", exclude: {accounts: [shop-dev]}", "")
    with pytest.raises(ConfigError, match=message) as told:
        of(load_text(text), kept)
    (problem,) = told.value.problems
    assert "without --refresh=false" in problem.help


def test_it_is_refused_when_no_account_has_the_address_of_the_config(kept: Path, load_text) -> None:
    """The accounts of one config cannot have the same addresses in two organizations."""
    with pytest.raises(WrongOrganization, match=r"no account there has the e-mail address .*@other\.example"):
        of(load_text(FULL.replace("@example.com", "@other.example")), kept)
    of(load_text(FULL.replace("sd@example.com", "new@example.com")), kept)


@pytest.mark.parametrize(
    "profile",
    ["sso_account_id = 210987654321", "role_arn = arn:aws:iam::210987654321:role/read\nsource_profile = x"],
)
def test_it_is_refused_when_the_profile_leads_elsewhere(
    kept: Path, full: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    (tmp_path / "aws").write_text(f"[profile elsewhere]\n{profile}\n[profile here]\naws_account_id = 123456789012\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "aws"))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(WrongOrganization, match="the profile or role leads to account 210987654321"):
        of(full, kept, account_of("elsewhere"))
    assert account_of("here", "arn:aws:iam::210987654321:role/read") == "210987654321"
    of(full, kept, account_of("here"))
    assert account_of("nobody") == account_of("") == ""


@pytest.mark.parametrize("form", ["text", "md", "json"])
def test_a_plan_says_whose_snapshot_it_was_made_from(
    kept: Path, config, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    config(SMALL)
    monkeypatch.chdir(kept.parent.parent)
    assert run(["plan", "--refresh=false", "--format", form, "--allow-incomplete"]) == 0
    told = capsys.readouterr()
    for what in ("o-abcdefghij", "123456789012", "arn", "2026-11-27T08:00:00Z"):
        assert what in told.out
    assert ("AWS was not asked" in told.out) == (form != "json")
    assert ("AWS was not asked" in told.err) == (form == "json")
    if form == "json":
        assert json.loads(told.out)["made_from"]["read"] == "2026-11-27T08:00:00Z"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"format_version": "9"}'])
def test_what_is_no_snapshot_is_a_clear_error(text: str, tmp_path: Path) -> None:
    path = tmp_path / "snapshot.json"
    with pytest.raises(LandingError, match="Run landing plan once"):
        load(path)
    path.write_text(text)
    with pytest.raises(LandingError, match="Run landing plan once"):
        load(path)


def test_a_missing_part_is_a_clear_error(kept: Path) -> None:
    data = json.loads(kept.read_text())
    del data["tasks"]
    kept.write_text(json.dumps(data))
    with pytest.raises(LandingError, match="damaged"):
        load(kept)


@pytest.mark.parametrize("target", ["unit.workload", "unit.*x", "units", "account.shop-prod@x"])
def test_a_target_that_is_nowhere_is_refused(kept: Path, full: Organization, target: str) -> None:
    """Not "No changes": it is misspelt."""
    with pytest.raises(WrongUsage, match=r"did you mean|shows the addresses"):
        load(kept).observation_of(full).raise_if_unknown(full, [target])


def test_a_target_without_its_place_is_told_where_there_is_one(kept: Path, full: Organization) -> None:
    with pytest.raises(WrongUsage, match=r"it is at stack\.log-archive@log-archive/eu-west-1, and wants one of these"):
        load(kept).observation_of(full).raise_if_unknown(full, ["stack.log-archive"])


@pytest.mark.parametrize("target", ["unit.workloads", "unit*", "stack", "unit.workloads/*"])
def test_a_target_that_is_somewhere_is_taken(kept: Path, full: Organization, target: str) -> None:
    load(kept).observation_of(full).raise_if_unknown(full, [target])


@pytest.mark.parametrize(
    ("target", "kinds"),
    [
        ("trusted_access", {"trusted_access", "organization"}),
        (
            "policy_type.*",
            {"policy_type", "trusted_access", "organization"},
        ),  # some types need the trust of their service
        ("unit.workloads/prod", {"unit", "organization"}),
        ("guardduty.this@security-tooling/eu-west-1", None),
    ],
)
def test_a_target_reads_only_what_it_needs(target: str, kinds: set[str] | None, creation: Story) -> None:
    organization = creation.organization
    tasks = needed_for(organization, [target])
    if kinds is not None:
        assert {name for name, _ in tasks} == kinds
    regions = {scope.region for name, scope in tasks if name == "guardduty"}
    assert regions <= {"eu-west-1"}
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = Cloud(sandbox, organization).open()
        plan = make(observe(organization, aws, only=tasks), Origin())
        assert plan.changes == ()
        whole = Cloud(sandbox, organization).open()
        observe(organization, whole)
    assert sum(aws.calls.values()) < sum(whole.calls.values())


def test_a_target_that_only_aws_has_is_found(creation: Story, load_text) -> None:
    small = load_text(SMALL)
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = Cloud(sandbox, small).open()
        plan = make(observe(small, aws, only=needed_for(small, ["policy.no-root"])), Origin()).only(["policy.no-root"])
    assert [(str(change.address), change.action) for change in plan.changes] == [("policy.no-root", "delete")]
