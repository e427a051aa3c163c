"""JSON that somebody else wrote: read within limits, and where its parts stand in the text."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from json import JSONDecodeError
from typing import Any, NoReturn, TypeVar

T = TypeVar("T")
_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()
_PART = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]', re.DOTALL)
_COMMAND = re.compile(r"##(?=\[|vso\[)")
MAX_DEPTH = 64
"""Levels of what people write."""
DEEPEST = 128
"""Levels of what we write: a plan holds templates, which have at most 100."""
MAX_INTEGER = 2**63 - 1


def read(text: str, *, deepest: int = MAX_DEPTH) -> Any:
    """The value of a text; raises JSONDecodeError, with the place, also for what JSON allows and nobody needs.

    That is nesting below the `deepest` level, integers beyond MAX_INTEGER, and a key that is given twice.
    """
    depth = 0
    for part in _PART.finditer(text):
        depth += (part[0] in "[{") - (part[0] in "]}")
        if depth > deepest:
            raise JSONDecodeError(f"nested deeper than {deepest} levels", text, part.start())

    def refused(message: str, literal: str) -> NoReturn:
        begins = re.escape(literal[:100])  # a pattern of a million digits would take its time
        found = re.search(rf'(?<![\w."+-]){begins}', text)
        raise JSONDecodeError(message, text, found.start() if found else 0)

    def integer(digits: str) -> int:
        if len(digits) > 20 or abs(int(digits)) > MAX_INTEGER:
            refused(f"a whole number of {len(digits):,} digits: at most {MAX_INTEGER} is used", digits)
        return int(digits)

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            keys = [key for key, _ in pairs]
            twice = next(key for key in keys if keys.count(key) > 1)
            refused(f"the key {twice!r} is given twice", json.dumps(twice))
        return found

    def constant(word: str) -> NoReturn:
        refused(f"{word} is no JSON", word)

    return json.loads(text, object_pairs_hook=unique, parse_int=integer, parse_constant=constant)


def quiet(text: str) -> str:
    """The same JSON without what runners of forges take for a command wherever it stands in a log (`text.safe`)."""
    return _COMMAND.sub(r"#\\u0023", text)


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


def typed(value: Any, *types: type) -> Any:
    """A value that is of one of the types, and true or false only where that is asked for; raises TypeError if not."""
    if type(value) not in types:
        raise TypeError(f"{json.dumps(value)[:80]} where {' or '.join(each.__name__ for each in types)} belongs")
    return value


DAMAGE = (LookupError, TypeError, ValueError, AttributeError)
"""What taking JSON apart raises when it is not as `landing` wrote it."""


def damage(error: Exception) -> str:
    """One of `DAMAGE` in words for people: the key that is missing, or what is odd."""
    if isinstance(error, KeyError):
        return f"`{error.args[0]}` is missing"
    if isinstance(error, ValueError):
        return str(error)
    return "a value has not the type that landing writes, or a key is not one of its own"


def parts(data: Any, key: str, read: Callable[[Any], T]) -> Iterator[T]:
    """The entries of a list in a document; raises one of `DAMAGE`, with the entry that is odd."""
    for number, entry in enumerate(data[key]):
        try:
            yield read(entry)
        except DAMAGE as error:
            raise ValueError(f"in `{key}[{number}]` {damage(error)}") from error


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
