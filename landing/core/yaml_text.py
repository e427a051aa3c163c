"""YAML 1.2 core into plain values that know where they stand.

PyYAML's own constructors follow YAML 1.1: the account id `012345670123` becomes an octal number, `NO` a
boolean, and of two equal keys the last one wins in silence. Here the parser's events are read directly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from typing import Any

import yaml

Mark = tuple[int, int]
"""0-based line and column."""
MAX_ALIASES = 1_000
MAX_REPEATED = 100_000
"""Values that all aliases together stand for: aliases of aliases multiply."""
MAX_DEPTH = 64
MAX_INTEGER = 2**63 - 1

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class Map(dict[str, Any]):
    """A YAML mapping; `keys_at` and `values_at` hold 0-based (line, column) by key."""

    __slots__ = ("keys_at", "values_at")

    def __init__(self) -> None:
        super().__init__()
        self.keys_at: dict[str, Mark] = {}
        self.values_at: dict[str, Mark] = {}


class Seq(list[Any]):
    """A YAML sequence; `values_at` holds 0-based (line, column) by index."""

    __slots__ = ("values_at",)

    def __init__(self) -> None:
        super().__init__()
        self.values_at: list[Mark] = []


class NotAdmitted(Exception):
    """YAML that is in order, but not what a config may say; `mark` is where."""

    def __init__(self, code: str, message: str, mark: Mark, hint: str = "", length: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.mark, self.hint, self.length = code, message, mark, hint, length


Tagged = Callable[[str, object], tuple[str, object] | None]
"""The key and the value that a tag and its value stand for; None when the tag is not understood."""


def parse(text: str, *, tagged: Tagged = lambda tag, value: None) -> object:
    """The one document of a text; raises NotAdmitted, or what PyYAML raises.

    A value with a tag that `tagged` understands becomes a mapping of one key.
    """
    builder = _Builder(tagged)
    for event in yaml.parse(text, Loader=_LOADER):
        builder.feed(event)
    return builder.document


class _Builder:
    """Builds values from parser events; `keys` has, for each open container, the key that waits for its value."""

    def __init__(self, tagged: Tagged) -> None:
        self.tagged = tagged
        self.document: object = None
        self.documents = 0
        self.stack: list[Map | Seq] = []
        self.keys: list[tuple[str, Mark] | None] = []
        self.anchors: dict[str, object] = {}
        self.sizes: dict[str, tuple[int, int]] = {}
        """Of each anchor: how many values it holds, itself among them, and how many levels."""
        self.begun: list[tuple[str | None, int, int]] = []
        """Of each open container: its anchor, `placed` when it began, and the levels below it until now."""
        self.placed = 0
        self.aliases = self.repeated = 0

    def feed(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self.documents += 1
            if self.documents > 1:
                raise NotAdmitted(
                    "LZ108",
                    "a second YAML document begins here",
                    _mark(event),
                    "one document a file; split it into two files",
                )

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = _mark(event)
        text = event.value
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self._place(self._tagged(event.tag, text, mark), mark, event.anchor)
            return
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            if text == "<<" and event.implicit[0]:
                raise NotAdmitted("LZ110", "merge keys (`<<`) are not supported", mark, "repeat the keys", 2)
            self.keys[-1] = (text, mark)
            return
        plain = event.implicit[0] and event.tag is None
        self._place(resolve(text, mark) if plain else text, mark, event.anchor)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mark = _mark(event)
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            raise NotAdmitted("LZ111", "a key must be a plain word", mark)
        if len(self.stack) >= MAX_DEPTH:
            raise NotAdmitted("LZ112", f"nested deeper than {MAX_DEPTH} levels", mark)
        container: Map | Seq = Map() if isinstance(event, yaml.MappingStartEvent) else Seq()
        value = container
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            value = self._tagged(event.tag, container, mark)
        self._place(value, mark, event.anchor)
        self.stack.append(container)
        self.keys.append(None)
        self.begun.append((event.anchor, self.placed, 0))

    def _tagged(self, tag: str, value: object, mark: Mark) -> Map:
        stands_for = self.tagged(tag, value)
        if stands_for is None:
            raise NotAdmitted("LZ109", f"the tag {tag} is not understood", mark, "remove it")
        key, inner = stands_for
        found = Map()
        found[key], found.keys_at[key], found.values_at[key] = inner, mark, mark
        return found

    def _close(self) -> None:
        self.stack.pop()
        self.keys.pop()
        anchor, placed, levels = self.begun.pop()
        if anchor:
            self.sizes[anchor] = (self.placed - placed + 1, levels + 1)
        self._deepen(levels + 1)

    def _deepen(self, levels: int) -> None:
        """Note that the innermost open container holds so many levels."""
        if self.begun:
            anchor, placed, below = self.begun[-1]
            self.begun[-1] = (anchor, placed, max(below, levels))

    def _alias(self, event: yaml.AliasEvent) -> None:
        self.aliases += 1
        mark = _mark(event)
        if self.aliases > MAX_ALIASES:
            raise NotAdmitted("LZ113", f"more than {MAX_ALIASES} aliases", mark)
        if event.anchor not in self.anchors:
            raise NotAdmitted("LZ114", f"the alias *{event.anchor} has no anchor above it", mark)
        value = self.anchors[event.anchor]
        if any(value is open_ for open_ in self.stack):
            raise NotAdmitted("LZ114", f"the alias *{event.anchor} contains itself", mark)
        values, levels = self.sizes.get(event.anchor, (1, 0))
        self.repeated += values
        if self.repeated > MAX_REPEATED:
            raise NotAdmitted("LZ113", f"the aliases stand for more than {MAX_REPEATED:,} values", mark, "write less")
        if len(self.stack) + levels > MAX_DEPTH:
            raise NotAdmitted("LZ112", f"nested deeper than {MAX_DEPTH} levels by the alias *{event.anchor}", mark)
        self.placed += values - 1
        self._deepen(levels)
        self._place(value, mark, None)

    def _place(self, value: object, mark: Mark, anchor: str | None) -> None:
        self.placed += 1
        if anchor:
            self.anchors[anchor] = value
            self.sizes.pop(anchor, None)
        if not self.stack:
            self.document = value
            return
        parent = self.stack[-1]
        if isinstance(parent, Seq):
            parent.append(value)
            parent.values_at.append(mark)
            return
        pending = self.keys[-1]
        if pending is None:
            raise NotAdmitted("LZ111", "a key must be a plain word", mark)
        key, at = pending
        if key in parent:
            first = parent.keys_at[key]
            raise NotAdmitted(
                "LZ115", f"`{key}` is given twice: here and in line {first[0] + 1}", at, "remove one of them", len(key)
            )
        parent[key] = value
        parent.keys_at[key] = at
        parent.values_at[key] = mark
        self.keys[-1] = None


def _mark(event: yaml.Event) -> Mark:
    mark = event.start_mark
    return (mark.line, mark.column) if mark else (0, 0)


def resolve(text: str, mark: Mark) -> object:
    """A plain scalar by the YAML 1.2 core schema, but digits with a leading zero stay a string (account ids)."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first not in "0123456789.+-":
        return text
    if _INT.fullmatch(text):
        return _integer(text, 10, mark)
    if text.isdigit():
        return text
    if _BASED.fullmatch(text):
        return _integer(text, 0, mark)
    if _FLOAT.fullmatch(text):
        if math.isinf(number := float(text)):
            raise NotAdmitted("LZ116", "this number is larger than any that is used here", mark, length=len(text))
        return number
    if text.lstrip("+-").lower() in (".inf", ".nan"):
        raise NotAdmitted("LZ116", f"{text} is not a number that the config can use", mark)
    return text


def _integer(text: str, base: int, mark: Mark) -> int:
    if len(text) <= 24 and abs(number := int(text, base)) <= MAX_INTEGER:
        return number
    hint = "put it in quotes if it is a text"
    raise NotAdmitted("LZ116", f"a whole number of {len(text):,} digits: at most {MAX_INTEGER} is used", mark, hint)
