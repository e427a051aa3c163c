"""A plain CloudFormation template as a blueprint: `blueprints/NAME.yaml`, `.yml` or `.json`, with its own Parameters.

It is data, so nothing of it is run. Short forms (`!Ref`) are read as the long ones (CloudFormation User Guide,
"Intrinsic function reference"); words such as `yes` and dates stay text, as CloudFormation takes them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from landing.blueprint import CONTEXT_PARAMETERS, NO_SUCH_PARAMETER, canonical, shape
from landing.blueprint.file import LOADING, Failure, Rendered
from landing.core.references import outputs_in
from landing.core.spelling import nearest
from landing.core.yaml_text import NotAdmitted, parse

SUFFIXES = (".yaml", ".yml", ".json")
Wrong = tuple[str, str, str]
"""(parameter, message, help)."""


class NotReadError(Exception):
    """A file that is no template; `line` is where, `help` what to do."""

    def __init__(self, message: str, line: int, help_: str) -> None:
        super().__init__(message)
        self.line, self.help = line, help_


def rendered(path: Path, given: Mapping[str, object]) -> Rendered:
    """The template of a file with the values of its own parameters, or what is wrong with either."""
    try:
        template = content(path, path.read_text(encoding="utf-8"))
    except (NotReadError, UnicodeDecodeError, OSError) as error:
        line, help_ = (error.line, error.help) if isinstance(error, NotReadError) else (1, "write it as text in UTF-8")
        return Rendered(failure=Failure(LOADING, f"template `{path.name}`: {error}", path, line, help_))
    parameters = template.get("Parameters")
    own = _own(parameters if isinstance(parameters, dict) else {})
    wrong = tuple(_wrong(path.stem, own, given))
    if wrong:
        return Rendered(wrong=wrong)
    values = {name: _text(given.get(name, entry.get("Default"))) for name, entry in sorted(own.items())}
    return Rendered(template, values=values)


def parsed(text: str) -> dict[str, Any] | None:
    """A template in either notation, with long forms, as that of a file is read; None when it is neither."""
    try:
        found = json.loads(text)
    except ValueError:
        try:
            found = json.loads(canonical(parse(text, tagged=_long_form)))
        except (yaml.YAMLError, NotAdmitted, TypeError, ValueError):
            return None
    return found if isinstance(found, dict) else None


@lru_cache(maxsize=64)
def content(path: Path, text: str) -> dict[str, Any]:
    """The template that the text of a file is; raises NotReadError."""
    try:
        template = parse(text, tagged=_long_form)
    except NotAdmitted as error:
        raise NotReadError(error.message, error.mark[0] + 1, error.hint or "correct it at this line") from None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise NotReadError(str(error.problem or "not YAML"), line, "correct it at this line") from None
    except yaml.YAMLError as error:
        raise NotReadError(" ".join(str(error).split()), 1, "write it as YAML or JSON") from None
    resources = template.get("Resources") if isinstance(template, dict) else None
    if not isinstance(template, dict) or not isinstance(resources, dict) or not resources:
        raise NotReadError("it has no Resources", 1, "a template is a mapping with Resources")
    for name, words in shape.problems(template):
        raise NotReadError(words, _line(text, name), "write it as CloudFormation takes it: `Type: String`, for one")
    for name, entry in _own(template.get("Parameters") or {}).items():
        if str(entry.get("NoEcho", "false")).lower() == "true":
            what = f"the parameter `{name}` is NoEcho: a secret has no place in a config or a plan"
            raise NotReadError(what, _line(text, name), "let the template read it: {{resolve:secretsmanager:…}}")
    plain: dict[str, Any] = json.loads(canonical(template))
    return plain


def _long_form(tag: str, value: object) -> tuple[str, object] | None:
    """The key and the value of a short form; None when the tag is none of CloudFormation's."""
    if not re.fullmatch(r"![A-Za-z0-9]+(::[A-Za-z0-9]+)*", tag):
        return None
    name = tag[1:]
    if name in ("Ref", "Condition"):
        return name, value
    if name == "GetAtt" and isinstance(value, str):
        return "Fn::GetAtt", value.split(".", 1)
    return f"Fn::{name}", value


def _line(text: str, word: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if re.search(rf"\b{re.escape(word)}\b", line)), 1)


def _own(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that the config gives: all but those whose values are known only at the call."""
    return {name: entry for name, entry in parameters.items() if name not in CONTEXT_PARAMETERS}


def _wrong(name: str, own: Mapping[str, Any], given: Mapping[str, object]) -> Iterator[Wrong]:
    for key, value in given.items():
        if key not in own:
            hint = nearest(key, own, "it has: " + (", ".join(sorted(own)) or "none"))
            yield key, f"template `{name}` {NO_SUCH_PARAMETER} `{key}`", hint
        elif problem := _refused(own[key], value):
            yield key, f"`{key}` of template `{name}` {problem}", ""
    for key, entry in own.items():
        if "Default" not in entry and key not in given:
            yield key, f"template `{name}` needs the parameter `{key}`", str(entry.get("Description", ""))


@dataclass(frozen=True, slots=True)
class _Bounds:
    """What a parameter says of its length and size; None where it says nothing."""

    shortest: int | None
    longest: int | None
    least: float | None
    most: float | None

    @classmethod
    def of(cls, entry: Mapping[str, Any]) -> _Bounds:
        """From the declaration of a parameter."""
        shortest, longest = (None if (value := entry.get(key)) is None else int(value) for key in _LENGTHS)
        least, most = (None if (value := entry.get(key)) is None else float(value) for key in _SIZES)
        return cls(shortest, longest, least, most)


_LENGTHS, _SIZES = ("MinLength", "MaxLength"), ("MinValue", "MaxValue")


def _refused(entry: Mapping[str, Any], value: object) -> str:
    """Why CloudFormation would refuse a value; nothing when it takes it (User Guide, "Parameters syntax").

    `AllowedPattern` is a stranger's, and may take for ever: it is tried where templates are linted.
    """
    type_ = str(entry["Type"])
    many = type_ == "CommaDelimitedList" or "List<" in type_
    if isinstance(value, dict) or value is None or (isinstance(value, list) and not many):
        return "must be a text, a number, true or false" + (", or a list of these" if many else "")
    items = [_text(item) for item in value] if isinstance(value, list) else [_text(value)]
    if many and not isinstance(value, list):
        items = items[0].split(",")
    allowed, bounds = [_text(each) for each in entry.get("AllowedValues") or ()], _Bounds.of(entry)
    for item in items:
        if outputs_in(item):
            continue  # known when the stack is that has it
        if "Number" in type_ and not re.fullmatch(r"\s*[-+]?\d+(\.\d+)?\s*", item):
            return f"must be a number, not {item!r}"
        if allowed and item not in allowed:
            return f"must be one of {', '.join(allowed)}, not {item!r}"
        if problem := _beyond(bounds, item, sized="Number" in type_):
            return problem
    return ""


def _beyond(bounds: _Bounds, item: str, *, sized: bool) -> str:
    if bounds.shortest is not None and len(item) < bounds.shortest:
        return f"must have {bounds.shortest} characters or more"
    if bounds.longest is not None and len(item) > bounds.longest:
        return f"must have {bounds.longest} characters or fewer"
    if not sized:
        return ""
    if bounds.least is not None and float(item) < bounds.least:
        return f"must be {bounds.least:g} or more"
    if bounds.most is not None and float(item) > bounds.most:
        return f"must be {bounds.most:g} or less"
    return ""


def _text(value: object) -> str:
    """A value as CloudFormation is sent it, and shows it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ",".join(map(_text, value))
    return "" if value is None else str(value)
