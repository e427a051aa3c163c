"""The options of every command that shows a plan, and what they mean."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from landing.report import formats

if TYPE_CHECKING:
    from landing.engine.plan import Plan
    from landing.organization import Organization

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Shown:
    """How a plan is to be shown."""

    form: str = "text"
    summary: bool = False
    expand: tuple[str, ...] = ()
    limit: int = 50
    budget: int = 60_000

    def write(self, plan: Plan, organization: Organization | None, *, saved_as: str = "") -> None:
        """Write the plan to stdout; `organization` may be None for JSON, which says nothing about it."""
        from landing.cli.output import result, style_of

        view = formats.View(
            style=style_of(sys.stdout),
            limit=self.limit,
            budget=self.budget,
            expand=self.expand,
            whole=not sys.stdout.isatty(),
            summary=self.summary,
            saved_as=saved_as,
        )
        result(formats.shown("plan", self.form, plan, organization, view=view))


def shown_as(command: F) -> F:
    """Add the options to a command; it gets a `shown`."""

    @wraps(command)
    def with_shown(*, form: str, summary: bool, expand: tuple[str, ...], limit: int, budget: int, **rest: Any) -> Any:
        return command(shown=Shown(form, summary, expand, limit, budget), **rest)

    decorated: Any = with_shown
    for option in (
        click.option(
            "--budget",
            default=60_000,
            show_default=True,
            type=click.IntRange(min=1000),
            metavar="BYTES",
            help="Most bytes of Markdown: what does not fit is shortened, never cut.",
        ),
        click.option("--limit", default=50, show_default=True, help="Entries of a kind to show; 0 for all."),
        click.option(
            "--expand",
            multiple=True,
            metavar="ADDR",
            help="Show this address (or kind, or prefix*, or all) by itself and in full; repeatable.",
        ),
        click.option("--summary", is_flag=True, help="Only the summary."),
        click.option("--format", "form", type=click.Choice(formats.names("plan")), default="text", show_default=True),
    ):
        decorated = option(decorated)
    result: F = decorated
    return result
