"""Packing: what is written as one statement and what is not, and which policy each guardrail lives in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.policy import RCP, SCP, evaluate
from landing.policy.bin_packing import Packing, Room, entries, pack
from landing.policy.limits import compact
from landing.policy.merge import Piece, document, merge, pieces_of, refused
from tests.policy.build import FULL, policy
from tests.policy.generated import ACTION_PATTERNS, RESOURCE_PATTERNS, requests, statements

EXEMPT = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/Admin"}}
WIDE = Room(10_240, 9)


def deny(action: Any, **elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": "*", **elements}


def pieces(*items: Mapping[str, Any], name: str = "g") -> tuple[Piece, ...]:
    found = pieces_of(name, policy(*items))
    assert len(found) == len(items)
    return found


def merged(*items: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [each.statement for each in merge(pieces(*items))]


def test_statements_that_differ_in_action_alone_become_one() -> None:
    found = merged(deny("s3:PutObject", Condition=EXEMPT), deny(["s3:GetObject", "s3:PutObject"], Condition=EXEMPT))
    assert found == [deny(["s3:PutObject", "s3:GetObject"], Condition=EXEMPT)]


def test_statements_that_differ_in_resource_alone_become_one() -> None:
    one, two = "arn:aws:s3:::a", "arn:aws:s3:::b"
    assert merged(deny("s3:*", Resource=one), deny("s3:*", Resource=[two])) == [deny("s3:*", Resource=[one, two])]
    assert merged(deny("s3:*", Resource=one), deny("s3:*", Resource="*")) == [deny("s3:*", Resource="*")]


def test_actions_under_a_wildcard_that_is_there_are_dropped_and_none_is_invented() -> None:
    found = merged(deny(["s3:Put*", "s3:GetObject"]), deny(["s3:putobject", "s3:PutObject*", "s3:GetBucketAcl"]))
    assert found == [deny(["s3:Put*", "s3:GetObject", "s3:GetBucketAcl"])]
    assert merged(deny("s3:Get?cl"), deny("s3:Get*")) == [deny("s3:Get*")]
    assert merged(deny("s3:Get?"), deny("s3:G*t?")) == [deny(["s3:Get?", "s3:G*t?"])], "not sure, so both stay"


@pytest.mark.parametrize(
    "other",
    [
        {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"},
        deny("ec2:*", Condition={"Bool": {"aws:SecureTransport": "false"}}),
        deny("ec2:*", Resource="arn:aws:ec2:*:*:instance/*"),
        {"Effect": "Deny", "Action": "s3:*", "NotResource": "arn:aws:s3:::a"},
    ],
)
def test_what_differs_in_anything_else_stays_apart(other: dict[str, Any]) -> None:
    assert merged(deny("s3:*"), other) == [deny("s3:*"), other]
    not_action = {"Effect": "Deny", "NotAction": "ec2:*", "Resource": "*"}
    assert len(merged({**not_action, "NotAction": "s3:*"}, not_action)) == 2


def test_sids_stay_and_one_that_is_there_already_gets_its_guardrail_before_it() -> None:
    one = pieces(deny("s3:PutObject", Sid="Data"), name="protect-data")
    two = pieces(deny("ec2:RunInstances", Resource="arn:aws:ec2:*:*:x/*", Sid="Data"), name="no-compute")
    assert [each.statement["Sid"] for each in merge([*one, *two])] == ["Data", "NoComputeData"]
    assert [str(piece) for each in merge([*one, *two]) for piece in each.pieces] == [
        "protect-data/Data",
        "no-compute/Data",
    ]


@pytest.mark.parametrize(
    "content",
    [
        policy(FULL),
        policy(deny("s3:*"), FULL),
        {**policy(deny("s3:*")), "Version": "2008-10-17"},
        policy({**deny("s3:*"), "Efect": "Deny"}),
        {"Version": "2012-10-17"},
    ],
)
def test_a_document_that_does_more_than_deny_is_not_packed(content: dict[str, Any]) -> None:
    assert pieces_of("g", content) == ()


def test_a_merge_that_cannot_be_proved_is_not_made() -> None:
    doubtful = [deny("*:Delete", Condition=EXEMPT), deny("s3:*", Condition=EXEMPT)]
    groups = {"a": pieces_of("a", policy(doubtful[0])), "b": pieces_of("b", policy(doubtful[1]))}
    assert refused(merge([*groups["a"], *groups["b"]]), SCP) == {("a", 0), ("b", 0)}
    found = pack(groups, WIDE, SCP)
    assert [each.statement for each in merge(found.bins[1], found.apart)] == doubtful


def guardrails(*sizes: int) -> dict[str, tuple[Piece, ...]]:
    """Guardrails of about so many characters, that have nothing in common."""
    return {f"g{number}": sized(f"g{number}", size) for number, size in enumerate(sizes)}


def sized(name: str, size: int, statements: int = 1) -> tuple[Piece, ...]:
    listed = [
        deny("s3:PutObject", Resource=f"arn:aws:s3:::{name}-{number}-{'x' * (size // statements)}", Condition=only)
        for number in range(statements)
        for only in ({"StringEquals": {"aws:PrincipalTag/team": f"{name}{number}"}},)
    ]
    return pieces_of(name, policy(*listed))


def held(packing: Packing, given: Mapping[str, Sequence[Piece]]) -> dict[int, tuple[str, ...]]:
    return {number: entries(found, given) for number, found in packing.bins.items()}


def test_large_ones_go_first_and_small_ones_fill_the_gaps() -> None:
    given = guardrails(300, 600, 300, 600)
    assert held(pack(given, Room(1_400, 9), SCP), given) == {1: ("g0", "g1"), 2: ("g2", "g3")}


def test_a_guardrail_is_split_only_where_that_saves_a_policy() -> None:
    given = {name: sized(name, 400, statements=2) for name in "abc"}
    found = held(pack(given, Room(1_250, 9), SCP), given)
    assert len(found) == 2
    assert sum(entry.count(":") for listed in found.values() for entry in listed) == 2


def test_what_is_new_goes_to_the_first_policy_with_room_and_nothing_else_moves() -> None:
    given = guardrails(600, 300, 100)
    before = {1: ("g0",), 4: ("g1",)}
    assert held(pack(given, Room(1_150, 9), SCP, before), given) == {1: ("g0", "g2"), 4: ("g1",)}


def test_what_outgrows_its_policy_moves_and_nothing_comes_in_its_place_at_once() -> None:
    given = guardrails(600, 700, 100)
    found = held(pack(given, Room(1_250, 9), SCP, {1: ("g0", "g1")}), given)
    assert found == {1: ("g0",), 2: ("g1", "g2")}


def test_repacking_uses_new_policies_while_there_are_slots_and_joins_others_when_there_are_none() -> None:
    given = guardrails(100, 100, 100)
    before = {1: ("g0",), 2: ("g1",), 3: ("g2",)}
    assert held(pack(given, WIDE, SCP, before), given) == before
    assert held(pack(given, WIDE, SCP, before, repack=True), given) == {4: ("g0", "g1", "g2")}
    tight = Room(10_240, 2)
    assert held(pack(given, tight, SCP, before, repack=True), given) == {3: ("g0", "g1", "g2")}


@st.composite
def alike(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A statement, and others that differ from it in Action or Resource alone, where it has them."""
    one = draw(statements("Deny"))
    actions = draw(st.lists(st.sampled_from(ACTION_PATTERNS), min_size=1, max_size=3, unique=True))
    resources = draw(st.lists(st.sampled_from(RESOURCE_PATTERNS), min_size=1, max_size=2, unique=True))
    other = [{**one, "Action": actions}] * ("Action" in one) + [{**one, "Resource": resources}] * ("Resource" in one)
    return [one, *other]


DOCUMENTS = st.lists(alike(), min_size=1, max_size=4)


@settings(max_examples=60)
@given(DOCUMENTS, st.sampled_from((SCP, RCP)), st.lists(requests(), min_size=10, max_size=10))
def test_packing_never_changes_a_verdict(documents: list[list[Any]], policy_type: str, asked: list[Any]) -> None:
    given = {f"g{number}": pieces_of(f"g{number}", policy(*found)) for number, found in enumerate(documents)}
    found = pack({key: listed for key, listed in given.items() if listed}, Room(900, 9), policy_type)
    packed = [document(merge(listed, found.apart)) for listed in found.bins.values()]
    apart = [policy(*listed) for listed in documents]
    before, after = ([[{"name": "", "policy": each} for each in (policy(FULL), *all_)]] for all_ in (apart, packed))
    for request in asked:
        assert evaluate(before, request, policy_type).blocked is evaluate(after, request, policy_type).blocked


SIZES = st.lists(st.integers(10, 500), min_size=1, max_size=8)


@settings(max_examples=60)
@given(SIZES, st.integers(10, 500))
def test_one_more_guardrail_changes_one_policy(sizes: list[int], more: int) -> None:
    room = Room(800, 9)
    given = guardrails(*sizes)
    before = held(pack(given, room, SCP), given)
    given["new"] = sized("new", more)
    after = held(pack(given, room, SCP, before), given)
    changed = [number for number in {*before, *after} if before.get(number) != after.get(number)]
    assert len(changed) == 1
    assert held(pack(given, room, SCP, after), given) == after, "and it stays so"


@settings(max_examples=80)
@given(st.lists(SIZES, min_size=2, max_size=4), st.booleans())
def test_nothing_is_left_out_on_the_way_when_gains_come_before_losses(steps: list[list[int]], repack: bool) -> None:
    room, before = Room(800, 20), None
    for sizes in steps:
        given = guardrails(*sizes)
        after = held(pack(given, room, SCP, before, repack=repack), given)
        fits = {
            n: len(compact(document(merge(p)))) for n, p in pack(given, room, SCP, before, repack=repack).bins.items()
        }
        assert all(size <= room.size for size in fits.values())
        kept = {e for listed in (before or {}).values() for e in listed} & {
            e for listed in after.values() for e in listed
        }
        now = dict(before or {})
        losing = [n for n in {*now, *after} if set(now.get(n, ())) - set(after.get(n, ()))]
        for number in [n for n in after if n not in losing] + losing:
            now[number] = after.get(number, ())
            assert kept <= {entry for listed in now.values() for entry in listed}
        before = after
