"""What a guardrail lets through must itself be protected: found at `validate`, proved by `landing prove escalation`."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from landing.cli import run
from landing.core.errors import ConfigError
from landing.library import shipped
from landing.organization import Guardrail, Organization, Target
from landing.policy.escalation import open_escapes, open_ways, ways
from landing.policy.exemptions import Exemption, caught, exemptions, is_boundless, names_roles
from tests.samples import SMALL

Capture = pytest.CaptureFixture[str]
Load = Callable[[str], Organization]
PROTECTED = "guardrails:\n  protect-landing: {target: {units: [root]}}\n"
NETWORK = (
    "  protect-default-network: {target: {units: [workloads]},"
    " parameters: {network_roles: ['arn:{{ partition }}:iam::*:role/network-*']}}\n"
)
TOOLING = "  protect-guardduty: {target: {units: [security]}}\n"


def test_exemptions_are_read_from_documents() -> None:
    def statement(effect: str, operator: str, key: str = "aws:PrincipalArn", **more: str) -> dict:
        return {"Effect": effect, "Action": "*", "Resource": "*", "Condition": {operator: {key: "a"}}, **more}

    spared = ["ArnNotLike", "ArnNotLikeIfExists", "ForAnyValue:StringNotEquals", "stringnotlike", "ArnNotEquals"]
    for operator in spared:
        assert list(exemptions({"Statement": [statement("Deny", operator, "aws:principalARN")]})) == [
            Exemption("#1", ("a",))
        ]
    assert list(exemptions({"Statement": statement("Allow", "ArnLike", Sid="S")})) == [Exemption("S", ("a",))]
    for other in (
        statement("Deny", "ArnLike"),
        statement("Allow", "ArnNotLike"),
        statement("Deny", "StringNotEquals", "aws:PrincipalOrgID"),
        {"Effect": "Deny", "Action": "*", "Resource": "*"},
    ):
        assert list(exemptions({"Statement": [other]})) == []


def test_names_that_a_deny_is_for_are_read_from_documents() -> None:
    documents = [
        (like("arn:aws:iam::*:role/dev/*", "arn:aws:iam::*:role/*", "*"), [("role", "dev/*")]),
        (like("arn:aws:iam::${aws:PrincipalAccount}:role/a-?"), [("role", "a-?")]),
        (like("b", key="aws:USERNAME", operator="ForAnyValue:StringEquals"), [("user", "b")]),
        (like("arn:aws:iam::*:root", "arn:aws:iam::111122223333:*"), []),
        (like("dev-*", key="aws:userid"), []),
        (like("arn:aws:iam::*:role/dev-*", operator="ArnNotLike"), []),
    ]
    for condition, names in documents:
        assert [(each.kind, each.name) for each in caught({"Statement": deny("s3:*", condition)})] == names
    assert not list(caught({"Statement": {**deny("s3:*", like("arn:aws:iam::*:role/a")), "Effect": "Allow"}}))


def test_a_variable_in_an_arn_is_whatever_somebody_tags_themselves_with() -> None:
    condition = {
        "ArnNotLike": {
            "aws:PrincipalArn": ["arn:aws:iam::*:role/${aws:PrincipalTag/x}", "arn:aws:iam::*:role/a-${aws:userid}"]
        }
    }
    [found] = exemptions({"Statement": {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": condition}})
    assert found.patterns == ("arn:aws:iam::*:role/*", "arn:aws:iam::*:role/a-*")
    assert is_boundless(found.patterns[0])


@pytest.mark.parametrize("pattern", ["*", "*:role/x", "arn:aws:iam::*:*", "arn:aws:iam::*:role/*", "arn:*:iam::*:r*/x",
                                     "arn:aws:iam::*:role/?dmin", "arn:aws:iam::*:role/*admin", "arn:aws:iam::1?:role/*"])  # fmt: skip
def test_a_pattern_that_begins_with_anything_is_boundless(pattern: str) -> None:
    assert is_boundless(pattern)


@pytest.mark.parametrize("pattern", ["arn:aws:iam::*:role/a*", "arn:aws:iam::111122223333:role/*", "arn:aws:iam::*:root",
                                     "arn:aws:iam::<account:log-archive>:role/*", "arn:aws:iam::*:user/x*"])  # fmt: skip
def test_a_pattern_with_a_beginning_or_an_account_is_not(pattern: str) -> None:
    assert not is_boundless(pattern)
    assert names_roles(pattern) == (":role/" in pattern)


def problems(load_text: Load, text: str) -> list[str]:
    try:
        load_text(text)
    except ConfigError as error:
        return [f"{p.source.line}:{p.source.column} {p.code} {p.message}" for p in error.problems if p.source]
    return []


@pytest.mark.parametrize("name", ["*", "*admin", "?x", "Organization*", "a b", ""])
def test_the_member_role_is_one_role(load_text: Load, name: str) -> None:
    [problem] = problems(load_text, SMALL + f"access:\n  member_role: '{name}'\n")
    assert problem.startswith(f"{(SMALL + 'access:').count(chr(10)) + 2}:16 ")


@pytest.mark.parametrize("name", ["*", "*admin", "?x", "arn:aws:iam::*:role/*", "arn:aws:iam::*:user/x",
                                  "arn:aws:iam::*:*", "arn:aws:iam::111122223333:role/*admin"])  # fmt: skip
def test_an_exempt_role_says_how_it_begins(load_text: Load, name: str) -> None:
    [problem] = problems(load_text, SMALL + f"access:\n  exempt_roles: [break-glass, '{name}']\n")
    assert ":31 LZ350" in problem


def test_a_parameter_says_how_the_names_begin(load_text: Load) -> None:
    text = SMALL + PROTECTED + NETWORK.replace("role/network-*", "role/*-network")
    [problem] = problems(load_text, text)
    line = text.count("\n")
    column = text.splitlines()[line - 1].index("'arn") + 1
    assert problem.startswith(f"{line}:{column} LZ350 `arn:aws:iam::*:role/*-network` lets through")


def test_what_parameters_let_through_is_protected(load_text: Load) -> None:
    organization = load_text(SMALL + PROTECTED + NETWORK + TOOLING)
    assert organization.admitted_roles == (
        *organization.exempt_roles,
        "arn:aws:iam::*:role/network-*",
        "arn:aws:iam::<account:security-tooling>:role/*",
    )
    [roles] = [s for s in organization.guardrails["protect-landing"].document["Statement"] if s["Sid"] == "Roles"]  # type: ignore[union-attr,index,call-overload]
    assert roles["Resource"] == list(organization.admitted_roles)  # type: ignore[index,call-overload]
    assert list(open_ways(organization)) == []
    assert {proof.result for _, proof in ways(organization)} == {"proved"}


def test_what_nothing_protects_is_an_error_with_the_path(load_text: Load) -> None:
    text = SMALL + "guardrails:\n" + NETWORK
    [*_, problem] = problems(load_text, text)
    assert "LZ349 guardrail `protect-default-network`: Internet lets `arn:aws:iam::*:role/network-*` through" in problem
    assert "role/anybody with iam:CreateRole on arn:aws:iam::" in problem
    assert ":role/network-x in shop-" in problem


@pytest.mark.parametrize(
    ("who", "action"),
    [("iam::*:user/network-*", "iam:CreateUser"), ("sts::*:federated-user/network-*", "sts:GetFederationToken")],
)
def test_users_that_anybody_can_make_are_an_error_as_roles_are(load_text: Load, who: str, action: str) -> None:
    [problem] = problems(load_text, SMALL + PROTECTED + NETWORK.replace("iam::*:role/network-*", who))
    assert "LZ349 guardrail `protect-default-network`" in problem
    assert f"role/anybody with {action} on arn:aws:" in problem


def test_a_user_is_also_made_by_giving_another_its_name(load_text: Load) -> None:
    text = SMALL + PROTECTED + NETWORK.replace(":role/", ":user/") + "  deny-iam-users: {target: {units: [root]}}\n"
    [problem] = problems(load_text, text)
    assert "role/anybody with iam:UpdateUser on arn:aws:iam::" in problem


def test_what_is_protected_elsewhere_is_an_error_too(load_text: Load) -> None:
    text = SMALL + PROTECTED.replace("root", "security") + NETWORK
    assert "network-x in shop-" in problems(load_text, text)[-1]


def test_of_exempt_roles_that_nothing_protects_one_is_warned(config: Callable[..., Path], capsys: Capture) -> None:
    folder = config(SMALL + "guardrails:\n  deny-iam-users: {target: {units: [workloads]}}\n")
    assert run(["validate", "--config", str(folder)]) == 0
    told = capsys.readouterr()
    assert (told.out + told.err).count("LZ349") == 1


@pytest.fixture(scope="module")
def base(load_text: Load) -> Organization:
    return load_text(SMALL)


DEV = "arn:aws:iam::*:role/dev-*"


def deny(actions: str | list[str], condition: dict[str, Any], **more: Any) -> dict[str, Any]:
    resource = {} if "NotResource" in more else {"Resource": "*"}
    return {"Sid": "Dev", "Effect": "Deny", "Action": actions, **resource, "Condition": condition, **more}


def like(*patterns: str, operator: str = "ArnLike", key: str = "aws:PrincipalArn") -> dict[str, Any]:
    return {operator: {key: list(patterns)}}


def attached(
    base: Organization, *statements: dict[str, Any], policy_type: str = "SERVICE_CONTROL_POLICY"
) -> Organization:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    rail = Guardrail("dev", "dev", policy_type, "", document, Target(units=("workloads",)))
    return replace(base, guardrails={"dev": rail})


NAMED = deny(["iam:CreateRole", "iam:CreateUser"], like(DEV), NotResource=DEV, Sid="Names")


@pytest.mark.parametrize(
    ("statements", "left_by"),
    [
        ([deny("s3:*", like(DEV))], "role/dev-x with iam:CreateRole on arn:aws:iam::"),
        ([deny("s3:*", like(DEV, "arn:aws:iam::*:role/o*"))], ":role/anybody"),
        ([deny("s3:*", like(DEV, operator="StringLikeIfExists"))], "iam:CreateRole"),
        ([deny("s3:*", like("*:role/dev-*", operator="StringLike"))], "iam:CreateRole"),
        ([deny("s3:*", like("arn:aws:iam::*:user/dev-*"))], "user/dev-x with iam:CreateRole"),
        ([deny("s3:*", like("dev-*", operator="StringLike", key="aws:username"))], "user/dev-x with iam:CreateRole"),
        ([deny("s3:*", like(DEV)), {**NAMED, "Action": "iam:CreateRole"}], "role/dev-x with iam:CreateUser"),
        ([deny("s3:*", like(DEV)), NAMED], ""),
        ([deny("s3:*", like(DEV)), deny(["iam:CreateRole", "iam:CreateUser"], {}, NotResource=DEV)], ""),
        ([deny("*", like(DEV))], ""),
        ([deny("s3:*", like("arn:aws:iam::*:root"))], ""),
        ([deny("s3:*", like("arn:aws:iam::*:user/*"))], ""),
        ([deny("s3:*", like("arn:aws:iam::999999999999:role/dev-*"))], ""),
        ([deny("s3:*", like(DEV, operator="ArnNotLike"))], ""),
    ],
)
def test_a_deny_for_a_name_is_left_by_taking_another(
    base: Organization, statements: list[dict[str, Any]], left_by: str
) -> None:
    found = list(open_escapes(attached(base, *statements)))
    assert bool(found) is bool(left_by), found
    assert all(left_by in words for _, _, words in found[:1])
    assert {guard for guard, *_ in found} <= {"dev/Dev", "dev/Names"}


def test_a_deny_of_resources_for_a_name_is_left_as_well(base: Organization) -> None:
    denied = deny("s3:*", like(DEV), Principal="*")
    assert list(open_escapes(attached(base, denied, policy_type="RESOURCE_CONTROL_POLICY")))


def test_a_deny_that_is_left_by_another_name_is_a_warning(config: Callable[..., Path], capsys: Capture) -> None:
    folder = config(SMALL + PROTECTED + "  dev-only: {target: {units: [workloads]}}\n")
    own = folder.parent / "scps" / "dev-only"
    own.mkdir(parents=True)
    text = {"Version": "2012-10-17", "Statement": [deny("sqs:*", like(DEV))]}
    (own / "policy.json").write_text(json.dumps(text))
    (own / "metadata.yaml").write_text("title: t\ndescription: d\ntype: SERVICE_CONTROL_POLICY\nseverity: high\n")
    assert run(["validate", "--config", str(folder)]) == 0
    told = capsys.readouterr()
    assert "warning[LZ375]: guardrail `dev-only`: Dev is for `arn:aws:iam::*:role/dev-*` alone" in told.out + told.err


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, config: Callable[..., Path]) -> Path:
    config(SMALL + "guardrails:\n  deny-iam-users: {target: {units: [workloads]}}\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_escalation_is_refuted_with_its_path(home: Path, capsys: Capture) -> None:
    assert run(["prove", "escalation", "--in", "ou:workloads"]) == 2
    text = capsys.readouterr().out
    assert text.startswith("Refuted for shop-prod and every account like it\n")
    assert "  by deny-iam-users/Users\n" in text
    assert "  counterexample: arn:aws:iam::" in text
    assert " with iam:CreateRole on arn:aws:iam::" in text
    assert run(["prove", "escalation", "--in", "ou:workloads", "--format", "json"]) == 2
    [roles, federation, *_] = json.loads(capsys.readouterr().out)
    assert "iam:CreateRole" in roles["failing"]
    assert roles["let_through_by"] == ["deny-iam-users/Users"]
    assert "iam:UpdateSAMLProvider" in federation["failing"]


def test_an_escalation_is_about_everything(home: Path, capsys: Capture) -> None:
    assert run(["prove", "escalation", "iam:*"]) == 64
    assert run(["prove", "never"]) == 64
    assert run(["prove", "escalation", "--except", "role/x"]) == 64
    assert run(["prove", "escalation", "--in", "nowhere"]) == 64


def test_nobody_becomes_exempt_in_the_shipped_config(
    capsys: Capture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["prove", "escalation", "--config", str(shipped() / "config")]) == 0
    assert "Refuted" not in capsys.readouterr().out


def test_who_is_let_through_in_any_case_is_meant_in_every_case() -> None:
    condition = {"StringNotEqualsIgnoreCase": {"aws:PrincipalArn": "arn:aws:iam::111122223333:role/ops-2"}}
    document = {"Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": condition}]}
    (found,) = exemptions(document)
    assert found.patterns == ("arn:aws:iam::111122223333:role/???-2",)
    assert names_roles(found.patterns[0])
