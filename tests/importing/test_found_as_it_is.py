"""What a config says of things that it would have otherwise: untrusted services, nested policies, what is accepted."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from landing.config import load
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic
from landing.library import Library, shipped
from landing.organization import Organization
from tests.samples import FULL, SMALL

Load = Callable[..., Organization]
Find = Callable[..., list[Diagnostic]]
STACKSETS, ACCOUNT = "member.org.stacksets.cloudformation.amazonaws.com", "account.amazonaws.com"


def with_top(line: str, text: str = SMALL) -> str:
    return text.replace("organization:\n", f"organization:\n  {line}\n", 1)


def test_what_is_untrusted_is_not_desired(organization: Load) -> None:
    assert {ACCOUNT, STACKSETS} <= set(organization().trusted_access)
    text = with_top(f"untrusted: [{ACCOUNT}, {STACKSETS}]")
    assert not {ACCOUNT, STACKSETS} & set(organization(text=text).trusted_access)


@pytest.mark.parametrize(
    ("principal", "extra", "why"),
    [
        (ACCOUNT, "trusted_access: {account: {administrator: shop-dev}}", "it is trusted at"),
        (STACKSETS, "baselines: {security-audit-role: {target: {units: [root]}}}", "the config has stack sets"),
    ],
)
def test_what_is_needed_cannot_be_untrusted(problems: Find, principal: str, extra: str, why: str) -> None:
    text = with_top(f"untrusted: [{principal}]")
    text, extra = (with_top(extra, text), "") if extra.startswith("trusted") else (text, extra)
    (found,) = [each for each in problems(extra, text=text) if each.code == "LZ380"]
    assert why in found.message
    assert found.pointer == ("organization", "untrusted", 0)


def test_contacts_need_the_account_service(problems: Find) -> None:
    assert "LZ380" in {each.code for each in problems(text=with_top(f"untrusted: [{ACCOUNT}]", FULL))}


def test_nested_is_attached_where_the_target_says_and_not_only_at_the_top(organization: Load) -> None:
    guardrail = "guardrails: {deny-iam-users: {target: {units: [root, workloads], accounts: [shop-dev]}%s}}"
    assert set(organization(guardrail % "").guarded) == {"root"}
    assert set(organization(guardrail % ", nested: true").guarded) == {"root", "unit/workloads", "account/shop-dev"}


def test_what_a_policy_accepts_is_a_warning_of_it(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "a.yaml").write_text(SMALL + "guardrails: {mine: {target: {units: [workloads]}}}\n")
    folder = tmp_path / "scps" / "mine"
    folder.mkdir(parents=True)
    condition = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/*Admin"}}
    statement = {"Effect": "Deny", "Action": "s3:DeleteBucket", "Resource": "*", "Condition": condition}
    (folder / "policy.json").write_text(json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    about = "title: a\ndescription: a\ntype: SERVICE_CONTROL_POLICY\nseverity: low\n"
    (folder / "metadata.yaml").write_text(about)
    with pytest.raises(ConfigError) as refused:
        load(tmp_path / "config", Library.load(shipped(), tmp_path))
    codes = {each.code for each in refused.value.problems if each.severity == "error"}
    assert codes == {"LZ350"}
    (folder / "metadata.yaml").write_text(about + "accepted: [LZ349, LZ350, LZ312]\n")
    _, warnings = load(tmp_path / "config", Library.load(shipped(), tmp_path))
    assert {each.code for each in warnings} >= codes


def test_an_account_that_is_there_keeps_a_name_that_aws_would_give_to_none(problems: Find) -> None:
    text = SMALL.replace("{name: Shop Dev,", '{name: "a <b>",')
    assert "AWS does not take `<>` there" in str(problems(text=text))
    assert not problems(text=text.replace("a <b>", "x" * 100).replace("email: sd@", 'id: "111122223333", email: sd@'))
