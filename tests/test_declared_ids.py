"""Ids that the config declares: held by the account that is meant, or an error that says what AWS has."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from landing.aws import live_names
from landing.aws.declared_ids import Present, unheld
from landing.core.errors import ConfigError
from landing.core.model import Address, Diagnostic
from landing.organization import TAG, Organization
from landing.sandbox import Sandbox
from tests.cloud import Cloud, Story
from tests.samples import FULL, SMALL

LIVE = {"Id": "o-abcdefghij", "MasterAccountId": "100000000001"}
MANAGEMENT = Present("100000000001", "Management", "m@example.com", "ACTIVE", "management")
PROD = Present("100000000002", "Shop Prod", "sp@example.com", "ACTIVE", "shop-prod")
DEV = Present("100000000003", "Shop Dev", "sd@example.com", "ACTIVE", "shop-dev")
STRAY = Present("123456789012", "Stray", "stray@example.com", "ACTIVE", "")
ALL = (MANAGEMENT, PROD, DEV, STRAY)


@pytest.fixture
def wanted(organization: Callable[..., Organization]) -> Callable[..., Organization]:
    """SMALL, in which some accounts have ids: `wanted(shop_dev="…")`."""

    def build(**ids: str) -> Organization:
        text = SMALL
        for name, account_id in ids.items():
            key = name.replace("_", "-")
            text = text.replace(f"  {key}: {{", f"  {key}: {{id: '{account_id}', ")
        return organization(text=text)

    return build


def told(wanted: Organization, *present: Present, live: dict[str, str] | None = LIVE) -> list[tuple[str, str]]:
    return [(each.message, each.help) for each in unheld(wanted, live, present or ALL)]


def test_ids_of_the_accounts_that_are_meant_are_held(wanted: Callable[..., Organization]) -> None:
    assert told(wanted()) == []
    assert told(wanted(management=MANAGEMENT.id, shop_prod=PROD.id, shop_dev=DEV.id)) == []
    assert told(wanted(shop_dev=STRAY.id), MANAGEMENT, PROD, STRAY) == []  # adopted, whatever its e-mail


UNMARKED = replace(DEV, mark="")
NOBODY = (MANAGEMENT, PROD, STRAY)


@pytest.mark.parametrize(
    ("account_id", "present", "message", "help_"),
    [
        ("999999999999", ALL, "organization o-abcdefghij has no account 999999999999",
         "the account that is marked as `shop-dev` is 100000000003 (Shop Dev): correct the id"),
        ("999999999999", (*NOBODY, replace(UNMARKED, email="SD@Example.com")), "has no account 999999999999",
         "the account with the e-mail SD@Example.com is 100000000003 (Shop Dev): correct the id, or leave it out"),
        ("123456780912", NOBODY, "has no account 123456780912", "did you mean 123456789012 (Stray)?"),
        ("123456789021", NOBODY, "has no account 123456789021", "did you mean 123456789012 (Stray)?"),
        ("999999999999", NOBODY, "has no account 999999999999",
         "correct the id, or leave the id out to have the account created; an account from elsewhere is invited"),
        (MANAGEMENT.id, ALL, "account 100000000001 (Management) is the management account, which the config calls "
         "`management`", "correct the id, or make `shop-dev` the `roles.management`"),
        (PROD.id, ALL, "account 100000000002 (Shop Prod) is marked as `shop-prod`, not as `shop-dev`",
         "the config has `shop-prod` at "),
        (STRAY.id, (*NOBODY[:2], replace(STRAY, mark="old")), "account 123456789012 (Stray) is marked as `old`",
         "when the key `old` was changed, change it back, or give the account the tag landing:id=shop-dev"),
        (STRAY.id, ALL, "account 123456789012 (Stray) is not marked, but 100000000003 (Shop Dev) is marked as `shop-dev`",
         "correct the id to 100000000003, or take the tag off that account"),
        (DEV.id, (*NOBODY, replace(DEV, state="SUSPENDED")), "account 100000000003 (Shop Dev) is SUSPENDED",
         "AWS Support says why"),
        (DEV.id, (*NOBODY, replace(DEV, state="PENDING_CLOSURE")), "is PENDING_CLOSURE", "remove it from the config"),
        (DEV.id, (*NOBODY, replace(DEV, state="CLOSED")), "is CLOSED", "for 90 days AWS Support can open it again"),
    ],
)  # fmt: skip
def test_an_id_that_is_not_held_says_what_aws_has(
    wanted: Callable[..., Organization], account_id: str, present: tuple[Present, ...], message: str, help_: str
) -> None:
    ((said, hint),) = told(wanted(shop_dev=account_id), *present)
    assert message in said
    assert help_ in hint


def test_a_closed_account_of_the_same_mark_stands_in_nobodys_way(wanted: Callable[..., Organization]) -> None:
    """The account was closed, and another is adopted in its place: AWS lists the first for 90 days more."""
    organization = wanted(shop_dev=STRAY.id)
    closed = replace(DEV, state="CLOSED")
    assert told(organization, MANAGEMENT, STRAY, closed) == []
    found = [{"Id": each.id, "Name": each.name, "Email": each.email, "State": each.state} for each in (STRAY, closed)]
    marks = {STRAY.id: "", DEV.id: "shop-dev"}
    named = live_names.accounts(organization, MANAGEMENT.id, found, marks, {})
    assert [(each.id, each.key) for each in named] == [(STRAY.id, "shop-dev"), (DEV.id, DEV.id)]


def test_without_an_organization_only_the_management_account_has_an_id(wanted: Callable[..., Organization]) -> None:
    organization = wanted(management=MANAGEMENT.id, shop_prod=PROD.id, shop_dev=DEV.id)
    assert [message for message, _ in told(organization, live=None)] == [
        f"account {each.id} cannot be in the organization, which does not exist yet" for each in (PROD, DEV)
    ]


def test_an_account_without_an_address_is_told_what_creating_it_needs(
    organization: Callable[..., Organization],
) -> None:
    text = SMALL.replace("email: sd@example.com", "id: '999999999999'")
    ((_, hint),) = told(organization(text=text), *NOBODY)
    assert "leave the id out and give `email` to have the account created" in hint


def test_every_problem_has_its_place(wanted: Callable[..., Organization]) -> None:
    found: list[Diagnostic] = list(unheld(wanted(shop_prod="999999999998", shop_dev="999999999999"), LIVE, ALL))
    assert [each.code for each in found] == ["LZ501"] * 2
    assert [str(each.source).rpartition("landing.yaml:")[2] for each in found] == ["18:19", "19:18"]
    assert [each.pointer for each in found] == [("accounts", "shop-prod", "id"), ("accounts", "shop-dev", "id")]


def with_id(key: str, account_id: str) -> str:
    return FULL.replace(f"  {key}: {{", f"  {key}: {{id: '{account_id}', ")


def test_an_account_with_a_role_is_entered_by_its_id_when_its_mark_says_the_same(creation: Story, load_text) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        held = Cloud(sandbox, creation.organization).open().tree.account_ids["log-archive"]
        aws = Cloud(sandbox, load_text(with_id("log-archive", held))).open()
        assert aws.tree.account_id("log-archive") == held
        assert aws.calls["organizations", "ListAccounts"] == 0


def test_an_account_that_is_not_ours_is_not_entered(creation: Story, load_text) -> None:
    """The role there is of the same name in every organization: it is not tried."""
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        aws = Cloud(sandbox, load_text(with_id("log-archive", "999999999999"))).open()
        with pytest.raises(ConfigError, match="has no account 999999999999"):
            aws.tree.account_id("log-archive")
        assert aws.calls["sts", "AssumeRole"] == 0


def test_an_account_is_adopted_by_its_id(creation: Story, load_text) -> None:
    with Sandbox() as sandbox:
        sandbox.load(creation.end)
        shop = Cloud(sandbox, creation.organization).open().tree.account_ids["shop-dev"]
        sandbox.session().client("organizations").untag_resource(ResourceId=shop, TagKeys=[TAG])
        text = with_id("shop-dev", shop).replace("email: sd@example.com, ", "")
        (change,) = Cloud(sandbox, load_text(text)).plan().changes
        assert (change.address, change.action.value) == (Address("account", "shop-dev"), "adopt")
        assert change.adopts
