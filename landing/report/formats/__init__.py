"""The formats of results, a file each: what a command can show is what the files here say.

A format is a file with a function by the name of each result that it can show, of the result's values and of how they
are to be shown (`View`). `RESULTS` has the results with their values.
Renderers are imported when they are asked for: HTML and SARIF take their time.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import ModuleType
from typing import Any

from landing.core import json_text
from landing.report.formats import asff, csv, document, github, gitlab, html, junit, markdown, ocsf, sarif, text
from landing.report.formats.view import View

RESULTS = {
    "plan": "Plan, Organization or None",
    "attached": "Organization",
    "drift": "Report, Organization",
    "problems": "Diagnostics, Organization or None",
    "tests": "Tried",
    "answers": "Answers",
    "proofs": "Proofs or Ways",
    "runs": "Runs",
    "root": "RootUsers",
    "access": "Access",
    "compliance": "Compliance, Points",
    "drill": "Drill",
}
"""What commands show, with its values."""

FORMATS: Mapping[str, ModuleType] = {
    "text": text,
    "json": document,
    "md": markdown,
    "html": html,
    "csv": csv,
    "github": github,
    "gitlab": gitlab,
    "sarif": sarif,
    "junit": junit,
    "ocsf": ocsf,
    "asff": asff,
}
"""By the name that `--format` takes, in the order in which they are offered."""

JSON = ("json", "gitlab", "sarif")
"""Formats that are one JSON document."""


def names(result: str) -> tuple[str, ...]:
    """The formats that can show a result."""
    assert result in RESULTS, result
    return tuple(name for name, form in FORMATS.items() if hasattr(form, result))


def shown(result: str, form: str, *values: Any, view: View) -> str:
    """A result in one of its formats."""
    text = str(getattr(FORMATS[form], result)(*values, view))
    return json_text.quiet(text) if form in JSON else text


__all__ = ["FORMATS", "RESULTS", "View", "names", "shown"]
