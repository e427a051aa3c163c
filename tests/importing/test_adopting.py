"""The walk in docs/adopting.md: each command is run, on an organization that was made by hand."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from landing.cli import run
from landing.sandbox.services.organizations.lifecycle import found
from landing.sandbox.services.organizations.membership import join
from landing.sandbox.services.organizations.state import Organization, Policy
from landing.sandbox.services.organizations.types import DEFAULTS, SCP
from landing.sandbox.services.organizations.units import add
from landing.sandbox.world import Account, World
from tests.importing.test_sources import CFCT, LZA, ORG_FORMATION, TARMAC, TERRAFORM, lay
from tests.simulated.server import Simulated, serving

PAGE = Path(__file__).parents[2] / "docs" / "adopting.md"


def by_hand(world: World) -> Organization:
    """Units, accounts and policies as people make them: an allow-list, a quarantine, a guardrail of Control Tower."""
    live = found(world, world.management_account_id, "ALL")
    live.policy_types = {SCP: "ENABLED"}
    for target in (live.root, world.management_account_id):
        live.attach(DEFAULTS[SCP], target)
    units = {}
    for name in ("Security", "Workloads", "Suspended"):
        units[name] = add(world, live, live.units[live.root], name)
    units["Prod"] = add(world, live, units["Workloads"], "Prod")
    for name, email, unit in (
        ("Log Archive", "logs@example.com", "Security"),
        ("Audit", "audit@example.com", "Security"),
        ("shop: prod", "shop@example.com", "Prod"),
        ("old", "old@example.com", "Suspended"),
    ):
        made = Account(world.new_account_id(), name, email, world.now, creator=world.management_account_id)
        world.add_account(made)
        join(world, live, made.id, "CREATED", {"team": "a"})
        live.move(made.id, units[unit].id)
    spared = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*Admin"}}
    for name, effect, actions, condition, targets in (
        ("DenyLeaveOrg", "Deny", "organizations:LeaveOrganization", spared, (live.root, units["Prod"].id)),
        ("ProdOnly", "Allow", ["s3:*", "cloudformation:*", "config:*"], {}, (units["Prod"].id,)),
        ("QuarantineAll", "Deny", "*", {}, (units["Suspended"].id,)),
        ("aws-guardrails-AbCdEf", "Deny", "config:DeleteConfigRule", {}, (units["Security"].id,)),
        ("Nowhere", "Deny", "ec2:*", {}, ()),
    ):
        statement = {
            "Effect": effect,
            "Action": actions,
            "Resource": "*",
            **({"Condition": condition} if condition else {}),
        }
        policy = Policy(
            "p-" + world.token(8), SCP, name, name, json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        )
        live.policies[policy.id] = policy
        for target in targets:
            live.attach(policy.id, target)
    live.detach(DEFAULTS[SCP], units["Prod"].id)
    return live


@pytest.fixture
def living(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Organization]:
    """Such an organization, as the sandbox of this directory."""
    with Simulated() as sandbox:
        live = by_hand(sandbox.world)
        with serving(sandbox) as aws, aws.as_sandbox(tmp_path / "sandbox") as environment:
            for name, value in environment.items():
                if name.startswith(("AWS_", "LANDING_")):
                    monkeypatch.setenv(name, value)
            monkeypatch.chdir(tmp_path)
            yield live


def test_each_command_of_the_walk_is_run(
    living: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands = [
        shlex.split(line)
        for line in re.findall(r"^    ((?:landing|cd) .+)$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert commands[0] == ["landing", "import", "my-organization"]
    for files, places in (
        (LZA, "lza-config"),
        (ORG_FORMATION, "."),
        (CFCT, "cfct-manifest"),
        (TERRAFORM, "."),
        (TARMAC, "tarmac"),
    ):
        lay(tmp_path / "my-organization" / places, files)
    (tmp_path / "my-organization").rename(tmp_path / "files")
    told = {}
    for number, (name, *arguments) in enumerate(commands):
        if "--from" in arguments:
            monkeypatch.chdir(tmp_path / "files")
        if name == "cd":
            monkeypatch.chdir(tmp_path / arguments[0])
            continue
        if arguments[0] == "import" and number and arguments[1] not in ("--into", "--from"):
            arguments[1] = f"another-{number}"
        if arguments[0] == "apply":
            arguments += ["--auto-approve", "--no-live"]
        assert run(arguments) == 0, arguments
        told[arguments[0]] = capsys.readouterr()
    assert re.search(r"Plan: 0 to add, 0 to change, 0 to destroy, \d+ to adopt", told["plan"].out)
    monkeypatch.chdir(tmp_path / "my-organization")
    assert run(["plan", "--detailed-exitcode"]) == 0
    marked = {name for name, tags in living.tags.items() if "landing:id" in tags}
    named = {policy.id for policy in living.policies.values() if living.targets.get(policy.id)}
    ours = {name for name in named if not living.policies[name].name.startswith(("aws-", "FullAWS", "RCPFull"))}
    assert marked == {*living.members, *(unit for unit in living.units if unit != living.root), *ours}


def test_what_was_found_is_in_the_files_or_named(
    living: Organization, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "org"]) == 0
    told = capsys.readouterr().err
    assert "4 units, 5 accounts, 3 guardrails, policies attached nowhere: 1" in told
    assert re.search(r"a plan of it adopts \d+ and changes nothing else of the organization", told)
    theirs = next(policy for policy in living.policies.values() if policy.name == "aws-guardrails-AbCdEf")
    assert f"policy {theirs.id} (aws-guardrails-AbCdEf, of AWS Control Tower): it stays with its owner" in told
    top = (tmp_path / "org/config/organization.yaml").read_text(encoding="utf-8")
    assert f"- {theirs.id} # aws-guardrails-AbCdEf" in top
    assert "prod: {name: Prod, full_access: false}" in top
    assert 'name: "shop: prod"' in (tmp_path / "org/config/accounts.yaml").read_text(encoding="utf-8")
    guardrails = (tmp_path / "org/config/guardrails.yaml").read_text(encoding="utf-8")
    assert "nested: true" in guardrails
    assert "- nowhere: Nowhere" in guardrails
    assert "accepted: [LZ349, LZ350]" in (tmp_path / "org/scps/deny-leave-org/metadata.yaml").read_text(
        encoding="utf-8"
    )
    assert "by:" in (tmp_path / "org/scps/quarantine-all/cases.yaml").read_text(encoding="utf-8")


def test_nothing_is_overwritten(living: Organization, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "notes").write_text("mine")
    assert run(["import", "org"]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert [path.name for path in (tmp_path / "org").iterdir()] == ["notes"]


def test_who_plays_which_part_is_asked_for_where_nothing_tells(
    living: Organization, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "org", "--security-tooling", "nobody"]) == 1
    assert "--security-tooling nobody: the organization has no such active account" in capsys.readouterr().err
    assert run(["import", "org", "--log-archive", living.management_account]) == 1
    assert "is the management account: name a member account" in capsys.readouterr().err


def test_what_is_new_in_aws_is_added_to_the_config(
    living: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "org"]) == 0
    monkeypatch.chdir(tmp_path / "org")
    config = tmp_path / "org" / "config"
    accounts = config / "accounts.yaml"
    accounts.write_text(accounts.read_text(encoding="utf-8") + "  # the last word\n", encoding="utf-8")
    before = {path: path.read_text(encoding="utf-8").splitlines() for path in config.glob("*.yaml")}
    assert run(["import", "--into", "."]) == 0
    assert "Nothing new" in capsys.readouterr().err
    assert {path: path.read_text(encoding="utf-8").splitlines() for path in config.glob("*.yaml")} == before

    made = {name: at_console(name) for name in ("Sandbox", "Deep", "new: account", "NoMars")}
    assert run(["plan"]) == 0
    told = capsys.readouterr().err
    assert "in AWS and not in the config; to add: `landing import --into .`" in told
    assert run(["import", "--into", "."]) == 0
    told = capsys.readouterr().err
    assert all(f"+ {each}" in told for each in made.values()), told
    for path, lines in before.items():
        now = iter(path.read_text(encoding="utf-8").splitlines())
        assert all(line in now for line in lines if not line.strip().startswith("prod: {")), path
    assert run(["plan"]) == 0
    told = capsys.readouterr()
    assert re.search(r"Plan: 0 to add, 0 to change, 0 to destroy, \d+ to adopt", told.out), told.out
    assert "not in the config" not in told.err
    assert (tmp_path / "org/scps/no-mars/cases.yaml").exists()


def test_a_policy_that_was_let_go_of_is_not_offered_again_and_has_one_folder(
    living: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "org"]) == 0
    monkeypatch.chdir(tmp_path / "org")
    assert run(["apply", "--auto-approve", "--no-live"]) == 0
    guardrails, top = Path("config/guardrails.yaml"), Path("config/organization.yaml")
    text, before = guardrails.read_text(encoding="utf-8"), top.read_text(encoding="utf-8")
    folders = {path.name: path.read_bytes() for path in Path("scps/quarantine-all").iterdir()}
    parts = re.split(r"(?m)^(?=  [a-z-]+:)", text)
    guardrails.write_text("".join(each for each in parts if not each.startswith("  quarantine-all:")))

    top.write_text(before + "\nremoved: [policy.quarantine-all]\n", encoding="utf-8")
    for step in (["plan"], ["apply", "--auto-approve", "--no-live"], ["plan"]):  # with the mark, and without it
        assert run(step) == 0
        assert "adds them" not in capsys.readouterr().err
        assert run(["import", "--into", "."]) == 0
        told = capsys.readouterr().err
        assert "Nothing new" in told
        assert "the config lets go of it (`removed`)" in told

    top.write_text(before, encoding="utf-8")  # nothing says any more that it is let go of
    assert run(["import", "--into", "."]) == 0
    assert "+ policy quarantine-all" in capsys.readouterr().err
    assert [path.name for path in Path("scps").iterdir() if "quarantine" in path.name] == ["quarantine-all"]
    assert {path.name: path.read_bytes() for path in Path("scps/quarantine-all").iterdir()} == folders
    assert run(["plan"]) == 0
    assert re.search(r"Plan: 0 to add, 0 to change, 0 to destroy, 1 to adopt", capsys.readouterr().out)


def at_console(name: str) -> str:
    """Something new, made by AWS's own calls; what it is to be called in a config."""
    import boto3

    client = boto3.client("organizations", region_name="us-east-1")
    root = client.list_roots()["Roots"][0]["Id"]
    units = {
        each["Name"]: each["Id"]
        for each in client.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    }
    if name == "Sandbox":
        client.create_organizational_unit(ParentId=root, Name=name)
        return "unit sandbox"
    if name == "Deep":
        (prod,) = client.list_organizational_units_for_parent(ParentId=units["Workloads"])["OrganizationalUnits"]
        unit = client.create_organizational_unit(ParentId=prod["Id"], Name=name)["OrganizationalUnit"]
        client.create_organizational_unit(ParentId=unit["Id"], Name="Deeper")
        return "unit workloads/prod/deep/deeper"
    if name == "NoMars":
        statement = {"Sid": "Mars", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}
        text = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        made = client.create_policy(Name=name, Description="", Type=SCP, Content=text)["Policy"]["PolicySummary"]["Id"]
        client.attach_policy(PolicyId=made, TargetId=units["Sandbox"])
        return "policy no-mars"
    status = client.create_account(Email="new@example.com", AccountName=name)["CreateAccountStatus"]
    while status["State"] == "IN_PROGRESS":
        status = client.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    client.move_account(AccountId=status["AccountId"], SourceParentId=root, DestinationParentId=units["Sandbox"])
    return "account new-account"


def test_the_organization_trail_is_kept_as_it_is(
    living: Organization, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import boto3

    for principal in ("cloudtrail.amazonaws.com", "sso.amazonaws.com"):
        boto3.client("organizations", region_name="us-east-1").enable_aws_service_access(ServicePrincipal=principal)
    s3, trails = boto3.client("s3", region_name="eu-west-1"), boto3.client("cloudtrail", region_name="eu-west-1")
    s3.create_bucket(Bucket="corp-trail", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    statement = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}}
    statement |= {
        "Action": ["s3:PutObject", "s3:GetBucketAcl"],
        "Resource": ["arn:aws:s3:::corp-trail", "arn:aws:s3:::corp-trail/*"],
    }
    s3.put_bucket_policy(Bucket="corp-trail", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    trails.create_trail(Name="corp", S3BucketName="corp-trail", IsOrganizationTrail=True, IsMultiRegionTrail=True)
    trails.start_logging(Name="corp")
    assert run(["import", "weak"]) == 0
    told = capsys.readouterr().err
    assert "log bucket corp-trail: `services.log_archive` has it not" in told, "it is in the management account"
    assert "for others to mend: trail.corp: it is used as it is, and has no validation of its files" in told
    trails.update_trail(Name="corp", EnableLogFileValidation=True)
    assert run(["import", "org"]) == 0
    assert "organization trail" not in capsys.readouterr().err
    assert "cloudtrail: {existing: corp}" in (tmp_path / "org/config/services.yaml").read_text(encoding="utf-8")
    assert "home_region: eu-west-1" in (tmp_path / "org/config/organization.yaml").read_text(encoding="utf-8")
    monkeypatch.chdir(tmp_path / "org")
    assert run(["plan"]) == 0
    assert re.search(r"Plan: 0 to add, 0 to change, 0 to destroy, \d+ to adopt", capsys.readouterr().out)
