"""The files of other tools: YAML with tags, or JSON, as values that know the file and line in which they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from landing.core import json_text, source_tree
from landing.core.errors import LandingError
from landing.core.model import Source
from landing.core.yaml_text import resolve

MAX_BYTES = 64 * 1024 * 1024
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Tagged:
    """A value with a tag that its tool gives a meaning to, as `!Ref NAME`."""

    tag: str
    value: Any


class Located(dict[str, Any]):
    """A mapping; `lines` has the line (from 1) of each key, `file` the name of the file."""

    __slots__ = ("file", "lines")

    def __init__(self, file: str) -> None:
        super().__init__()
        self.file, self.lines = file, dict[str, int]()

    def at(self, key: str) -> Source:
        """Where a key stands."""
        return Source(self.file, self.lines.get(key, 1), 1)


def text_of(path: Path) -> str:
    """The text of a file; LandingError when it cannot be read, or is too large."""
    if why := source_tree.refusal(path, path.absolute().parent, largest=MAX_BYTES):
        raise LandingError(f"{path} is not read: {why}")
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise LandingError(f"{path} cannot be read: {getattr(error, 'strerror', '') or error}") from error


def yaml_of(path: Path) -> Any:
    """The value of a YAML file; mappings are `Located`, tags that are not YAML's own `Tagged`."""
    try:
        root = yaml.compose(text_of(path), Loader=_LOADER)
        return None if root is None else _value(root, str(path), 0)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        raise LandingError(f"{where}: not YAML: {getattr(error, 'problem', None) or error}") from error


def _value(node: yaml.Node, file: str, depth: int) -> Any:
    if depth > json_text.MAX_DEPTH:
        raise LandingError(f"{file}:{node.start_mark.line + 1}: nested deeper than {json_text.MAX_DEPTH} levels")
    found: Any
    if isinstance(node, yaml.MappingNode):
        found = Located(file)
        for key, value in node.value:
            found[str(key.value)] = _value(value, file, depth + 1)
            found.lines[str(key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        found = [_value(each, file, depth + 1) for each in node.value]
    else:
        mark = (node.start_mark.line, node.start_mark.column)
        quoted = isinstance(node, yaml.ScalarNode) and bool(node.style)
        found = node.value if quoted else resolve(str(node.value), mark)
    tag = str(node.tag)
    return Tagged(tag.lstrip("!"), found) if tag.startswith("!") and tag != "!" else found


def json_of(path: Path, *, deepest: int = json_text.MAX_DEPTH) -> Any:
    """The value of a JSON file; LandingError with the place where it is none."""
    try:
        return json_text.read(text_of(path), deepest=deepest)
    except json.JSONDecodeError as error:
        raise LandingError(f"{path}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error


def document_in(folder: Path, file: str, named: Source) -> dict[str, Any]:
    """The policy document of a file that another one names; LandingError if it is none, or outside of the folder."""
    path = folder / file
    if not path.resolve().is_relative_to(folder.resolve()):
        raise LandingError(f"{named}: {file} is outside of {folder}")
    document = json_of(path)
    if not isinstance(document, dict):
        raise LandingError(f"{named}: {file} is no policy: a JSON object is expected")
    return document


def mapping(value: Any) -> Located:
    """A mapping, or an empty one for anything else."""
    return value if isinstance(value, Located) else Located(getattr(value, "file", ""))


def listed(value: Any) -> list[Any]:
    """A list, or an empty one for anything else."""
    return value if isinstance(value, list) else []


def rows(value: Any) -> Iterator[Located]:
    """The mappings of a list."""
    return (each for each in listed(value) if isinstance(each, Located))


def plain(value: Any) -> Any:
    """The value as JSON has it; what a tag stands for is not known, and stays as `!Tag value`."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return f"!{value.tag} {plain(value.value)}" if isinstance(value, Tagged) else value
