"""Plain values that know where they stand: file, line and column of every key and value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from landing.blueprint import NO_SUCH_PARAMETER
from landing.core.model import Diagnostic, Source
from landing.core.yaml_text import Map, Mark, Seq

Path_ = tuple[str | int, ...]
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\']|\'\')*\'')
_PLAIN = re.compile(r"[^\s,\[\]{}:#](?:[^,\[\]{}:#]*[^\s,\[\]{}:#])?")


class Document:
    """The merged content of a config folder, and where each part of it came from.

    `files` has the file of each top-level key, and of each key below one that several files hold (`accounts`, …).
    `holes` are places of which it is not known what the config means there: what could not be read, and what is wrong.
    """

    def __init__(self) -> None:
        self.data = Map()
        self.files: dict[Path_, str] = {}
        self.lines: dict[str, list[str]] = {}
        self.holes: set[Path_] = set()

    def in_doubt(self, path: Path_) -> bool:
        """Whether there is a hole at a path, around it or in what stands there.

        Where a whole file could not be read (the hole `()`), that is so of what no other file has.
        """
        absent = len(path) <= 2 and self.at(path) is None
        return any(
            hole[: len(path)] == path or (path[: len(hole)] == hole and (bool(hole) or absent)) for hole in self.holes
        )

    def source(self, path: Path_, *, key: bool = False) -> Source | None:
        """Where the value at `path` stands (`key=True`: its key); of a path that does not exist, its nearest parent."""
        if path[:1] not in self.files:
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
        return Source(self.files.get(path[:2], self.files[path[:1]]), mark[0] + 1, mark[1] + 1)

    def problem(self, code: str, message: str, path: Path_, hint: str = "", *, key: bool = False) -> Diagnostic:
        """An error about the value at a path (`key=True`: about its key)."""
        length = self.length(path, key=key)
        return Diagnostic(code, message, self.source(path, key=key), hint, pointer=path, length=length)

    def parameter_problem(self, code: str, message: str, path: Path_, name: str, hint: str) -> Diagnostic:
        """An error about a parameter of what stands at `path`: about its value, or its key where there is none of it.

        Where it is missing, about the parameters that are given, or else about all that stands there.
        """
        within: Path_ = (*path, "parameters") if isinstance(self.at((*path, "parameters")), dict) else path
        if self.at((*within, name)) is None:
            return self.problem(code, message, within, hint, key=True)
        return self.problem(code, message, (*within, name), hint, key=NO_SUCH_PARAMETER in message)

    def length(self, path: Path_, *, key: bool = False) -> int:
        """How many characters the value at a path (`key=True`: its key) takes in its line, as it is written there."""
        source = self.source(path, key=key)
        written = self.excerpt(source)[source.column - 1 :] if source else ""
        if quoted := _QUOTED.match(written):
            return quoted.end()
        value = path[-1] if key and path else self.at(path)
        if written[:1] in ("[", "{"):
            return _closed(written)
        if isinstance(value, str) and value and written.startswith(value):
            return len(value)
        plain = _PLAIN.match(written)
        return plain.end() if plain else 1

    def at(self, path: Path_) -> object:
        """The value at a path; None where there is nothing."""
        node: Any = self.data
        for step in path:
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                return None
        return node

    def excerpt(self, source: Source) -> str:
        """The line of the file that a source points at."""
        lines = self.lines.get(source.file, [])
        return lines[source.line - 1] if 0 < source.line <= len(lines) else ""


def _closed(written: str) -> int:
    """The length of a list or mapping in brackets; of one that goes on in the next line, that of its bracket."""
    depth, at = 0, 0
    while at < len(written):
        quoted = _QUOTED.match(written, at)
        depth += (written[at] in "[{") - (written[at] in "]}")
        at = quoted.end() if quoted else at + 1
        if depth == 0:
            return at
    return 1


EMAIL_PATTERN: Path_ = ("organization", "email_pattern")
PLACE = "{account}"
"""Where the key of an account goes in `organization.email_pattern`."""

TRUSTED: Path_ = ("organization", "trusted_access")


def administrators(data: object) -> dict[str, list[str]]:
    """The keys of the accounts that administer the services of `organization.trusted_access`, by the service's name."""
    found: dict[str, list[str]] = {}
    for name, entry in items(dict(items(dict(items(data)).get("organization", {}))).get("trusted_access")):
        given = entry.get("administrator")
        keys = given if isinstance(given, list) else [given]
        if texts := [key for key in keys if isinstance(key, str)]:
            found[name] = texts
    return found


def email_of(data: object, key: str, account: Mapping[str, Any]) -> str:
    """The address of an account's root user, its own or by `organization.email_pattern`; nothing where it has neither.

    Who is there already, which is the management account and whoever has an `id`, has an address, and gets none by it.
    """
    if "email" in account or "id" in account:
        return account["email"] if isinstance(account.get("email"), str) else ""
    top = dict(items(data))
    pattern = top.get("organization", {}).get("email_pattern")
    there = key == top.get("roles", {}).get("management")
    return pattern.replace(PLACE, key) if isinstance(pattern, str) and not there else ""


def items(value: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """What stands in a mapping of mappings, whether or not the config has one there."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield key, item if isinstance(item, dict) else {}


def units_in(document: Document) -> Iterator[tuple[str, Path_, dict[str, Any]]]:
    """(key, path in the document, content) of every unit, parents first; the key is the path of keys."""
    return _units_below(document.data.get("units"), "", ("units",))


def _units_below(units: object, parent: str, path: Path_) -> Iterator[tuple[str, Path_, dict[str, Any]]]:
    for key, unit in items(units):
        whole = f"{parent}/{key}" if parent else key
        yield whole, (*path, key), unit
        yield from _units_below(unit.get("units"), whole, (*path, key, "units"))
