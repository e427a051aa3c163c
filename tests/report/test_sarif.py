"""SARIF as code scanning takes it: locations, limits, identities."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.core.model import Action, Address, Diagnostic, Gap, Scope, Source
from landing.engine.drift import Status, report
from landing.engine.plan import Plan
from landing.report import sarif
from landing.report.result import Repository, Result, Rule
from tests.cloud import BY_NAME
from tests.report.samples import PROBLEMS, account, at, drift, findings, hostile, many, organization, plan, stack

ROOT = Path("/repository")
REPOSITORY = Repository(ROOT, ROOT)


def run_of(text: str) -> dict:
    log = json.loads(text)
    assert log["version"] == "2.1.0"
    assert len(log["runs"]) == 1
    return log["runs"][0]


def of_drift(found) -> dict:
    return run_of(sarif.of_drift(found, repository=REPOSITORY, anchor="config/organization.yaml"))


@pytest.mark.parametrize(
    "found", [drift(), findings(6000), report(organization(), hostile())], ids=["some", "many", "hostile"]
)
def test_every_result_has_a_rule_a_relative_location_and_an_identity_of_its_own(found):
    run = of_drift(found)
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        (location,) = result["locations"]
        artifact = location["physicalLocation"]["artifactLocation"]
        assert artifact["uriBaseId"] == "%SRCROOT%"
        assert artifact["uri"]
        assert not artifact["uri"].startswith("/")
        assert not set(artifact["uri"]) & set(' <>"{}|\\^`#?\n\x1b')
        assert location["physicalLocation"]["region"]["startLine"] >= 1
        assert list(result["partialFingerprints"]) == ["landing/v1", "primaryLocationLineHash"]
    prints = [result["partialFingerprints"]["landing/v1"] for result in run["results"]]
    assert len(prints) == len({*prints})
    keys = [(r["ruleId"], json.dumps(r["locations"][0]["physicalLocation"])) for r in run["results"]]
    assert len(keys) == len({*keys})


def test_one_result_for_all_places_that_one_line_asks_for():
    result = next(r for r in of_drift(drift())["results"] if r["ruleId"] == "stack.changed")
    assert result["occurrenceCount"] == 35
    assert "Stack changed in 35 places: stack.baseline@team-00000/eu-central-1" in result["message"]["text"]
    assert "and 25 more" in result["message"]["text"]
    assert len(result["locations"][0]["logicalLocations"]) == 35
    assert result["locations"][0]["physicalLocation"]["region"]["startLine"] == 12


def test_rules_come_from_the_kinds():
    rules = {rule["id"]: rule for rule in of_drift(drift())["tool"]["driver"]["rules"]}
    rule = rules["attachments.changed"]
    kind = BY_NAME["attachments"]
    assert rule["helpUri"] == kind.help_uri
    assert {*kind.controls} <= {*rule["properties"]["tags"]}
    assert rule["properties"]["security-severity"] == "8.0"
    assert rules["config_rule.unexpected"]["properties"]["security-severity"] == "5.5"
    assert rules["policy.unmanaged"]["properties"]["security-severity"] == "2.0"


def test_what_is_too_much_is_folded_by_rule_and_file():
    run = of_drift(findings(6000))
    assert len(run["results"]) == sarif.MOST_RESULTS // 2 + 2
    assert {result["level"] for result in run["results"][:2500]} == {"error"}
    *_, errors, notes = run["results"]
    assert errors["message"]["text"].startswith("1500 results, of which this is the first: Stack changed in one place")
    assert (errors["level"], errors["occurrenceCount"]) == ("error", 1500)
    assert (notes["level"], notes["occurrenceCount"]) == ("note", 2000)
    assert run["invocations"][0]["toolExecutionNotifications"] == []
    for result in of_drift(report(organization(), many(20_000)))["results"]:
        assert len(result["locations"][0]["logicalLocations"]) <= sarif.MOST_PLACES


RESULTS = st.builds(
    Result,
    st.builds(Rule, st.sampled_from(["a", "b", "c"]), st.text(), st.text(), tags=st.lists(st.text()).map(tuple)),
    st.sampled_from(["error", "warning", "note"]),
    st.text(),
    st.builds(Source, st.text(min_size=1), st.integers(0, 9), st.integers(0, 9)),
    st.text(max_size=3),
    st.lists(st.text(), max_size=200).map(tuple),
)


@given(st.lists(RESULTS, max_size=30), st.lists(st.text(), max_size=200), st.integers(3_000, 20_000))
@settings(max_examples=50)
def test_a_file_keeps_the_limits_of_code_scanning_whatever_was_found(found, notes, most):
    text = sarif.document(found, category="x", repository=REPOSITORY, notes=notes, most_bytes=most)
    run = run_of(text)
    assert len(gzip.compress(text.encode(), mtime=0)) <= most or run["results"] == []
    ids = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert sorted({result["ruleId"] for result in run["results"]}) == ids
    assert all(len(rule["properties"]["tags"]) <= 20 for rule in run["tool"]["driver"]["rules"])
    assert all(len(rule["fullDescription"]["text"]) <= 1024 for rule in run["tool"]["driver"]["rules"])
    for result in run["results"]:
        (location,) = result["locations"]
        assert len(location.get("logicalLocations", ())) <= 100
        assert location["physicalLocation"]["artifactLocation"]["uri"]
    prints = [result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]]
    assert len(prints) == len({*prints})
    told = run["invocations"][0]["toolExecutionNotifications"]
    assert len(told) <= sarif.MOST_NOTES + 2
    if len(run["results"]) < len(found):
        assert told[-1]["message"]["text"].startswith(f"{len(found) - len(run['results'])} results are left out")


@given(st.lists(RESULTS, max_size=30), st.integers(2, 12))
def test_folding_keeps_every_result_of_few_rules(found, most):
    folded = sarif.folded(found, most)
    assert len(folded) <= max(most, most // 2 + 9)
    assert folded[: most // 2] == found[: most // 2]


def test_what_no_line_asks_for_stands_at_the_anchor():
    found = report(replace(organization(), source=None), Plan((), unmanaged=(Address("policy", "x"),)))
    (result,) = of_drift(found)["results"]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"]["uri"] == "config/organization.yaml"
    assert physical["region"]["startLine"] == 1


def test_gaps_are_notifications_of_the_run_and_not_results():
    found = report(organization(), Plan((), (Gap("trail", Scope("a", "b"), Diagnostic("", "denied")),)))
    run = of_drift(found)
    assert run["results"] == []
    (told,) = run["invocations"][0]["toolExecutionNotifications"]
    assert told["message"]["text"] == "Not checked: trail@a/b: denied"


def test_the_identity_survives_an_edit_of_the_file_and_more_places():
    def prints(found):
        return {r["ruleId"]: r["partialFingerprints"]["landing/v1"] for r in of_drift(found)["results"]}

    moved = [replace(c, source=replace(c.source, line=c.source.line + 7)) if c.source else c for c in plan().changes]
    more = stack("baseline", "team-99999", "eu-west-1")
    again = report(organization(), replace(plan(), changes=(*moved, replace(more, source=at(19)))))
    assert prints(again) == prints(drift())


def test_two_statuses_at_one_line_are_two_rules():
    one, two = account("a"), replace(account("a"), address=Address("account", "b"))
    changed = replace(two, action=Action.UPDATE, before={**two.after, "name": "x"})
    found = report(organization(), Plan((one, changed)))
    assert {f.status for f in found.findings} == {Status.MISSING, Status.CHANGED}
    assert sorted(r["ruleId"] for r in of_drift(found)["results"]) == ["account.changed", "account.missing"]


def test_problems_fold_by_code_and_line_and_underline_the_key():
    run = run_of(sarif.of_problems(PROBLEMS, repository=REPOSITORY, anchor="config"))
    assert [(r["ruleId"], r["level"]) for r in run["results"]] == [
        ("LZ101", "error"),
        ("LZ201", "error"),
        ("LZ342", "warning"),
    ]
    emial = run["results"][1]
    assert "`emial` in account (did you mean `email`?); unknown key `nmae`" in emial["message"]["text"]
    assert emial["locations"][0]["physicalLocation"]["region"] == {"startLine": 25, "startColumn": 3, "endColumn": 8}


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("config/a.yaml", {"uri": "config/a.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/repository/config/a b#1.yaml", {"uri": "config/a%20b%231.yaml", "uriBaseId": "%SRCROOT%"}),
        ("/elsewhere/a.yaml", {"uri": "file:///elsewhere/a.yaml"}),
        ("config/é.yaml", {"uri": "config/%C3%A9.yaml", "uriBaseId": "%SRCROOT%"}),
    ],
)
def test_paths_are_relative_to_the_repository(file, expected):
    run = run_of(
        sarif.of_problems([Diagnostic("LZ1", "x", Source(file, 1, 1))], repository=REPOSITORY, anchor="config")
    )
    assert run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"] == expected


def test_messages_hold_no_links():
    run = run_of(
        sarif.of_problems([Diagnostic("LZ1", "[x](http://evil)", None)], repository=REPOSITORY, anchor="config")
    )
    assert "](" not in run["results"][0]["message"]["text"]
