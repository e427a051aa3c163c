"""A folder of `scps/`: a policy document with placeholders, and its metadata."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from landing.errors import ConfigError
from landing.library.placeholders import fill
from landing.model import Json, Problem, Severity, Source

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "list": list,
}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a policy, as its metadata declares it; without `default` it must be given."""

    name: str
    type: str
    description: str = ""
    default: Json = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Policy:
    """A folder of `scps/`: a document with placeholders, and what is known about it."""

    name: str
    title: str
    description: str
    type: str
    severity: Severity
    parameters: Mapping[str, Parameter]
    controls: tuple[str, ...]
    references: tuple[str, ...]
    document: Mapping[str, Json]
    folder: Path

    def problems_of(self, given: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
        """(parameter, message, help) for every value that the metadata does not admit, and for those missing."""
        for name, value in given.items():
            parameter = self.parameters.get(name)
            if parameter is None:
                known = ", ".join(self.parameters) or "none"
                yield name, f"policy `{self.name}` has no parameter `{name}`", f"it has: {known}"
            elif not _fits(parameter.type, value):
                yield name, f"`{name}` of policy `{self.name}` must be a {parameter.type}", ""
        for name, parameter in self.parameters.items():
            if parameter.required and name not in given:
                yield name, f"policy `{self.name}` needs the parameter `{name}`", parameter.description

    def render(self, given: Mapping[str, Json], context: Mapping[str, Json]) -> dict[str, Json]:
        """The document with parameters filled in; `context` are names that every policy may use."""
        values = dict(context)
        for parameter in self.parameters.values():
            values[parameter.name] = fill(given.get(parameter.name, parameter.default), context)
        return {key: fill(value, values) for key, value in self.document.items()}


def policy_in(folder: Path) -> Policy:
    """The policy of a folder; raises ConfigError with all that is wrong there."""
    problems: list[Problem] = []
    document = _document(folder / "policy.json", problems)
    metadata_file = folder / "metadata.yaml"
    try:
        metadata = yaml.safe_load(metadata_file.read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        problems.append(Problem("LZ402", f"cannot read metadata: {error}", Source(str(metadata_file), 1, 1)))
        metadata = {}
    problems += (
        Problem("LZ403", f"`{key}` is missing", Source(str(metadata_file), 1, 1))
        for key in ("title", "description", "type", "severity")
        if not isinstance(metadata.get(key), str)
    )
    if problems:
        raise ConfigError(problems)
    parameters = {
        name: Parameter(
            name, spec.get("type", "string"), spec.get("description", ""), spec.get("default"), "default" not in spec
        )
        for name, spec in (metadata.get("parameters") or {}).items()
    }
    return Policy(
        name=folder.name,
        title=metadata["title"],
        description=metadata["description"],
        type=metadata["type"],
        severity=Severity(metadata["severity"]),
        parameters=parameters,
        controls=tuple(metadata.get("controls") or ()),
        references=tuple(metadata.get("references") or ()),
        document=document,
        folder=folder,
    )


def _document(path: Path, problems: list[Problem]) -> dict[str, Json]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=_unique)
    except json.JSONDecodeError as error:
        problems.append(Problem("LZ404", f"not JSON: {error.msg}", Source(str(path), error.lineno, error.colno)))
    except (OSError, ValueError) as error:
        problems.append(Problem("LZ404", str(error), Source(str(path), 1, 1)))
    else:
        if isinstance(document, dict):
            return document
        problems.append(Problem("LZ404", "a policy document must be a JSON object", Source(str(path), 1, 1)))
    return {}


def _unique(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is given twice")
    return found


def _fits(kind: str, value: object) -> bool:
    if kind in ("integer", "string", "list") and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[kind])
