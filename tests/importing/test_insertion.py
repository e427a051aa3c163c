"""What is added to a YAML text is there afterwards, and every line that was there before still is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.core.yaml_text import parse
from landing.importing.insertion import added
from landing.importing.yaml_values import block

TEXT = """\
# who we are
accounts:
  shop: {name: Shop, unit: root} # the first

  bank:
    name: Bank
    tags:
      owner: &owner ana
      note: |
        two
        lines
    # below bank

# and policies
guardrails: {one: {target: {units: [root]}}, }
units:
  workloads: {name: Workloads}
  security:
    name: Security
    units:
services: ~
"""


@pytest.mark.parametrize(
    ("path", "entries"),
    [
        (("accounts",), {"new": {"name": "N: 1"}}),
        (("accounts", "bank", "tags"), {"more": "x"}),
        (("accounts", "shop"), {"email": "a@b.cd"}),
        (("accounts", "shop", "tags"), {"a": "b"}),
        (("guardrails",), {"two": {"target": {"units": ["a"]}}}),
        (("units", "workloads", "units"), {"prod": {"name": "Prod"}}),
        (("units", "security", "units"), {"logs": {"name": "Logs"}}),
        (("services",), {"cloudtrail": {}}),
        (("timeouts",), {"a": "b"}),
        ((), {"lock": {"bucket": "b"}}),
    ],
    ids=lambda value: ".".join(value) if isinstance(value, tuple) else "",
)
def test_entries_are_added_where_they_belong(path: tuple[str, ...], entries: dict[str, Any]) -> None:
    text = added(TEXT, path, entries)
    wanted: Any = parse(TEXT)
    node = wanted
    for step in path:
        node[step] = node.get(step) or {}
        node = node[step]
    node.update(entries)
    assert parse(text) == wanted
    untouched = [line for line in TEXT.splitlines() if line in text.splitlines()]
    assert len(untouched) >= len(TEXT.splitlines()) - 1  # a line in braces gets longer


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "a: 1", "a: 1\r\n"])
def test_what_is_not_there_yet_is_made(text: str) -> None:
    assert parse(added(text, ("accounts",), {"b": {"c": "d"}})) == {
        **(parse(text) or {}),
        "accounts": {"b": {"c": "d"}},
    }


def test_a_value_that_is_no_mapping_takes_nothing() -> None:
    with pytest.raises(ValueError, match="`a` is no mapping"):
        added("a: [1]\n", ("a",), {"b": 1})


KEYS = st.text("abcdefgh", min_size=1, max_size=3)
TREES = st.recursive(
    st.text(max_size=8) | st.booleans() | st.none(), lambda inner: st.dictionaries(KEYS, inner, min_size=1, max_size=4)
)


@given(st.dictionaries(KEYS, TREES, min_size=1, max_size=4), st.data())
def test_adding_anywhere_is_as_adding_to_the_value(value: dict[str, Any], data: st.DataObject) -> None:
    path: list[str] = []
    node: Any = value
    while isinstance(node, dict) and data.draw(st.booleans()):
        path.append(data.draw(st.sampled_from(sorted(node))))
        node = node[path[-1]]
    if node is not None and not isinstance(node, dict):
        path.pop()
        node = value
        for step in path:
            node = node[step]
    text = "\n".join(f"{line} # why" for line in block(value)) + "\n"
    found = parse(added(text, path, {"new": {"x": "y"}}))
    wanted: Any = parse(text)
    if not path:
        assert found == {**wanted, "new": {"x": "y"}}
        return
    at = wanted
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = {**(at[path[-1]] or {}), "new": {"x": "y"}}
    assert found == wanted
