"""Room in AWS for what a plan makes, before anything is written: everybody's things count, and a raised quota does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from landing.aws.service_quotas import ACCOUNTS, STACK_SETS, applied
from landing.core.errors import ImpossiblePlan
from landing.core.model import Action, Address, Change, Resource
from landing.organization import Organization
from landing.runs.quotas import refuse_over_quota, told_of_closures
from landing.sandbox import Sandbox
from landing.sandbox.services import event_history
from landing.services.registry import KINDS
from tests.cloud import Cloud
from tests.samples import SMALL


@pytest.fixture
def cloud(load_text: Callable[[str], Organization]) -> Iterator[Cloud]:
    """An organization of its management account alone."""
    with Sandbox(organization=True) as sandbox:
        yield Cloud(sandbox, load_text(SMALL))


def made(*addresses: str, action: Action = Action.CREATE) -> list[Change]:
    parsed = [Address.parse(each) for each in addresses]
    return [
        Change(action, each, None, {}) if action is Action.CREATE else Change(action, each, {}, None) for each in parsed
    ]


FOUR = made("account.log-archive", "account.security-tooling", "account.shop-prod", "account.shop-dev")


def refusal(cloud: Cloud, changes: list[Change], *live: str) -> tuple[str, list[str]]:
    """What is refused, and what is told."""
    told: list[str] = []
    there = {address: Resource(address, {}) for address in map(Address.parse, live)}
    try:
        refuse_over_quota(cloud.organization, cloud.open(), changes, there, told.append, kinds=KINDS)
    except ImpossiblePlan as error:
        return str(error), told
    return "", told


def test_accounts_of_everybody_and_open_invitations_count(cloud: Cloud) -> None:
    client: Any = cloud.sandbox.session().client("organizations")
    cloud.sandbox.world.options["account_quota"] = 6
    assert refusal(cloud, FOUR) == ("", [])
    client.invite_account_to_organization(Target={"Id": "555555555555", "Type": "ACCOUNT"})
    assert refusal(cloud, FOUR) == ("", [])
    more = [*FOUR, *made("invitation.acquired")]
    said, _ = refusal(cloud, more)
    assert "the organization has 1 account, 1 open invitations; 5 more come, and AWS allows 6" in said
    assert "leave 1 out" in said
    assert (
        "aws service-quotas request-service-quota-increase --service-code organizations --quota-code L-E619E033 "
        "--desired-value 7 --region us-east-1" in said
    )


def test_closed_accounts_count(cloud: Cloud) -> None:
    client: Any = cloud.sandbox.session().client("organizations")
    status = client.create_account(AccountName="Old", Email="old@example.com")["CreateAccountStatus"]
    cloud.sandbox.advance(3_600)
    status = client.describe_create_account_status(CreateAccountRequestId=status["Id"])["CreateAccountStatus"]
    client.close_account(AccountId=status["AccountId"])
    cloud.sandbox.advance(3_600)
    cloud.sandbox.world.options["account_quota"] = 5
    said, _ = refusal(cloud, FOUR)
    assert "2 accounts, 1 of them closed or closing; 4 more come, and AWS allows 5" in said


def test_what_service_quotas_does_not_say_is_told_and_not_refused(cloud: Cloud) -> None:
    many = made(*(f"account.a{number}" for number in range(10)))
    cloud.sandbox.faults.reject(
        "service-quotas", "GetServiceQuota", code="AccessDeniedException", times=None, status=400
    )
    assert refusal(cloud, FOUR) == ("", [])
    said, (told,) = refusal(cloud, many)
    assert said == ""
    assert "Not checked" in told
    assert "AWS allows 10 where it was not raised" in told
    assert "--desired-value 11" in told


def test_nothing_is_asked_where_nothing_is_made(cloud: Cloud) -> None:
    aws = cloud.open()
    changes = [Change(Action.UPDATE, each.address, {}, {}) for each in FOUR]
    refuse_over_quota(cloud.organization, aws, changes, {}, print, kinds=KINDS)
    refuse_over_quota(cloud.organization, aws, made("unit.a", "stack_set.a")[:1], {}, print, kinds=KINDS)
    assert aws.calls.total() == 0


def test_a_quota_is_asked_once(cloud: Cloud) -> None:
    aws = cloud.open()
    refuse_over_quota(cloud.organization, aws, FOUR, {}, print, kinds=KINDS)
    assert aws.calls["service-quotas", "GetServiceQuota"] == 1


def test_what_an_empty_account_may_have_is_known_before_there_is_an_organization(
    load_text: Callable[[str], Organization],
) -> None:
    with Sandbox() as sandbox:
        cloud = Cloud(sandbox, load_text(SMALL))
        sandbox.world.options["account_quota"] = 4
        changes = [*FOUR, *made("account.management", "organization.this")]
        assert "1 account; 4 more come, and AWS allows 4" in refusal(cloud, changes)[0]


def test_units_of_everybody_count(cloud: Cloud) -> None:
    there = [f"unit.u{number}" for number in range(1_999)]
    assert refusal(cloud, made("unit.new"), *there) == ("", [])
    assert "1,999 units" in refusal(cloud, made("unit.new", "unit.newer"), *there)[0]


def test_a_service_has_room_for_so_many_administrators(cloud: Cloud) -> None:
    change = made("delegated_administrator.sso.amazonaws.com/shop-dev")
    assert refusal(cloud, change) == ("", [])
    said, _ = refusal(cloud, change, "delegated_administrator.sso.amazonaws.com/111122223333")
    assert "sso.amazonaws.com is administered by 111122223333 already, and AWS allows 1" in said
    three = made("delegated_administrator.config.amazonaws.com/shop-dev")
    assert refusal(cloud, three, "delegated_administrator.config.amazonaws.com/shop-prod") == ("", [])


def test_no_more_accounts_are_closed_than_aws_closes_in_thirty_days(cloud: Cloud) -> None:
    gone = made(*(f"account.a{number}" for number in range(251)), action=Action.DELETE)
    assert refusal(cloud, gone[:250]) == ("", [])
    said = refusal(cloud, gone)[0]
    assert "251 accounts would be closed. AWS closes 250 accounts of this organization in 30 days; 0 were" in said
    assert "close 250 now (`--target`), and the rest later" in said


def test_accounts_that_were_closed_before_count_by_when_that_was(cloud: Cloud) -> None:
    """AWS shows closed accounts for 90 days; only its event history says which of them count."""
    world = cloud.sandbox.world
    client: Any = cloud.sandbox.session().client("organizations")
    closed = cloud.sandbox.seed(3)
    for account in closed:
        client.close_account(AccountId=account)
    events = event_history._history(world, cloud.sandbox.management_account_id, "us-east-1").events

    def days_ago(days: int) -> None:
        world.clock.start = datetime.now(UTC)
        events[:] = [replace(each, time=world.now - timedelta(days=days)) for each in events]

    days_ago(29)
    gone = made(*(f"account.a{number}" for number in range(248)), action=Action.DELETE)
    said, _ = refusal(cloud, gone)
    assert "3 were closed in the last 30 days" in said
    assert "close 247 now" in said
    assert refusal(cloud, gone[:247]) == ("", [])
    words = told_of_closures(cloud.open(), gone[:5])[Address("account", "a0")]
    assert words.endswith("3 were closed in the last 90 days; after this plan 242 more")
    days_ago(31)
    assert refusal(cloud, gone) == ("", [])


def test_stack_sets_of_everybody_count(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    client: Any = cloud.sandbox.session().client("cloudformation", "eu-west-1")
    client.create_stack_set(StackSetName="theirs", TemplateBody='{"Resources": {"T": {"Type": "AWS::SNS::Topic"}}}')
    many = made(*(f"stack_set.s{number}" for number in range(1_000)))
    said, _ = refusal(cloud, many)
    assert "1 stack sets in the home region, everybody's; 1000 more come, and AWS allows 1,000" in said
    assert "--service-code cloudformation --quota-code L-EC62D81A --desired-value 1001 --region eu-west-1" in said


def test_quotas_of_organizations_are_in_one_region(cloud: Cloud) -> None:
    aws = cloud.open()
    assert (applied(aws, ACCOUNTS), applied(aws, STACK_SETS)) == (10, 1_000)


HOME = "eu-west-1"
TRAIL = Change(Action.CREATE, Address.parse("trail.landing-organization-trail"), None, {})


def test_a_region_that_is_full_of_trails_is_told_before_another_is_made(cloud: Cloud) -> None:
    session = cloud.sandbox.session(region=HOME)
    session.client("s3").create_bucket(Bucket="corp-logs", CreateBucketConfiguration={"LocationConstraint": HOME})
    allow = {"Effect": "Allow", "Principal": {"Service": "cloudtrail.amazonaws.com"}, "Action": "s3:*"}
    resources = {"Resource": ["arn:aws:s3:::corp-logs", "arn:aws:s3:::corp-logs/*"]}
    session.client("s3").put_bucket_policy(
        Bucket="corp-logs", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{**allow, **resources}]})
    )
    for number in range(4):
        session.client("cloudtrail").create_trail(Name=f"team-{number}", S3BucketName="corp-logs")
    assert refusal(cloud, [TRAIL]) == ("", [])
    session.client("cloudtrail").create_trail(Name="team-4", S3BucketName="corp-logs")
    said, _ = refusal(cloud, [TRAIL])
    assert "eu-west-1 has 5 trails (team-0, team-1, team-2, team-3, team-4), and AWS allows 5" in said


ARCHIVE = Address.parse(f"stack.log-archive@management/{HOME}")


def stack(**resources: dict[str, Any]) -> list[Change]:
    """A new stack of these resources, in the management account."""
    return [Change(Action.CREATE, ARCHIVE, None, {"template": {"Resources": resources}})]


def a_bucket(name: str, **more: str) -> dict[str, Any]:
    return {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": {"Fn::Sub": name}}, **more}


def test_names_of_buckets_that_are_taken_are_told(cloud: Cloud) -> None:
    for account, name in (("555555555555", "grabbed"), (cloud.sandbox.management_account_id, "ours")):
        client = cloud.sandbox.session(account, region=HOME).client("s3")
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": HOME})
    kept = {"DeletionPolicy": "Retain"}
    assert refusal(cloud, stack(Free=a_bucket("free-${AWS::Region}", **kept), Ours=a_bucket("ours", **kept))) == (
        "",
        [],
    )
    assert "the bucket grabbed is another account's" in refusal(cloud, stack(Logs=a_bucket("grabbed", **kept)))[0]
    said, _ = refusal(cloud, stack(Ours=a_bucket("ours")))
    assert "a stack takes in only what its template retains" in said
    built = Change(
        Action.UPDATE,
        ARCHIVE,
        {"template": {"Resources": {"Ours": a_bucket("ours")}}},
        stack(Ours=a_bucket("ours"))[0].after,
    )
    assert refusal(cloud, [built]) == ("", [])


def test_an_alias_of_a_key_that_is_going_is_told(cloud: Cloud) -> None:
    client = cloud.sandbox.session(region=HOME).client("kms")
    key = client.create_key()["KeyMetadata"]["KeyId"]
    client.create_alias(AliasName="alias/landing-logs", TargetKeyId=key)
    alias = {
        "Type": "AWS::KMS::Alias",
        "Properties": {"AliasName": "alias/landing-logs", "TargetKeyId": {"Ref": "Key"}},
    }
    assert refusal(cloud, stack(Alias=alias)) == ("", [])
    client.schedule_key_deletion(KeyId=key)
    assert "is in the state PendingDeletion" in refusal(cloud, stack(Alias=alias))[0]


def test_what_is_to_be_in_an_account_that_is_not_there_yet_is_not_asked_for(cloud: Cloud) -> None:
    (change,) = stack(Logs=a_bucket("logs-${AWS::AccountId}"))
    there = replace(change, address=Address.parse(f"stack.log-archive@log-archive/{HOME}"))
    assert refusal(cloud, [there]) == ("", [])


def test_more_stacks_than_a_stack_set_holds_are_refused(cloud: Cloud) -> None:
    regions = [str(number) for number in range(60_000)]
    after = {"regions": regions, "targets": {"units": [], "accounts": ["shop-prod", "shop-dev"]}}
    said, _ = refusal(cloud, [Change(Action.CREATE, Address.parse("stack_set.roles"), None, after)])
    assert "2 accounts × 60,000 regions = 120,000 stacks, and AWS allows 100,000" in said
    assert "--quota-code L-C8225BA5 --desired-value 120000 --region eu-west-1" in said


def test_a_saved_plan_is_counted_again_by_what_aws_says(cloud: Cloud) -> None:
    """Nobody has read what there is: units and administrators are counted by the tree, which is read once."""
    client: Any = cloud.sandbox.session().client("organizations")
    aws = cloud.open()
    (root,) = client.list_roots()["Roots"]
    for number in range(3):
        client.create_organizational_unit(ParentId=root["Id"], Name=f"team-{number}")
    changes = made(*(f"unit.u{number}" for number in range(1_998)))
    with pytest.raises(ImpossiblePlan, match="has 3 units, everybody's; 1998 more come"):
        refuse_over_quota(cloud.organization, aws, changes, None, print, kinds=KINDS)
