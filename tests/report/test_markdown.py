"""Markdown as a forge reads it: nothing from outside becomes markup, and a budget is kept without cutting."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from landing.core.model import Action, Address, Change, Scope
from landing.engine.drift import report
from landing.engine.plan import Plan
from landing.report import drift_markdown, plan_markdown
from landing.report.markdown import code, comment, details, fence, tag
from tests.report.samples import (
    HOSTILE,
    ORIGIN,
    distinct,
    drift,
    findings,
    hostile,
    many,
    organization,
    plan,
    stack,
)

TAGS = re.compile(r"</?([a-zA-Z!][\w-]*)")
OURS = {"details", "summary", "code", "b", "br"}


PARSER = MarkdownIt("gfm-like", {"html": True, "linkify": False})


def tokens(text: str) -> list[Token]:
    return [leaf for token in PARSER.parse(text) for leaf in (token, *(token.children or ()))]


def markup_of(text: str) -> set[str]:
    """Types of tokens and names of tags: what a reader's forge makes of the text."""
    found = tokens(text)
    html = "".join(token.content for token in found if token.type in ("html_block", "html_inline"))
    html = re.sub(r"<!-- landing:(plan|drift) [\w.:/ =-]*-->", "", html)
    return {token.type for token in found} | {name.lower() for name in TAGS.findall(html)}


HOSTILES = [HOSTILE, "a|b", "`", "``` x", "@everyone", "#12", "[x](http://evil)", "![x](http://evil)", "<b>", "-->", "a\nb",
            "\\|", "\\", " ", "", "&lt;", "*x*", "_x_", "~~x~~", "http://evil.example", "</code></summary>", "=1+1"]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILES)
def test_hostile_names_become_code_and_nothing_else(text):
    plain = markup_of(plan_markdown.render(hostile("plain"), organization()))
    assert markup_of(plan_markdown.render(hostile(text), organization())) <= plain | {"code", "html_inline", "br"}
    plain = markup_of(drift_markdown.render(report(organization(), hostile("plain")), organization()))
    found = markup_of(drift_markdown.render(report(organization(), hostile(text)), organization()))
    assert found <= plain | {"code", "html_inline", "br"}


@given(st.text(max_size=60))
def test_any_text_fills_exactly_one_cell(text):
    found = tokens(f"| a | b |\n|-|-|\n| {code(text)} | x |\n")
    cells = [found[n + 1] for n, token in enumerate(found) if token.type == "td_open"]
    assert len(cells) == 2
    assert cells[1].content == "x"
    assert {child.type for child in cells[0].children or ()} <= {"text", "code_inline", "html_inline"}


@given(st.lists(st.text(max_size=40), max_size=5))
def test_any_lines_stay_within_their_fence(lines):
    lines = [line.replace("\n", " ").replace("\r", " ") for line in lines]
    assert [token.type for token in PARSER.parse(fence(lines))] == ["fence"]


@given(st.text(max_size=60))
def test_any_text_stays_within_its_tag_and_comment(text):
    found = PARSER.parse(details(tag(text), "body"))
    assert [token.type for token in found] == [
        "html_block",
        "paragraph_open",
        "inline",
        "paragraph_close",
        "html_block",
    ]
    assert set(TAGS.findall(found[0].content)) == {"details", "summary", "code"}
    assert "--" not in comment(text)
    assert comment(text) != comment(text + "x")
    assert ">" not in comment(text)


def test_a_name_is_shown_as_it_is():
    assert code("stack.baseline@shop/eu-west-1") == "`stack.baseline@shop/eu-west-1`"
    assert code("a|b") == "<code>a&#124;b</code>"
    assert code("a`b") == "<code>a&#96;b</code>"
    assert code("") == "<code></code>"


def whole(text: str, budget: int) -> None:
    """Nothing is cut: as many ends as beginnings, and the size is kept."""
    assert len(text.encode()) <= budget
    assert text.endswith("\n")
    assert text.count("<details>") == text.count("</details>")
    assert text.count("<summary>") == text.count("</summary>")
    found = tokens(text)
    fences = [token for token in found if token.type == "fence"]
    assert all(text.splitlines()[fence.map[1] - 1] == fence.markup for fence in fences)
    assert len(fences) <= text.count("<details>")


@pytest.mark.parametrize("budget", [1000, 1500, 3000, 8000, 32_768, 60_000, 1_000_000])
def test_the_budget_is_kept(budget):
    for wanted in (plan(), many(500), distinct(500), hostile()):
        whole(plan_markdown.render(wanted, organization(), budget=budget), budget)
        whole(drift_markdown.render(report(organization(), wanted), organization(), budget=budget), budget)


def test_twenty_thousand_changes_fit_a_comment_and_what_is_left_out_is_counted():
    text = plan_markdown.render(distinct(20_000), organization())
    whole(text, 60_000)
    assert len(text.encode()) > 55_000
    listed = text.count("\n- `~`")
    assert f"{listed} entries without details, for which there is no room here." in text
    assert f"… and {20_000 - listed} more changes for which there is no room here." in text
    assert "0 to add, 20000 to change, 0 to destroy" in text
    assert "All of it: `landing plan`" in text


def test_details_give_way_before_entries_and_entries_before_the_caution():
    full, tight = (plan_markdown.render(plan(), organization(), budget=budget) for budget in (60_000, 1500))
    assert full.count("<details>") == 7
    assert tight.count("<details>") < 7
    assert "[!CAUTION]" in tight
    assert "`config_rule.old@security-tooling/eu-west-1`" in tight


def test_the_verdict_and_the_counts_come_first():
    lines = plan_markdown.render(plan(), organization()).splitlines()
    assert lines[0].startswith("<!-- landing:plan org=o-a1b2c3d4e5 digest=")
    assert lines[1] == "### Plan for `acme`: 2 to add, 38 to change, 1 to destroy"
    assert lines[3] == "| | add | change | destroy |"


def test_one_caution_names_what_must_be_allowed():
    text = plan_markdown.render(many(10_000), organization())
    assert text.count("[!CAUTION]") == 1
    assert "`landing apply --allow delete --allow many-deletes`" in text
    assert "> - … and 50 more" in text


def test_signs_stand_first_in_diffs():
    text = plan_markdown.render(plan(), organization())
    fences = [token.content for token in tokens(text) if token.type == "fence"]
    lines = [line for content in fences for line in content.splitlines()]
    assert lines
    assert {line[0] for line in lines} == {"+", "-", "!", " "}
    assert '! unit = "workloads/prod" -> "sandbox"' in lines


def test_a_row_a_finding():
    text = drift_markdown.render(drift(), organization())
    assert "| high | `stack.baseline` | `changed: parameters` | 34 | `config/organization.yaml:12` |" in text
    assert "**98.9 %** of 4162 checks in sync (4120)" in text
    assert "**not checked 3**" in text


def test_drift_that_does_not_fit_is_counted():
    text = drift_markdown.render(findings(5000), organization(), budget=10_000)
    whole(text, 10_000)
    rows = text.count("\n| high |") + text.count("\n| low |")
    assert f"… and {5000 - rows} more entries for which there is no room here." in text


def test_two_thousand_changes_of_all_sorts_fit_one_comment_with_what_matters_first():
    mixed = [
        *(stack("new", f"team-{n:05}", "eu-west-1", retention=n + 31, was=None) for n in range(900)),
        *(stack("baseline", f"team-{n:05}", "eu-west-1", retention=n + 31) for n in range(1000)),
        *(
            Change(Action.DELETE, Address("stack", f"old-{n}", Scope("team-1")), {"protected": True}, None)
            for n in range(100)
        ),
    ]
    whole_plan = Plan(tuple(sorted(mixed, key=lambda change: change.address)), in_sync=1, made_from=ORIGIN)
    text = plan_markdown.as_comment(whole_plan, organization(), config="config/a b", saved_as="plan.json")
    whole(text, 60_000)
    assert text.startswith("<!-- landing plan: config/a_b.")
    order = [text.index(part) for part in ("--allow delete", "stack.old-", "will be destroyed", "will be updated")]
    assert order == sorted(order)
    left = int(re.search(r"… and (\d+) more changes for which there is no room here", text)[1])
    listed = {sign: text.count(f"\n- `{sign}`") + text.count(f"<b>{sign}</b>") for sign in "+~-"}
    assert listed["-"] == 100
    assert listed["+"] == 0 or listed["~"] == 1000
    assert sum(listed.values()) + left == 2000
    assert "All of it: `landing show plan.json`" in text.splitlines()[-1]
