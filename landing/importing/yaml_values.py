"""Values as the YAML of a config: whatever a name holds, reading it gives the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.core.text import safe

_PLAIN = re.compile(r"[A-Za-z](?:[\w./@+-]|[ :](?=[\w./@+-]))*", re.ASCII)
"""What needs no quotes in any YAML: it begins with a letter, and nothing in it means something."""
_WORDS = frozenset({"true", "false", "null", "yes", "no", "on", "off", "y", "n"})
"""Words that YAML 1.1 or 1.2 takes for something else than a text."""
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": "\\0"}
WIDTH = 110


def text(value: str) -> str:
    """A text: as it stands where no YAML could misread it, else in double quotes with escapes."""
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    return '"' + "".join(map(_escaped, value)) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPED:
        return _ESCAPED[character]
    if safe(character) == character and character.isprintable():
        return character
    return f"\\U{ord(character):08X}" if ord(character) > 0xFFFF else f"\\u{ord(character):04X}"


def inline(value: Any) -> str:
    """Any value in one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{text(str(key))}: {inline(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(inline, value)) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return "null"
    return text(value) if isinstance(value, str) else str(value)


def block(value: Mapping[str, Any], indent: int = 0) -> Iterator[str]:
    """A mapping, a key a line; what fits in one line stands in one line."""
    margin = " " * indent
    for key, item in value.items():
        head = f"{margin}{text(str(key))}:"
        short = f"{head} {inline(item)}"
        if len(short) <= WIDTH or not item or not isinstance(item, Mapping | list | tuple):
            yield short
        elif isinstance(item, Mapping):
            yield head
            yield from block(item, indent + 2)
        else:
            yield head
            yield from (f"{margin}  - {inline(each)}" for each in item)


def comment(words: object, indent: int = 0) -> str:
    """A line that says something to people: whatever is in the words, it ends where they end."""
    return f"{' ' * indent}# {''.join(_shown(character) for character in str(words))}".rstrip()


def _shown(character: str) -> str:
    return character if character.isprintable() or character == "\t" else _escaped(character)


def comments(words: Iterable[object], indent: int = 0) -> Iterator[str]:
    """A comment a line."""
    return (comment(each, indent) for each in words)
