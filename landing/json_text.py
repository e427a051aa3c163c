"""Where the parts of a JSON document stand in its text."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def place(text: str, path: Sequence[str | int]) -> tuple[int, int, int]:
    """Line and column, both from 1, and length of what a path of keys and indexes leads to in valid JSON.

    That is the key of a member and the item of a list; of what is not there, the nearest part around it.
    """
    value = shown = _after_space(text, 0)
    for step in path:
        found = _child(text, value, step)
        if found is None:
            break
        shown, value = found
    line = text.count("\n", 0, shown)
    column = shown - (text.rfind("\n", 0, shown) + 1)
    _, end = _DECODER.raw_decode(text, shown)
    return line + 1, column + 1, max(1, len(text[shown:end].split("\n", 1)[0]))


def _child(text: str, at: int, step: str | int) -> tuple[int, int] | None:
    """Where a member or an item begins, and where its value does."""
    opening = text[at]
    if opening not in "{[":
        return None
    at, index = _after_space(text, at + 1), 0
    while text[at] not in "}]":
        begin, key = at, index if opening == "[" else None
        if opening == "{":
            key, at = _DECODER.raw_decode(text, at)
            at = _after_space(text, _after_space(text, at) + 1)  # over the colon
        if key == step:
            return begin, at
        _, at = _DECODER.raw_decode(text, at)
        at, index = _after_space(text, at), index + 1
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return None


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
