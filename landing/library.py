"""The blueprints and policies found: those that ship and those beside the config."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import yaml

from landing.blueprint import Blueprint
from landing.errors import ConfigError
from landing.model import Json, Problem, Severity, Source

_PLACEHOLDER = re.compile(r"\{\{\s*([a-z_][a-z0-9_]*)\s*\}\}")
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


@dataclass(frozen=True)
class Library:
    """Blueprints and policies by name; a blueprint's file is imported when it is first asked for."""

    policies: Mapping[str, Policy]
    blueprint_files: Mapping[str, Path]
    _blueprints: dict[str, Blueprint] = field(default_factory=dict)

    @classmethod
    def load(cls, *folders: Path) -> Library:
        """Read `blueprints/*.py` and `scps/*/` below each folder; raises ConfigError with all problems at once."""
        policies: dict[str, Policy] = {}
        files: dict[str, Path] = {}
        problems: list[Problem] = []
        for folder in dict.fromkeys(path.resolve() for path in folders):
            for path in sorted((folder / "blueprints").glob("[!_.]*.py")):
                if path.stem in files:
                    problems.append(_twice("blueprint", path, files[path.stem]))
                files.setdefault(path.stem, path)
            for path in sorted((folder / "scps").glob("*/policy.json")):
                name = path.parent.name
                if name in policies:
                    problems.append(_twice("policy", path, policies[name].folder))
                    continue
                try:
                    policies[name] = _policy(path.parent)
                except ConfigError as error:
                    problems += error.problems
        if problems:
            raise ConfigError(problems)
        return cls(policies, files)

    def blueprint(self, name: str) -> Blueprint:
        """The blueprint of that name; KeyError when there is none, ConfigError when its file is no blueprint."""
        if name not in self._blueprints:
            self._blueprints[name] = _blueprint(name, self.blueprint_files[name])
        return self._blueprints[name]

    @cached_property
    def blueprint_titles(self) -> Mapping[str, str]:
        """First line of each blueprint's docstring, read without importing it."""
        return {name: _title(path) for name, path in self.blueprint_files.items()}


def shipped() -> Path:
    """The folder that holds our `blueprints/`, `scps/` and `config/`: in the wheel or beside the package."""
    package = Path(__file__).parent
    inside = package / "shipped"
    return inside if inside.is_dir() else package.parent


def fill(value: Json, parameters: Mapping[str, Json]) -> Json:
    """Replace `{{ name }}` in a parsed document; a list in the place of one item is spliced into the list around it.

    `${aws:...}` is left alone: it is AWS's own. Raises KeyError for a name that is not known.
    """
    if isinstance(value, str):
        whole = _PLACEHOLDER.fullmatch(value)
        if whole:
            return parameters[whole[1]]
        return _PLACEHOLDER.sub(lambda match: str(parameters[match[1]]), value)
    if isinstance(value, list):
        items: list[Json] = []
        for item in value:
            items += _spread(item, parameters)
        return items
    if isinstance(value, dict):
        return {str(fill(key, parameters)): fill(item, parameters) for key, item in value.items()}
    return value


def _spread(item: Json, parameters: Mapping[str, Json]) -> list[Json]:
    if isinstance(item, str):
        names = _PLACEHOLDER.findall(item)
        lists = [name for name in names if isinstance(parameters[name], list)]
        if len(lists) == 1:
            values = parameters[lists[0]]
            assert isinstance(values, list)
            return [fill(item, {**parameters, lists[0]: value}) for value in values]
    return [fill(item, parameters)]


def _fits(kind: str, value: object) -> bool:
    if kind in ("integer", "string", "list") and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[kind])


def _twice(what: str, path: Path, first: Path) -> Problem:
    return Problem(
        "LZ401",
        f"a {what} of this name exists twice: also in {first}",
        Source(str(path), 1, 1),
        help="rename one of them",
    )


def _policy(folder: Path) -> Policy:
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


def _blueprint(name: str, path: Path) -> Blueprint:
    try:
        spec = importlib.util.spec_from_file_location(f"landing_blueprint_{name}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        build = getattr(module, name)
    except Exception as error:  # a blueprint is the user's own code: whatever it raises is their problem to read
        line = _line_of(error, path)
        raise ConfigError(
            [
                Problem(
                    "LZ405",
                    f"blueprint `{name}` cannot be loaded: {type(error).__name__}: {error}",
                    Source(str(path), line, 1),
                )
            ]
        ) from error
    return Blueprint(name, _title(path), build, getattr(module, "REGIONS", "") == "home", path)


def _line_of(error: BaseException, path: Path) -> int:
    line, trace = 1, error.__traceback__
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == str(path):
            line = trace.tb_lineno
        trace = trace.tb_next
    return line


def _title(path: Path) -> str:
    try:
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    except (OSError, SyntaxError):
        return ""
    return text.split("\n", 1)[0]
