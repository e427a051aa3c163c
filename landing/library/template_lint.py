"""What cfn-lint says about templates that the user's blueprints made."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from importlib.util import find_spec
from pathlib import Path

from landing.blueprint.process import ask
from landing.core.model import Diagnostic, Json, Source
from landing.core.references import outputs_in
from landing.library.found import Library
from landing.library.metadata import relative
from landing.library.template import SUFFIXES
from landing.organization import Deployment, Organization

SECONDS = 60.0
FOUND, NOT_LINTED = "LZ407", "LZ408"
VALUE = "E2015"
"""The rule of a default, which here is the value that the config gives."""
LIMITS = ("AllowedPattern", "AllowedValues", "MinLength", "MaxLength", "MinValue", "MaxValue", "ConstraintDescription")
_SEVERITIES = {"error": "error", "warning": "warning", "informational": "info"}
Finding = tuple[str, str, str, tuple[str | int, ...]]
"""cfn-lint's rule, its severity, its words, and the path of keys in the template."""


def problems(organization: Organization, library: Library) -> Iterator[Diagnostic]:
    """Every finding about a template of a blueprint beside the config, at the line of the blueprint that says the same.

    Ours are linted before they ship. Without user's blueprints, nothing is imported and nothing started.
    """
    own = [
        (path, each, _with_values(each))
        for each in organization.deployments.values()
        if (path := library.own_blueprint(each.blueprint))
    ]
    if not own:
        return
    if find_spec("cfnlint") is None:
        message = "templates of blueprints beside the config are not linted: cfn-lint is not installed"
        yield Diagnostic(NOT_LINTED, message, Source(relative(own[0][0]), 1, 1), "pip install 'landing[lint]'", "info")
        return
    asked = {"templates": [template for *_, template in own], "regions": organization.governed_regions}
    answers, why = ask(own[0][0].parent, asked, len(own), _checked, SECONDS)
    for (path, deployment, _), findings in zip(own, answers, strict=False):
        yield from _told(path, deployment, findings)
    if len(answers) < len(own):
        message = f"the template is not linted: cfn-lint: {why}"
        yield Diagnostic(NOT_LINTED, message, Source(relative(own[len(answers)][0]), 1, 1), severity="warning")


def _with_values(deployment: Deployment) -> Mapping[str, Json]:
    """With the values of its parameters as defaults: so cfn-lint holds them against their patterns (E2015)."""
    template = deepcopy(dict(deployment.template))
    declared = template.get("Parameters")
    for name, value in deployment.parameters.items():
        entry = declared.get(name) if isinstance(declared, dict) else None
        if isinstance(entry, dict) and not outputs_in(value):
            entry["Default"] = value
    return template


def _told(path: Path, deployment: Deployment, findings: Sequence[Finding]) -> Iterator[Diagnostic]:
    """Of a value that the config gives, where the config asks for the blueprint: the template is right there."""
    text = path.read_text(encoding="utf-8", errors="replace")
    for rule, severity, words, at in findings:
        if rule == VALUE and len(at) > 1 and (name := str(at[1])) in deployment.parameters:
            message = f"parameter `{name}` of `{deployment.key}`: {deployment.parameters[name]!r} is not what it takes"
            yield Diagnostic(
                FOUND, f"{message} (cfn-lint {rule})", deployment.source, _taken(deployment.template, name), severity
            )
            continue
        steps = "/".join(map(str, at))
        message = f"cfn-lint {rule}: {words}" + (f" (at {steps})" if steps else "")
        help_ = f"correct it, or list {rule} in the template's metadata under cfn-lint: config: ignore_checks"
        line = _line_below(text, at) if path.suffix in SUFFIXES else _line(text, at)
        yield Diagnostic(FOUND, message, Source(relative(path), line, 1), help_, severity)


def _taken(template: Mapping[str, Json], name: str) -> str:
    """What a template says of the values of a parameter."""
    declared = template.get("Parameters")
    entry = declared.get(name) if isinstance(declared, dict) else None
    said = {key: value for key, value in (entry if isinstance(entry, dict) else {}).items() if key in LIMITS}
    return "; ".join(f"{key}: {value}" for key, value in said.items())


def _checked(_: int, line: bytes) -> list[Finding]:
    try:
        return [
            (str(rule), _SEVERITIES.get(severity, "warning"), " ".join(str(words).split())[:500], tuple(at))
            for rule, severity, words, at in json.loads(line)
        ]
    except (TypeError, RecursionError) as error:
        raise ValueError("answered something that is no list of findings") from error


def _line_below(text: str, at: Sequence[str | int]) -> int:
    """The line of a template that a path of keys leads to: each key is looked for below the one before it.

    A parameter's default may be what the config gives, so the parameter is named.
    """
    keys = [step for step in at if isinstance(step, str)]
    lines, found = text.splitlines(), 0
    for key in keys[:2] if keys[:1] == ["Parameters"] else keys:
        word = re.compile(rf"(?:^|[\s{{,\"']){re.escape(key)}[\"']?\s*:")
        found = next((number for number in range(found, len(lines)) if word.search(lines[number])), found)
    return found + 1


def _line(text: str, at: Sequence[str | int]) -> int:
    """The first line that names the innermost key of a path that any line names."""
    lines = text.splitlines()
    for step in reversed([step for step in at if isinstance(step, str) and step not in ("Resources", "Properties")]):
        word = re.compile(rf"\b{re.escape(step)}\b")
        for number, line in enumerate(lines, 1):
            if word.search(line):
                return number
    return 1
