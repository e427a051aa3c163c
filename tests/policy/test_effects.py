"""What a change of policies does, found from classes and attacked with requests."""

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landing.policy import RCP, Budget, Comparison, OverBudgetError, effect, evaluate, share, weaker
from tests.policy.build import ACCOUNT, FULL, deny, level, policy
from tests.policy.generated import ACTIONS, hierarchies, requests

SCOPE = {"account": ACCOUNT}
FULL_LEVEL = [{"name": "FullAWSAccess", "policy": policy(FULL)}]


def names(changed: Any) -> set[str]:
    return {action for item in changed for action in item.actions}


def test_nothing_changes_when_policies_only_move() -> None:
    one, two = deny("s3:*", Sid="A"), deny("ec2:*", Sid="B")
    before = [level(one, two), FULL_LEVEL]
    after = [FULL_LEVEL, level({**two, "Sid": "Other"}, {**one, "Action": ["s3:*"]}, name="elsewhere")]
    found = effect(before, after, SCOPE)
    assert (found.denied, found.permitted, found.undetermined) == ((), (), ())


def test_what_denies_is_named() -> None:
    """By the statement, its number if it has no Sid; nothing where an Allow is wanting."""
    before, named, numbered = (
        [level(*statements)]
        for statements in (
            (),
            (deny("sqs:CreateQueue", Sid="Queues"),),
            (deny("s3:*"), {"Effect": "Deny", "Action": "sqs:CreateQueue", "Resource": "*"}),
        )
    )
    scope = {**SCOPE, "actions": "sqs:CreateQueue"}
    name = named[0][-1]["name"]
    assert [item.by for item in effect(before, named, scope).denied] == [(f"{name}/Queues",)]
    assert [item.by for item in effect(numbered, before, scope).permitted] == [(f"{name}/#2",)]
    allowing_nothing = [[{"name": "other", "policy": policy({"Effect": "Allow", "Action": "s3:*", "Resource": "*"})}]]
    assert [item.by for item in effect(before, allowing_nothing, scope).denied] == [()]


@pytest.mark.parametrize("count", [5, 40, 300])
def test_any_number_of_exempt_roles_is_looked_at(count: int) -> None:
    exempt = {"ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::*:role/team-{number}" for number in range(count)]}}
    before, after = ([level(deny(f"sqs:{verb}Queue", Condition=exempt))] for verb in ("Create", "Delete"))
    found = effect(before, after, {"actions": ["sqs:CreateQueue", "sqs:DeleteQueue"]})
    assert (names(found.denied), names(found.permitted)) == ({"sqs:DeleteQueue"}, {"sqs:CreateQueue"})


def test_actions_that_become_denied_and_permitted() -> None:
    before, after = (
        [level(deny("guardduty:Delete*"))],
        [level(deny(["guardduty:Delete*", "guardduty:Update*"]))],
    )
    added = effect(before, after, SCOPE)
    assert names(added.denied) == names(effect(before, after, {**SCOPE, "actions": "guardduty:*"}).denied)
    assert all(action.startswith("guardduty:Update") for action in names(added.denied))
    assert added.permitted == ()
    assert all(item.entirely for item in added.denied)
    removed = effect(after, before, SCOPE)
    assert names(removed.permitted) == names(added.denied)
    assert removed.denied == ()
    for item in removed.permitted:
        assert evaluate(after, item.example).blocked is True
        assert evaluate(before, item.example).blocked is False


def test_a_new_exception_lets_some_requests_through_and_not_all() -> None:
    before = [level(deny("guardduty:DeleteDetector"))]
    spared = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/ops/*"}}
    after = [level(deny("guardduty:DeleteDetector", Condition=spared))]
    [permitted] = effect(before, after, SCOPE).permitted
    assert permitted.actions == ("guardduty:DeleteDetector",)
    assert ":role/ops/" in permitted.example["principal"]
    assert permitted.entirely
    [denied] = effect(after, before, SCOPE).denied
    assert denied.entirely
    other = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/sec/*"}}
    both = effect(after, [level(deny("guardduty:DeleteDetector", Condition=other))], SCOPE)
    assert (names(both.denied), names(both.permitted)) == ({"guardduty:DeleteDetector"},) * 2
    assert not both.denied[0].entirely
    assert not both.permitted[0].entirely


def test_an_allow_that_goes_denies_what_it_allowed() -> None:
    some = {"Effect": "Allow", "Action": ["s3:*", "ec2:*"], "Resource": "*"}
    after = [FULL_LEVEL, [{"name": "narrow", "policy": policy(some)}]]
    found = effect([FULL_LEVEL, FULL_LEVEL], after, SCOPE)
    assert "iam:CreateRole" in names(found.denied)
    assert "s3:PutObject" not in names(found.denied)
    assert len(names(found.denied)) > 20_000
    assert found.permitted == ()


def test_a_move_to_a_deeper_place_is_an_effect_as_well() -> None:
    before, after = [FULL_LEVEL, FULL_LEVEL], [FULL_LEVEL, level(deny("organizations:Leave*")), FULL_LEVEL]
    assert names(effect(before, after, SCOPE).denied) == {"organizations:LeaveOrganization"}


def test_rcps_are_compared_where_they_reach() -> None:
    before: list[Any] = [[]]
    after = [[{"name": "p", "policy": policy(deny(["s3:PutObject", "ec2:*"], Principal="*"))}]]
    assert names(effect(before, after, None, RCP).denied) == {"s3:PutObject"}


def test_what_is_in_doubt_is_undetermined_and_not_an_effect() -> None:
    odd = deny("s3:PutObject", Condition={"NumericEquals": {"aws:MultiFactorAuthAge": "ten"}})
    found = effect([FULL_LEVEL], [level(odd)], SCOPE)
    assert (found.denied, found.permitted) == ((), ())
    [unknown] = found.undetermined
    assert unknown.actions == ("s3:PutObject",)
    assert "ten" in unknown.reason


def test_a_scope_is_checked() -> None:
    with pytest.raises(ValueError, match="a scope has actions"):
        effect([[]], [[]], {"deny": "s3:*"})


def test_a_gap_on_the_way_is_found() -> None:
    stop = deny("s3:*")
    before, after = [level(stop), FULL_LEVEL], [FULL_LEVEL, level(stop)]
    detached_first, attached_first = [FULL_LEVEL, FULL_LEVEL], [level(stop), level(stop)]
    assert "s3:PutObject" in names(weaker(before, detached_first, after, SCOPE).permitted)
    assert weaker(before, attached_first, after, SCOPE).permitted == ()
    # Let through on the way, but also by one of the ends.
    assert weaker([FULL_LEVEL], [FULL_LEVEL], [level(stop)], SCOPE).permitted == ()


UNHURRIED = settings(max_examples=70, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


@UNHURRIED
@given(
    before=hierarchies(),
    after=hierarchies(),
    share=st.booleans(),
    asked=st.lists(requests(), min_size=8, max_size=8),
)
def test_no_request_changes_without_being_in_the_effect(
    before: list[Any], after: list[Any], share: bool, asked: list[Any]
) -> None:
    if share:
        after = [*copy.deepcopy(before), *after]
    found = effect(before, after, {**SCOPE, "actions": list(ACTIONS)})
    denied, permitted = names(found.denied), names(found.permitted)
    unknown = names(found.undetermined)
    for request in asked:
        was, becomes = evaluate(before, request).blocked, evaluate(after, request).blocked
        if (was, becomes) == (False, True):
            assert request["action"] in denied | unknown, (request, found)
        if (was, becomes) == (True, False):
            assert request["action"] in permitted | unknown, (request, found)
    for item, ends in [*((item, (before, after)) for item in found.denied)]:
        assert [evaluate(end, item.example).blocked for end in ends] == [False, True]


@UNHURRIED
@given(
    before=hierarchies(),
    between=hierarchies(),
    after=hierarchies(),
    asked=st.lists(requests(), min_size=8, max_size=8),
)
def test_no_request_slips_through_a_state_that_is_not_weaker(
    before: list[Any], between: list[Any], after: list[Any], asked: list[Any]
) -> None:
    found = weaker(before, between, after, {**SCOPE, "actions": list(ACTIONS)})
    known = names(found.permitted) | names(found.undetermined)
    for request in asked:
        if [evaluate(levels, request).blocked for levels in (before, between, after)] == [True, False, True]:
            assert request["action"] in known, (request, found)


def test_of_two_that_deny_the_same_and_go_each_is_told_to_permit_it() -> None:
    one, other = deny("s3:*"), deny("s3:PutObject")
    found = share([level(one, other)], [FULL_LEVEL], alone=[level(other)], without=[level(one)], scope=SCOPE)
    assert "s3:PutObject" in names(found.permitted)
    assert "s3:GetObject" in names(found.permitted)
    assert found.denied == ()
    kept = share([level(one, other)], [level(other)], alone=[level(other)], without=[level(one, other)], scope=SCOPE)
    assert "s3:PutObject" not in names(kept.permitted)


def test_nothing_is_owed_to_a_part_of_a_move() -> None:
    stop = deny("s3:*")
    before, after = [level(stop), FULL_LEVEL], [FULL_LEVEL, level(stop)]
    up, down = [FULL_LEVEL, FULL_LEVEL], [level(stop), level(stop)]
    for alone, without in ((up, down), (down, up)):
        found = share(before, after, alone=alone, without=without, scope=SCOPE)
        assert (found.denied, found.permitted) == ((), ())


@UNHURRIED
@given(
    states=st.lists(hierarchies(), min_size=4, max_size=4),
    joined=st.sampled_from(["", "grows", "shrinks"]),
    asked=st.lists(requests(), min_size=8, max_size=8),
)
def test_every_request_that_is_owed_to_a_change_is_in_its_share(
    states: list[Any], joined: str, asked: list[Any]
) -> None:
    before, alone, without, after = states
    if joined:
        # Only more is denied on the way from the first to the last, or the other way round.
        more = [{"name": f"more-{action}", "policy": policy(deny(action))} for action in ACTIONS[:2]]
        middle, last = [[*before[0], more[0]], *before[1:]], [[*before[0], *more], *before[1:]]
        without = [[*before[0], more[1]], *before[1:]]
        before, alone, after = (before, middle, last) if joined == "grows" else (last, without, before)
        without = without if joined == "grows" else middle
    scope = {**SCOPE, "actions": list(ACTIONS)}
    found = share(before, after, alone=alone, without=without, scope=scope)
    known = {False: names(found.permitted), True: names(found.denied)}
    unknown = names(found.undetermined)
    for request in asked:
        was, left, by_itself, becomes = (
            evaluate(levels, request).blocked for levels in (before, without, alone, after)
        )
        if None in (was, left, by_itself, becomes) or was == becomes:
            continue
        if by_itself == becomes or left == was:
            assert request["action"] in known[becomes] | unknown, (request, found)
    for item, end in [(item, True) for item in found.denied] + [(item, False) for item in found.permitted]:
        assert [evaluate(levels, item.example).blocked for levels in (before, after)] == [not end, end]


@given(hierarchies(), hierarchies(), st.lists(st.integers(0, 3), min_size=1, max_size=4))
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_one_comparison_serves_all_parts_of_a_plan(before: Any, after: Any, kept: list[int]) -> None:
    """What is owed to each part is the same when what they share is found once, whatever was asked before."""
    if len(before) != len(after):
        return
    comparison = Comparison(before, after, scope={**SCOPE, "actions": list(ACTIONS)})
    for number in kept:
        alone = [new if index == number else old for index, (old, new) in enumerate(zip(before, after, strict=True))]
        without = [old if index == number else new for index, (old, new) in enumerate(zip(before, after, strict=True))]
        shared = comparison.share(alone, without)
        fresh = share(before, after, alone=alone, without=without, scope={**SCOPE, "actions": list(ACTIONS)})
        assert (names(shared.denied), names(shared.permitted)) == (names(fresh.denied), names(fresh.permitted))


def test_a_budget_ends_in_an_error_not_in_an_effect() -> None:
    before, after = [level(deny("s3:*"))], [level(deny("sqs:*"))]
    comparison = Comparison(before, after, scope={**SCOPE, "actions": ["s3:*", "sqs:*"]}, budget=Budget(1))
    with pytest.raises(OverBudgetError):
        comparison.effect()


def test_what_others_change_is_not_looked_at_for_one_part() -> None:
    """The work goes with what the part changes: 1 unit of it, whatever the other parts do."""
    spent = []
    for others in (1, 30):
        services = ["sqs", *(f"sns:Get{number}" for number in range(others))]
        old = [[*FULL_LEVEL, *({"name": name, "policy": policy(deny("ec2:Run*"))} for name in services)]]
        texts = {name: policy(deny("sqs:CreateQueue" if name == "sqs" else name)) for name in services}
        new = [[*FULL_LEVEL, *({"name": name, "policy": texts[name]} for name in services)]]
        alone = [[entry if entry["name"] != "sqs" else new[0][1] for entry in old[0]]]
        without = [[entry if entry["name"] != "sqs" else old[0][1] for entry in new[0]]]
        budget = Budget(1_000)
        Comparison(old, new, scope=SCOPE, budget=budget).share(alone, without)
        spent.append(1_000 - budget.left)
    assert spent[0] == spent[1] > 0


@pytest.mark.parametrize(
    "condition",
    [
        {"StringEquals": {"aws:RequestedRegion": "us-east-1"}},
        {"StringEquals": {"aws:ResourceAccount": "444455556666"}},
    ],
)
def test_an_example_has_one_region_and_one_account(condition: dict[str, Any]) -> None:
    after = [level(deny("sqs:DeleteQueue", Condition=condition))]
    for item in effect([level()], after, {**SCOPE, "actions": "sqs:DeleteQueue"}).denied:
        _, _, _, region, account, _ = item.example["resource"].split(":", 5)
        context = item.example["context"]
        assert context.get("aws:RequestedRegion", region) == region
        assert context.get("aws:ResourceAccount", account) == account
