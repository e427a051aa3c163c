"""`landing status`."""

import click

from landing.cli.config_names import completed, runs
from landing.cli.session import Session, with_config
from landing.report import formats


@click.command
@with_config
@click.argument("run", required=False, metavar="[ID]", shell_complete=completed(runs))
@click.option("--limit", default=10, show_default=True, help="Runs to list; 0 for all.")
@click.option("--format", "form", type=click.Choice(formats.names("runs")), default="text", show_default=True)
def command(*, session: Session, run: str | None, limit: int, form: str) -> int:
    """Tell whether an apply is running here, and what the last ones did. Reads .landing/runs beside
    the config, asks nothing of AWS.

    \b
      landing status
      landing status 20261127T074805Z
      landing status --format json | jq '.runs[0].outcome'
    """
    import sys

    from landing.cli.output import result, style_of
    from landing.report.status import Runs
    from landing.runs.history import record, records
    from landing.runs.record import RUNS

    root = session.folder / RUNS
    found = [record(run, root)] if run else records(root)
    told = Runs(found, found[: limit or None], one=bool(run))
    result(formats.shown("runs", form, told, view=formats.View(style=style_of(sys.stdout))))
    return 0
