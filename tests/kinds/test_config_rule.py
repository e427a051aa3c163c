"""Organization rules: Guard policies of files beside the config, accounts left out, rules that a region has not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.library import Library, shipped
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.kinds.conftest import At
from tests.kinds.test_conformance_pack import HOME, OTHER, client
from tests.kinds.test_conformance_pack import OF_IT as OF_PACKS
from tests.samples import SMALL

OF_IT = [kind for kind in KINDS if kind in OF_PACKS or kind.name == "config_rule"]


def text(rules: str) -> str:
    return f"{SMALL}services: {{log_archive: {{}}, config: {{rules: {rules}}}}}\n"


def identifiers(sandbox: Sandbox, cloud: Cloud, key: str, region: str) -> list[str]:
    listed = client(sandbox, cloud, key, region).describe_config_rules()["ConfigRules"]
    return sorted(each["Source"].get("SourceIdentifier", each["Source"]["Owner"]) for each in listed)


def test_a_guard_policy_reaches_members_with_its_text(sandbox: Sandbox, at: At) -> None:
    tables = "tables: {guard: tables, resource_types: ['AWS::DynamoDB::Table'], parameters: {days: 3}, "
    cloud = at(text(f"{{{tables}debug_log_accounts: {{accounts: [shop-dev]}}}}}}"))
    assert cloud.apply(OF_IT).complete
    assert cloud.plan(OF_IT).changes == ()
    (rule,) = client(sandbox, cloud, "shop-prod").describe_config_rules()["ConfigRules"]
    assert rule["Source"]["Owner"] == "CUSTOM_POLICY"
    assert rule["Scope"] == {"ComplianceResourceTypes": ["AWS::DynamoDB::Table"]}
    assert rule["InputParameters"] == '{"days": "3"}'
    administrator = client(sandbox, cloud)
    found = administrator.get_organization_custom_rule_policy(OrganizationConfigRuleName="landing-tables")
    assert found["PolicyText"].startswith("# Tables can be restored")
    (seen,) = administrator.describe_organization_config_rules()["OrganizationConfigRules"]
    accounts = seen["OrganizationCustomPolicyRuleMetadata"]["DebugLogDeliveryAccounts"]
    assert accounts == [cloud.open().tree.account_ids["shop-dev"]]


def test_accounts_are_left_out(sandbox: Sandbox, at: At) -> None:
    cloud = at(text("{ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT, exclude: {units: [workloads/dev]}}}"))
    assert cloud.apply(OF_IT).complete
    assert identifiers(sandbox, cloud, "shop-dev", HOME) == []
    assert identifiers(sandbox, cloud, "shop-prod", HOME) == ["EC2_EBS_ENCRYPTION_BY_DEFAULT"]
    later = at(text("{ebs: {identifier: EC2_EBS_ENCRYPTION_BY_DEFAULT, exclude: {units: [workloads]}}}"))
    changes = later.plan(OF_IT).changes
    kind = next(kind for kind in KINDS if kind.name == "config_rule")
    assert {tuple(kind.weakened(later.organization, change)) for change in changes} == {
        ("excluded also <account:shop-prod>",)
    }


def test_a_rule_is_left_out_where_aws_has_it_not(sandbox: Sandbox, at: At, problems: Any) -> None:
    said = text("{tls: {identifier: CLOUDFRONT_VIEWER_POLICY_HTTPS}}")
    (found,) = [each for each in problems(text=said) if each.code == "LZ366"]
    assert "eu-west-1" in found.message
    assert OTHER not in found.message
    cloud = at(said)
    assert cloud.apply(OF_IT).complete
    assert identifiers(sandbox, cloud, "shop-prod", HOME) == []
    assert identifiers(sandbox, cloud, "shop-prod", OTHER) == ["CLOUDFRONT_VIEWER_POLICY_HTTPS"]


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("{a: {}}", "either an identifier or a Guard policy"),
        ("{a: {identifier: REQUIRED_TAGS, guard: tables}}", "either an identifier or a Guard policy"),
        ("{a: {guard: table}}", "no guard/table.guard"),
        ("{a: {identifier: CLOUD_TRAIL_ENABLED, debug_log_accounts: {units: [root]}}}", "only a Guard policy"),
    ],
)
def test_what_cannot_be_is_told(problems: Callable[..., list[Diagnostic]], rules: str, words: str) -> None:
    found = [each for each in problems(text=text(rules)) if each.code == "LZ422"]
    assert [words in each.message for each in found] == [True]
    assert found[0].source is not None


@pytest.mark.parametrize(("policy", "words"), [("\n", "empty"), ("# " + "x" * 10_000, "10,002 characters")])
def test_a_policy_that_aws_does_not_take_is_told_at_its_file(tmp_path: Path, policy: str, words: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "landing.yaml").write_text(text("{a: {guard: own}}"), encoding="utf-8")
    (tmp_path / "guard").mkdir()
    (tmp_path / "guard" / "own.guard").write_text(policy, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "config", Library.load(shipped(), tmp_path))
    (found,) = caught.value.problems
    assert words in found.message
    assert found.source is not None
    assert Path(found.source.file).name == "own.guard"
