"""`landing status`."""

import json

import click


@click.command
@click.argument("run", required=False, metavar="[ID]")
@click.option("--limit", default=10, show_default=True, help="Runs to list; 0 for all.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(run: str | None, limit: int, form: str) -> int:
    """Tell whether an apply is running here, and what the last ones did. Reads .landing/runs, asks nothing of AWS.

    \b
      landing status
      landing status 20261127T074805Z
      landing status --format json | jq '.runs[0].outcome'
    """
    import sys

    from landing.cli.output import result, style_of
    from landing.report import status_text
    from landing.runs.history import RUNNING, record, records

    found = [record(run)] if run else records()
    shown = found[: limit or None]
    if form == "json":
        running = [each.run for each in found if each.outcome == RUNNING]
        told = {"format_version": "1.0", "running": running, "runs": [each.to_json() for each in shown]}
        result(json.dumps(told, indent=1) + "\n")
    else:
        style = style_of(sys.stdout)
        result(status_text.one(found[0], style) if run else status_text.several(shown, len(found), style))
    return 0
