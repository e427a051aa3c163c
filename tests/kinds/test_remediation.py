"""Remediations: the rule and what mends it go to every account and region, and the role to every account."""

from __future__ import annotations

from typing import Any

import pytest

from landing.sandbox import Sandbox
from tests.kinds.conftest import At
from tests.kinds.test_config_rule import OF_IT
from tests.kinds.test_conformance_pack import HOME, OTHER, client
from tests.samples import REMEDIED, SMALL


def text(remediations: str) -> str:
    return f"{SMALL}services: {{log_archive: {{}}, config: {{remediations: {remediations}}}}}\n"


def test_a_rule_and_what_mends_it_are_everywhere(sandbox: Sandbox, at: At) -> None:
    cloud = at(REMEDIED)
    result = cloud.apply(OF_IT)
    assert result.complete, result.failed
    assert cloud.plan(OF_IT).changes == ()
    for key in ("shop-prod", "management"):
        for region, names in ((HOME, ["landing-password", "landing-public"]), (OTHER, ["landing-public"])):
            found = client(sandbox, cloud, key, region)
            assert sorted(each["ConfigRuleName"] for each in found.describe_config_rules()["ConfigRules"]) == names
            listed = found.describe_remediation_configurations(ConfigRuleNames=names)["RemediationConfigurations"]
            assert len(listed) == len(names)
    public = next(each for each in listed if each["ConfigRuleName"] == "landing-public")
    account = cloud.open().tree.account_ids["management"]
    assert public["Automatic"] is True
    assert public["Parameters"] == {
        "S3BucketName": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        "AutomationAssumeRole": {
            "StaticValue": {"Values": [f"arn:aws:iam::{account}:role/landing-remediation-public"]}
        },
    }
    roles = sandbox.session(cloud.open().tree.account_ids["shop-prod"], region=HOME).client("iam")
    policy: Any = roles.get_role_policy(RoleName="landing-remediation-public", PolicyName="mend")["PolicyDocument"]
    assert policy["Statement"][0]["Action"] == ["s3:PutBucketPublicAccessBlock"]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ("{a: {identifier: NONE, document: AWS-A, permissions: [s3:GetObject]}}", "LZ363"),
        ("{a: {identifier: CLOUD_TRAIL_ENABLED, document: AWS-A, permissions: [s3:Nothing]}}", "LZ423"),
        ("{a: {identifier: CLOUD_TRAIL_ENABLED, document: AWS-A, permissions: []}}", "LZ206"),
        ("{a: {identifier: CLOUD_TRAIL_ENABLED, permissions: [s3:GetObject]}}", "LZ202"),
        (
            "{a: {identifier: CLOUD_TRAIL_ENABLED, parameters: {no: 1}, document: AWS-A, permissions: [s3:GetObject]}}",
            "LZ364",
        ),
    ],
)
def test_what_cannot_be_is_told(problems: Any, wrong: str, code: str) -> None:
    assert code in {each.code for each in problems(text=text(wrong))}
