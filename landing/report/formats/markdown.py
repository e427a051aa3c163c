"""Markdown for pull requests, no longer than they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from landing.engine.drift import Report
    from landing.engine.plan import Plan
    from landing.organization import Organization
    from landing.report.formats.view import View
    from landing.report.root_users import RootUsers


def plan(plan: Plan, organization: Organization, view: View) -> str:
    from landing.report import plan_markdown

    page = plan_markdown.render(plan, organization, saved_as=view.saved_as, budget=view.budget, expand=view.expand)
    return view.style.plain(page)


def drift(found: Report, organization: Organization, view: View) -> str:
    from landing.report import drift_markdown

    return view.style.plain(drift_markdown.render(found, organization, budget=view.budget, expand=view.expand))


def attached(organization: Organization, view: View) -> str:
    from landing.report import attachments

    return view.style.plain(attachments.as_markdown(organization, budget=view.budget))


def root(found: RootUsers, view: View) -> str:
    from landing.report import root_users

    return view.style.plain(root_users.as_markdown(found, limit=view.limit))
