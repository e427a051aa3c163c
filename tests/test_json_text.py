"""Places in the text of JSON."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from landing.core.json_text import place

TEXT = """{
  "Statement": [
    {"Action": ["s3:Get*",
                "sqs:*"], "Effect": "De\\"ny"},
    {"Condition": {"Bool": {"aws:x/y~z": true}}}
  ]
}"""


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ((), (1, 1, 1)),
        (("Statement",), (2, 3, 11)),
        (("Statement", 0), (3, 5, 22)),
        (("Statement", 0, "Action", 1), (4, 17, 7)),
        (("Statement", 0, "Effect"), (4, 27, 8)),
        (("Statement", 1, "Condition", "Bool", "aws:x/y~z"), (5, 29, 11)),
        (("Statement", 1, "Nothing", "below"), (5, 5, 44)),
        (("Statement", 7), (2, 3, 11)),
    ],
)
def test_keys_and_items_have_their_place(path: tuple[str | int, ...], expected: tuple[int, int, int]) -> None:
    assert place(TEXT, path) == expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(VALUES, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_part_of_any_document_is_found(document: object, indent: object, ascii_only: bool) -> None:
    text = json.dumps(document, indent=indent, ensure_ascii=ascii_only)  # type: ignore[arg-type]
    parts: list[tuple[tuple[str | int, ...], object]] = [((), document)]
    for path, value in parts:
        line, column, _ = place(text, path)
        at = "\n".join(text.split("\n")[line - 1 :])[column - 1 :]
        found = json.JSONDecoder().raw_decode(at)[0]
        assert found == (path[-1] if path and isinstance(path[-1], str) else value)
        if isinstance(value, dict):
            parts += [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, list):
            parts += [((*path, index), item) for index, item in enumerate(value)]
