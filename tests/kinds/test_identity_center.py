"""Permission sets and who has them: by name, in bulk, and nothing of what others have."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from landing.core.errors import ConfigError, ImpossiblePlan
from landing.core.model import Action, Change
from landing.engine.observe import observe
from landing.engine.order.unique_names import refuse_impossible
from landing.engine.plan import Plan
from landing.organization import ASSIGNED_TAG, Organization
from landing.report.plan_text import render
from landing.report.style import Style
from landing.sandbox import Sandbox
from landing.services.base import Kinds
from landing.services.identity_center import holders
from landing.services.registry import KINDS
from tests.cloud import BY_NAME, Cloud
from tests.kinds.conftest import At, converged, of_service
from tests.meddling import Access, Hands
from tests.samples import PEOPLE, SMALL

OF_IT = of_service("identity_center")
SETS = "permission_sets: {Reader: {aws_managed: [ReadOnlyAccess]}, Admin: {aws_managed: [AdministratorAccess]}}"
SHOP = "{groups: [shop], permission_sets: [Reader], target: {units: [workloads]}}"
PLATFORM = "{groups: [platform], permission_sets: [Reader, Admin], target: {units: [root]}}"


@pytest.fixture(autouse=True)
def _people(sandbox: Sandbox) -> None:
    sandbox.world.options["identity_center"] = PEOPLE


def text(settings: str) -> str:
    return f"{SMALL}services: {{identity_center: {{{settings}}}}}\n"


def applied(at: At, settings: str) -> Cloud:
    return converged(at(text(settings)), OF_IT)


def changes(cloud: Cloud, *, detect: bool = False) -> dict[str, Change]:
    return {str(change.address): change for change in cloud.plan(OF_IT, detect=detect).changes}


def dangers(change: Change) -> list[str]:
    return list(BY_NAME[change.address.kind].dangers(change))


def weakened(cloud: Cloud, change: Change) -> list[str]:
    return list(BY_NAME[change.address.kind].weakened(cloud.organization, change))


def called(cloud: Cloud, *, detect: bool = False) -> Counter[str]:
    """The calls of a plan, by operation."""
    cloud.sandbox.calls.clear()
    cloud.plan(OF_IT, detect=detect)
    return Counter(
        {name: n for (service, name), n in cloud.sandbox.calls.items() if service in ("sso-admin", "identitystore")}
    )


def test_one_resource_for_each_principal_and_permission_set(at: At) -> None:
    cloud = applied(at, f"{SETS}, assignments: {{a: {PLATFORM}, b: {SHOP}}}")
    found = {str(each): attributes for each, attributes in cloud.state(OF_IT).items() if "assignment" in each.kind}
    everyone = ["log-archive", "management", "security-tooling", "shop-dev", "shop-prod"]
    assert found == {
        "account_assignment.group/platform/Admin": {"accounts": everyone},
        "account_assignment.group/platform/Reader": {"accounts": everyone},
        "account_assignment.group/shop/Reader": {"accounts": ["shop-dev", "shop-prod"]},
    }


def test_five_thousand_assignments_are_a_few_lines(load_text: Callable[[str], Organization]) -> None:
    names = [f"team-{number:03}" for number in range(250)]
    accounts = "".join(f"  {key}: {{name: {key}, email: {key}@example.com, unit: workloads/dev}}\n" for key in names)
    groups = ", ".join(f"group-{number}" for number in range(10))
    given = f"{{groups: [{groups}], permission_sets: [A, B], target: {{units: [workloads]}}}}"
    service = f"  identity_center:\n    permission_sets: {{A: {{}}, B: {{}}}}\n    assignments: {{all: {given}}}\n"
    organization = load_text(f"{SMALL}{accounts}services:\n{service}")
    wanted = list(KINDS["account_assignment"].desired(organization))
    made = [Change(Action.CREATE, each.address, None, each.attributes) for each in wanted]
    less = {"accounts": ["management", *names[:100]]}
    changed = [Change(Action.UPDATE, each.address, less, each.attributes) for each in wanted]
    for changes, said in (
        (made, "252 accounts: 251 in workloads/dev, 1 in workloads/prod"),
        (changed, "less: 1 in root"),
    ):
        lines = render(Plan(tuple(changes)), organization, Style()).splitlines()
        assert len(lines) < 30 * len(wanted)
        assert max(map(len, lines)) < 160
        assert sum(said in line for line in lines) == len(wanted) == 20


def test_by_tags_and_of_a_user(at: At) -> None:
    settings = (
        f"{SETS}, assignments: {{a: {{users: [ana], permission_sets: [Reader], target: {{tags: {{env: dev}}}}}}}}"
    )
    cloud = applied(at, settings)
    found = {str(each): attributes for each, attributes in cloud.state(OF_IT).items()}
    assert found["account_assignment.user/ana/Reader"] == {"accounts": ["shop-dev"]}


def test_what_a_user_has_by_a_group_is_not_the_users_own(at: At) -> None:
    users = "{users: [ana], permission_sets: [Admin], target: {accounts: [shop-dev]}}"
    cloud = applied(at, f"{SETS}, assignments: {{a: {SHOP}, b: {users}}}")
    access = Access(Hands(cloud))
    asked = {"UniqueAttribute": {"AttributePath": "userName", "AttributeValue": "ana"}}
    user = access.store.get_user_id(**access.directory, AlternateIdentifier=asked)["UserId"]
    group = access.group("shop")["PrincipalId"]
    access.store.create_group_membership(**access.directory, GroupId=group, MemberId={"UserId": user})
    assert changes(cloud) == {}


def test_who_is_not_there_is_told_at_every_place_before_anything_is_written(sandbox: Sandbox, at: At) -> None:
    applied(at, SETS)
    later = at(text(f"{SETS}, assignments: {{a: {{groups: [nobody], users: [ann], permission_sets: [Reader], target: {{units: [root]}}}}}}"))  # fmt: skip
    with pytest.raises(ConfigError) as caught:
        later.plan(OF_IT)
    told = [(problem.code, problem.message, bool(problem.source)) for problem in caught.value.problems]
    assert told == [
        ("LZ532", "the identity store of IAM Identity Center has no group `nobody`", True),
        ("LZ532", "the identity store of IAM Identity Center has no user `ann`", True),
    ]


def test_where_it_is_not_enabled_the_config_is_told(sandbox: Sandbox, at: At) -> None:
    sandbox.world.options.pop("identity_center")
    with pytest.raises(ConfigError) as caught:
        at(text(SETS)).plan(OF_IT)
    assert {problem.code for problem in caught.value.problems} == {"LZ531"}


def test_where_it_is_for_applications_alone_the_config_is_told_how_that_is_changed(sandbox: Sandbox, at: At) -> None:
    sandbox.world.options["identity_center"] = {**PEOPLE, "permission_sets": False}
    with pytest.raises(ConfigError, match=r"without access to accounts.*update-instance --permission-sets-enabled"):
        at(text(SETS)).plan(OF_IT)
    assert at(SMALL).plan(OF_IT).gaps == ()


def test_a_change_of_a_set_reaches_the_accounts(sandbox: Sandbox, at: At) -> None:
    applied(at, f"{SETS}, assignments: {{a: {PLATFORM}}}")
    later = at(
        text(f"{SETS.replace('[ReadOnlyAccess]', '[ReadOnlyAccess, SecurityAudit]')}, assignments: {{a: {PLATFORM}}}")
    )
    (change,) = changes(later).values()
    assert weakened(later, change) == ["aws_managed also SecurityAudit"]
    sandbox.calls.clear()
    assert later.apply(OF_IT).complete
    assert sandbox.calls["sso-admin", "ProvisionPermissionSet"] == 1
    access = Access(Hands(later))
    stale = access.client.list_accounts_for_provisioned_permission_set(
        **access.set("Reader"), ProvisioningStatus="LATEST_PERMISSION_SET_NOT_PROVISIONED"
    )
    assert stale["AccountIds"] == []


def test_accounts_with_an_older_definition_are_a_change(at: At) -> None:
    cloud = applied(at, f"{SETS}, assignments: {{a: {SHOP}}}")
    access = Access(Hands(cloud))
    access.client.update_permission_set(**access.set("Reader"), SessionDuration="PT60M")
    (change,) = changes(cloud).values()
    assert change.before is not None
    assert change.before["stale"] == ["shop-dev", "shop-prod"]
    assert cloud.apply(OF_IT).complete
    assert changes(cloud) == {}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("session: 1h", "session: 90m", ["session 1h → 1h30m"]),
        ("session: 8h", "session: 1h", []),
        ("boundary: {aws_managed: PowerUserAccess}", "", ["boundary PowerUserAccess → none"]),
        ("", "boundary: {name: own, path: /landing/}", []),
        ("aws_managed: [ReadOnlyAccess]", "aws_managed: [AWSDenyAll]", []),
        ("aws_managed: [AWSDenyAll]", "", ["aws_managed no longer AWSDenyAll"]),
        (
            "",
            "customer_managed: [{name: own}]",
            ["customer_managed also /own (whether that protects less cannot be told)"],
        ),
    ],
)
def test_what_lets_more_through_is_said(at: At, before: str, after: str, words: list[str]) -> None:
    applied(at, f"permission_sets: {{X: {{{before}}}}}")
    later = at(text(f"permission_sets: {{X: {{{after}}}}}"))
    (change,) = changes(later).values()
    assert weakened(later, change) == words


def test_an_inline_policy_is_compared_by_what_it_lets_through(at: At) -> None:
    def inline(action: str) -> str:
        statement = f"{{Effect: Allow, Action: '{action}', Resource: '*'}}"
        return f"permission_sets: {{X: {{inline: {{Version: '2012-10-17', Statement: [{statement}]}}}}}}"

    applied(at, inline("s3:*"))
    narrower = at(text(inline("s3:Get*")))
    assert weakened(narrower, *changes(narrower).values()) == []
    assert narrower.apply(OF_IT).complete
    wider = at(text(inline("s3:*")))
    (words,) = weakened(wider, *changes(wider).values())
    assert words.startswith("InlinePolicy lets through as not before")


def test_fewer_accounts_need_leave_and_more_do_not(at: At) -> None:
    applied(at, f"{SETS}, assignments: {{a: {SHOP}}}")
    wider = at(text(f"{SETS}, assignments: {{a: {SHOP.replace('workloads', 'root')}}}"))
    (change,) = changes(wider).values()
    assert dangers(change) == []
    assert wider.apply(OF_IT).complete
    narrower = at(text(f"{SETS}, assignments: {{a: {SHOP.replace('workloads', 'workloads/dev')}}}"))
    (change,) = changes(narrower).values()
    assert dangers(change) == ["access"]
    notes = BY_NAME["account_assignment"].notes(narrower.organization, change)
    assert list(notes) == [
        "0 accounts more, 4 less, 1 as before",
        "less: 2 in security, 1 in root, 1 in workloads/prod",
        "the management account is among them: see that somebody still gets in there",
        "by `assignments.a`",
    ]
    assert narrower.apply(OF_IT).complete
    assert changes(narrower) == {}


def test_whom_the_config_drops_loses_access_though_others_have_it_there(at: At) -> None:
    applied(at, f"{SETS}, assignments: {{a: {PLATFORM}, b: {SHOP}}}")
    later = at(text(f"{SETS}, assignments: {{a: {PLATFORM}}}"))
    found = changes(later)
    assert {address: change.action for address, change in found.items()} == {
        "account_assignment.group/shop/Reader": Action.DELETE
    }
    assert later.apply(OF_IT).complete
    assert changes(later) == {}


def test_so_many_that_tags_cannot_say_are_read_account_by_account(at: At, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(holders, "REMEMBERED", 1)
    cloud = applied(at, f"{SETS}, assignments: {{a: {PLATFORM}, b: {SHOP}}}")
    access = Access(Hands(cloud))
    arn = access.set("Reader")["PermissionSetArn"]
    tags = access.client.list_tags_for_resource(**access.here, ResourceArn=arn)["Tags"]
    assert f"{ASSIGNED_TAG}many" in {tag["Key"] for tag in tags}
    later = at(text(f"{SETS}, assignments: {{b: {SHOP}}}"))
    assert set(changes(later)) == {
        "account_assignment.group/platform/Reader",
        "account_assignment.group/platform/Admin",
    }
    assert later.apply(OF_IT).complete
    assert changes(later) == {}


def test_a_stranger_is_seen_by_drift_detection_wherever_it_is(at: At) -> None:
    cloud = applied(at, f"{SETS}, assignments: {{a: {SHOP}}}")
    hands = Hands(cloud)
    access = Access(hands)
    access.store.create_group(**access.directory, DisplayName="stranger")
    access.give("Reader", access.group("stranger"), hands.accounts["shop-dev"])
    assert changes(cloud) == {}, "shop has it there, which explains that it is provisioned"
    (change,) = changes(cloud, detect=True).values()
    assert str(change.address) == "account_assignment.group/stranger/Reader"
    assert dangers(change) == ["access"]
    assert cloud.plan(detect=True).kinds[change.address.kind].by_name(change)
    for target in ("account_assignment.group/stranger/Reader", "account_assignment.group/s*", "account_assignment"):
        aws = cloud.open()
        aws.doubt([target])
        seen = observe(cloud.organization, aws, kinds=Kinds(OF_IT)).live
        assert change.address in seen, target
    assert cloud.apply(OF_IT, changes=[change]).complete
    assert changes(cloud, detect=True) == {}


def test_who_is_gone_from_the_identity_store_is_withdrawn_by_id(at: At) -> None:
    cloud = applied(at, f"{SETS}, assignments: {{a: {SHOP}}}")
    hands = Hands(cloud)
    access = Access(hands)
    access.store.create_group(**access.directory, DisplayName="gone")
    gone = access.group("gone")
    access.give("Admin", gone, hands.accounts["log-archive"])
    access.store.delete_group(**access.directory, GroupId=gone["PrincipalId"])
    (change,) = changes(cloud).values()
    assert str(change.address) == f"account_assignment.group/{gone['PrincipalId']}/Admin"
    assert cloud.apply(OF_IT).complete
    assert changes(cloud) == {}


def test_what_others_have_is_left_alone_and_what_the_config_names_is_adopted(at: At) -> None:
    cloud = applied(at, SETS)
    hands = Hands(cloud)
    access = Access(hands)
    access.client.create_permission_set(**access.here, Name="Theirs", Description="by hand", SessionDuration="PT4H")
    access.give("Theirs", access.group("shop"), hands.accounts["shop-dev"])
    plan = cloud.plan(OF_IT)
    assert plan.changes == ()
    assert [str(address) for address in plan.unmanaged if address.kind == "permission_set"] == ["permission_set.Theirs"]
    later = at(text(SETS.replace("permission_sets: {", "permission_sets: {Theirs: {session: 4h}, ")))
    found = changes(later)
    assert {address: change.action for address, change in found.items()} == {
        "permission_set.Theirs": Action.ADOPT,
        "account_assignment.group/shop/Theirs": Action.DELETE,
    }


def test_who_had_it_before_it_was_adopted_is_known_when_the_config_drops_them(at: At) -> None:
    hands = Hands(applied(at, ""))
    access = Access(hands)
    access.client.create_permission_set(**access.here, Name="Theirs")
    for group in ("shop", "platform"):
        access.give("Theirs", access.group(group), hands.accounts["shop-dev"])
    both = "{groups: [shop, platform], permission_sets: [Theirs], target: {accounts: [shop-dev]}}"
    cloud = at(text(f"permission_sets: {{Theirs: {{}}}}, assignments: {{a: {both}}}"))
    assert {change.action for change in changes(cloud).values()} == {Action.ADOPT}
    assert cloud.apply(OF_IT).complete
    later = at(text(f"permission_sets: {{Theirs: {{}}}}, assignments: {{a: {both.replace('shop, ', '')}}}"))
    assert set(changes(later)) == {"account_assignment.group/shop/Theirs"}


def test_a_failed_account_is_told_and_the_others_are_done(sandbox: Sandbox, at: At) -> None:
    own = "permission_sets: {X: {customer_managed: [{name: own}]}}"
    cloud = applied(at, own)
    hands = Hands(cloud)
    document = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}]}'
    hands.client("iam", "shop-dev").create_policy(PolicyName="own", PolicyDocument=document)
    later = at(text(f"{own}, assignments: {{a: {SHOP.replace('Reader', 'X')}}}"))
    result = later.apply(OF_IT)
    (diagnostic,) = result.failed.values()
    assert "shop-prod" in diagnostic.message
    assert "policy/own" in diagnostic.message
    assert later.state(OF_IT)[next(iter(result.failed))] == {"accounts": ["shop-dev"]}
    hands.client("iam", "shop-prod").create_policy(PolicyName="own", PolicyDocument=document)
    assert later.apply(OF_IT).complete
    assert changes(later) == {}


def test_another_name_is_another_set_and_the_old_one_goes_with_its_assignments(at: At) -> None:
    applied(at, f"{SETS}, assignments: {{a: {SHOP}}}")
    later = at(text(f"{SETS.replace('Reader', 'Viewer')}, assignments: {{a: {SHOP.replace('Reader', 'Viewer')}}}"))
    assert later.apply(OF_IT).complete
    assert changes(later) == {}
    assert {str(each) for each in later.state(OF_IT) if each.kind == "permission_set"} == {
        "permission_set.Admin", "permission_set.Viewer",
    }  # fmt: skip


def test_calls_go_by_sets_and_principals_and_never_by_accounts(sandbox: Sandbox, at: At) -> None:
    cloud = applied(at, f"{SETS}, assignments: {{a: {PLATFORM}, b: {SHOP}}}")
    of_sets = {
        "DescribePermissionSet": 2,
        "ListTagsForResource": 2,
        "ListManagedPoliciesInPermissionSet": 2,
        "ListCustomerManagedPolicyReferencesInPermissionSet": 2,
        "GetInlinePolicyForPermissionSet": 2,
        "GetPermissionsBoundaryForPermissionSet": 2,
        "ListAccountsForProvisionedPermissionSet": 4,
    }
    once = {
        "ListInstances": 1,
        "DescribeInstance": 1,
        "ListPermissionSets": 1,
        "DescribeInstanceAccessControlAttributeConfiguration": 1,
    }
    of_principals = {"GetGroupId": 2, "ListAccountAssignmentsForPrincipal": 2}
    expected = Counter({**of_sets, **once, **of_principals})
    assert called(cloud) == expected
    assert called(cloud, detect=True) == expected + Counter({"ListAccountAssignments": 5 + 5})


@pytest.mark.parametrize(
    ("settings", "code"),
    [
        ("permission_sets: {X: {session: 30m}}", "LZ398"),
        ("permission_sets: {X: {session: 13h}}", "LZ398"),
        ("permission_sets: {X: {boundary: {}}}", "LZ398"),
        ("permission_sets: {X: {boundary: {aws_managed: A, name: b}}}", "LZ398"),
        (f"permission_sets: {{X: {{aws_managed: [{', '.join(f'A{n}' for n in range(21))}]}}}}", "LZ398"),
        (f"permission_sets: {{X: {{inline: {{Statement: [{{Sid: {'a' * 10_240}}}]}}}}}}", "LZ398"),
        ("permission_sets: {'a b': {}}", "LZ204"),
        (f"assignments: {{a: {SHOP}}}", "LZ399"),
        (f"{SETS}, assignments: {{a: {SHOP.replace('[shop]', '[]')}}}", "LZ399"),
        (f"{SETS}, assignments: {{a: {SHOP.replace('workloads', 'nowhere')}}}", "LZ301"),
        (f"{SETS}, assignments: {{a: {SHOP.replace('units: [workloads]', 'tags: {env: none}')}}}", "LZ399"),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_told_before(problems: Any, settings: str, code: str) -> None:
    found = problems(text=text(settings))
    assert code in {problem.code for problem in found}, found


def test_another_delegated_administrator_waits_for_the_dismissal_of_the_one_there_is(at: At) -> None:
    applied(at, SETS)
    kinds = [*OF_IT, BY_NAME["delegated_administrator"]]

    def named(account: str) -> Cloud:
        table = f"organization:\n  trusted_access: {{identity-center: {{administrator: {account}}}}}\n"
        return at(text(SETS).replace("organization:\n", table, 1))

    first = named("shop-dev")
    assert first.apply(kinds).complete
    assert first.plan(kinds).changes == ()
    plan = named("security-tooling").plan(kinds)
    with pytest.raises(ImpossiblePlan, match="has one delegated administrator, which is shop-dev: dismiss it first"):
        refuse_impossible(plan.kinds, plan.changes, first.observe(kinds).live)
