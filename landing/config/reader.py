"""The files of a config folder, read and merged into one document."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path

import yaml

from landing.config.document import Document, Map
from landing.config.parser import NotAdmitted, parse
from landing.model import Problem, Source

MAX_BYTES = 64 * 1024 * 1024


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
        top = parse(text)
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
    except NotAdmitted as error:
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
