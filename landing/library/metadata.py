"""`metadata.yaml` of a policy's folder: what it must say, and where it says otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from landing.core.model import Diagnostic, Severity, Source
from landing.core.spelling import nearest
from landing.core.yaml_text import Map, NotAdmitted, parse
from landing.policy.limits import LIMITS

_TEXTS = ("title", "description", "type", "severity")
_KEYS = (*_TEXTS, "parameters", "controls", "references", "accepted")
EXAMPLE = "with title, description, type and severity: `title: Nobody buys`, `type: SERVICE_CONTROL_POLICY`, …"
_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "list": list,
}


def fits(kind: str, value: object) -> bool:
    """Whether a value is of the type of a parameter."""
    if kind in ("integer", "string", "list") and isinstance(value, bool):
        return False
    return isinstance(value, _TYPES[kind])


def relative(path: Path) -> str:
    """A path as messages have it: from the working directory if it is below."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def yaml_in(path: Path, problems: list[Diagnostic], help_: str) -> Map | None:
    """The mapping in a file of a folder of the library; None, and what is wrong with it, where there is none."""
    file, where = relative(path), (0, 0)
    try:
        values = parse(path.read_text(encoding="utf-8-sig")) or Map()
    except NotAdmitted as error:
        where, message = error.mark, f"cannot read {path.name}: {error.message}"
        problems.append(Diagnostic("LZ402", message, Source(file, where[0] + 1, where[1] + 1), error.hint))
        return None
    except (OSError, ValueError, yaml.YAMLError) as error:
        if (mark := getattr(error, "problem_mark", None)) is not None:
            where = (mark.line, mark.column)
        why = getattr(error, "problem", None) or getattr(error, "strerror", None) or error
        hint = "correct the YAML at and above this line: indentation, quotes and brackets"
        said = f"cannot read {path.name}: {why}"
        help_ = help_ if isinstance(error, OSError) else hint
        problems.append(Diagnostic("LZ402", said, Source(file, where[0] + 1, where[1] + 1), help_))
        return None
    if not isinstance(values, Map):
        problems.append(Diagnostic("LZ402", f"{path.name} must be a mapping of keys", Source(file, 1, 1), help_))
        return None
    return values


def places_of(values: Map) -> dict[str, tuple[int, int]]:
    """Line and column, from 1, of each key."""
    return {key: (line + 1, column + 1) for key, (line, column) in values.keys_at.items()}


@dataclass(frozen=True, slots=True)
class Metadata:
    """The keys of a file with their values, and with the line and column where each begins."""

    file: str
    values: Mapping[str, Any]
    places: Mapping[str, tuple[int, int]]

    @classmethod
    def read(cls, path: Path, problems: list[Diagnostic]) -> Metadata:
        """The file; what cannot be read at all is added to `problems`."""
        help_ = f"every policy has a metadata.yaml beside its policy.json, {EXAMPLE}"
        values = yaml_in(path, problems, help_)
        if values is None:
            return cls(relative(path), dict.fromkeys(_TEXTS, ""), {})
        return cls(relative(path), values, places_of(values))

    def problems(self) -> Iterator[Diagnostic]:
        """Everything that is wrong with the keys."""
        if self.values and not self.places:  # it could not be read, which is said already
            return
        for key in self.values:
            if key not in _KEYS:
                hint = nearest(str(key), _KEYS, f"known: {', '.join(_KEYS)}")
                yield self._wrong(str(key), f"unknown key `{key}` in the metadata of a policy", hint)
        for key in _TEXTS:
            if not isinstance(self.values.get(key), str):
                wrong = f"`{key}` is missing" if key not in self.values else f"`{key}` must be a text"
                known = ", ".join({"type": tuple(LIMITS), "severity": tuple(Severity)}.get(key, ()))
                yield self._wrong(key, wrong, f"known: {known}" if known else "")
        severity, kind = self.values.get("severity"), self.values.get("type")
        if isinstance(severity, str) and severity not in list(Severity):
            yield self._wrong("severity", f"`{severity}` is no severity", f"known: {', '.join(Severity)}")
        if isinstance(kind, str) and kind not in LIMITS:
            yield self._wrong("type", f"`{kind}` is no policy type", f"known: {', '.join(LIMITS)}", "LZ340")
        for key in ("controls", "references", "accepted"):
            listed = self.values.get(key) or []
            if not isinstance(listed, list) or not all(isinstance(item, str) for item in listed):
                yield self._wrong(key, f"`{key}` must be a list of texts")
        yield from self._parameters()

    def _parameters(self) -> Iterator[Diagnostic]:
        listed = self.values.get("parameters") or {}
        if not isinstance(listed, dict) or not all(isinstance(spec, dict) for spec in listed.values()):
            yield self._wrong("parameters", "`parameters` must map names to `type`, `description` and `default`")
            return
        for name, spec in listed.items():
            kind = spec.get("type", "string")
            if kind not in _TYPES:
                yield self._wrong(
                    "parameters", f"`{kind}` is no type of the parameter `{name}`", f"known: {', '.join(_TYPES)}"
                )
            elif "default" in spec and not fits(kind, spec["default"]) and "{{" not in str(spec["default"]):
                yield self._wrong("parameters", f"the default of the parameter `{name}` is no {kind}")

    def _wrong(self, key: str, message: str, hint: str = "", code: str = "LZ403") -> Diagnostic:
        return Diagnostic(code, message, Source(self.file, *self.places.get(key, (1, 1))), hint, length=len(key))
