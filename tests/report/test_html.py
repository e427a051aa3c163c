"""The HTML page: it asks for nothing, runs only its own script, and reads without it."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from landing.engine.drift import Report, report
from landing.report import drift_html
from landing.report.grid import grid
from landing.report.heat_map import MOST_ROWS, SCALE, heat_map
from tests.report.samples import HOSTILE, declared, drift, empty, findings, hostile, organization, plan

VOID = {"meta", "input", "br", "rect", "circle"}


class Page(HTMLParser):
    """Elements with their attributes, and the text in each kind of element."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> ends nothing"
        assert self.open.pop() == tag, f"</{tag}> ends something else"

    def handle_data(self, data):
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


def page(found: Report, accounts: int = 12) -> Page:
    return Page(text(found, accounts))


def text(found: Report, accounts: int = 12) -> str:
    org = organization(accounts)
    return drift_html.render(found, org, declared(org))


REPORTS = {
    "drift": drift,
    "empty": lambda: report(organization(), empty()),
    "hostile": lambda: report(organization(), hostile()),
    "one": lambda: findings(1),
}


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_the_policy_names_the_hashes_of_what_is_in_the_page_and_nothing_else(made):
    found = page(made())
    meta = next(a for tag, a in found.elements if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy")
    css, (_, script) = found.texts["style"][0], found.texts["script"]
    hashes = ["'sha256-" + b64encode(hashlib.sha256(t.encode()).digest()).decode() + "'" for t in (script, css)]
    assert meta["content"] == (
        f"default-src 'none'; script-src {hashes[0]}; style-src {hashes[1]}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_nothing_is_asked_for_and_nothing_runs_that_the_policy_would_stop(made):
    found = page(made())
    tags = [tag for tag, _ in found.elements]
    assert tags.count("script") == 2
    assert tags.count("style") == 1
    assert not {"link", "img", "iframe", "object", "embed", "base", "form"} & {*tags}
    for tag, attributes in found.elements:
        assert "style" not in attributes
        assert not [name for name in attributes if name.startswith("on")]
        assert "src" not in attributes
        if "href" in attributes:
            assert tag == "a"
            assert str(attributes["href"]).startswith("https://docs.aws.amazon.com/")
    assert found.open == []


def test_hostile_names_add_no_element():
    clean = page(report(organization(), hostile("plain")))
    assert [t for t, _ in page(report(organization(), hostile())).elements] == [t for t, _ in clean.elements]
    assert "{{ 7*7 }}" in text(report(organization(), hostile()))


@pytest.mark.parametrize("made", REPORTS.values(), ids=REPORTS)
def test_the_data_block_is_json_with_every_place_and_its_digest_is_printed(made):
    found = made()
    written = text(found)
    block = Page(written).texts["script"][0]
    data = json.loads(block)
    assert len(data["places"]) == len(found.drifted)
    assert hashlib.sha256(block.encode()).hexdigest() in written
    assert not set("<>&") & set(block)
    for group, _, unit in data["places"]:
        assert data["groups"][group]["name"]
        assert unit in ("", *organization().units, "root")


def test_it_reads_without_script():
    found = page(drift())
    hidden = [a.get("id") for _, a in found.elements if "hidden" in a]
    assert hidden == ["tools", "all"]
    said = " ".join(part for tag, parts in found.texts.items() if tag != "script" for part in parts)
    for words in (
        "stack.baseline",
        "98.9 %",
        "unexpected, in force",
        "p-denys3",
        "AccessDeniedException",
        "policy.test-1",
        '"365" -> "30"',
        "34",
    ):
        assert words in said


def test_the_map_is_a_picture_with_a_name_and_the_same_numbers_as_a_table():
    found = page(drift())
    svg = next(a for tag, a in found.elements if tag == "svg")
    assert svg["role"] == "img"
    assert svg["aria-labelledby"] == "map-title"
    titles = found.texts["title"]
    assert "workloads/prod, stack: 12 of 12 drifted" in titles
    assert "security, guardduty: 0 of 3 drifted, 3 not checked" in titles
    rows = "".join(re.findall(r"<tr>.*?</tr>", text(drift())))
    assert (
        '<th scope="row">workloads/prod</th><td>stack</td><td class="number">12</td><td class="number">12</td>' in rows
    )


def test_what_is_not_checked_is_hatched_and_never_shown_as_good():
    org = organization()
    squares = {s.title.split(":")[0]: s for s in heat_map(grid(drift(), org, declared(org))).squares}
    unknown = squares["security, guardduty"]
    assert (unknown.text, unknown.hatched > 30) == ("?", True)
    good = squares["security, security_hub"]
    assert (good.text, good.hatched) == ("0", 0)


def test_units_in_which_nothing_is_amiss_give_way_when_there_are_many():
    org = organization()
    numbers = grid(drift(), org, declared(org))
    assert heat_map(numbers).left_out == 0
    many = numbers.__class__(
        (*numbers.units, *(f"unit-{n}" for n in range(MOST_ROWS))), numbers.kinds, numbers.cells, numbers.findings
    )
    assert {row.title for row in heat_map(many).rows} < set(numbers.units) | {"organization-wide"}
    assert heat_map(many).left_out > MOST_ROWS


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_numbers_can_be_read_on_every_colour_and_colours_can_be_told_apart():
    for _, fill, ink in SCALE:
        light, dark = sorted((_luminance(fill), _luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5, fill
    assert [share for share, _, _ in SCALE] == sorted(share for share, _, _ in SCALE)
    darker = [_luminance(fill) for _, fill, _ in SCALE[1:]]
    assert all(before > after for before, after in pairwise(darker))


def test_only_the_worst_rows_are_drawn_and_the_rest_counted():
    written = text(findings(1500))
    assert written.count("<tr data-severity") == 1000
    assert "500 more are only in the list of places" in written
    assert len(json.loads(Page(written).texts["script"][0])["places"]) == 1500


def test_every_byte_is_ascii():
    text(report(organization(), hostile("Zürich → 東京"))).encode("ascii")
    assert "\\u202e" in text(report(organization(), hostile(HOSTILE)))


def test_gaps_are_listed_with_their_reason():
    said = text(drift())
    assert "What was not checked, and why" in said
    assert re.search(r'<th scope="row">guardduty</th><td class="number">3</td>', said)
    assert plan().gaps
