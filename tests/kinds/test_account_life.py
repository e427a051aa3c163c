"""What becomes of accounts that are there: tags that the config drops, and the address of the root user."""

from __future__ import annotations

import pytest

from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Address
from landing.organization import EMAIL_TAG, TAG, TAGS_TAG
from landing.runs.quotas import refuse_over_quota
from landing.sandbox.services.accounts import organization_of
from landing.services.registry import KINDS as ALL
from tests.cloud import Cloud, Cut, DyingAws
from tests.kinds.conftest import At, converged
from tests.kinds.test_account import KINDS
from tests.samples import SMALL

SHOP_DEV = Address("account", "shop-dev")
OTHER_TAGS = SMALL.replace("tags: {env: dev}", "tags: {owner: shop, team: web}")
NO_TAGS = SMALL.replace(", tags: {env: dev}", "")
MOVED = SMALL.replace("sd@example.com", "new@example.com")


@pytest.fixture
def cloud(at: At) -> Cloud:
    return converged(at(SMALL), KINDS)


def tags(cloud: Cloud, key: str = "shop-dev") -> dict[str, str]:
    aws = cloud.open()
    return {name: text for name, text in aws.tree.tags_of(aws.tree.account_ids[key]).items() if name != TAGS_TAG}


def by_hand(cloud: Cloud, **more: str) -> None:
    """Somebody else tags shop-dev."""
    account = cloud.open().tree.account_ids["shop-dev"]
    client = cloud.sandbox.session().client("organizations")
    client.tag_resource(ResourceId=account, Tags=[{"Key": name, "Value": text} for name, text in more.items()])


def to_the_end(cloud: Cloud) -> int:
    """Runs that are cut off after each write; how many there were."""
    for runs in range(20):
        try:
            assert cloud.apply(KINDS, aws=DyingAws(cloud.organization, writes=0, after_effect=True)).complete
        except Cut:
            continue
        assert cloud.plan(KINDS).changes == ()
        return runs
    raise AssertionError("it comes to no end")


def test_a_tag_that_the_config_drops_is_taken_off_and_those_of_others_stay(cloud: Cloud, at: At) -> None:
    by_hand(cloud, cost="42")
    assert cloud.plan(KINDS).changes == ()
    after = at(OTHER_TAGS)
    (change,) = after.plan(KINDS).changes
    assert change.before is not None
    assert (change.address, change.before["tags"]) == (SHOP_DEV, {"env": "dev"})
    assert to_the_end(after) == 2, "what is dropped, and what is new"
    assert tags(after) == {"cost": "42", "owner": "shop", "team": "web", TAG: "shop-dev"}
    none = at(NO_TAGS)
    assert to_the_end(none) == 1
    assert tags(none) == {"cost": "42", TAG: "shop-dev"}


def test_a_tag_that_others_have_set_becomes_ours_when_the_config_names_it(cloud: Cloud, at: At) -> None:
    by_hand(cloud, owner="shop")
    named = at(SMALL.replace("tags: {env: dev}", "tags: {env: dev, owner: shop}"))
    (change,) = named.plan(KINDS).changes
    assert change.before is not None
    assert (change.action, change.before["tags"]) == (Action.ADOPT, {"env": "dev", "owner": "shop"})
    converged(named, KINDS)
    converged(at(SMALL), KINDS)
    assert tags(cloud) == {"env": "dev", TAG: "shop-dev"}


def test_a_tag_that_was_changed_by_hand_goes_too_when_it_is_dropped(cloud: Cloud, at: At) -> None:
    by_hand(cloud, env="prod")
    converged(at(NO_TAGS), KINDS)
    assert tags(cloud) == {TAG: "shop-dev"}


def test_which_tags_are_ours_is_written_again_when_somebody_takes_that_away(cloud: Cloud) -> None:
    account = cloud.open().tree.account_ids["shop-dev"]
    cloud.sandbox.session().client("organizations").untag_resource(ResourceId=account, TagKeys=[TAGS_TAG])
    (change,) = cloud.plan(KINDS).changes
    assert change.action is Action.ADOPT
    converged(cloud, KINDS)


def test_without_trusted_access_a_name_stays_and_that_is_said_before(cloud: Cloud, at: At) -> None:
    renamed = SMALL.replace("name: Shop Dev", "name: Other")
    after = at(renamed.replace("organization:\n", "organization:\n  untrusted: [account.amazonaws.com]\n", 1))
    (change,) = after.plan([ALL["account"]]).changes
    client = cloud.sandbox.session().client("organizations")
    assert list(ALL["account"].in_the_way(after.organization, after.open(), change)) == [], "it is trusted"
    client.disable_aws_service_access(ServicePrincipal="account.amazonaws.com")
    (reason,) = ALL["account"].in_the_way(after.organization, after.open(), change)
    assert reason.endswith("take that out of `organization.untrusted`")
    assert list(ALL["account"].in_the_way(at(renamed).organization, after.open(), change)) == [], "it will be"


def test_as_many_tags_as_fit_beside_ours_are_remembered_whatever_their_names(cloud: Cloud, at: At) -> None:
    many = ", ".join(f"{'k' * 120}{number}: v" for number in range(41))
    converged(at(SMALL.replace("tags: {env: dev}", f"tags: {{{many}}}")), KINDS)
    converged(at(NO_TAGS), KINDS)
    assert tags(cloud) == {TAG: "shop-dev"}


def test_an_address_waits_for_its_code_and_is_no_drift_meanwhile(cloud: Cloud, at: At) -> None:
    after = at(MOVED)
    (change,) = after.plan(KINDS).changes
    kind = ALL["account"]
    assert (change.before or {})["email"] == "sd@example.com"
    assert any("landing email shop-dev" in line for line in kind.notes(after.organization, change))
    for writes in (0, 1):  # the code is sent, and that is remembered
        with pytest.raises(Cut):
            after.apply(KINDS, aws=DyingAws(after.organization, writes=writes, after_effect=True))
    assert after.apply(KINDS).complete
    plan = after.plan(KINDS)
    assert "AWS has sent a code to new@example.com" in plan.waiting[SHOP_DEV]
    assert "signs in with sd@example.com" in plan.waiting[SHOP_DEV]
    back = at(SMALL)
    assert back.plan(KINDS).changes == (), "the config may think again"
    assert back.plan(KINDS).waiting == {}


def test_an_address_of_another_account_is_refused_with_what_to_do(cloud: Cloud, at: At) -> None:
    cloud.sandbox.world.account("999999999999")
    cloud.sandbox.world.change_email("999999999999", "new@example.com")
    result = at(MOVED).apply(KINDS)
    assert "ConflictException" in result.failed[SHOP_DEV].text
    assert "choose another address" in result.failed[SHOP_DEV].text
    assert EMAIL_TAG not in tags(cloud)


def test_the_management_account_changes_its_own_address(cloud: Cloud, at: At) -> None:
    own = at(SMALL.replace("name: Management,", "name: Management, email: boss@example.com,"))
    changes = own.plan(KINDS).changes
    with pytest.raises(ImpossiblePlan, match="only its own root user changes that"):
        refuse_over_quota(own.organization, own.open(), changes, None, print, kinds=ALL)


def test_forgetting_an_account_takes_all_of_our_marks(cloud: Cloud, at: At) -> None:
    less = "\n".join(line for line in SMALL.splitlines() if "shop-dev" not in line)
    gone = at(less + "\nremoved: [account.shop-dev]\n")
    converged(gone, KINDS)
    account = next(each for each in gone.open().tree.accounts.values() if each.email == "sd@example.com")
    assert gone.open().tree.tags_of(account.id) == {"env": "dev"}
    assert account.marked is False


def without(*keys: str) -> str:
    """The config when it names these accounts no more."""
    return "\n".join(line for line in SMALL.splitlines() if not any(f"  {key}: " in line for key in keys))


FOUR = tuple(f"old-{number}" for number in range(4))


def test_more_accounts_than_aws_closes_at_once_are_closed_one_after_the_other(cloud: Cloud, at: At) -> None:
    cloud.sandbox.world.options["account_quota"] = 20
    rows = "".join(f"  {key}: {{name: {key}, email: {key}@x.org, unit: workloads/dev}}\n" for key in FOUR)
    converged(at(SMALL + rows), KINDS)
    cloud.sandbox.world.clock.latency = 3
    less = at(SMALL)
    result = less.apply(KINDS)
    assert result.complete, result.failed
    states = {key: each.state for key, each in less.open().tree.accounts.items() if key in FOUR}
    assert {*states} == {*FOUR}
    assert {*states.values()} <= {"PENDING_CLOSURE", "CLOSED"}
    plan = less.plan(KINDS)
    assert (plan.changes, plan.gaps, plan.unmanaged) == ((), (), ()), "a closed account may leave the config"


def test_a_quota_of_closures_that_is_used_up_is_told(cloud: Cloud, at: At) -> None:
    world = cloud.sandbox.world
    organization = organization_of(world, cloud.sandbox.management_account_id)
    assert organization is not None
    organization.closures = [world.now] * 250
    result = at(without("shop-dev")).apply(KINDS)
    assert "AWS closes no more accounts in these 30 days" in result.failed[SHOP_DEV].text
