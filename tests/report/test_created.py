"""What a long plan creates, in a table: nothing in it reads as something else, and each note is at what it is about."""

from __future__ import annotations

from typing import Any

from landing.core.model import Action, Address, Change
from landing.report.created import table
from landing.report.fold import Group
from landing.report.plan_text import _table, notes_of
from landing.report.style import Style
from landing.services.registry import KINDS
from tests.report.samples import organization

WIDE, NARROW = Style(width=400), Style(width=40)


def row(key: str, kind: str = "account", **attributes: Any) -> Group:
    change = Change(Action.CREATE, Address(kind, key), None, attributes, None)
    return Group((change,), change, 2, KINDS[kind])


def lines(rows: list[Group], notes: dict[str, list[str]], style: Style) -> list[str]:
    return list(table(rows, {each.change.address: notes.get(each.change.address.name, []) for each in rows}, style))


def test_a_note_on_one_row_is_not_told_of_all() -> None:
    rows = [row("web", unit="a"), row("shop", unit="b"), row("portal", unit="c")]
    for style in (WIDE, NARROW):
        found = lines(rows, {"shop": ["needs --allow weaken"]}, style)
        (at,) = (number for number, line in enumerate(found) if "needs --allow weaken" in line)
        head = next(line for line in reversed(found[: at + 1]) if line.startswith("    + "))
        assert head.startswith("    + shop")


def test_a_note_on_all_rows_is_told_once_in_its_own_words() -> None:
    rows = [row("s3", kind="unit", name="One"), row("s3", kind="unit", name="Two")]
    assert [line for line in lines(rows, {"s3": ["about s3 buckets"]}, WIDE) if "about" in line] == [
        "    about s3 buckets"
    ]


def test_a_value_cannot_read_as_other_values() -> None:
    rows = [row("web", name="Web, unit = security", tags={"owner": "ana env=prod"}), row("shop", name="Shop", tags={})]
    for style in (WIDE, NARROW):
        text = " ".join(" ".join(lines(rows, {}, style)).split())
        assert '"Web, unit = security"' in text
        assert 'owner="ana env=prod"' in text
        assert '"Shop"' not in text


def test_where_there_is_no_room_for_columns_values_are_cut_as_elsewhere() -> None:
    rows = [row("web", name="x" * 70, email="a" * 20), row("shop", name="y" * 70, email="b" * 20)]
    narrow, wide = ("".join("".join(lines(rows, {}, style)).split()) for style in (NARROW, WIDE))
    assert "x" * 70 in narrow
    assert "x" * 59 + "…" in wide


def test_settings_are_not_cut_in_columns() -> None:
    rows = [row("web", kind="stack", parameters={"A": "x" * 40, "B": "y" * 40}), row("shop", kind="stack")]
    assert "y" * 40 in "".join(lines(rows, {}, WIDE))


def test_what_must_be_allowed_is_told_of_whatever_row_or_fold() -> None:
    rows = [row(key, kind="stack", parameters={"A": key}) for key in ("shop", "portal", "web")]
    said = {rows[2].change.address: ("needs --allow weaken: it opens",)}
    text = "\n".join(_table(rows, organization(), said, WIDE, limit=2))
    assert "+ web" in text
    assert "needs --allow weaken: it opens" in text
    assert "and 1 more" in text
    folded = Group(tuple(each.change for each in rows), rows[0].change, 3, KINDS["stack"])
    assert "needs --allow weaken: it opens" in list(notes_of(folded, organization(), said))
