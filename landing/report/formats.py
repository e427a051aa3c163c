"""The formats of plans and drift reports: a new one is a file beside this one, and a line below.

Renderers are imported when they are asked for: HTML and SARIF take their time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from landing.engine.drift import Report
from landing.engine.observe import desired_of
from landing.engine.plan import Plan
from landing.organization import Organization
from landing.report.style import Style


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a report is to be shown; a format takes of it what it has a use for."""

    style: Style = field(default_factory=Style)
    limit: int = 200
    """Entries of a kind; 0 for all."""
    budget: int = 60_000
    """Most bytes of Markdown."""
    expand: Collection[str] = ()
    """What is not folded: addresses, kinds, prefixes that end in `*`."""
    summary: bool = False
    """Only the counts."""
    saved_as: str = ""
    """The file of a plan."""
    config: str = "config"
    """Where findings stand that no line of the config asks for."""


def _drift_text(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_text

    return drift_text.render(found, organization, view.style, limit=view.limit)


def _drift_json(found: Report, organization: Organization, view: View) -> str:
    return json.dumps(found.to_json(), indent=1) + "\n"


def _drift_markdown(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_markdown

    return view.style.plain(drift_markdown.render(found, organization, budget=view.budget))


def _drift_html(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_html

    return drift_html.render(found, organization, desired_of(organization, found.plan.kinds))


def _drift_sarif(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_sarif

    return drift_sarif.render(found, root=Path.cwd(), anchor=view.config)


def _drift_junit(found: Report, organization: Organization, view: View) -> str:
    from landing.report import junit

    return junit.render(found, organization, desired_of(organization, found.plan.kinds))


def _plan_text(plan: Plan, organization: Organization, view: View) -> str:
    from landing.report import plan_text

    return plan_text.render(
        plan, organization, view.style, summary_only=view.summary, expand=view.expand, limit=view.limit
    )


def _plan_markdown(plan: Plan, organization: Organization, view: View) -> str:
    from landing.report import plan_markdown

    page = plan_markdown.render(plan, organization, saved_as=view.saved_as, budget=view.budget)
    return view.style.plain(page)


DRIFT: Mapping[str, Callable[[Report, Organization, View], str]] = {
    "text": _drift_text,
    "json": _drift_json,
    "md": _drift_markdown,
    "html": _drift_html,
    "sarif": _drift_sarif,
    "junit": _drift_junit,
}
"""Renderers of a drift report, by the name that `--format` takes."""

PLAN: Mapping[str, Callable[[Plan, Organization, View], str]] = {"text": _plan_text, "md": _plan_markdown}
"""Renderers of a plan; its JSON is the plan file itself, which needs no config."""
