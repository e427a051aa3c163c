"""A folder of `scps/`: a policy's document with its placeholders, and its metadata."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landing.blueprint import NO_SUCH_PARAMETER
from landing.core.errors import ConfigError
from landing.core.json_text import place, read
from landing.core.model import Diagnostic, Json, Severity, Source
from landing.core.spelling import nearest
from landing.library.metadata import Metadata, fits, relative
from landing.library.placeholders import fill, has_placeholder, unfilled

_A = {"string": "a text", "integer": "a whole number", "boolean": "true or false", "list": "a list"}
_EXAMPLES = {"string": "text", "integer": "3", "boolean": "true", "list": "[one, two]"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a policy, as its metadata declares it; without `default` it must be given."""

    name: str
    type: str
    description: str = ""
    default: Json = None
    required: bool = False


@dataclass(frozen=True, slots=True)
class Written:
    """A place in a policy's own file; `literal` if what stands there is no placeholder."""

    source: Source
    length: int
    literal: bool


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
    accepted: frozenset[str] = frozenset()
    """Codes of what is wrong with its text, and is in force all the same: warnings of it, and no errors."""

    def problems_of(self, given: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
        """(parameter, message, help) for every value that the metadata does not admit, and for those missing."""
        hints = set[str]()
        for name, value in given.items():
            parameter = self.parameters.get(name)
            if parameter is None:
                known = ", ".join(self.parameters) or "none"
                hint = nearest(name, self.parameters, f"it has: {known}")
                hints.add(hint)
                yield name, f"policy `{self.name}` {NO_SUCH_PARAMETER} `{name}`", hint
            elif not fits(parameter.type, value):
                yield name, f"`{name}` of policy `{self.name}` must be {_A[parameter.type]}", parameter.description
        for name, parameter in self.parameters.items():
            if parameter.required and name not in given and f"did you mean `{name}`?" not in hints:
                example = f"`parameters: {{{name}: {_EXAMPLES[parameter.type]}}}`"
                yield name, f"policy `{self.name}` needs the parameter `{name}`", f"{example}: {parameter.description}"

    def unknown_placeholder(self, name: str, context: Iterable[str]) -> tuple[str, str]:
        """What is wrong, and what to write instead, where the document asks for a name that nobody gives."""
        known = [*self.parameters, *context]
        hint = nearest(name, known, f"declare it: `parameters: {{{name}: {{type: string, description: …}}}}`")
        return (
            f"policy `{self.name}` uses the unknown placeholder `{{{{ {name} }}}}`",
            f"{hint} in policy.json; its parameters stand in metadata.yaml, and every policy has {', '.join(context)}",
        )

    def render(self, given: Mapping[str, Json], context: Mapping[str, Json]) -> dict[str, Json]:
        """The document with parameters filled in; `context` are names that every policy may use."""
        values = self._values(given, context)
        return {key: fill(value, values) for key, value in self.document.items()}

    def written(self, pointer: str, given: Mapping[str, Json], context: Mapping[str, Json]) -> Written:
        """Where in `policy.json` a part of what `render` makes is written; `pointer` is a JSON pointer to it."""
        values = self._values(given, context)
        node: Json = dict(self.document)
        path: list[str | int] = []
        for part in pointer.split("/")[1:]:
            step = unfilled(node, part.replace("~1", "/").replace("~0", "~"), values)
            if step is None:
                break
            path.append(step)
            node = node[step]  # type: ignore[index]
        file = self.folder / "policy.json"
        line, column, length = place(file.read_text(encoding="utf-8"), path)
        literal = not (isinstance(node, str) and has_placeholder(node))
        return Written(Source(relative(file), line, column), length, literal)

    def _values(self, given: Mapping[str, Json], context: Mapping[str, Json]) -> dict[str, Json]:
        values = dict(context)
        for parameter in self.parameters.values():
            values[parameter.name] = fill(given.get(parameter.name, parameter.default), context)
        return values


def policy_in(folder: Path) -> Policy:
    """The policy of a folder; raises ConfigError with all that is wrong there."""
    problems: list[Diagnostic] = []
    document = _document(folder / "policy.json", problems)
    metadata = Metadata.read(folder / "metadata.yaml", problems)
    problems += metadata.problems()
    if problems:
        raise ConfigError(problems)
    values = metadata.values
    parameters = {
        name: Parameter(
            name, spec.get("type", "string"), spec.get("description", ""), spec.get("default"), "default" not in spec
        )
        for name, spec in (values.get("parameters") or {}).items()
    }
    return Policy(
        name=folder.name,
        title=values["title"],
        description=values["description"],
        type=values["type"],
        severity=Severity(values["severity"]),
        parameters=parameters,
        controls=tuple(values.get("controls") or ()),
        references=tuple(values.get("references") or ()),
        document=document,
        folder=folder,
        accepted=frozenset(values.get("accepted") or ()),
    )


def _document(path: Path, problems: list[Diagnostic]) -> dict[str, Json]:
    try:
        document = read(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        problems.append(
            Diagnostic(
                "LZ404",
                f"not JSON: {error.msg}",
                Source(relative(path), error.lineno, error.colno),
                "check commas, quotes and brackets at this place and on the line above it",
            )
        )
    except (OSError, ValueError) as error:
        problems.append(Diagnostic("LZ404", str(error), Source(relative(path), 1, 1)))
    else:
        if isinstance(document, dict):
            return document
        problems.append(Diagnostic("LZ404", "a policy document must be a JSON object", Source(relative(path), 1, 1)))
    return {}
