"""YAML 1.2 core into plain values that know where they stand.

PyYAML's own constructors follow YAML 1.1: the account id `012345670123` becomes an octal number, `NO` a
boolean, and of two equal keys the last one wins in silence. Here the parser's events are read directly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
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


class Unread:
    """What stands in place of a value that cannot be read."""


UNREAD = Unread()
UNREAD_KEY = "\0"
"""Stands in place of a key that cannot be read; no YAML text has this character."""


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


@dataclass(frozen=True)
class Reading:
    """What could be read of a text, and all that was in the way: NotAdmitted, and what PyYAML raises.

    With `open`, something may be missing anywhere; where a single value could not be read, the document has UNREAD.
    """

    document: object
    faults: tuple[NotAdmitted | yaml.YAMLError, ...] = ()
    open: bool = False


def read_on(text: str) -> Reading:
    """The one document of a text, as much of it as can be understood."""
    faults: list[NotAdmitted | yaml.YAMLError] = []
    builder = _Builder(lambda tag, value: None, faults)
    whole = False
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            builder.feed(event)
            if builder.documents > 1:
                break
        else:
            whole = True
    except (NotAdmitted, yaml.YAMLError) as fault:
        faults.append(fault)
        builder.drop_unfinished()
    builder.complete_doubled()
    return Reading(builder.document, tuple(faults), open=not whole)


class _Builder:
    """Builds values from parser events; `keys` has, for each open container, the key that waits for its value."""

    def __init__(self, tagged: Tagged, faults: list[NotAdmitted | yaml.YAMLError] | None = None) -> None:
        self.tagged = tagged
        self.faults = faults
        self.doubled: list[tuple[Map, Map]] = []
        """Mappings that have one key: the first, which is kept, and another."""
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
                self._refuse(
                    "LZ108",
                    "a second YAML document begins here",
                    _mark(event),
                    "one document a file; split it into two files",
                )

    def _refuse(self, code: str, message: str, mark: Mark, hint: str = "", length: int = 1) -> Unread:
        """Raises NotAdmitted; where faults are collected, goes on without the value."""
        return self._without(NotAdmitted(code, message, mark, hint, length))

    def _without(self, fault: NotAdmitted) -> Unread:
        if self.faults is None:
            raise fault
        self.faults.append(fault)
        return UNREAD

    def drop_unfinished(self) -> None:
        """Take the last top-level value away: in its middle, or right after it, the text cannot be read any more."""
        top = self.document
        if isinstance(top, Map) and top:
            key = next(reversed(top))
            top[key] = UNREAD

    def complete_doubled(self) -> None:
        """Add to a mapping what only another of the same key has."""
        for first, second in self.doubled:
            for key in second.keys() - first.keys():
                if _holds(second[key], first):
                    continue  # by an alias
                first[key] = second[key]
                first.keys_at[key], first.values_at[key] = second.keys_at[key], second.values_at[key]

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = _mark(event)
        text = event.value
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:str"):
            self._place(self._tagged(event.tag, text, mark), mark, event.anchor)
            return
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            if text == "<<" and event.implicit[0]:
                self._refuse("LZ110", "merge keys (`<<`) are not supported", mark, "repeat the keys", 2)
                text = UNREAD_KEY
            self.keys[-1] = (text, mark)
            return
        value: object = text
        if event.implicit[0] and event.tag is None:
            try:
                value = resolve(text, mark)
            except NotAdmitted as fault:
                value = self._without(fault)
        self._place(value, mark, event.anchor)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mark = _mark(event)
        if len(self.stack) >= MAX_DEPTH:
            raise NotAdmitted("LZ112", f"nested deeper than {MAX_DEPTH} levels", mark)
        container: Map | Seq = Map() if isinstance(event, yaml.MappingStartEvent) else Seq()
        value: object = container
        if event.tag is not None and event.tag not in ("!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            value = self._tagged(event.tag, container, mark)
        self._place(value, mark, event.anchor)
        self.stack.append(container)
        self.keys.append(None)
        self.begun.append((event.anchor, self.placed, 0))

    def _tagged(self, tag: str, value: object, mark: Mark) -> Map | Unread:
        stands_for = self.tagged(tag, value)
        if stands_for is None:
            return self._refuse("LZ109", f"the tag {tag} is not understood", mark, "remove it")
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
            missing = self._refuse("LZ114", f"the alias *{event.anchor} has no anchor above it", mark)
            self._place(missing, mark, None)
            return
        value = self.anchors[event.anchor]
        if any(value is open_ for open_ in self.stack):
            self._place(self._refuse("LZ114", f"the alias *{event.anchor} contains itself", mark), mark, None)
            return
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
            self._refuse("LZ111", "a key must be a plain word", mark)
            self.keys[-1] = (UNREAD_KEY, mark)  # what stands in its place has a value as well
            return
        key, at = pending
        if key in parent and key != UNREAD_KEY:
            line, message = parent.keys_at[key][0] + 1, f"`{key}` is given twice: here and in line"
            self._refuse("LZ115", f"{message} {line}", at, "remove one of them", len(key))
            if isinstance(parent[key], Map) and isinstance(value, Map):
                self.doubled.append((parent[key], value))
            self.keys[-1] = None
            return
        parent[key] = value
        parent.keys_at[key] = at
        parent.values_at[key] = mark
        self.keys[-1] = None


def _holds(value: object, wanted: object) -> bool:
    """Whether one value is within another, or is it."""
    found, left = set[int](), [value]
    while left:
        each = left.pop()
        if each is wanted:
            return True
        if id(each) not in found and isinstance(each, Map | Seq):
            found.add(id(each))
            left += each.values() if isinstance(each, Map) else each
    return False


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
