"""What the policies on the way to an account come to, where AWS does not take it: told by drift and at an apply."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from landing.config import load
from landing.engine.plan import Plan
from landing.library import Library, shipped
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL

KIND = BY_NAME["effective_policy"]
ADDRESS = KIND.address("BACKUP_POLICY")
RULE = {"schedule_expression": {"@@assign": "rate(1 day)"}, "target_backup_vault_name": {"@@assign": "vault"}}
BY_TAG = {"iam_role_arn": "arn:aws:iam::$account:role/backup", "tag_key": "backup", "tag_value": ["yes"]}
CHOSEN = {"tags": {"by": {name: {"@@assign": value} for name, value in BY_TAG.items()}}}
WHOLE = {"regions": {"@@assign": ["eu-west-1"]}, "rules": {"daily": RULE}, "selections": CHOSEN}
HALF = {"regions": {"@@assign": ["eu-west-1"]}, "rules": {"daily": RULE}}
META = "title: T\ndescription: D\ntype: BACKUP_POLICY\nseverity: low\n"


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """An organization with a backup policy, and one of a person's that lacks a part, at one account."""
    folder = tmp_path_factory.mktemp("backup")
    (folder / "scps" / "daily").mkdir(parents=True)
    (folder / "scps" / "daily" / "policy.json").write_text(json.dumps({"plans": {"daily": WHOLE}}))
    (folder / "scps" / "daily" / "metadata.yaml").write_text(META)
    (folder / "config").mkdir()
    (folder / "config" / "all.yaml").write_text(SMALL + "guardrails: {daily: {target: {units: [workloads]}}}\n")
    organization, _ = load(folder / "config", Library.load(shipped(), folder))
    with Sandbox() as sandbox:
        found = Cloud(sandbox, organization)
        assert found.apply().complete
        yield found


@pytest.fixture(scope="module")
def spoilt(cloud: Cloud) -> Plan:
    """The plan after a person has attached a policy without selections."""
    assert list(KIND.read(cloud.organization, cloud.open(), next(KIND.scopes(cloud.organization)))) == []
    client = cloud.open(read_only=False).client("organizations")
    policy = client.create_policy(
        Name="by-hand", Description="", Type="BACKUP_POLICY", Content=json.dumps({"plans": {"half": HALF}})
    )["Policy"]["PolicySummary"]["Id"]
    account = cloud.open().tree.account_ids["shop-dev"]
    client.attach_policy(PolicyId=policy, TargetId=account)
    return cloud.plan()


def test_drift_names_the_accounts_and_why_and_where_the_config_asks_for_the_type(cloud: Cloud, spoilt: Plan) -> None:
    assert ADDRESS in spoilt.unmanaged
    told = KIND.astray(spoilt.described[ADDRESS])
    assert "does not take what the policies come to in shop-dev (plans/half/selections: " in told
    assert "they keep what was valid before" in told
    assert KIND.named_at(cloud.organization, ADDRESS) == cloud.organization.policy_types["BACKUP_POLICY"]


def test_an_apply_that_touches_such_policies_says_so(cloud: Cloud, spoilt: Plan) -> None:
    client = cloud.open(read_only=False).client("organizations")
    (ours,) = (
        each for each in client.list_policies(Filter="BACKUP_POLICY")["Policies"] if each["Name"].endswith("daily")
    )
    client.update_policy(PolicyId=ours["Id"], Description="by hand")
    result = cloud.apply()
    assert not result.failed
    assert "LZ515" in result.unsettled[ADDRESS].text
    assert "shop-dev" in result.unsettled[ADDRESS].text


def test_many_accounts_are_one_finding(cloud: Cloud) -> None:
    described = KIND.description({"accounts": [f"a{number}" for number in range(9)], "reasons": []})
    assert described["accounts"] == "a0, a1, a2, a3, a4 and 4 others"
    assert "(" not in KIND.astray(described)
