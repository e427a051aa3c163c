"""The options of every command that shows a plan, and what they mean."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from landing.cli.config_names import addresses, completed
from landing.report import formats
from landing.report.style import Style

if TYPE_CHECKING:
    from landing.engine.plan import Plan
    from landing.organization import Organization

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Shown:
    """How a plan is to be shown, and the files that say it to a forge besides."""

    form: str = "text"
    summary: bool = False
    expand: tuple[str, ...] = ()
    limit: int = 50
    budget: int = 60_000
    comment_file: Path | None = None
    summary_file: Path | None = None
    outputs_file: Path | None = None

    @property
    def of_config(self) -> bool:
        """Whether the config is needed for it: JSON says nothing about that."""
        return self.form != "json" or bool(self.comment_file or self.summary_file or self.outputs_file)

    def begin(self, *, config: Path) -> None:
        """The comment says that there is no plan, until there is one: a forge has one of an earlier commit."""
        from landing.cli.output import result
        from landing.report.plan_markdown import as_comment_without_plan

        if self.comment_file:
            result(as_comment_without_plan(config=str(config)), self.comment_file)

    def write(self, plan: Plan, organization: Organization | None, *, config: Path, saved_as: str = "") -> None:
        """Write the plan to stdout, and to the files; `organization` may be None unless `of_config`."""
        from landing.cli.output import appended, note, result, style_of
        from landing.core.text import safe
        from landing.report.fold import expanded

        for each in self.expand:
            if not any(expanded(change.address, (each,)) for change in plan.changes):
                note(f"--expand {safe(each)}: the plan has no change of that address.")
        view = formats.View(
            style=style_of(sys.stdout),
            limit=self.limit,
            budget=self.budget,
            expand=self.expand,
            whole=not sys.stdout.isatty(),
            summary=self.summary,
            saved_as=saved_as,
            config=str(config),
        )
        result(formats.shown("plan", self.form, plan, organization, view=view))
        if organization is not None and self.comment_file:
            from landing.report.plan_markdown import as_comment

            text = as_comment(plan, organization, config=str(config), saved_as=saved_as, expand=self.expand)
            result(text, self.comment_file)
        if organization is not None and (file := self.outputs_file or _told("GITHUB_OUTPUT", self.form)):
            _add_outputs(file, plan, organization)
        if organization is not None and (file := self.summary_file or step_summary(self.form)):
            appended(file, lambda room: _page(plan, organization, replace(view, style=Style(), budget=room)))


def _page(plan: Plan, organization: Organization, view: formats.View) -> str:
    return formats.shown("plan", "md", plan, organization, view=view)


def _add_outputs(file: Path, plan: Plan, organization: Organization) -> None:
    """What a later step or job needs to apply the plan: hex digits, a number, and words that are ours."""
    from landing.core.errors import LandingError
    from landing.guardrails.exposure import allowances, dangers

    words = allowances(dangers(organization, plan.changes, plan.kinds), plan.changes)
    told = {"digest": plan.digest, "changes": len(plan.changes), "allow": " ".join(words)}
    try:
        with file.open("a", encoding="utf-8") as stream:
            stream.write("".join(f"{name}={value}\n" for name, value in told.items()))
    except OSError as error:
        raise LandingError(f"cannot write {file}: {error.strerror}") from error


def step_summary(form: str) -> Path | None:
    """The file of the summary that GitHub shows of a step, where it is GitHub to whom a result is told."""
    return _told("GITHUB_STEP_SUMMARY", form)


def _told(variable: str, form: str) -> Path | None:
    file = os.environ.get(variable, "")
    return Path(file) if file and form == "github" else None


with_summary_file = click.option(
    "--summary-file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Add it as Markdown to FILE, the summary of a step; --format github does so to $GITHUB_STEP_SUMMARY.",
)


def shown_as(command: F) -> F:
    """Add the options to a command; it gets a `shown`."""

    @wraps(command)
    def with_shown(
        *,
        form: str,
        summary: bool,
        expand: tuple[str, ...],
        limit: int,
        budget: int,
        comment_file: Path | None,
        summary_file: Path | None,
        outputs_file: Path | None,
        **rest: Any,
    ) -> Any:
        shown = Shown(form, summary, expand, limit, budget, comment_file, summary_file, outputs_file)
        return command(shown=shown, **rest)

    decorated: Any = with_shown
    for option in (
        click.option(
            "--outputs-file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Add digest, changes and allow as NAME=VALUE to FILE; --format github does so to $GITHUB_OUTPUT.",
        ),
        with_summary_file,
        click.option(
            "--comment-file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write the comment of a pull request to FILE; its first line is the same for each plan of a config.",
        ),
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
            shell_complete=completed(addresses),
            help="Show this address (or kind, or prefix*, or all) by itself and in full; repeatable.",
        ),
        click.option("--summary", is_flag=True, help="Only the summary."),
        click.option("--format", "form", type=click.Choice(formats.names("plan")), default="text", show_default=True),
    ):
        decorated = option(decorated)
    result: F = decorated
    return result
