"""Contacts that all accounts have of the organization."""

from __future__ import annotations

import pytest

from landing.core.model import Action, Address
from landing.engine.drift import report
from landing.engine.observe import observe
from landing.engine.plan import Origin, make
from landing.services.base import Kinds
from landing.services.registry import KINDS as ALL
from tests.cloud import Cloud, Cut, DyingAws
from tests.kinds.conftest import At, converged
from tests.kinds.test_account import KINDS as BEFORE
from tests.samples import SMALL

KINDS = [*BEFORE, ALL["contacts"]]
SECURITY = "{name: Sec, title: On call, email: sec@example.com, phone: '+1 555 0100'}"
OWN = "{name: Shop, title: Owner, email: shop@example.com, phone: '+1 555 0101'}"
SHARED = SMALL.replace("organization:\n", f"organization:\n  contacts: {{security: {SECURITY}}}\n").replace(
    "tags: {env: dev}", f"contacts: {{security: {OWN}, billing: {OWN}}}"
)


@pytest.fixture
def cloud(at: At) -> Cloud:
    return converged(at(SHARED), KINDS)


def reached(cloud: Cloud, key: str) -> str:
    """The address at which AWS reaches an account."""
    account = cloud.open().tree.account_ids[key]
    client = cloud.sandbox.session(account).client("account")
    address: str = client.get_alternate_contact(AlternateContactType="SECURITY")["AlternateContact"]["EmailAddress"]
    return address


def test_every_account_has_them_but_where_it_has_its_own(cloud: Cloud) -> None:
    emails = {key: reached(cloud, key) for key in cloud.organization.accounts}
    assert emails == {
        "management": "sec@example.com",
        "log-archive": "sec@example.com",
        "security-tooling": "sec@example.com",
        "shop-prod": "sec@example.com",
        "shop-dev": "shop@example.com",
    }


def test_a_plan_asks_for_those_that_an_account_declares_itself_alone(cloud: Cloud) -> None:
    aws = cloud.open()
    assert make(observe(cloud.organization, aws, kinds=Kinds(KINDS)), Origin()).changes == ()
    assert aws.calls["account", "GetAlternateContact"] == 2


def test_a_search_for_drift_asks_for_all(cloud: Cloud) -> None:
    account = cloud.open().tree.account_ids["shop-prod"]
    client = cloud.sandbox.session(account).client("account")
    client.delete_alternate_contact(AlternateContactType="SECURITY")
    assert cloud.plan(KINDS).changes == ()
    plan = cloud.plan(KINDS, detect=True)
    (change,) = plan.changes
    assert change.address == Address("contacts", "shop-prod")
    assert "--target" in report(cloud.organization, plan).drifted[0].reason


@pytest.mark.parametrize("target", ["contacts.shop-prod", "contacts.shop*", "contacts"])
def test_what_is_asked_by_name_is_read_and_put_back(cloud: Cloud, target: str) -> None:
    account = cloud.open().tree.account_ids["shop-prod"]
    client = cloud.sandbox.session(account).client("account")
    client.delete_alternate_contact(AlternateContactType="SECURITY")
    aws = cloud.open()
    aws.doubt([target])
    (change,) = make(observe(cloud.organization, aws, kinds=Kinds(KINDS)), Origin()).changes
    assert change.address == Address("contacts", "shop-prod")
    asked = aws.calls["account", "GetAlternateContact"]
    assert asked == (6 if target == "contacts" else 3)  # two are those of shop-dev itself
    assert cloud.apply(KINDS, changes=[change]).complete
    assert reached(cloud, "shop-prod") == "sec@example.com"


def test_other_contacts_are_set_everywhere(cloud: Cloud, at: At) -> None:
    other = at(SHARED.replace("sec@example.com", "soc@example.com"))
    assert len(other.plan(KINDS).changes) == 4
    converged(other, KINDS)
    assert (reached(other, "management"), reached(other, "shop-dev")) == ("soc@example.com", "shop@example.com")


def test_what_others_have_set_so_is_only_marked(at: At) -> None:
    converged(at(SMALL), BEFORE)
    cloud = at(SHARED)
    client = cloud.sandbox.session().client("account")
    client.put_alternate_contact(
        AlternateContactType="SECURITY",
        Name="Sec",
        Title="On call",
        EmailAddress="sec@example.com",
        PhoneNumber="+1 555 0100",
    )
    changes = {str(each.address): each.action for each in cloud.plan([ALL["contacts"]]).changes}
    assert changes["contacts.management"] is Action.ADOPT
    assert changes["contacts.shop-prod"] is Action.CREATE


def test_cut_off_at_each_write_it_ends_the_same(at: At) -> None:
    cloud = at(SHARED)
    converged(at(SMALL), BEFORE)
    for _ in range(40):
        try:
            assert cloud.apply(KINDS, aws=DyingAws(cloud.organization, writes=0, after_effect=True)).complete
            break
        except Cut:
            continue
    assert cloud.plan(KINDS, detect=True).changes == ()


def test_a_closed_account_is_left_alone(cloud: Cloud) -> None:
    client = cloud.sandbox.session().client("organizations")
    client.close_account(AccountId=cloud.open().tree.account_ids["shop-dev"])
    plan = cloud.plan(KINDS)
    assert plan.changes == ()
    assert {(gap.kind, gap.name) for gap in plan.gaps} == {("account", "shop-dev"), ("contacts", "shop-dev")}
