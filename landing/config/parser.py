"""YAML 1.2 core into plain values that know where they stand.

PyYAML's own constructors follow YAML 1.1: the account id `012345670123` becomes an octal number, `NO` a
boolean, and of two equal keys the last one wins in silence. Here the parser's events are read directly.
"""

from __future__ import annotations

import re

import yaml

from landing.config.document import Map, Mark, Seq

MAX_ALIASES = 1_000
MAX_DEPTH = 64

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}


class NotAdmitted(Exception):
    """YAML that is in order, but not what a config may say; `mark` is where."""

    def __init__(self, code: str, message: str, mark: Mark, hint: str = "", length: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.mark, self.hint, self.length = code, message, mark, hint, length


def parse(text: str) -> object:
    """The one document of a text; raises NotAdmitted, or what PyYAML raises."""
    builder = _Builder()
    for event in yaml.parse(text, Loader=_LOADER):
        builder.feed(event)
    return builder.document


class _Builder:
    """Builds values from parser events; `keys` has, for each open container, the key that waits for its value."""

    def __init__(self) -> None:
        self.document: object = None
        self.documents = 0
        self.stack: list[Map | Seq] = []
        self.keys: list[tuple[str, Mark] | None] = []
        self.anchors: dict[str, object] = {}
        self.aliases = 0

    def feed(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            self._open(event)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self.stack.pop()
            self.keys.pop()
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
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            raise NotAdmitted("LZ109", f"the tag {event.tag} is not understood", mark, "remove it")
        text = event.value
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            if text == "<<" and event.implicit[0]:
                raise NotAdmitted("LZ110", "merge keys (`<<`) are not supported", mark, "repeat the keys", 2)
            self.keys[-1] = (text, mark)
            return
        plain = event.implicit[0] and event.tag is None
        self._place(_resolve(text, mark) if plain else text, mark, event.anchor)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mark = _mark(event)
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise NotAdmitted("LZ109", f"the tag {event.tag} is not understood", mark, "remove it")
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            raise NotAdmitted("LZ111", "a key must be a plain word", mark)
        if len(self.stack) >= MAX_DEPTH:
            raise NotAdmitted("LZ112", f"nested deeper than {MAX_DEPTH} levels", mark)
        container: Map | Seq = Map() if isinstance(event, yaml.MappingStartEvent) else Seq()
        self._place(container, mark, event.anchor)
        self.stack.append(container)
        self.keys.append(None)

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
        self._place(value, mark, None)

    def _place(self, value: object, mark: Mark, anchor: str | None) -> None:
        if anchor:
            self.anchors[anchor] = value
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


def _resolve(text: str, mark: Mark) -> object:
    """A plain scalar by the YAML 1.2 core schema, but digits with a leading zero stay a string (account ids)."""
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first not in "0123456789.+-":
        return text
    if _INT.fullmatch(text):
        return int(text)
    if text.isdigit():
        return text
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _FLOAT.fullmatch(text):
        return float(text)
    if text.lstrip("+-").lower() in (".inf", ".nan"):
        raise NotAdmitted("LZ116", f"{text} is not a number that the config can use", mark)
    return text
