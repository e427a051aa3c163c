"""Every report format by its file name, as functions of the samples: for tests that all formats must pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from landing.engine.drift import Report
from landing.engine.plan import Plan
from landing.organization import Organization
from landing.report import (
    drift_csv,
    drift_html,
    drift_markdown,
    drift_ocsf,
    drift_text,
    formats,
    junit,
    plan_markdown,
    plan_text,
    sarif,
)
from landing.report.result import Repository
from landing.report.style import Style
from tests.report.samples import declared

ROOT = Path("/repository")
REPOSITORY = Repository(ROOT, ROOT)
VIEW = formats.View(repository=REPOSITORY, saved_as="plan.json")

PLANS: dict[str, Callable[[Plan, Organization], str]] = {
    "plan.txt": lambda plan, org: plan_text.render(plan, org, Style()),
    "plan.md": lambda plan, org: plan_markdown.render(plan, org, saved_as="plan.json"),
    "plan.github": lambda plan, org: formats.shown("plan", "github", plan, org, view=VIEW),
}
DRIFTS: dict[str, Callable[[Report, Organization], str]] = {
    "drift.txt": lambda report, org: drift_text.render(report, org, Style()),
    "drift.md": drift_markdown.render,
    "drift.html": lambda report, org: drift_html.render(report, org, declared(org)),
    "drift.sarif": lambda report, org: sarif.of_drift(report, repository=REPOSITORY, anchor="config"),
    "drift.github": lambda report, org: formats.shown("drift", "github", report, org, view=VIEW),
    "drift.codequality": lambda report, org: formats.shown("drift", "gitlab", report, org, view=VIEW),
    "drift.csv": drift_csv.render,
    "drift.ocsf": drift_ocsf.render,
    "drift.asff": lambda report, org: formats.shown("drift", "asff", report, org, view=VIEW),
    "drift.xml": lambda report, org: junit.render(report, org, declared(org)),
}
