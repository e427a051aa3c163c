"""The files of a config folder, read and merged into one document."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import yaml

from landing.config.document import Document, Path_
from landing.core import source_tree
from landing.core.model import Diagnostic, Source
from landing.core.partitions import REGIONS
from landing.core.yaml_text import UNREAD, UNREAD_KEY, Map, NotAdmitted, Seq, read_on

MAX_BYTES = 64 * 1024 * 1024
REFUSED = "LZ103"
BY_KEY = ("accounts", "baselines", "guardrails", "playbooks", "services", "stacks", "units")
"""Top-level keys that several files may hold, each with keys of its own."""


def read(folder: Path, *, shown_as: str = "") -> tuple[Document, list[Diagnostic]]:
    """Read every `*.yaml` and `*.yml` of a folder (or one file) into one document; all problems at once.

    What cannot be read is left out, and is a hole of the document.
    """
    document, problems = Document(), list[Diagnostic]()
    paths = source_tree.config_files(folder)
    if not paths:
        here = "" if folder.is_absolute() else f" in {Path.cwd()}"
        why = f"{folder} holds no .yaml file" if folder.is_dir() else f"there is no {folder}{here}"
        hint = "--config names another folder; " * (not folder.is_dir()) + "landing init writes a starter config"
        if not folder.is_dir() and (near := _near(folder)):
            hint = f"there is {near}: cd {near.parent}, or --config {near}"
        problems.append(Diagnostic("LZ101", f"no config found: {why}", help=hint))
    problems += refused(folder, shown_as=shown_as)
    if any(problem.code == REFUSED for problem in problems):
        return document, problems  # nothing of such a folder is read, not even to say more
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


def _near(folder: Path) -> Path | None:
    """Where the folder is that somebody means who is in another: above, or in the one folder here that has it."""
    if folder.is_absolute():
        return None
    here = Path.cwd()
    for up, parent in enumerate(here.parents, 1):
        if source_tree.config_files(parent / folder):
            return Path(*[".."] * up, folder)
    below = [path for path in Path().glob(f"*/{folder}") if source_tree.config_files(path)]
    return below[0] if len(below) == 1 else None


def home_region(folder: Path) -> str:
    """The home region that a config names, whatever else it says; nothing when it names no region."""
    named = read(folder)[0].at(("organization", "home_region"))
    return named if isinstance(named, str) and named in REGIONS else ""


def read_file(path: Path) -> tuple[Document, list[Diagnostic]]:
    """Read one file that is no config, into a document of its own; all problems at once."""
    document = Document()
    if why := source_tree.refusal(path, path.absolute().parent, largest=MAX_BYTES):
        return document, [Diagnostic(REFUSED, f"{path} is not read: {why}", help="put the file itself there")]
    return document, list(_read_file(document, path, str(path)))


def refused(config: Path, *, shown_as: str = "") -> Iterator[Diagnostic]:
    """What of a config is not read: links that lead out of its folder, what is no file, what is too large."""
    folder = config if config.is_dir() else config.parent
    found = [(config, why)] if (why := source_tree.refusal(config, config.absolute().parent, largest=MAX_BYTES)) else []
    if config.is_dir() and not found:
        found = [
            (path, source_tree.refusal(path, folder, largest=MAX_BYTES)) for path in source_tree.config_files(config)
        ]
    found += source_tree.refusals(source_tree.cases(config))
    for path, why in found:
        if why and os.path.lexists(path):
            name = Path(shown_as) / path.relative_to(config) if shown_as and path.is_relative_to(config) else path
            help_ = "split the file: files of the folder are merged" if "bytes" in why else "put the file itself there"
            yield Diagnostic(REFUSED, f"{name} is not read: {why}", help=help_)


def _read_file(document: Document, path: Path, name: str) -> Iterator[Diagnostic]:
    try:
        raw = path.read_bytes()
    except OSError as error:
        document.holes.add(())
        yield Diagnostic("LZ102", f"cannot read {name}: {error.strerror}", Source(name, 1, 1))
        return
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        document.holes.add(())
        line = raw.count(b"\n", 0, error.start)
        column = error.start - (raw.rfind(b"\n", 0, error.start) + 1)
        yield Diagnostic(
            "LZ104",
            f"{name} is not UTF-8: byte 0x{raw[error.start]:02x}",
            Source(name, line + 1, column + 1),
            help="save the file as UTF-8",
        )
        return
    document.lines[name] = text.splitlines()
    reading = read_on(text)
    if reading.open:
        document.holes.add(())
    yield from (_refused(fault, document, text, name) for fault in reading.faults)
    if reading.faults:
        document.holes.update(_without_unread(reading.document))
    yield from _merge(document, reading.document, name)


def _refused(fault: NotAdmitted | yaml.YAMLError, document: Document, text: str, name: str) -> Diagnostic:
    """What of a text is no YAML, or none that a config may have."""
    if isinstance(fault, NotAdmitted):
        where = Source(name, fault.mark[0] + 1, fault.mark[1] + 1)
        return Diagnostic(fault.code, fault.message, where, help=fault.hint, length=fault.length)
    if isinstance(fault, yaml.reader.ReaderError):
        line = text.count("\n", 0, fault.position)
        column = fault.position - (text.rfind("\n", 0, fault.position) + 1)
        return Diagnostic("LZ105", f"not YAML: {fault.reason}", Source(name, line + 1, column + 1))
    assert isinstance(fault, yaml.MarkedYAMLError)
    mark = fault.problem_mark or fault.context_mark
    at = (mark.line, mark.column) if mark else (0, 0)
    return Diagnostic("LZ105", _wording(fault), Source(name, at[0] + 1, at[1] + 1), help=_advice(fault, document, name))


def _without_unread(value: object, path: Path_ = ()) -> Iterator[Path_]:
    """Take out of a value what could not be read; the places where it stood."""
    parts = list(value.items()) if isinstance(value, Map) else list(enumerate(value)) if isinstance(value, Seq) else []
    for step, part in reversed(parts):
        if part is not UNREAD and step != UNREAD_KEY:
            yield from _without_unread(part, (*path, step))
            continue
        yield path if step == UNREAD_KEY else (*path, step)
        del value[step]  # type: ignore[attr-defined]
        if isinstance(value, Seq):
            del value.values_at[step]


def _merge(document: Document, top: object, name: str) -> Iterator[Diagnostic]:
    if top is None or top is UNREAD:
        return
    if not isinstance(top, Map):
        document.holes.add(())
        yield Diagnostic("LZ106", f"{name} must hold a mapping of top-level keys", Source(name, 1, 1))
        return
    for key, value in top.items():
        keyed = key in BY_KEY and isinstance(value, Map)
        if (key,) not in document.files:
            _take(document, (key,), top, name)
            if not keyed:
                continue
            document.data[key] = Map()  # other files may add to it; what this file says elsewhere stays as it is
        elif not keyed or not isinstance(document.data[key], Map):
            yield _twice(document, (key,), Source(name, *_line_column(top, key)))
            _complete(document, key, value, name)
            continue
        for each in value:
            if each in document.data[key]:
                yield _twice(document, (key, each), Source(name, *_line_column(value, each)))
                first, second = document.data[key][each], value[each]
                if isinstance(first, Map) and isinstance(second, Map):
                    document.holes |= {(key, each, part) for part in second.keys() - first.keys()}
            else:
                _take(document, (key, each), value, name)


def _take(document: Document, path: tuple[str, ...], values: Map, name: str) -> None:
    """Put one value of a file into the document."""
    key = path[-1]
    into = document.data if len(path) == 1 else document.data[path[0]]
    into[key] = values[key]
    into.keys_at[key] = values.keys_at[key]
    into.values_at[key] = values.values_at[key]
    document.files[path] = name


def _complete(document: Document, key: str, value: object, name: str) -> None:
    """Take from what is given again what was not said the first time: that is not missing."""
    into = document.data[key]
    if isinstance(into, Map) and isinstance(value, Map):
        for each in value.keys() - into.keys():
            _take(document, (key, each), value, name)
    else:
        document.holes.add((key,))


def _twice(document: Document, path: tuple[str, ...], source: Source) -> Diagnostic:
    first = document.source(path, key=True)
    return Diagnostic(
        "LZ107",
        f"`{'.'.join(path)}` is given twice: here and at {first}",
        source,
        help=f"keep it in one file; only {', '.join(BY_KEY)} may stand in several"
        if len(path) == 1
        else "put what both say into one of them, and remove the other",
        pointer=path,
        length=len(path[-1]),
    )


def _line_column(values: Map, key: str) -> tuple[int, int]:
    line, column = values.keys_at[key]
    return line + 1, column + 1


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
