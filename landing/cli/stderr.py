"""What goes to stderr: text for people, or with `--log-format json` one object a line and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from landing.engine.journal import Event
    from landing.report.log_lines import JsonLines


class Stderr:
    """Of one command: `log` when JSON was asked for, `copy` when a run keeps a copy of what is shown."""

    def __init__(self) -> None:
        self.log: JsonLines | None = None
        self.copy: Callable[[str], None] | None = None

    def begin(self) -> None:
        """A command begins: text, and no copies."""
        self.log = self.copy = None

    def tell(self, event: Event) -> None:
        """Something that only the JSON log shows."""
        if self.log:
            self.log(event)

    def note(self, text: str) -> None:
        """A text for people."""
        if self.copy:
            self.copy(click.unstyle(text))
        if not self.log:
            click.echo(text, err=True)
        elif text.strip():
            from landing.engine.journal import Event

            self.log(Event("log", message=click.unstyle(text).strip()))

    def show(self, error: click.ClickException) -> None:
        """Something wrong with the usage, as click says it."""
        if self.log:
            self.diagnostic(error.format_message())
        else:
            error.show()

    def diagnostic(self, summary: str, detail: str = "", *, severity: str = "error", **more: Any) -> None:
        """Something wrong, for the JSON log."""
        from landing.engine.journal import Event

        level = {"warning": "warn"}.get(severity, severity)
        diagnostic = {"severity": severity, "summary": summary, "detail": detail, **more}
        self.tell(Event("diagnostic", message=summary, more={"@level": level, "diagnostic": diagnostic}))


STDERR = Stderr()


def with_log(command: Any) -> Any:
    """Add `--log-format` to a command; it takes hold at once."""
    return click.option(
        "--log-format",
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        envvar="LANDING_LOG_FORMAT",
        is_eager=True,
        expose_value=False,
        callback=_begin_log,
        help="How stderr is written; json: one object a line, and nothing else.",
    )(command)


def _begin_log(context: click.Context, parameter: click.Parameter, value: str) -> None:
    if value == "json":
        import sys

        from landing.cli.clock import now
        from landing.report.log_lines import JsonLines

        STDERR.log = JsonLines(sys.stderr, now)
