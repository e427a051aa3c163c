"""Template bodies, of a size that is allowed, to plain data: JSON, and YAML with the short forms of the functions."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import yaml

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.refusal import Refusal

wrong = Refusal.of("ValidationError")
"""CloudFormation has one error for all input that it cannot use."""

SHORT_FORMS = (
    "And", "Base64", "Cidr", "Contains", "EachMemberEquals", "EachMemberIn", "Equals", "FindInMap", "ForEach", "GetAZs",
    "If", "ImportValue", "Join", "Length", "Not", "Or", "RefAll", "Select", "Split", "Sub", "ToJsonString", "Transform",
    "ValueOf", "ValueOfAll",
)  # fmt: skip
DATES = "tag:yaml.org,2002:timestamp"
LARGEST = 51_200
"""Bytes of a template in the call itself (User Guide, "Understand CloudFormation quotas")."""
LARGEST_IN_S3 = 1_048_576


class Loader(yaml.CSafeLoader):
    """YAML as CloudFormation reads it: dates stay text, and `!Sub` is `Fn::Sub`."""


def malformed(message: str) -> Refusal:
    """What CloudFormation answers to a template that it cannot read."""
    return wrong(f"Template format error: {message}")


def check_size(body: str, largest: int = LARGEST) -> None:
    """Refuse a body that is too large for the way it came."""
    size = len(body.encode())
    if size > largest:
        raise wrong(str(Problem("max_length", "templateBody", f"{size} bytes", largest)))


@lru_cache(maxsize=256)
def parse(body: str) -> dict[str, Any]:
    """The template as plain data, which nobody may change: equal bodies share it."""
    try:
        parsed = _json(body) if body.lstrip().startswith("{") else _yaml(body)
    except RecursionError:
        raise malformed("the template is nested too deeply.") from None
    if not isinstance(parsed, dict):
        raise malformed("unsupported structure.")
    return parsed


def _json(body: str) -> Any:
    try:
        return json.loads(body)
    except ValueError as error:
        return _flow(body, error)


def _flow(body: str, error: ValueError) -> Any:
    """Braces may also be YAML; what is neither is reported as broken JSON."""
    try:
        return yaml.load(body, Loader)  # noqa: S506  (Loader is a safe loader)
    except yaml.YAMLError:
        raise malformed(f"JSON not well-formed. ({_place(error)})") from None


def _place(error: ValueError) -> str:
    line, column = getattr(error, "lineno", 1), getattr(error, "colno", 1)
    return f"line {line}, column {column}"


def _yaml(body: str) -> Any:
    try:
        return yaml.load(body, Loader)  # noqa: S506  (Loader is a safe loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"line {mark.line + 1}, column {mark.column + 1}" if mark else "line 1, column 1"
        raise malformed(f"YAML not well-formed. ({place})") from None


def _value(loader: Any, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


def _text(loader: Any, node: yaml.ScalarNode) -> str:
    text: str = loader.construct_scalar(node)
    return text


def _short_form(loader: Any, suffix: str, node: yaml.Node) -> dict[str, Any]:
    value = _value(loader, node)
    if suffix in ("Ref", "Condition"):
        return {suffix: value}
    if suffix == "GetAtt":
        return {"Fn::GetAtt": value.split(".", 1) if isinstance(value, str) else value}
    if suffix in SHORT_FORMS:
        return {f"Fn::{suffix}": value}
    raise malformed(f"YAML not well-formed. (line {node.start_mark.line + 1}, column {node.start_mark.column + 1})")


def _mapping(loader: Any, node: yaml.MappingNode) -> dict[str, Any]:
    """A mapping in which a key stands once."""
    keys = [loader.construct_object(key, deep=True) for key, _ in node.value]
    for position, key in enumerate(keys):
        if key in keys[:position]:
            raise malformed(f"duplicate key {key!r} (line {node.value[position][0].start_mark.line + 1})")
    return {str(key): value for key, value in loader.construct_mapping(node, deep=True).items()}


Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
Loader.add_multi_constructor("!", _short_form)
Loader.add_constructor(DATES, _text)
