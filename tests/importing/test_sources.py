"""The files of other tools as a config: what they say of the organization is in it, and the rest is listed by line."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.cli import run
from landing.cli.import_ import SOURCES
from landing.config import load
from landing.core.errors import LandingError
from landing.importing.draft import Asked
from landing.importing.output import Written, write_folder
from landing.importing.sources import READERS, listing_of
from landing.library import Library, shipped

DENY = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": "No", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*"}],
}
ONLY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": ["s3:*", "sts:*"], "Resource": "*"}]}

LZA = {
    "organization-config.yaml": """\
enable: true
organizationalUnits:
  - name: Security
  - name: Workloads/Prod
quarantineNewAccounts: {enable: true, scpPolicyName: Quarantine}
serviceControlPolicies:
  - name: Guard
    description: >
      What nobody
      may do
    policy: scps/guard.json
    type: customerManaged
    deploymentTargets: {organizationalUnits: [Root], excludedAccounts: [Shop]}
  - name: Only
    policy: scps/only.json
    type: customerManaged
    strategy: allow-list
    deploymentTargets: {organizationalUnits: [Workloads/Prod], accounts: [Shop]}
  - name: Quarantine
    policy: scps/guard.json
    type: customerManaged
    deploymentTargets: {organizationalUnits: []}
taggingPolicies:
  - name: Tags
    policy: tags.json
    deploymentTargets: {organizationalUnits: [Workloads]}
""",
    "accounts-config.yaml": """\
mandatoryAccounts:
  - {name: Management, email: m@corp.io, organizationalUnit: Root}
  - {name: LogArchive, email: l@corp.io, organizationalUnit: Security}
  - {name: Audit, email: a@corp.io, organizationalUnit: Security}
workloadAccounts:
  - name: Shop
    email: Shop@corp.io
    organizationalUnit: Workloads/Prod
    warm: true
accountIds:
  - {email: shop@corp.io, accountId: "012345670123"}
""",
    "global-config.yaml": "homeRegion: eu-west-1\nenabledRegions: [eu-west-1, us-east-1]\nmanagementAccountAccessRole: AWSControlTowerExecution\nlogging: {}\n",
    "security-config.yaml": "accessAnalyzer: {enable: true}\n",
    "scps/guard.json": json.dumps(
        {"Version": "2012-10-17", "Statement": [{"Sid": "No", "Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*",
         "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["arn:${PARTITION}:iam::${MANAGEMENT_ACCOUNT_ID}:role/${MANAGEMENT_ACCOUNT_ACCESS_ROLE}", "arn:aws:iam::*:role/${OTHER}-*"]}}}]}
    ),
    "scps/only.json": json.dumps(ONLY),
    "tags.json": json.dumps({"tags": {"cost": {"tag_key": {"@@assign": "Cost"}}}}),
}  # fmt: skip
ORG_FORMATION = {
    "organization.yml": """\
AWSTemplateFormatVersion: '2010-09-09-OC'
Organization:
  Payer:
    Type: OC::ORG::MasterAccount
    Properties: {AccountName: Corp Payer, AccountId: 111122223333, RootEmail: m@corp.io, Alias: corp}
  Root:
    Type: OC::ORG::OrganizationRoot
    Properties: {ServiceControlPolicies: [!Ref Guard, !Ref Nobody]}
  TopOU:
    Type: OC::ORG::OrganizationalUnit
    Properties:
      OrganizationalUnitName: workloads
      OrganizationalUnits: !Ref ProdOU
  ProdOU:
    Type: OC::ORG::OrganizationalUnit
    Properties:
      OrganizationalUnitName: prod
      Accounts: [!Ref Shop, !Ref Log, !Ref Audit]
      ServiceControlPolicies: !Ref Guard
  Shop:
    Type: OC::ORG::Account
    Properties:
      AccountName: Shop Prod
      RootEmail: shop@corp.io
      Tags: {budget: 100, id: !GetAtt Shop.AccountId}
  Log:
    Type: OC::ORG::Account
    Properties: {AccountName: Log Archive, RootEmail: l@corp.io}
  Audit:
    Type: OC::ORG::Account
    Properties: {AccountName: Audit, RootEmail: a@corp.io, PasswordPolicy: !Ref Words}
  Guard:
    Type: OC::ORG::ServiceControlPolicy
    Properties:
      PolicyName: Guard
      Description: What nobody may do
      PolicyDocument: {Version: '2012-10-17', Statement: [{Sid: No, Effect: Deny, Action: 's3:DeleteBucket', Resource: '*'}]}
  Made:
    Type: OC::ORG::ServiceControlPolicy
    Properties:
      PolicyName: Made
      PolicyDocument: !Cmd 'make policy'
  Words:
    Type: OC::ORG::PasswordPolicy
    Properties: {MaxPasswordAge: 30}
""",
}
CFCT = {
    "manifest.yaml": """\
---
region: eu-west-1
version: 2021-03-15
enable_stack_set_deletion: true
resources:
  - name: guard
    description: What nobody may do
    resource_file: policies/guard.json
    deploy_method: scp
    deployment_targets:
      organizational_units: [Root, "Workloads:Prod"]
      organizational_units_exclude: [Workloads]
      accounts: ["012345670123", Audit]
  - name: baseline
    resource_file: templates/baseline.yaml
    deploy_method: stack_set
    deployment_targets: {organizational_units: [Workloads]}
""",
    "policies/guard.json": json.dumps(DENY),
}
TARMAC = {
    "config/organization.yaml": """\
organization:
  name: corp
  domain: corp.io
  primary_region: eu-west-1
  additional_regions: [us-east-1]
  tags: {Owner: platform}
contacts: {}
service_control_policies:
  policies:
    - name: Guard
      policy_file: policies/scp/guard.json
      enforced: false
      targets: [root, Prod, shop]
ou_structure:
  - name: Security
  - name: Workloads
    children:
      - name: Prod
cloudtrail: {log_archive_account: log-archive}
""",
    "config/accounts.yaml": """\
accounts:
  - {name: log-archive, email: l@corp.io, ou: Security}
  - {name: audit, email: a@corp.io, ou: Security, tags: {Owner: security}}
  - name: shop
    email: s@corp.io
    ou: Prod
    baseline: {delete_default_vpc: true}
""",
    "policies/scp/guard.json": json.dumps(DENY),
}


def resource(kind: str, name: str, /, **values: Any) -> dict[str, Any]:
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name, "values": values}


STATE: dict[str, Any] = {
    "format_version": "1.0",
    "values": {
        "root_module": {
            "resources": [
                resource(
                    "aws_organizations_organization", "this", id="o-abcdefghij", master_account_id="111122223333",
                    roots=[{"id": "r-abcd"}], aws_service_access_principals=["config.amazonaws.com", "sso.amazonaws.com"],
                    enabled_policy_types=["SERVICE_CONTROL_POLICY", "TAG_POLICY"],
                    accounts=[{"id": "111122223333", "name": "Payer", "email": "m@corp.io"}],
                ),
                resource("aws_organizations_organizational_unit", "prod", id="ou-abcd-2", name="prod", parent_id="ou-abcd-1"),
                resource("aws_organizations_organizational_unit", "top", id="ou-abcd-1", name="workloads", parent_id="r-abcd"),
                resource("aws_s3_bucket", "logs", id="logs"),
                resource("aws_s3_bucket", "more", id="more"),
            ],
            "child_modules": [
                {
                    "resources": [
                        resource("aws_organizations_account", "shop", id="012345670123", name="Shop", email="s@corp.io", parent_id="ou-abcd-2", tags={"a": "b"}),
                        resource("aws_organizations_account", "log", id="222233334444", name="Log Archive", email="l@corp.io", parent_id="r-abcd", tags=None),
                        resource("aws_organizations_account", "audit", id="333344445555", name="Audit", email="a@corp.io", parent_id="ou-elsewhere", tags={}),
                        resource("aws_organizations_policy", "guard", id="p-1", name="Guard", description="", type="SERVICE_CONTROL_POLICY", content=json.dumps(DENY)),
                        resource("aws_organizations_policy_attachment", "root", policy_id="p-1", target_id="r-abcd"),
                        resource("aws_organizations_policy_attachment", "prod", policy_id="p-1", target_id="ou-abcd-2"),
                        resource("aws_organizations_policy_attachment", "gone", policy_id="p-1", target_id="ou-gone"),
                        resource("aws_organizations_delegated_administrator", "config", account_id="333344445555", service_principal="config.amazonaws.com"),
                    ]
                }
            ],
        }
    },
}  # fmt: skip
TERRAFORM = {"state.json": json.dumps(STATE, indent=1)}
FILES = {"lza": (LZA, "."), "org-formation": (ORG_FORMATION, "organization.yml"), "cfct": (CFCT, "."),
         "terraform": (TERRAFORM, "state.json"), "tarmac": (TARMAC, "config/organization.yaml")}  # fmt: skip


@pytest.fixture
def imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Written]:
    """The config of a tool's files."""

    def build(tool: str) -> Written:
        texts, path = FILES[tool]
        lay(tmp_path / "theirs", texts)
        monkeypatch.chdir(tmp_path)
        draft = listing_of(tool, Path("theirs") / path).draft(Asked(home_region="eu-west-1"))
        return write_folder(draft, tmp_path / "org")

    return build


def lay(folder: Path, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


def line(texts: dict[str, str], file: str, words: str) -> int:
    return next(n for n, each in enumerate(texts[file].splitlines(), 1) if words in each)


def test_every_tool_is_tried() -> None:
    assert set(FILES) == set(READERS) == set(SOURCES)


def test_landing_zone_accelerator(imported: Callable[[str], Written]) -> None:
    written = imported("lza")
    found = written.organization
    assert found.governed_regions == ("eu-west-1", "us-east-1")
    assert (found.management, found.log_archive, found.security_tooling) == ("management", "log-archive", "audit")
    assert [key for key, unit in found.units.items() if unit.full_access is False] == ["workloads/prod"]
    assert [key for key, account in found.accounts.items() if account.full_access is False] == ["shop"]
    assert (found.accounts["shop"].id, found.accounts["shop"].unit) == ("012345670123", "workloads/prod")
    assert found.member_role == "AWSControlTowerExecution"
    assert set(found.guarded) == {"root", "unit/workloads/prod", "account/shop", "unit/workloads", "unit/quarantine"}
    assert (found.quarantine, found.guarded["unit/quarantine"]) == ("quarantine", ("quarantine",))
    (statement,) = found.guardrails["guard"].document["Statement"]
    spared = statement["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert spared == [
        "arn:aws:iam::<account:management>:role/AWSControlTowerExecution",
        "arn:aws:iam::*:role/${OTHER}-*",
    ]
    assert found.guardrails["guard"].description == "What nobody may do"
    assert "quarantine" in written.library.policies
    told = "\n".join(map(str, written.left_out))
    for file, words, what in (
        ("organization-config.yaml", "quarantineNewAccounts", "policy Quarantine, attached to the unit Quarantine"),
        ("organization-config.yaml", "excludedAccounts", "`excludedAccounts` of policy Guard"),
        ("organization-config.yaml", "policy: scps/guard.json", "`${OTHER}` in policy Guard"),
        ("accounts-config.yaml", "warm", "`warm` of account Shop"),
        ("global-config.yaml", "logging", "`logging`"),
        ("security-config.yaml", "accessAnalyzer", "`accessAnalyzer`"),
    ):
        assert f"theirs/{file}:{line(LZA, file, words)}:1: {what}" in told


@pytest.mark.parametrize(
    ("theirs", "unit", "told"),
    [
        ("{enable: false, scpPolicyName: Quarantine}", "", ""),
        ("{enable: true, scpPolicyName: Nobody}", "", "quarantineNewAccounts: there is no policy Nobody"),
        ("{enable: true, scpPolicyName: Quarantine}\n#", "quarantine-new-accounts", "stacksets-exec-*"),
    ],
)
def test_new_accounts_of_landing_zone_accelerator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, theirs: str, unit: str, told: str
) -> None:
    """They wait in a unit of their own, even where one is called so already."""
    file = "organization-config.yaml"
    text = LZA[file].replace("{enable: true, scpPolicyName: Quarantine}", theirs)
    text = text.replace("  - name: Security\n", "  - name: Security\n  - name: Quarantine\n") if unit else text
    lay(tmp_path / "theirs", {**LZA, file: text})
    monkeypatch.chdir(tmp_path)
    draft = listing_of("lza", Path("theirs")).draft(Asked())
    written = write_folder(draft, tmp_path / "org")
    assert written.organization.quarantine == unit
    assert [node for node in written.organization.guarded if "quarantine" in node] == ([f"unit/{unit}"] if unit else [])
    found = [str(each) for each in written.left_out if re.search("[nN]ew ?[aA]ccounts", str(each))]
    assert told in "\n".join(found) if told else not found


def test_org_formation(imported: Callable[[str], Written]) -> None:
    written = imported("org-formation")
    found = written.organization
    assert list(found.units) == ["workloads", "workloads/prod"]
    assert found.accounts["payer"].name == "Corp Payer"
    assert (found.accounts["payer"].id, found.management) == ("111122223333", "payer")
    assert (found.accounts["shop"].unit, found.accounts["shop"].tags) == ("workloads/prod", {"budget": "100"})
    assert (found.log_archive, found.security_tooling) == ("log", "audit")
    assert set(found.guarded) == {"root", "unit/workloads/prod"}
    assert found.guardrails["guard"].document == DENY
    told = "\n".join(map(str, written.left_out))
    file = "organization.yml"
    for words, what in (
        ("Alias", "`Alias` of Payer"),
        ("PasswordPolicy: !Ref", "`PasswordPolicy` of Audit"),
        ("!Cmd", "policy Made"),
        ("!Ref Nobody", "!Ref Nobody in `ServiceControlPolicies` of Root: the file has nothing of that name"),
        ("!GetAtt", "`id` of `Tags` of Shop: its value is !GetAtt Shop.AccountId"),
        ("  Words:", "Words (OC::ORG::PasswordPolicy)"),
    ):
        assert f"theirs/{file}:{line(ORG_FORMATION, file, words)}:1: {what}" in told


def test_customizations_for_control_tower(imported: Callable[[str], Written]) -> None:
    written = imported("cfct")
    found = written.organization
    assert list(found.units) == ["security", "workloads", "workloads/prod"]
    assert set(found.guarded) == {
        "root",
        "unit/workloads/prod",
        "account/account-012345670123",
        "account/audit",
    } or set(found.guarded) == {"root", "unit/workloads/prod", "account/012345670123", "account/audit"}
    told = "\n".join(map(str, written.left_out))
    assert f"theirs/manifest.yaml:{line(CFCT, 'manifest.yaml', 'name: baseline')}:1: resource baseline" in told
    assert f"theirs/manifest.yaml:{line(CFCT, 'manifest.yaml', 'enable_stack')}:1: `enable_stack_set_deletion`" in told
    assert "`organizational_units_exclude` of policy guard: not carried over" in told
    assert "account Log Archive: a manifest has neither its e-mail address nor its unit" in told


def test_terraform(imported: Callable[[str], Written]) -> None:
    written = imported("terraform")
    found = written.organization
    assert (found.id, found.management) == ("o-abcdefghij", "payer")
    assert list(found.units) == ["workloads", "workloads/prod"]
    assert (found.accounts["shop"].id, found.accounts["shop"].unit, found.accounts["shop"].tags) == (
        "012345670123",
        "workloads/prod",
        {"a": "b"},
    )
    assert set(found.guarded) == {"root", "unit/workloads/prod"}
    assert found.delegated_administrators == {"config.amazonaws.com": ("audit",)}
    assert "sso.amazonaws.com" in found.trusted_access
    told = "\n".join(map(str, written.left_out))
    at = line(TERRAFORM, "state.json", '"address": "aws_s3_bucket.logs"')
    assert f"theirs/state.json:{at}:1: aws_s3_bucket.logs and 1 more of aws_s3_bucket: it stays in Terraform" in told
    assert "aws_organizations_policy_attachment.gone: its target ou-gone is not in the state" in told
    assert "the unit of aws_organizations_account.audit: ou-elsewhere is not in the state: put at the root" in told


def test_a_terraform_state_in_one_line_is_told_by_column(tmp_path: Path) -> None:
    text = json.dumps(STATE)
    (tmp_path / "state.json").write_text(text, encoding="utf-8")
    draft = listing_of("terraform", tmp_path / "state.json").draft(Asked(home_region="eu-west-1"))
    column = text.index('"address": "aws_s3_bucket.logs"') + 1
    assert f"state.json:1:{column}: aws_s3_bucket.logs" in "\n".join(map(str, draft.left_out))


def test_tarmac(imported: Callable[[str], Written]) -> None:
    written = imported("tarmac")
    found = written.organization
    assert found.governed_regions == ("eu-west-1", "us-east-1")
    assert list(found.units) == ["security", "workloads", "workloads/prod"]
    assert found.accounts["audit"].tags == {"Owner": "security"}
    assert found.accounts["shop"].tags == {"Owner": "platform"}
    assert set(found.guarded) == {"root", "unit/workloads/prod", "account/shop"}
    told = "\n".join(map(str, written.left_out))
    assert (
        f"organization.yaml:{line(TARMAC, 'config/organization.yaml', 'domain')}:1: `domain` of the organization"
        in told
    )
    assert "`enforced` of policy Guard" in told
    assert f"accounts.yaml:{line(TARMAC, 'config/accounts.yaml', 'baseline')}:1: `baseline` of account shop" in told


@pytest.mark.parametrize("tool", FILES)
def test_damaged_files_are_told_with_their_place(tool: str, tmp_path: Path) -> None:
    texts, path = FILES[tool]
    lay(tmp_path, texts)
    first = tmp_path / path if (tmp_path / path).is_file() else tmp_path / next(iter(texts))
    first.write_text('{"a": [', encoding="utf-8")
    with pytest.raises(LandingError, match=rf"{first.name}:\d+:\d+: not "):
        listing_of(tool, tmp_path / path)


def test_a_policy_outside_of_the_folder_is_not_read(tmp_path: Path) -> None:
    lay(
        tmp_path / "theirs",
        {**CFCT, "manifest.yaml": CFCT["manifest.yaml"].replace("policies/guard.json", "../secret.json")},
    )
    (tmp_path / "secret.json").write_text("{}", encoding="utf-8")
    with pytest.raises(LandingError, match="outside of"):
        listing_of("cfct", tmp_path / "theirs")


def test_the_command_asks_nothing_of_aws(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lay(tmp_path / "theirs", LZA)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert run(["import", "--from", "lza", "theirs", "org"]) == 0
    told = capsys.readouterr().err
    assert "Wrote org: 4 units, 4 accounts, 4 guardrails." in told
    assert "theirs/security-config.yaml:1:1: `accessAnalyzer`" in told
    assert load(tmp_path / "org/config", Library.load(shipped(), tmp_path / "org"))
    assert run(["import", "--from", "org-formation", "theirs/global-config.yaml", "other"]) == 1
    assert "is no organization file of org-formation" in capsys.readouterr().err
    assert run(["import", "--from", "lza", "theirs", "--into", "org"]) == 64
