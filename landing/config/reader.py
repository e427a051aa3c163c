"""YAML 1.2 core into plain values that know where they stand: file, line and column of every key and value.

PyYAML's own constructors follow YAML 1.1: the account id `012345670123` becomes an octal number, `NO` a
boolean, and of two equal keys the last one wins in silence. Here the parser's events are read directly.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from landing.model import Problem, Source

MAX_ALIASES = 1_000
MAX_DEPTH = 64
MAX_BYTES = 64 * 1024 * 1024

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(?:0|[1-9][0-9]*)")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}

Mark = tuple[int, int]
Path_ = tuple[str | int, ...]


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


class Document:
    """The merged content of a config folder, and where each part of it came from."""

    def __init__(self) -> None:
        self.data = Map()
        self.files: dict[str, str] = {}
        self.lines: dict[str, list[str]] = {}

    def source(self, path: Path_, *, key: bool = False) -> Source | None:
        """Where the value at `path` stands (`key=True`: its key); of a path that does not exist, its nearest parent."""
        if not path or path[0] not in self.files:
            return Source(next(iter(self.lines)), 1, 1) if self.lines else None
        node: object = self.data
        mark: Mark = (0, 0)
        for depth, step in enumerate(path):
            last = depth == len(path) - 1
            if isinstance(node, Map) and step in node:
                mark = (node.keys_at if key and last else node.values_at)[str(step)]
                node = node[str(step)]
            elif isinstance(node, Seq) and isinstance(step, int) and step < len(node):
                mark = node.values_at[step]
                node = node[step]
            else:
                break
        return Source(self.files[str(path[0])], mark[0] + 1, mark[1] + 1)

    def excerpt(self, source: Source) -> str:
        """The line of the file that a source points at."""
        lines = self.lines.get(source.file, [])
        return lines[source.line - 1] if 0 < source.line <= len(lines) else ""


class _Refused(Exception):
    def __init__(self, code: str, message: str, mark: Mark, hint: str = "", length: int = 1) -> None:
        super().__init__(message)
        self.code, self.message, self.mark, self.hint, self.length = code, message, mark, hint, length


def read(folder: Path, *, shown_as: str = "") -> tuple[Document, list[Problem]]:
    """Read every `*.yaml` and `*.yml` of a folder (or one file) into one document; all problems at once."""
    document, problems = Document(), list[Problem]()
    paths = _files(folder)
    if not paths:
        problems.append(
            Problem(
                "LZ101", f"no config found: {folder} holds no .yaml file", help="landing init writes a starter config"
            )
        )
    enabled = gc.isenabled()
    gc.disable()
    try:
        for path in paths:
            name = str(Path(shown_as) / path.name) if shown_as and folder.is_dir() else str(path)
            problems += _read_file(document, path, name)
    finally:
        if enabled:
            gc.enable()
    return document, problems


def _files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        return []
    return sorted(p for p in folder.iterdir() if p.suffix in (".yaml", ".yml") and p.is_file() and p.name[0] != ".")


def _read_file(document: Document, path: Path, name: str) -> Iterator[Problem]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        yield Problem("LZ102", f"cannot read {name}: {error.strerror}", Source(name, 1, 1))
        return
    if len(raw) > MAX_BYTES:
        yield Problem(
            "LZ103",
            f"{name} has {len(raw):,} bytes; at most {MAX_BYTES:,} are read",
            Source(name, 1, 1),
            help="split the file: files of the folder are merged by top-level key",
        )
        return
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start)
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1)
        yield Problem(
            "LZ104",
            f"{name} is not UTF-8: byte 0x{raw[error.start]:02x}",
            Source(name, line + 1, column + 1),
            help="save the file as UTF-8",
        )
        return
    document.lines[name] = text.splitlines()
    try:
        top = _parse(text)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = (mark.line, mark.column) if mark else (0, 0)
        yield Problem("LZ105", _wording(error), Source(name, at[0] + 1, at[1] + 1), help=_advice(error, document, name))
        return
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position)
        column = error.position - (text.rfind("\n", 0, error.position) + 1)
        yield Problem("LZ105", f"not YAML: {error.reason}", Source(name, line + 1, column + 1))
        return
    except _Refused as error:
        where = Source(name, error.mark[0] + 1, error.mark[1] + 1)
        yield Problem(error.code, error.message, where, help=error.hint, length=error.length)
        return
    yield from _merge(document, top, name)


def _merge(document: Document, top: object, name: str) -> Iterator[Problem]:
    if top is None:
        return
    if not isinstance(top, Map):
        yield Problem("LZ106", f"{name} must hold a mapping of top-level keys", Source(name, 1, 1))
        return
    for key, value in top.items():
        line, column = top.keys_at[key]
        if key in document.files:
            first = document.source((key,), key=True)
            yield Problem(
                "LZ107",
                f"`{key}` is given twice: here and at {first}",
                Source(name, line + 1, column + 1),
                help="keep each top-level key in one file",
                length=len(key),
            )
            continue
        document.data[key] = value
        document.data.keys_at[key] = top.keys_at[key]
        document.data.values_at[key] = top.values_at[key]
        document.files[key] = name


def _wording(error: yaml.MarkedYAMLError) -> str:
    parts = [part for part in (error.context, error.problem) if part]
    return "not YAML: " + ", ".join(parts)


def _advice(error: yaml.MarkedYAMLError, document: Document, name: str) -> str:
    mark = error.problem_mark
    lines = document.lines[name]
    near = lines[mark.line] if mark and mark.line < len(lines) else ""
    if "\t" in near:
        return "YAML is indented with spaces, not tabs"
    return "check indentation, quotes and brackets at and above this line"


def _parse(text: str) -> object:
    builder = _Builder()
    for event in yaml.parse(text, Loader=_LOADER):
        builder.feed(event)
    return builder.document


class _Builder:
    """Builds values from parser events; a frame is [container, pending key or None, anchor]."""

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
                raise _Refused(
                    "LZ108",
                    "a second YAML document begins here",
                    _mark(event),
                    "one document a file; split it into two files",
                )

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        mark = _mark(event)
        if event.tag not in (None, "!", "tag:yaml.org,2002:str"):
            raise _Refused("LZ109", f"the tag {event.tag} is not understood", mark, "remove it")
        text = event.value
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            if text == "<<" and event.implicit[0]:
                raise _Refused("LZ110", "merge keys (`<<`) are not supported", mark, "repeat the keys", 2)
            self.keys[-1] = (text, mark)
            return
        plain = event.implicit[0] and event.tag is None
        self._place(_resolve(text, mark) if plain else text, mark, event.anchor)

    def _open(self, event: yaml.MappingStartEvent | yaml.SequenceStartEvent) -> None:
        mark = _mark(event)
        if event.tag not in (None, "!", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"):
            raise _Refused("LZ109", f"the tag {event.tag} is not understood", mark, "remove it")
        if self.stack and isinstance(self.stack[-1], Map) and self.keys[-1] is None:
            raise _Refused("LZ111", "a key must be a plain word", mark)
        if len(self.stack) >= MAX_DEPTH:
            raise _Refused("LZ112", f"nested deeper than {MAX_DEPTH} levels", mark)
        container: Map | Seq = Map() if isinstance(event, yaml.MappingStartEvent) else Seq()
        self._place(container, mark, event.anchor)
        self.stack.append(container)
        self.keys.append(None)

    def _alias(self, event: yaml.AliasEvent) -> None:
        self.aliases += 1
        mark = _mark(event)
        if self.aliases > MAX_ALIASES:
            raise _Refused("LZ113", f"more than {MAX_ALIASES} aliases", mark)
        if event.anchor not in self.anchors:
            raise _Refused("LZ114", f"the alias *{event.anchor} has no anchor above it", mark)
        value = self.anchors[event.anchor]
        if any(value is open_ for open_ in self.stack):
            raise _Refused("LZ114", f"the alias *{event.anchor} contains itself", mark)
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
            raise _Refused("LZ111", "a key must be a plain word", mark)
        key, at = pending
        if key in parent:
            first = parent.keys_at[key]
            raise _Refused(
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
        raise _Refused("LZ116", f"{text} is not a number that the config can use", mark)
    return text
