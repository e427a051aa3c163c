"""What folds, what never does, and what the folded entry says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.core.model import Action, Address, Change, Scope
from landing.report.fold import fold, without_identity
from landing.report.place import spread, unit_of
from landing.services.registry import KINDS
from tests.report.samples import REGIONS, account, attachments, changes, organization, policy, stack


def test_the_same_change_in_many_accounts_is_one_entry_though_it_names_the_account():
    stacks = [stack("baseline", f"team-{n:05}", region) for n in range(4) for region in REGIONS]
    (group,) = fold(KINDS, stacks)
    assert len(group.changes) == 12
    assert group.change.after["parameters"]["Bucket"] == "logs-{account}-{region}"
    assert group.title == "stack.baseline (12: 4 accounts × 3 regions)"


def test_odd_ones_come_first_and_say_of_how_many_they_are():
    stacks = [stack("baseline", f"team-{n:05}", "eu-west-1", retention=7 if n in (3, 5) else 365) for n in range(9)]
    odd, rest = fold(KINDS, stacks)
    assert odd.title == "stack.baseline (2 of 9: 2 accounts × eu-west-1)"
    assert rest.title == "stack.baseline (7 of 9: 7 accounts × eu-west-1)"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (account("a", Action.DELETE), account("b", Action.DELETE)),
        (account("a", Action.UPDATE, unit="root"), account("b", Action.UPDATE, unit="root")),
        (account("a", Action.UPDATE, name="Old"), account("b", Action.UPDATE, name="Old")),
        (attachments("unit/a", [], ["x"]), attachments("unit/b", [], ["x"])),
        (stack("one", "a", "eu-west-1"), stack("two", "a", "eu-west-1")),
        (stack("one", "a", "eu-west-1"), stack("one", "b", "eu-west-1", was=None)),
        (stack("one", "a", "eu-west-1", was=1), stack("one", "b", "eu-west-1", was=2)),
    ],
    ids=["deletions", "moves", "renames", "attachments", "names", "actions", "befores"],
)
def test_what_is_never_folded(first, second):
    assert len(fold(KINDS, [first, second])) == 2


def test_tags_of_many_accounts_fold_over_their_names_and_addresses():
    (group,) = fold(KINDS, [account(key, Action.UPDATE, tags={}) for key in ("shop", "bank")])
    assert group.change.after["email"] == "{email}"
    assert group.title == "account.{key} (2 accounts)"


def test_expand_takes_kinds_addresses_prefixes_and_all():
    every = changes()
    assert len(fold(KINDS, every, ["all"])) == len(every)
    assert len(fold(KINDS, every, ["account"])) == len(fold(KINDS, every)) + 1
    assert len(fold(KINDS, every, ["stack.baseline@team-00007/eu-west-1"])) == len(fold(KINDS, every)) + 1
    assert len(fold(KINDS, every, ["stack.baseline@team-00007/*"])) == len(fold(KINDS, every)) + 3


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logs-shop", "logs-{account}"),
        ("shopping, workshop", "shopping, workshop"),
        ("shop/eu-west-1 and eu-west-1a", "{account}/{region} and eu-west-1a"),
        ("shop shop", "{account} {account}"),
    ],
)
def test_only_whole_words_are_the_account(text, expected):
    assert without_identity(text, Address("stack", "x", Scope("shop", "eu-west-1"))) == expected


@pytest.mark.parametrize("key", ["n", "u001f", "true", "null", "7", "u", '"', "\\"])
def test_no_key_can_break_the_json_that_is_compared(key):
    attributes = {"a": "\n\x1f\\", "b": True, "c": None, "d": 7, key: key}
    pair = [Change(Action.CREATE, Address("stack", "x", Scope(key, r)), None, attributes) for r in REGIONS]
    assert sum(len(group.changes) for group in fold(KINDS, pair)) == 3


keys = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8)


@given(st.lists(st.tuples(keys, st.sampled_from(REGIONS), st.integers(0, 3)), max_size=12))
def test_every_change_is_in_exactly_one_group(places):
    found = {(key, region): stack("baseline", key, region, retention=retention) for key, region, retention in places}
    groups = fold(KINDS, found.values())
    assert sorted(c.address for g in groups for c in g.changes) == sorted(c.address for c in found.values())
    for group in groups:
        assert group.out_of == len(found)


@pytest.mark.parametrize(
    ("address", "unit"),
    [
        (Address("unit", "workloads/prod"), "workloads/prod"),
        (Address("unit", "gone"), ""),
        (Address("account", "team-00001"), "workloads/dev"),
        (Address("contacts", "team-00000"), "workloads/prod"),
        (Address("attachments", "root"), "root"),
        (Address("attachments", "unit/sandbox"), "sandbox"),
        (Address("attachments", "account/team-00002"), "sandbox"),
        (Address("delegated_administrator", "config.amazonaws.com/security-tooling"), "security"),
        (Address("security_hub_association", "unit/workloads", Scope("security-tooling", "eu-west-1")), "workloads"),
        (Address("guardduty", "organization", Scope("security-tooling", "eu-west-1")), "security"),
        (Address("stack", "x", Scope("unknown", "eu-west-1")), ""),
        (Address("policy", "region-lock"), ""),
    ],
)
def test_the_unit_of_a_resource(address, unit):
    assert unit_of(organization(), address) == unit


def test_spread_counts_by_unit_and_sums_up_what_is_too_much():
    addresses = [Address("account", f"team-{n:05}") for n in range(7)]
    assert spread(organization(), addresses) == "workloads/prod 3 · sandbox 2 · workloads/dev 2"
    assert spread(organization(), [Address("policy", "x")]) == ""


def test_a_policy_stands_alone():
    assert len(fold(KINDS, [policy({}, {"a": 1}), attachments("root", [], ["x"])])) == 2
