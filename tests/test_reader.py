"""The YAML reader: values, places, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landing.config.document import Document
from landing.config.reader import home_region, read
from landing.core.model import Diagnostic, Source
from landing.core.yaml_text import MAX_ALIASES


def read_text(folder: Path, text: str | bytes) -> tuple[Document, list[Diagnostic]]:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read(path)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("012345670123", "012345670123"),
        ("123456789012", 123456789012),
        ("NO", "NO"),
        ("on", "on"),
        ("yes", "yes"),
        ("true", True),
        ("12:30:45", "12:30:45"),
        ("2026-12-31", "2026-12-31"),
        ("1_000", "1_000"),
        ("0x1f", 31),
        ("0o17", 15),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1.2.3", "1.2.3"),
        ("~", None),
        ("", None),
        ("null", None),
        ("'null'", "null"),
        ('"12"', "12"),
        ("!!str 12", "12"),
        ("+1 555 0100", "+1 555 0100"),
        (".", "."),
        ("-", [None]),
    ],
)
def test_scalars_follow_yaml_1_2_core(tmp_path: Path, text: str, value: object) -> None:
    document, problems = read_text(tmp_path, f"key: {text}\n" if text != "-" else "key:\n-\n")
    assert problems == []
    assert document.data["key"] == value
    assert type(document.data["key"]) is type(value) or isinstance(value, list)


def test_every_key_and_value_knows_its_place(tmp_path: Path) -> None:
    document, _ = read_text(tmp_path, "a:\n  - b: 1\n    cc: {d: x}\n  - 2\n")
    name = str(tmp_path / "a.yaml")
    assert document.source(("a", 0, "cc", "d")) == Source(name, 3, 13)
    assert document.source(("a", 0, "cc"), key=True) == Source(name, 3, 5)
    assert document.source(("a", 1)) == Source(name, 4, 5)
    assert document.source(("a", 0, "missing", "deep")) == Source(name, 2, 5)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "LZ115", 3, 1),
        ("a: {x: 1, x: 2}\n", "LZ115", 1, 11),
        ("a: *nope\n", "LZ114", 1, 4),
        ("a: &x [*x]\n", "LZ114", 1, 8),
        ("a:\n  <<: {b: 1}\n", "LZ110", 2, 3),
        ("a: !secret x\n", "LZ109", 1, 4),
        ("? [a]\n: 1\n", "LZ111", 1, 3),
        ("a: 1\n---\nb: 2\n", "LZ108", 2, 1),
        ("- a\n", "LZ106", 1, 1),
        ("a: [1\n", "LZ105", 2, 1),
        ("a: 1\n\tb: 2\n", "LZ105", 2, 1),
        ("a: .nan\n", "LZ116", 1, 4),
        ("a: \x01\n", "LZ105", 1, 4),
    ],
)
def test_what_is_refused_is_refused_at_its_place(tmp_path: Path, text: str, code: str, line: int, column: int) -> None:
    _, problems = read_text(tmp_path, text)
    assert [(p.code, p.source) for p in problems] == [(code, Source(str(tmp_path / "a.yaml"), line, column))]


def test_tabs_are_named_as_the_cause(tmp_path: Path) -> None:
    _, problems = read_text(tmp_path, "a:\n\tb: 2\n")
    assert "tabs" in problems[0].help


def test_bytes_that_are_not_utf8_have_a_place(tmp_path: Path) -> None:
    _, problems = read_text(tmp_path, b"a: 1\nb: \xff\n")
    assert (problems[0].code, problems[0].source) == ("LZ104", Source(str(tmp_path / "a.yaml"), 2, 4))


def test_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    document, problems = read_text(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: x\r\n")
    assert problems == []
    assert document.data == {"a": 1, "b": "x"}
    assert document.source(("b",)) == Source(str(tmp_path / "a.yaml"), 2, 4)


def test_aliases_are_counted(tmp_path: Path) -> None:
    _, problems = read_text(tmp_path, "a: &x 1\nb: [" + "*x, " * (MAX_ALIASES + 1) + "]\n")
    assert [p.code for p in problems] == ["LZ113"]


def test_nesting_has_a_limit(tmp_path: Path) -> None:
    _, problems = read_text(tmp_path, "a: " + "[" * 100 + "]" * 100)
    assert [p.code for p in problems] == ["LZ112"]


def test_files_are_merged_by_top_level_key(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a: 1\n")
    (tmp_path / "two.yml").write_text("b: 2\n")
    (tmp_path / ".hidden.yaml").write_text("c: 3\n")
    document, problems = read(tmp_path)
    assert problems == []
    assert document.data == {"a": 1, "b": 2}


def test_a_key_in_two_files_is_an_error_that_names_both(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a: 1\n")
    (tmp_path / "two.yaml").write_text("# hm\na: 2\n")
    _, problems = read(tmp_path)
    assert [p.code for p in problems] == ["LZ107"]
    assert problems[0].source == Source(str(tmp_path / "two.yaml"), 2, 1)
    assert "one.yaml:1:1" in problems[0].message


def test_things_with_keys_may_stand_in_several_files(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("accounts: &all\n  a: {unit: x}\nother: *all\n")
    (tmp_path / "three.yaml").write_text("accounts: {c: 3}\n")
    (tmp_path / "two.yaml").write_text("# hm\naccounts:\n  b: {unit: y}\n")
    document, problems = read(tmp_path)
    assert problems == []
    assert document.data["accounts"] == {"a": {"unit": "x"}, "b": {"unit": "y"}, "c": 3}
    assert document.data["other"] == {"a": {"unit": "x"}}
    assert document.source(("accounts", "a", "unit")) == Source(str(tmp_path / "one.yaml"), 2, 13)
    assert document.source(("accounts", "b", "unit")) == Source(str(tmp_path / "two.yaml"), 3, 13)
    assert document.source(("accounts", "b"), key=True) == Source(str(tmp_path / "two.yaml"), 3, 3)
    assert document.source(("accounts", "c")) == Source(str(tmp_path / "three.yaml"), 1, 15)


def test_a_thing_in_two_files_is_an_error_that_names_both(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("units:\n  a: 1\n")
    (tmp_path / "two.yaml").write_text("units:\n  b: 1\n  a: 2\n")
    (tmp_path / "zwei.yaml").write_text("units: [a]\n")
    _, problems = read(tmp_path)
    assert [(p.code, p.source) for p in problems] == [
        ("LZ107", Source(str(tmp_path / "two.yaml"), 3, 3)),
        ("LZ107", Source(str(tmp_path / "zwei.yaml"), 1, 1)),
    ]
    assert "`units.a` is given twice" in problems[0].message
    assert "one.yaml:2:3" in problems[0].message


def test_problems_of_all_files_are_found_in_one_run(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text("a: [\n")
    (tmp_path / "two.yaml").write_text("b: {c: 1, c: 2}\n")
    _, problems = read(tmp_path)
    assert [p.code for p in problems] == ["LZ105", "LZ115"]


def test_the_home_region_is_known_of_a_config_that_is_not_yet_right(tmp_path: Path) -> None:
    assert home_region(tmp_path) == ""
    (tmp_path / "one.yaml").write_text("organization: {home_region: eu-west-1, x: 1, x: 2}\n")
    assert home_region(tmp_path) == "eu-west-1"


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    _, problems = read(tmp_path)
    assert [p.code for p in problems] == ["LZ101"]
    assert "landing init" in problems[0].help
    assert problems[0].message == f"no config found: {tmp_path} holds no .yaml file"
    _, problems = read(tmp_path / "elsewhere")
    assert problems[0].message == f"no config found: there is no {tmp_path / 'elsewhere'}"
    assert "--config" in problems[0].help


@pytest.mark.parametrize(
    ("here", "help_"),
    [
        ("corp/config", "there is ../config: cd .., or --config ../config"),
        ("corp/config/cases", "there is ../../config: cd ../.., or --config ../../config"),
        (".", "there is corp/config: cd corp, or --config corp/config"),
    ],
)
def test_who_is_in_another_folder_is_told_where_the_config_is(
    here: str, help_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "corp" / "config" / "cases").mkdir(parents=True)
    (tmp_path / "corp" / "config" / "one.yaml").write_text("organization: {}\n")
    monkeypatch.chdir(tmp_path / here)
    _, problems = read(Path("config"))
    assert problems[0].message == f"no config found: there is no config in {tmp_path / here}"
    assert problems[0].help == help_


TEXT = st.text(st.characters(max_codepoint=0xD7FF), max_size=12)  # libyaml knows no surrogate pairs in escapes
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=50)
@given(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4))
def test_json_is_read_as_json(tmp_path_factory: pytest.TempPathFactory, value: dict[str, Any]) -> None:
    document, problems = read_text(tmp_path_factory.mktemp("yaml"), json.dumps(value))
    assert problems == []
    assert document.data == value
