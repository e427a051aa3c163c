"""Drift that somebody has accepted: what an entry means, until when, and how each report tells it apart."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from landing.config import accepted
from landing.config.accepted import Acceptance
from landing.core.errors import ConfigError
from landing.core.model import Address, Gap, Severity, Source
from landing.engine.drift import Finding, Report, Status, accept, idle
from landing.report import formats
from landing.report.findings import coverage
from tests.report.formats import DRIFTS
from tests.report.samples import drift, organization, plan

KINDS = [kind.name for kind in plan().kinds]
TODAY = "2026-11-23"
ATTACHED = "attachments.unit/sandbox"


def entry(address: str, until: str = "2026-11-23", **rest: str) -> Acceptance:
    return Acceptance(address, "ann@example.com", "until the migration", until, Source("accepted.yaml", 2, 5), **rest)


def statuses(*entries: Acceptance, found: Report | None = None) -> dict[str, tuple[bool, str]]:
    """Of each finding that would be drift, whether it is accepted, and the note."""
    report = accept(found or drift(), entries, TODAY)
    return {str(f.address): (bool(f.accepted), f.note) for f in (*report.drifted, *report.accepted)}


def one(*diff: tuple[str, object, object], status: Status = Status.CHANGED) -> Report:
    finding = Finding(status, Severity.HIGH, Address("trail", "main"), "Trail", diff=diff)
    return Report((finding,), 1, replace(plan(), gaps=()))


def test_what_is_accepted_is_no_drift_until_the_end_of_its_last_day() -> None:
    report = accept(drift(), [entry(ATTACHED)], TODAY)
    assert ATTACHED not in {str(finding.address) for finding in report.drifted}
    (finding,) = report.accepted
    assert (str(finding.address), finding.accepted[0].owner) == (ATTACHED, "ann@example.com")
    assert report.summary["accepted"] == 1
    assert report.summary["changed"] == drift().summary["changed"] - 1
    assert coverage(report) == coverage(drift()), "it is not in sync either"


def test_the_day_after_it_is_a_finding_again_and_says_whose_it_was() -> None:
    report = accept(drift(), [entry(ATTACHED)], "2026-11-24")
    assert report.accepted == ()
    (finding,) = (each for each in report.drifted if str(each.address) == ATTACHED)
    assert finding.note == "acceptance expired on 2026-11-23 (ann@example.com)"
    assert list(idle(report, [entry(ATTACHED)], "2026-11-24")) == [
        f"accepted.yaml:2:5: the acceptance of {ATTACHED} expired on 2026-11-23 (ann@example.com)"
    ]


def test_an_attribute_alone_hides_no_other() -> None:
    logging, region = ("logging", True, False), ("tags.env", "prod", "dev")
    by_attribute = entry("trail.main", attribute="logging")
    assert statuses(by_attribute, found=one(logging)) == {"trail.main": (True, "")}
    ((is_accepted, note),) = statuses(by_attribute, found=one(logging, region)).values()
    assert not is_accepted
    assert note == "not this, or not all of it, is accepted by ann@example.com (accepted.yaml:2:5)"
    tags = entry("trail.*", attribute="tags")
    assert statuses(by_attribute, tags, found=one(logging, region)) == {"trail.main": (True, "")}
    assert not statuses(entry("trail.main", attribute="tag"), found=one(region))["trail.main"][0]
    assert not statuses(by_attribute, found=one(logging, status=Status.MISSING))["trail.main"][0]


def test_a_change_is_accepted_and_no_other_of_the_same_attribute() -> None:
    was = one(("logging", True, False))
    change = was.findings[0].change
    assert statuses(entry("trail.main", change=change), found=was)["trail.main"][0]
    other = one(("logging", True, None))
    assert other.findings[0].change != change
    assert not statuses(entry("trail.main", change=change), found=other)["trail.main"][0]
    gone = one(("logging", True, False), status=Status.MISSING)
    assert not statuses(entry("trail.main", change=change), found=gone)["trail.main"][0]


def test_a_policy_of_others_is_the_same_change_whoever_put_it_there() -> None:
    rows = (("id", None, "p-1"), ("nodes", None, ["root"]))
    told = one(*rows, ("by", None, "eve at 2026-11-01"), status=Status.IN_FORCE)
    assert told.findings[0].change == one(*rows, status=Status.IN_FORCE).findings[0].change
    elsewhere = one(rows[0], ("nodes", None, ["root", "unit/security"]), status=Status.IN_FORCE)
    assert elsewhere.findings[0].change != told.findings[0].change


def test_one_change_of_many_accounts_is_accepted_by_a_pattern() -> None:
    odd = next(f for f in drift().findings if str(f.address) == "stack.baseline@team-00004/eu-west-1")
    report = accept(drift(), [entry("stack.baseline*", change=odd.change)], TODAY)
    stacks = [f for f in (*report.accepted, *report.drifted) if f.address.kind == "stack"]
    assert {f.change == odd.change for f in report.accepted} == {True}
    assert len(report.accepted) > 1
    assert any(not f.accepted for f in stacks), "those that became something else"


def test_entries_that_accept_nothing_are_told_unless_nothing_could_be_read() -> None:
    entries = [entry("trail.gone"), entry("trail.main", change="0" * 32), entry("guardduty.x", until="2020-01-01")]
    told = list(idle(accept(one(("logging", 1, 2)), entries, TODAY), entries, TODAY))
    assert told == [
        "accepted.yaml:2:5: trail.gone has not drifted, so there is nothing to accept: remove it",
        "accepted.yaml:2:5: trail.main has drifted otherwise than ann@example.com accepted",
        "accepted.yaml:2:5: the acceptance of guardduty.x expired on 2020-01-01 (ann@example.com), "
        "and nothing there has drifted: remove it",
    ]
    gap = Gap("guardduty", plan().gaps[0].scope, plan().gaps[0].diagnostic)
    found = replace(one(("logging", 1, 2)), plan=replace(plan(), gaps=(gap,)))
    assert len(list(idle(accept(found, entries, TODAY), entries, TODAY))) == 2


def test_a_file_is_read_with_the_place_of_each_entry(tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(
        "accepted:\n"
        "  - {address: trail.main, attribute: logging, owner: ann, reason: 'moves', until: 2027-01-31}\n"
        f"  - {{address: stack*, change: {'0f' * 16}, owner: bob, reason: 'moves', until: 2027-02-01}}\n"
    )
    first, second = accepted.load(file, KINDS, TODAY)
    assert first == Acceptance("trail.main", "ann", "moves", "2027-01-31", Source(str(file), 2, 15), "logging")
    assert (second.address, second.change, second.source.line) == ("stack*", "0f" * 16, 3)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("accepted: [{address: trail.x, owner: a, until: 2027-01-01}]", ["1:12 LZ202 `reason` is missing"]),
        ("accepted: [{address: trail.x, owner: ' ', reason: r, until: soon}]", ["1:38 LZ206", "1:61 LZ206"]),
        ("accepted:\n- {address: trail.x, owner: a, reason: r, until: 2027-02-30}", ["2:50 LZ206 `2027-02-30` is no"]),
        ("accepted:\n- {address: trial.x, owner: a, reason: r, until: 2027-02-03}", ["2:13 LZ203 there is no kind"]),
        (
            "accepted:\n- {address: trail.*, owner: a, reason: r, until: 2027-02-03}",
            ["2:13 LZ206 `trail.*` means many"],
        ),
        ("accepted:\n- {address: trail, owner: a, reason: r, until: 2027-02-03}", ["2:13 LZ206 `trail` means many"]),
        (
            "accepted:\n- {address: trail.x, owner: a, reason: r, until: 2027-02-03}\n"
            "- {address: trail.x, owner: b, reason: r, until: 2027-02-03}",
            ["3:13 LZ206 `trail.x` is accepted twice"],
        ),
        (
            f"accepted:\n- {{address: trail.x, attribute: y, change: {'0' * 32}, owner: a, reason: r, until: 2027-02-03}}",
            ["2:22 LZ206 `attribute` says nothing beside `change`"],
        ),
        (
            "accepted:\n- {address: '*', attribute: tags, owner: a, reason: r, until: 2027-02-03}",
            ["2:13 LZ206 `*` means everything"],
        ),
        (
            "accepted:\n- {address: trail.x, owner: a, reason: r, until: 9999-12-31}\n"
            "- {address: trail.y, owner: a, reason: r, until: 2027-11-24}",
            ["2:50 LZ206 `9999-12-31` is more than 366 days away"],
        ),
        ("accepted: [}", ["1:12 LZ105"]),
        ("- a", ["1:1 LZ106"]),
        ("", ["1:1 LZ202"]),
    ],
)
def test_all_that_is_wrong_with_a_file_is_told_at_once(text: str, told: list[str], tmp_path: Path) -> None:
    file = tmp_path / "accepted.yaml"
    file.write_text(text)
    with pytest.raises(ConfigError) as refused:
        accepted.load(file, KINDS, TODAY)
    found = [f"{each.source.line}:{each.source.column} {each.code} {each.message}" for each in refused.value.problems]  # type: ignore[union-attr]
    assert len(found) == len(told), found
    for each, expected in zip(found, told, strict=True):
        assert each.startswith(expected)


def _some() -> Report:
    entries = [entry(ATTACHED), entry("policy.region-lock", until="2026-11-01"), entry("account*", attribute="unit")]
    return accept(drift(), entries, TODAY)


@pytest.mark.parametrize("name", ["drift.txt", "drift.md", "drift.html", "drift.csv", "drift.sarif", "drift.xml"])
def test_every_format_tells_what_is_accepted_and_what_has_expired(name: str) -> None:
    text = DRIFTS[name](_some(), organization())
    for told in ("until the migration", "ann@example.com", "2026-11-23", "acceptance expired on 2026-11-01"):
        assert told in text.replace("&#64;", "@").replace("&#46;", ".").replace("&#45;", "-"), told


@pytest.mark.parametrize("name", DRIFTS)
def test_where_all_is_accepted_nothing_says_that_all_is_as_declared(name: str) -> None:
    found = accept(one(("logging", True, False)), [entry("trail.main")], TODAY)
    text = DRIFTS[name](found, organization())
    assert "Your infrastructure matches" not in text
    if name.endswith(("txt", "md", "html", "github")):
        assert "No drift, but for 1 accepted finding." in text


def test_what_is_accepted_is_suppressed_in_sarif_and_no_annotation() -> None:
    results = json.loads(DRIFTS["drift.sarif"](_some(), organization()))["runs"][0]["results"]
    suppressed = [result for result in results if result["suppressions"]]
    assert {result["ruleId"] for result in suppressed} == {"attachments.changed", "account.changed"}
    (why,) = suppressed[0]["suppressions"]
    assert (why["kind"], why["status"]) == ("external", "accepted")
    assert why["justification"] == "Accepted until 2026-11-23 by ann@example.com: until the migration"
    plain = json.loads(DRIFTS["drift.sarif"](drift(), organization()))["runs"][0]["results"]
    assert not any("suppressions" in result for result in plain), "in all results or in none"
    annotations = DRIFTS["drift.github"](_some(), organization())
    assert "attachments.changed" in DRIFTS["drift.github"](drift(), organization())
    assert "attachments.changed" not in annotations


def test_what_is_accepted_is_a_skipped_case() -> None:
    suites = ElementTree.fromstring(DRIFTS["drift.xml"](_some(), organization()))
    skipped = [each.get("message", "") for each in suites.iter("skipped")]
    assert [told.partition(",")[0] for told in skipped] == [
        "accepted: attachments.unit/sandbox changed: policies",
        "accepted: account.team-00001 changed: unit",
    ]
    assert sum(int(suite.get("skipped", "")) for suite in suites) == 2


def test_a_row_has_who_until_when_and_why() -> None:
    rows = csv.DictReader(io.StringIO(DRIFTS["drift.csv"](_some(), organization()), newline=""))
    row = next(row for row in rows if row["address"] == ATTACHED)
    assert (row["accepted_by"], row["accepted_until"]) == ("ann@example.com", "2026-11-23")
    assert row["change"] == next(f.change for f in drift().findings if str(f.address) == ATTACHED)


def test_json_has_it_all() -> None:
    found = json.loads(formats.shown("drift", "json", _some(), organization(), view=formats.View()))
    (one,) = (each for each in found["findings"] if each["address"] == ATTACHED)
    assert one["accepted"] == [entry(ATTACHED).to_json()]
    assert len(one["change"]) == 32
    assert found["summary"]["accepted"] == 2


def test_text_tells_the_change_to_whoever_accepts() -> None:
    text = formats.shown("drift", "text", drift(), organization(), view=formats.View(changes=True))
    change = next(f.change for f in drift().findings if f.address.kind == "policy" and f.status is Status.CHANGED)
    assert f"  change: {change}\n" in text
    assert "change: " not in formats.shown("drift", "text", drift(), organization(), view=formats.View())
