"""Accounts: asked for once whatever happens to the answers, and what is said of those that cannot be had."""

from __future__ import annotations

from typing import Any

import pytest

from landing.core.model import Address
from tests.cloud import BY_NAME, Cloud, Cut, DyingAws
from tests.kinds.conftest import At
from tests.samples import SMALL

KINDS = [BY_NAME[name] for name in ("organization", "trusted_access", "unit", "account")]
ACCOUNTS = ("log-archive", "security-tooling", "shop-prod", "shop-dev")
SHOP_DEV = Address("account", "shop-dev")
TWINS = SMALL.replace("name: Shop Dev, email", "name: Shop Prod, email")
"""Two accounts that only their e-mail addresses tell apart."""


@pytest.fixture
def cloud(at: At) -> Cloud:
    return at(SMALL)


def by_email(cloud: Cloud) -> dict[str, str]:
    """Account key by e-mail address, as the tree of a new run has it."""
    return {account.email: key for key, account in cloud.open().tree.accounts.items()}


def requests(cloud: Cloud) -> list[str]:
    """The states of all requests for accounts, once they have come to an end."""
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    listed: list[dict[str, Any]] = (
        cloud.sandbox.session().client("organizations").list_create_account_status()["CreateAccountStatuses"]
    )
    return sorted(one["State"] for one in listed)


def settled(cloud: Cloud) -> None:
    """All four are there, once each, where they belong."""
    assert cloud.plan(KINDS).changes == ()
    assert len(cloud.sandbox.world.accounts) == 1 + len(ACCOUNTS)
    assert set(by_email(cloud).values()) == {"management", *ACCOUNTS}


@pytest.mark.parametrize("by", ["reset", "error"])
def test_a_lost_answer_makes_no_second_account_and_no_failure(cloud: Cloud, by: str) -> None:
    cloud.sandbox.faults.lose("organizations", "CreateAccount", by=by, times=2)
    result = cloud.apply(KINDS)
    assert result.complete, result.failed
    assert requests(cloud) == ["FAILED"] * 2 + ["SUCCEEDED"] * 4
    settled(cloud)


@pytest.mark.parametrize("operation", ["MoveAccount", "TagResource", "CloseAccount", "PutAccountName"])
def test_other_answers_may_be_lost_too(cloud: Cloud, operation: str) -> None:
    cloud.sandbox.faults.lose("*", operation, times=3)
    assert cloud.apply(KINDS).complete
    settled(cloud)


def test_a_closed_account_whose_answer_was_lost_is_closed(cloud: Cloud, at: At) -> None:
    assert cloud.apply(KINDS).complete
    less = at("\n".join(line for line in SMALL.splitlines() if "shop-dev" not in line))
    cloud.sandbox.faults.lose("organizations", "CloseAccount")
    assert less.apply(KINDS).complete
    assert cloud.open().tree.accounts["shop-dev"].state in ("PENDING_CLOSURE", "CLOSED")


def killed_after_each_write(cloud: Cloud) -> None:
    """Runs that die as soon as a write has taken effect, until one has nothing to write any more."""
    for _ in range(100):
        try:
            result = cloud.apply(KINDS, aws=DyingAws(cloud.organization, writes=0, after_effect=True))
        except Cut:
            continue
        assert result.complete, result.failed
        return
    raise AssertionError("it comes to no end")


@pytest.mark.parametrize("latency", [1, 20])
@pytest.mark.parametrize("text", [SMALL, TWINS], ids=["different names", "one name twice"])
def test_requests_of_runs_that_were_killed_are_joined(at: At, text: str, latency: int) -> None:
    cloud = at(text)
    cloud.sandbox.world.clock.latency = latency
    killed_after_each_write(cloud)
    settled(cloud)
    assert requests(cloud) == ["SUCCEEDED"] * 4
    assert by_email(cloud)["sd@example.com"] == "shop-dev"


def test_an_account_that_is_not_listed_yet_is_not_asked_for_again(cloud: Cloud) -> None:
    (change,) = [change for change in cloud.plan(KINDS).changes if change.address == SHOP_DEV]
    assert cloud.apply(KINDS).complete
    aws = cloud.open(read_only=False)
    del aws.tree.accounts["shop-dev"]  # as an account that was made a second ago, which ListAccounts does not have
    BY_NAME["account"].apply(cloud.organization, aws, change)
    settled(cloud)
    assert requests(cloud) == ["SUCCEEDED"] * 4


def test_two_accounts_of_one_name_are_two(at: At) -> None:
    cloud = at(TWINS)
    assert cloud.apply(KINDS).complete
    settled(cloud)
    emails = by_email(cloud)
    assert (emails["sp@example.com"], emails["sd@example.com"]) == ("shop-prod", "shop-dev")


def test_a_request_by_another_name_is_recognised_by_its_address(cloud: Cloud) -> None:
    client = cloud.open(read_only=False).client("organizations")
    client.create_account(Email="sd@example.com", AccountName="Shop", Tags=[])
    result = cloud.apply(KINDS)
    assert result.complete, result.failed
    settled(cloud)
    assert requests(cloud) == ["FAILED"] + ["SUCCEEDED"] * 4


def test_an_address_of_someone_else_fails_alone_and_says_what_to_do(cloud: Cloud) -> None:
    cloud.sandbox.world.account("999999999999")
    cloud.sandbox.world.change_email("999999999999", "SD@example.com")
    result = cloud.apply(KINDS)
    assert set(result.failed) == {SHOP_DEV}
    assert result.blocked == {}
    reason = result.failed[SHOP_DEV].text
    assert "EMAIL_ALREADY_EXISTS: account shop-dev (sd@example.com) was not created" in reason
    assert "outside of this organization" in reason
    assert "give another address" in reason


def test_a_full_organization_fails_with_the_quota_to_raise(cloud: Cloud) -> None:
    cloud.sandbox.world.options["account_quota"] = 3
    result = cloud.apply(KINDS)
    assert len(result.failed) == 2
    for reason in result.failed.values():
        assert reason.aws_code == "ACCOUNT_NUMBER_LIMIT_EXCEEDED"
        assert "Default maximum number of accounts" in reason.text
    cloud.sandbox.world.options["account_quota"] = 10
    assert cloud.apply(KINDS).complete
    settled(cloud)


def test_requests_of_others_are_waited_for(cloud: Cloud) -> None:
    client = cloud.open(read_only=False).client("organizations")
    for number in range(5):
        client.create_account(Email=f"other{number}@example.com", AccountName="Other")
    cloud.sandbox.world.options["account_quota"] = 20
    result = cloud.apply(KINDS)
    assert result.complete, result.failed


def test_a_young_organization_is_waited_for(cloud: Cloud) -> None:
    cloud.sandbox.faults.reject("organizations", "CreateAccount", code="FinalizingOrganizationException", times=30)
    assert cloud.apply(KINDS).complete
    settled(cloud)


def test_a_creation_without_end_is_given_up_and_resumed(at: At) -> None:
    cloud = at(SMALL + "timeouts: {account: 2m}\n")
    cloud.sandbox.world.clock.latency = 1_000
    result = cloud.apply(KINDS)
    assert len(result.failed) == len(ACCOUNTS)
    assert all("is not done after 2m; run again to resume" in reason.text for reason in result.failed.values())
    assert all("`timeouts: {account: …}`" in reason.text for reason in result.failed.values())
    cloud.sandbox.world.clock.latency = 1
    cloud.sandbox.world.clock.advance(cloud.sandbox.world, 1_000)
    assert cloud.apply(KINDS).complete
    settled(cloud)
    assert requests(cloud) == ["SUCCEEDED"] * 4


def test_a_request_that_is_not_seen_yet_is_waited_for(cloud: Cloud) -> None:
    cloud.sandbox.faults.reject(
        "organizations", "DescribeCreateAccountStatus", code="CreateAccountStatusNotFoundException", times=9, status=400
    )
    assert cloud.apply(KINDS).complete
    settled(cloud)
