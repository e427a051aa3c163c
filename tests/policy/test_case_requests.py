"""Cases as requests: who, where, which actions, on what."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.policy import catalog
from landing.policy.testing.case_file import parse
from landing.policy.testing.estate import Estate
from landing.policy.testing.placeholders import UnknownNameError, fill
from landing.policy.testing.requests import Ask, CaseError, asks
from landing.policy.testing.resources import example_of, examples, takes
from landing.policy.testing.suite import Attached, Suite
from tests.policy.cases import ARCHIVE, ESTATE, MANAGEMENT, PLAY, SHOP, TOOLING, deny, document


def made(text: str, at: tuple[str, ...] = ("root",), estate: Estate = ESTATE, **values: Any) -> tuple[Ask, ...]:
    (case,) = parse(f"- {{{text}, expect: denied}}", "f").cases
    policy = Attached("guard", document(deny("Stop", "s3:*", aws=f"{SHOP}")), at=at)
    return asks(case, Suite("guard", Path("f"), (policy,), values), estate)


def the(text: str, key: str, **rest: Any) -> list[Any]:
    return list(dict.fromkeys(str(ask.request[key]) for ask in made(text, **rest)))


def accounts(text: str, **rest: Any) -> list[str]:
    return [arn.split(":")[4] for arn in the(f"try: sts:GetCallerIdentity, {text}", "principal", **rest)]


def test_everywhere_is_each_member_account_that_policies_can_tell_apart() -> None:
    assert accounts("as: root") == [ARCHIVE, TOOLING, SHOP, PLAY]
    twin = {**ESTATE.accounts, "666666666666": ("sandbox",), "777777777777": ("other",)}
    larger = Estate(**{**{key: getattr(ESTATE, key) for key in ESTATE.__slots__}, "accounts": twin})
    assert accounts("as: root", estate=larger) == [ARCHIVE, TOOLING, SHOP, PLAY]
    assert accounts("as: root", estate=larger, at=("root", "other")) == [ARCHIVE, TOOLING, SHOP, PLAY, "777777777777"]


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("anywhere", [ARCHIVE, TOOLING, SHOP, PLAY]),
        ("ordinary", [SHOP, PLAY]),
        ("log_archive", [ARCHIVE]),
        ("security_tooling", [TOOLING]),
        ("management", [MANAGEMENT]),
        ("ou:work", [SHOP]),
        ("ou:Prod", [SHOP]),
        ("ou:work/prod", [SHOP]),
        ("account:shop", [SHOP]),
        (f"account:{PLAY}", [PLAY]),
        ("[ou:sec, account:shop]", [ARCHIVE, TOOLING, SHOP]),
    ],
)
def test_places(place: str, expected: list[str]) -> None:
    assert accounts(f"in: {place}") == expected


def test_a_place_beyond_the_policies_makes_no_request() -> None:
    assert accounts("in: ou:sandbox", at=("work",)) == []
    assert accounts("as: root", at=("work", PLAY)) == [SHOP, PLAY]


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("role/Dev", [f"arn:aws:iam::{SHOP}:role/Dev"]),
        ("role/ops/Dev", [f"arn:aws:iam::{SHOP}:role/ops/Dev"]),
        ("user/ann", [f"arn:aws:iam::{SHOP}:user/ann"]),
        ("root", [f"arn:aws:iam::{SHOP}:root"]),
        ("service/cloudtrail", ["cloudtrail.amazonaws.com"]),
        ("service/logging.s3", ["logging.s3.amazonaws.com"]),
        ("service/ec2.amazonaws.com.cn", ["ec2.amazonaws.com.cn"]),
        ("anonymous", ["anonymous"]),
        ("exempt", [f"arn:aws:iam::{SHOP}:role/landing-x", f"arn:aws:iam::{SHOP}:role/admin"]),
        ("arn:aws:iam::999999999999:role/x", ["arn:aws:iam::999999999999:role/x"]),
        ('"arn:aws:iam::{{ others }}:role/x"', ["arn:aws:iam::a:role/x", "arn:aws:iam::b:role/x"]),
    ],
)
def test_principals(who: str, expected: list[str]) -> None:
    assert the(f"try: sts:GetCallerIdentity, in: account:shop, as: {who}", "principal", others=["a", "b"]) == expected


def test_actions_expand_over_the_catalogue() -> None:
    found = the('try: "guardduty[write]", in: account:shop', "action")
    assert set(found) == {action.text for action in catalog.expand("guardduty[write]")}
    fewer = the('try: "guardduty[write]", but: guardduty:Delete*, in: account:shop', "action")
    assert set(found) - set(fewer) == {action.text for action in catalog.expand("guardduty:Delete*")}


def test_resources_are_examples_of_each_type_or_those_given_that_fit() -> None:
    where = "in: account:shop"
    assert "arn:aws:s3:::example/example" in the(f"try: s3:PutObject, {where}", "resource")
    assert the(f"try: sts:GetCallerIdentity, {where}", "resource") == ["*"]
    assert the(f'try: "kms:CreateAlias", {where}', "resource") == [
        f"arn:aws:kms:eu-west-1:{SHOP}:alias/example",
        f"arn:aws:kms:eu-west-1:{SHOP}:key/example",
    ]
    on = 'on: ["arn:aws:s3:::logs", "arn:aws:s3:::logs/a/b", "arn:aws:s3:::logs-*"]'
    assert the(f'try: "s3:*Bucket", {where}, {on}', "resource") == ["arn:aws:s3:::logs", "arn:aws:s3:::logs-x"]
    assert the(f'try: "s3:*Object", {where}, {on}', "resource") == ["arn:aws:s3:::logs/a/b"]


def test_the_owner_is_named_by_the_arn_or_the_case_or_is_the_account() -> None:
    assert the("try: s3:PutObject, in: account:shop", "resourceAccount") == [SHOP]
    assert the("try: s3:PutObject, in: account:shop, owner: log_archive", "resourceAccount") == [ARCHIVE]
    arn = f'"arn:aws:kms:eu-west-1:{ARCHIVE}:key/1"'
    assert the(f"try: kms:Decrypt, in: account:shop, on: {arn}", "resourceAccount") == [ARCHIVE]


def test_a_list_of_a_parameter_makes_a_request_of_each_but_a_list_of_a_case_is_a_key_of_many() -> None:
    one = 'try: sts:GetCallerIdentity, in: account:shop, with: {aws:RequestedRegion: "{{ governed_regions }}"}'
    assert [ask.request["context"] for ask in made(one)] == [
        {"aws:RequestedRegion": "eu-west-1"},
        {"aws:RequestedRegion": "us-east-1"},
    ]
    many = 'try: sts:GetCallerIdentity, in: account:shop, with: {aws:TagKeys: ["{{ governed_regions }}", a]}'
    assert [ask.request["context"] for ask in made(many)] == [{"aws:TagKeys": ["eu-west-1", "us-east-1", "a"]}]


def test_a_key_without_a_value_is_absent() -> None:
    (ask,) = made("try: sts:GetCallerIdentity, in: account:shop, with: {aws:SecureTransport: null, aws:SourceVpc: ''}")
    assert ask.request["context"] == {"aws:SourceVpc": ""}
    assert ask.without == {"aws:securetransport"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("try: s3:NoSuch", "`s3:NoSuch` names no action of the catalogue"),
        ("try: macie:*", "`macie:*` names no action"),
        ('try: "s3[wrte]"', "is no access level"),
        ("try: s3:PutObject, but: s3:GetObject", "`but: s3:GetObject` takes nothing away"),
        ("try: s3:PutObject, but: s3:Put*", "no action is left"),
        ("try: s3:PutObject, in: ou:nowhere", "there is no `ou:nowhere` in this organization"),
        ("try: s3:PutObject, with: {aws:SourceVcp: x}", "did you mean `aws:SourceVpc`?"),
        ("try: s3:PutObject, in: shop", "there is no `shop` in this organization"),
        ("try: s3:PutObject, as: Developer", "`Developer` is no principal"),
        ("try: s3:PutObject, as: role/", "`role/` is no principal"),
        ('try: s3:PutObject, on: "arn:aws:s3:::bucket"', "s3:PutObject takes no resource like arn:aws:s3:::bucket"),
        ('try: "s3:*Object", on: "arn:aws:sqs:eu-west-1:1:q"', "actions takes a resource like"),
        ('try: s3:PutObject, on: "{{ bucket }}"', "`{{ bucket }}` has no value"),
        ('try: s3:PutObject, with: {aws:SourceVpc: "{{ home_region + 1 }}"}', "eu-west-1 is no whole number"),
    ],
)
def test_cases_that_make_no_sense(text: str, message: str) -> None:
    with pytest.raises(CaseError) as caught:
        made(text)
    assert message in str(caught.value)


def test_nobody_is_exempt_where_there_are_no_exempt_roles() -> None:
    without = Estate("o-1", MANAGEMENT, {SHOP: ()}, "eu-west-1", ("eu-west-1",))
    with pytest.raises(CaseError, match="`exempt` means nobody"):
        made("try: s3:PutObject, as: exempt", estate=without)


def test_every_action_takes_its_own_examples() -> None:
    for action in catalog.all_actions():
        for arn in examples(action, partition="aws", region="eu-west-1", account=SHOP):
            assert takes(action, arn), (action.text, arn)


def test_patterns_have_examples() -> None:
    assert example_of("arn:aws:iam::*:role/a-*", SHOP) == f"arn:aws:iam::{SHOP}:role/a-x"
    assert example_of("arn:aws:s3:::a?c/*", SHOP) == "arn:aws:s3:::axc/x"
    assert example_of("*", SHOP) == "*"


@given(st.lists(st.text("ab", max_size=3), max_size=3), st.lists(st.text("cd", max_size=3), max_size=3))
def test_each_item_of_each_list_is_filled_in_once(ones: list[str], others: list[str]) -> None:
    filled = fill("{{ one }}-{{other}}-{{ one }}", {"one": ones, "other": others})
    assert filled == tuple(f"{one}-{other}-{one}" for one in ones for other in others)


def test_filling_knows_numbers_booleans_and_what_it_does_not_know() -> None:
    assert fill("{{ days - 1 }}/{{ days + 2 }}/{{ on }}/${aws:username}", {"days": 30, "on": True}) == (
        "29/32/true/${aws:username}",
    )
    with pytest.raises(UnknownNameError):
        fill("{{ other }}", {"days": 30})
