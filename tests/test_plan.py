"""Plans: comparing, safety, files."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from landing.core.errors import StalePlan, UnknownFormat, UnsafePlan, WrongPlan
from landing.core.model import Action, Address, Change, Diagnostic, Gap, Resource, Scope, Source
from landing.engine.observe import Observation
from landing.engine.plan import Origin, Plan, load, make, save, still_to_do
from landing.engine.plan_file import digest_of
from landing.guardrails.exposure import refuse_unsafe
from landing.organization import Held, Organization

HERE = Source("config/landing.yaml", 3, 5)


def unit(key: str, *, owned: bool = True, **attributes: Any) -> Resource:
    return Resource(Address("unit", key), attributes or {"name": key}, owned=owned, source=HERE)


def seen(desired: list[Resource], live: list[Resource], *gaps: Gap) -> Observation:
    return Observation({r.address: r for r in desired}, {r.address: r for r in live}, gaps)


def plan(desired: list[Resource], live: list[Resource], *gaps: Gap) -> Plan:
    return make(seen(desired, live, *gaps), Origin(created="2026-01-01T00:00:00Z"))


@pytest.mark.parametrize(("refused", "planned"), [("InvalidClientTokenId", []), ("AccessDenied", ["key", "log"])])
def test_what_comes_after_a_region_that_is_off_waits_for_the_next_plan(refused: str, planned: list[str]) -> None:
    """Of a refusal alone nobody can tell that it is not there."""
    place = Scope("management", "me-south-1")
    gap = Gap("stack", place, Diagnostic("", "no", aws_code=refused))
    recorder = Resource(Address("stack", "recorder", place), {"status": "complete"})
    rule = Resource(Address("config_rule", "key", place), {}, (recorder.address,))
    alarm = Resource(Address("config_rule", "log", place), {}, (rule.address,))
    found = plan([recorder, rule, alarm], [], gap)
    assert [change.address.name for change in found.changes] == planned
    left = {str(each.name): each.reason for each in found.gaps}
    assert ("comes after stack.recorder@management/me-south-1" in left.get("key", "")) == (not planned)


def test_each_address_is_created_updated_deleted_or_left_alone() -> None:
    made = plan(
        [unit("new"), unit("same"), unit("renamed", name="b")],
        [unit("same"), unit("renamed", name="a"), unit("gone"), unit("foreign", owned=False)],
    )
    assert [(str(c.address), c.action.value) for c in made.changes] == [
        ("unit.gone", "delete"),
        ("unit.new", "create"),
        ("unit.renamed", "update"),
    ]
    assert [str(address) for address in made.unmanaged] == ["unit.foreign"]
    assert made.in_sync == 1
    assert made.summary == {"create": 1, "update": 1, "delete": 1, "adopt": 0}


def test_fields_that_aws_grows_are_no_drift() -> None:
    assert plan([unit("a", name="x")], [unit("a", name="x", shiny="new")]).changes == ()


WHY = Diagnostic(
    "LZ505",
    "no answer",
    Source("a.yaml", 1, 2),
    "look",
    address=Address("unit", "n", Scope("a", "r")),
    scope=Scope("a", "r"),
    operation="ListRoots",
    aws_code="AccessDenied",
    status=403,
    request_id="r-1",
)


def test_a_gap_hides_what_it_covers_and_nothing_else() -> None:
    gap = Gap("unit", Scope(), Diagnostic("", "AccessDenied"))
    other = Gap("account", Scope(), Diagnostic("", "closed"), "old")
    made = plan(
        [unit("a"), Resource(Address("account", "old"), {}), Resource(Address("account", "new"), {})], [], gap, other
    )
    assert [str(change.address) for change in made.changes] == ["account.new"]
    assert made.to_json()["complete"] is False


def test_a_plan_survives_its_file(tmp_path: Path) -> None:
    changes = (
        Change(Action.CREATE, Address("unit", "a/b"), None, {"name": "B"}, (Address("unit", "a"),), source=HERE),
        Change(Action.UPDATE, Address("stack", "x", Scope("acc", "eu-west-1")), {"k": [1, {"d": None}]}, {"k": []}),
        Change(
            Action.DELETE, Address("policy", "p"), {"content": {"é": "\x1b"}}, None, releases=(Address("unit", "a"),)
        ),
    )
    made = Plan(changes, (Gap("unit", Scope("a", "r"), WHY, "n"),), (Address("unit", "f"),), 7, Origin(caller="arn:x"))
    path = tmp_path / "plan.json"
    save(made, path)
    assert load(path) == made
    assert path.stat().st_mode & 0o777 == 0o600
    assert os.listdir(tmp_path) == ["plan.json"]


def test_the_json_has_the_shape_of_terraforms() -> None:
    data = plan([unit("a")], []).to_json()
    assert data["format_version"] == "5.4"
    assert data["applyable"]
    assert data["complete"]
    (entry,) = data["resource_changes"]
    assert entry["address"] == "unit.a"
    assert entry["declared_at"] == {"file": "config/landing.yaml", "line": 3, "column": 5}
    assert entry["change"] == {
        "actions": ["create"],
        "before": None,
        "after": {"name": "a"},
        "after_unknown": {"id": True},
    }


@pytest.mark.parametrize("damage", ["truncate", "edit", "version", "no plan", "no json", "missing"])
def test_a_damaged_plan_file_is_refused(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "plan.json"
    save(plan([unit("a")], []), path)
    text = path.read_text()
    match damage:
        case "truncate":
            path.write_text(text[: len(text) // 2])
        case "edit":
            path.write_text(text.replace('"name": "a"', '"name": "b"'))
        case "version":
            path.write_text(text.replace('"format_version": "5.4"', '"format_version": "6.0"'))
        case "no plan":
            path.write_text("[]")
        case "no json":
            path.write_bytes(b"\x00\x01")
        case "missing":
            path.unlink()
    with pytest.raises(UnknownFormat):
        load(path)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (lambda data: data.pop("gaps"), "`gaps` is missing"),
        (lambda data: data["resource_changes"][0].pop("requires"), "in `resource_changes[0]` `requires` is missing"),
        (lambda data: data["resource_changes"][0]["change"].update(actions=[]), "in `resource_changes[0]` a value"),
        (lambda data: data["resource_changes"][0].update(address="nope"), "'nope' is no address"),
        (lambda data: data["resource_changes"][0].update(address="odd.name"), "there is no kind 'odd'"),
        (lambda data: data.update(in_sync=8), "was changed after it was made (digest differs)"),
        (lambda data: data.update(in_sync="\x1b[31m"), "a value has not the type"),
        (lambda data: data.update(in_sync={}), "a value has not the type"),
        (lambda data: data["made_from"].update(caller=["x"]), "a value has not the type"),
        (lambda data: data["resource_changes"][0]["change"].update(after="x"), "in `resource_changes[0]` a value"),
        (lambda data: data["resource_changes"][0]["declared_at"].update(line="1"), "in `resource_changes[0]` a value"),
        (lambda data: data["resource_changes"][0]["declared_at"].update(column=[]), "in `resource_changes[0]` a value"),
        (
            lambda data: data["gaps"].append(
                {"kind": "unit", "account": "", "region": [], "reason": "r", "name": "", "diagnostic": {}}
            ),
            "in `gaps[0]` a value",
        ),
        (lambda data: data["made_from"].update(more="x"), "a key is not one of its own"),
        (lambda data: data.update(effects=[]), "a value has not the type that landing writes"),
    ],
)
def test_what_is_odd_in_a_damaged_plan_is_said_in_plain_words(edit: Callable[[Any], Any], told: str) -> None:
    data = plan([unit("a")], []).to_json()
    edit(data)
    with pytest.raises(UnknownFormat) as refused:
        Plan.from_json(data, "plan.json")
    assert told in str(refused.value)
    assert "Error" not in str(refused.value)


JUNK: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["format_version", "resource_changes", "digest", "gaps", "x"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(JUNK)
def test_no_json_value_passes_for_a_plan(value: Any) -> None:
    with pytest.raises(UnknownFormat):
        Plan.from_json(json.loads(json.dumps(value)))


def test_what_a_target_requires_comes_with_it() -> None:
    child = Resource(Address("unit", "a/b"), {"name": "b"}, (Address("unit", "a"),))
    made = plan([unit("a"), child, unit("c")], [])
    assert [c.address.name for c in made.only(["unit.a/b"]).changes] == ["a", "a/b"]
    assert [c.address.name for c in made.only(["unit.c*"]).changes] == ["c"]
    assert len(made.only(["unit"]).changes) == 3
    assert made.only([]) is made


def test_dangers_must_be_allowed_by_name(full: Organization) -> None:
    made = plan(
        [],
        [
            unit("gone"),
            Resource(Address("account", "old"), {}),
            Resource(Address("attachments", "root"), {"policies": ["p"]}),
        ],
    )
    with pytest.raises(UnsafePlan) as refused:
        refuse_unsafe(full, made.changes, ())
    for words in ("unit.gone", "--allow delete", "account.old", "--allow close-account", "--allow detach"):
        assert words in str(refused.value)
    refuse_unsafe(full, made.changes, ("delete", "close-account", "detach"))


def test_many_deletions_need_a_word_of_their_own(full: Organization) -> None:
    made = plan([], [unit(f"u{n}") for n in range(21)])
    with pytest.raises(UnsafePlan, match="many-deletes"):
        refuse_unsafe(full, made.changes, ("delete",))
    refuse_unsafe(full, made.changes, ("delete", "many-deletes"))


def test_staleness_is_judged_change_by_change() -> None:
    desired = [unit("new"), unit("renamed", name="b"), unit("done", name="b")]
    made = plan(desired, [unit("renamed", name="a"), unit("done", name="a")])
    now = seen(desired, [unit("renamed", name="a"), unit("done", name="b")])
    assert [c.address.name for c in still_to_do(made, now)] == ["new", "renamed"]
    with pytest.raises(StalePlan, match=r"unit\.renamed"):
        still_to_do(made, seen(desired, [unit("renamed", name="c"), unit("done", name="b")]))
    with pytest.raises(StalePlan, match=r"unit\.new"):
        still_to_do(made, seen(desired, [unit("new", name="other"), unit("renamed", name="a"), unit("done", name="b")]))
    with pytest.raises(StalePlan, match=r"unit\.new cannot be read now: denied"):
        still_to_do(made, replace(now, gaps=(Gap("unit", Scope(), Diagnostic("", "denied")),)))


def test_what_a_cut_off_run_left_half_way_is_still_to_do() -> None:
    desired = [unit("renamed", name="c")]
    made = make(seen(desired, [unit("renamed", name="a")]), Origin())
    now = seen(desired, [unit("renamed", name="b")])
    [change] = made.changes
    [left] = still_to_do(made, now, {change.address: [{**(change.after or {}), "name": "b"}]})
    assert left == replace(change, before={"name": "b"})
    with pytest.raises(StalePlan):
        still_to_do(made, now)


NEEDED, OTHER = Address("unit", "needed"), Address("unit", "other")
FORGED: dict[str, tuple[Change, str]] = {
    "after": (Change(Action.UPDATE, Address("unit", "a"), {"name": "x"}, {"name": "evil"}, (NEEDED,)), "`after`"),
    "more": (Change(Action.UPDATE, Address("unit", "a"), {"name": "x"}, {"name": "a", "b": 1}, (NEEDED,)), "`after`"),
    "requires": (Change(Action.UPDATE, Address("unit", "a"), {"name": "x"}, {"name": "a"}), "`requires`"),
    "releases": (
        Change(Action.UPDATE, Address("unit", "a"), {"name": "x"}, {"name": "a"}, (NEEDED,), (OTHER,)),
        "`releases`",
    ),
    "action": (Change(Action.CREATE, Address("unit", "a"), {"name": "x"}, {"name": "a"}, (NEEDED,)), "create"),
    "a delete of what is declared": (Change(Action.DELETE, Address("unit", "a"), {"name": "x"}, None), "declares it"),
    "what nobody declares": (Change(Action.CREATE, Address("unit", "evil"), None, {"name": "evil"}), "not declare"),
    "a delete of what is not ours": (
        Change(Action.DELETE, Address("unit", "theirs"), {"name": "theirs"}, None),
        "ours",
    ),
    "a delete that makes something": (Change(Action.DELETE, Address("unit", "ours"), {"name": "ours"}, {}), "declare"),
}


@pytest.mark.parametrize(("forged", "why"), FORGED.values(), ids=FORGED)
def test_a_saved_plan_is_what_the_config_says_or_it_is_refused(forged: Change, why: str) -> None:
    wanted = replace(unit("a"), requires=(NEEDED,))
    now = seen([wanted], [unit("a", name="x"), unit("theirs", owned=False), unit("ours")])
    honest = make(now, Origin())
    assert still_to_do(honest, now) == honest.changes
    with pytest.raises(WrongPlan, match=rf"(?s){re.escape(str(forged.address))}: .*{why}.*Plan again"):
        still_to_do(replace(honest, changes=(forged,)), now)


def test_a_delete_takes_all_of_what_was_reviewed_and_nothing_else() -> None:
    made = plan([], [unit("gone", name="a", more="b")])
    (change,) = made.changes
    partly = replace(made, changes=(replace(change, before={}),))
    with pytest.raises(StalePlan):
        still_to_do(partly, seen([], [unit("gone", name="a", more="b")]))


def _edited(value: Any, path: tuple[str | int, ...], new: Any) -> Any:
    if not path:
        return new
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[path[0]] = _edited(copy[path[0]], path[1:], new)
    return copy


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[Any] = list(value.items()) if isinstance(value, dict) else []
    inner = list(enumerate(value)) if isinstance(value, list) else inner
    return [path, *(place for key, item in inner for place in _places(item, (*path, key)))]


WHOLE = Plan(
    (
        Change(Action.UPDATE, Address("unit", "a"), {"name": "x"}, {"name": "y"}, (NEEDED,), (OTHER,), HERE),
        Change(Action.CREATE, Address("stack", "x", Scope("acc", "eu-west-1")), None, {"k": [1, {"d": None}]}),
    ),
    (Gap("unit", Scope("a", "r"), WHY, "n"),),
    (Address("unit", "f"),),
    7,
    Origin("o", "o-1", "111111111111", "arn:x", "4f", "2026-01-01T00:00:00Z"),
    {Address("unit", "a"): ("blocks s3:*",)},
    {Address("unit", "a"): ("blocks",)},
    allow={"weaken": (Address("unit", "a"),)},
    held=Held({"root": ("a", "b")}, frozenset({"a"}), frozenset({"b"})),
).to_json()


@pytest.mark.parametrize("place", _places(WHOLE), ids=lambda place: ".".join(map(str, place)) or "all")
def test_the_digest_covers_every_place_of_the_file(place: tuple[str | int, ...]) -> None:
    with pytest.raises(UnknownFormat):
        Plan.from_json(_edited(WHOLE, place, "edited"))


def test_what_the_file_of_a_plan_does_not_have_is_refused_whatever_its_digest() -> None:
    more = {**WHOLE, "approved_by": "boss"}
    more["digest"] = digest_of({key: value for key, value in more.items() if key != "digest"})
    with pytest.raises(UnknownFormat, match="approved_by"):
        Plan.from_json(more)
    other = {**WHOLE, "summary": {}}
    other["digest"] = digest_of({key: value for key, value in other.items() if key != "digest"})
    with pytest.raises(UnknownFormat, match="summary"):
        Plan.from_json(other)


NAMES = st.text(min_size=1)


@given(NAMES, st.text(), st.text())
@example("@x y", "", "")
@example("a/b@c/d*%40\n", "a@b/c", "eu-west-1")
def test_an_address_survives_any_name(name: str, account: str, region: str) -> None:
    address = Address("policy", name, Scope(account, region))
    text = str(address)
    assert Address.parse(text) == address
    assert text.splitlines() == [text]
    assert address.matches(text)
    assert not address.matches("policy.other")


@given(NAMES, NAMES)
def test_no_two_addresses_are_written_alike(one: str, other: str) -> None:
    first, second = Address("policy", one), Address("policy", other, Scope("acc"))
    assert str(first) != str(second)
    assert (str(first) == str(Address("policy", other))) == (one == other)


@pytest.mark.parametrize(
    "address",
    [
        Address("unit", "workloads/prod"),
        Address("policy", "Deny regions (EU), ünïcode"),
        Address("stack", "log-archive", Scope("log-archive", "eu-west-1")),
        Address("config-rule", "x", Scope("acc")),
    ],
)
def test_ordinary_addresses_are_written_as_they_are(address: Address) -> None:
    assert "%" not in str(address)


def _policy(**statement: Any) -> Resource:
    content = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Resource": "*", **statement}]}
    return Resource(Address("policy", "p"), {"content": content})


ALIKE = {
    "a list of one": _policy(Action=["s3:*", "ec2:*"], Resource=["*"]),
    "order": _policy(Action=["ec2:*", "s3:*"]),
    "case": _policy(Action=["S3:*", "EC2:*"]),
    "twice": _policy(Action=["s3:*", "s3:*", "ec2:*"]),
    "a condition that asks nothing": _policy(Action=["s3:*", "ec2:*"], Condition={"StringEquals": {}}),
}


@pytest.mark.parametrize("live", ALIKE.values(), ids=ALIKE)
def test_documents_that_aws_reads_alike_are_no_drift(live: Resource) -> None:
    assert plan([_policy(Action=["s3:*", "ec2:*"])], [live]).changes == ()


@pytest.mark.parametrize(
    "live",
    [
        _policy(Action=["s3:*"]),
        _policy(Action=["s3:*", "ec2:*"], Resource="arn:aws:s3:::A"),
        _policy(NotAction=["s3:*", "ec2:*"]),
        _policy(Action=["s3:*", "ec2:*"], Condition={"StringEquals": {"a": []}}),
        _policy(Action=["s3:*", "ec2:*"], Effect="Allow"),
    ],
)
def test_documents_that_aws_reads_otherwise_are_drift(live: Resource) -> None:
    assert len(plan([_policy(Action=["s3:*", "ec2:*"])], [live]).changes) == 1


def test_an_email_in_another_case_is_the_same_and_not_shown_as_a_change() -> None:
    wanted = Resource(Address("account", "a"), {"email": "app@example.com", "name": "A"})
    assert plan([wanted], [replace(wanted, attributes={"email": "App@Example.com", "name": "A"})]).changes == ()
    (change,) = plan([wanted], [replace(wanted, attributes={"email": "App@Example.com", "name": "B"})]).changes
    assert change.before == {"email": "app@example.com", "name": "B"}


def test_a_gap_without_parts_has_its_reason() -> None:
    gap = {"kind": "unit", "account": "a", "region": "r", "reason": "ListRoots: AccessDenied: no", "name": ""}
    older = {**WHOLE, "format_version": "5.1", "gaps": [gap]}
    older["digest"] = digest_of({key: value for key, value in older.items() if key != "digest"})
    plan = Plan.from_json(older)
    assert plan.gaps == (Gap("unit", Scope("a", "r"), Diagnostic("", gap["reason"])),)
    assert plan.to_json()["gaps"] == [gap]


def test_a_diagnostic_is_read_as_it_was_written() -> None:
    assert Diagnostic.from_json(json.loads(json.dumps(WHY.to_json()))) == WHY
    assert Diagnostic("", "only this").to_json() == {"message": "only this"}
