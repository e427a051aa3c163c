"""JUnit as CI reads it: counts that add up, gaps that are not green."""

from __future__ import annotations

from xml.etree import ElementTree

from landing.core.model import Action, Address, Change, Diagnostic, Gap, Scope
from landing.engine.drift import report
from landing.engine.plan import Plan
from landing.report import junit
from tests.report.samples import HOSTILE, account, declared, drift, findings, hostile, many, organization


def suites_of(found, accounts: int = 12) -> ElementTree.Element:
    org = organization(accounts)
    return ElementTree.fromstring(junit.render(found, org, declared(org)))


def test_a_suite_a_kind_and_a_case_a_unit():
    suites = suites_of(drift())
    names = [suite.get("name") for suite in suites]
    assert names[:4] == ["Organizational unit", "Organization policy", "Policy attachments", "Account"]
    stacks = next(suite for suite in suites if suite.get("name") == "Stack")
    assert [case.get("name") for case in stacks] == ["root", "security", "workloads/prod", "workloads/dev", "sandbox"]
    assert {case.get("classname") for case in stacks} == {"landing.stack"}


def test_the_counts_are_those_of_the_cases():
    suites = suites_of(drift())
    for level in (suites, *suites):
        cases = list(level.iter("testcase"))
        assert level.get("tests") == str(len(cases))
        assert level.get("failures") == str(sum(case.find("failure") is not None for case in cases))
        assert level.get("errors") == str(sum(case.find("error") is not None for case in cases))
    assert int(suites.get("failures", "0")) > 0


def test_a_failure_says_what_differs_and_where():
    suites = suites_of(drift())
    case = next(
        c for c in suites.iter("testcase") if (c.get("classname"), c.get("name")) == ("landing.stack", "sandbox")
    )
    failure = case.find("failure")
    assert failure is not None
    assert failure.get("message") == "12 drifted"
    assert '~ parameters.Retention = "365" -> "30"' in str(failure.text)
    assert "team-00002/us-east-1" in str(failure.text)


def test_what_was_not_checked_is_an_error_in_every_unit_that_it_hides():
    gap = Gap("account", Scope(), Diagnostic("", "ListAccounts: AccessDeniedException"))
    suites = suites_of(report(organization(), Plan((), (gap,))))
    cases = [c for c in suites.iter("testcase") if c.get("classname") == "landing.account"]
    assert len(cases) == 5
    for case in cases:
        error = case.find("error")
        assert error is not None
        assert error.get("type") == "not_checked"
        assert "AccessDeniedException" in str(error.text)


def test_hostile_text_is_well_formed_and_readable():
    said = " ".join(suites_of(report(organization(), hostile(HOSTILE))).itertext())
    assert "</script><img src=x" in said
    assert "\\x1b]0;x" in said


def test_it_stays_small():
    org = organization(7000)
    text = junit.render(report(org, many(20_000)), org, declared(org))
    assert len(text) < 20_000
    assert len(junit.render(findings(20_000), org, declared(org))) < 20_000


def test_a_drifted_instance_of_a_stack_set_fails_the_unit_of_its_account():
    change = Change(
        Action.UPDATE,
        Address("stack_set", "baseline"),
        {"instances": {"team-00000/eu-west-1": "drifted", "team-00001/eu-west-1": "missing"}},
        {"instances": {}},
    )
    suites = suites_of(report(organization(), Plan((change, account("team-00009")))))
    failed = {c.get("name") for c in suites.iter("testcase") if c.get("classname") == "landing.stack_set"}
    assert failed == {"workloads/prod", "workloads/dev"}
