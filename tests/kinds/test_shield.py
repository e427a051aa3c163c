"""Shield Advanced: a year that is committed to, what goes with it, and what cannot be ended."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from landing.core.errors import ConfigError
from landing.core.model import Action, Change
from landing.organization import Organization
from landing.sandbox import Sandbox
from landing.services.registry import KINDS
from landing.services.shield.subscription import ShieldSubscription
from tests.cloud import Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.samples import SMALL

OF_IT = of_service("shield")
CONTACTS = "[{email: a@example.com, phone: '+15550100'}, {email: b@example.com}]"
DAY = 86_400


def text(settings: str = "", account: str = "{}") -> str:
    return f"{SMALL}services: {{shield: {{commitment: accepted, accounts: {{shop-prod: {account}}}, {settings}}}}}\n"


def client(cloud: Cloud, service: str = "shield", account: str = "shop-prod") -> Any:
    session = cloud.sandbox.session(cloud.open().tree.account_ids[account], region="us-east-1")
    return session.client(service)  # type: ignore[call-overload]


def change_of(cloud: Cloud) -> Change:
    (found,) = [each for each in cloud.plan(OF_IT).changes if each.address.kind == "shield_subscription"]
    return found


def responder(cloud: Cloud, name: str, policy: str = "service-role/AWSShieldDRTAccessPolicy") -> None:
    iam, principal = client(cloud, "iam"), {"Service": "drt.shield.amazonaws.com"}
    trust = {"Statement": {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}}
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))
    iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{policy}")


def test_a_subscription_is_asked_about_by_name(at: At) -> None:
    cloud = at(text())
    change, kind = change_of(cloud), KINDS["shield_subscription"]
    assert (change.action, list(kind.dangers(change))) == (Action.CREATE, ["subscription"])
    told = " ".join(kind.notes(cloud.organization, change))
    assert "a year that nobody can cancel" in told
    assert "$3,000 a month" in told
    converged(cloud, OF_IT)
    assert client(cloud).get_subscription_state()["SubscriptionState"] == "ACTIVE"


def test_what_is_dropped_is_said_to_stay(at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    dropped, kind = at(SMALL), KINDS["shield_account"]
    (change,) = dropped.plan(OF_IT).changes
    assert (str(change.address), change.action) == ("shield_account.shop-prod", Action.DELETE)
    ends = client(cloud).describe_subscription()["Subscription"]["EndTime"]
    (told,) = kind.notes(dropped.organization, change)
    assert f"shop-prod stays subscribed until {ends:%Y-%m-%d}" in told
    assert "then AWS renews it for a year" in told
    converged(dropped, OF_IT)
    assert client(cloud).get_subscription_state()["SubscriptionState"] == "ACTIVE"


def test_what_is_dropped_and_does_not_answer_can_go_all_the_same(at: At) -> None:
    """As where it is in a unit in which a guardrail denies everything."""
    converged(at(text()), OF_IT)
    dropped, kind = at(SMALL), KINDS["shield_account"]
    dropped.sandbox.faults.reject("shield", "DescribeSubscription", code="AccessDeniedException", times=None)
    plan = dropped.plan(OF_IT)
    (change,) = plan.changes
    assert plan.gaps == ()
    (told,) = kind.notes(dropped.organization, change)
    assert "shop-prod may stay subscribed, which is charged until its year ends: it could not be asked (" in told
    assert "AccessDenied" in told
    assert dropped.apply(OF_IT).complete
    assert dropped.plan(OF_IT).changes == ()


def test_contacts_calls_role_and_logs_come_and_go(at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    for name in ("first", "second"):
        responder(cloud, name)
    converged(
        at(
            text(
                f"contacts: {CONTACTS}, proactive_engagement: true, response_role: first",
                "{log_buckets: [logs-a, logs-b]}",
            )
        ),
        OF_IT,
    )
    shield = client(cloud)
    assert shield.describe_subscription()["Subscription"]["ProactiveEngagementStatus"] == "ENABLED"
    assert len(shield.describe_emergency_contact_settings()["EmergencyContactList"]) == 2
    found = shield.describe_drt_access()
    assert (found["RoleArn"].rpartition("/")[2], found["LogBucketList"]) == ("first", ["logs-a", "logs-b"])

    converged(at(text("contacts: [{email: c@example.com}], response_role: second", "{log_buckets: [logs-b]}")), OF_IT)
    found = shield.describe_drt_access()
    assert (found["RoleArn"].rpartition("/")[2], found["LogBucketList"]) == ("second", ["logs-b"])
    assert shield.describe_subscription()["Subscription"]["ProactiveEngagementStatus"] == "DISABLED"

    converged(at(text(f"contacts: {CONTACTS}, proactive_engagement: true")), OF_IT)
    assert "RoleArn" not in shield.describe_drt_access()
    assert shield.describe_subscription()["Subscription"]["ProactiveEngagementStatus"] == "ENABLED", "the second time"


def test_a_role_that_aws_refuses_is_told(at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    responder(cloud, "wrong", "ReadOnlyAccess")
    result = at(text("response_role: wrong")).apply(OF_IT)
    assert "AWSShieldDRTAccessPolicy" in " ".join(map(str, result.failed.values()))


def test_renewal_is_changed_in_the_last_days_alone_and_the_rest_stays(sandbox: Sandbox, at: At) -> None:
    cloud = converged(at(text()), OF_IT)
    ending, kind = at(text("auto_renew: false")), ShieldSubscription()
    change = change_of(ending)
    ends = f"{client(cloud).describe_subscription()['Subscription']['EndTime']:%Y-%m-%d}"
    told = " ".join(kind.notes(ending.organization, change))
    assert f"ends on {ends}" in told
    assert "what stays" in told
    assert list(kind.weakened(ending.organization, change)) == ["auto_renew true → false"]
    result = ending.apply(OF_IT)
    assert f"in the last 30 days before {ends} alone" in " ".join(map(str, result.failed.values()))
    sandbox.advance(340 * DAY)
    converged(ending, OF_IT)


def test_what_firewall_manager_subscribed_is_used_as_it_is(at: At) -> None:
    policy = (
        f"{SMALL}services:\n  config: {{recorders: false}}\n  firewall_manager:\n    policies:\n      ddos: "
        "{target: {units: [workloads], exclude: {accounts: [shop-dev]}}, regions: [eu-west-1], shield_advanced: {}}\n"
    )
    cloud = converged(at(policy), of_service("firewall_manager"))
    states = {
        key: client(cloud, account=key).get_subscription_state()["SubscriptionState"]
        for key in ("shop-prod", "shop-dev")
    }
    assert states == {"shop-prod": "ACTIVE", "shop-dev": "INACTIVE"}
    assert at(text()).plan([KINDS["shield_subscription"]]).changes == ()


@pytest.mark.parametrize(
    ("settings", "account", "message"),
    [
        ("proactive_engagement: true, contacts: [{email: a@example.com}]", "{}", "can call nobody"),
        ("", "{log_buckets: [logs-a]}", "has no role there"),
        ("", "{}, nobody: {}", "there is no account `nobody`"),
    ],
)
def test_what_cannot_be(settings: str, account: str, message: str, load_text: Callable[[str], Organization]) -> None:
    with pytest.raises(ConfigError) as error:
        load_text(text(settings, account))
    assert [(each.code, message in each.message) for each in error.value.problems] == [("LZ468", True)]


def test_without_the_commitment_there_is_nothing(load_text: Callable[[str], Organization]) -> None:
    with pytest.raises(ConfigError, match="commitment"):
        load_text(f"{SMALL}services: {{shield: {{accounts: {{shop-prod: {{}}}}}}}}\n")
