"""`landing show`."""

import json
import sys
from pathlib import Path

import click

from landing.cli.session import Session, with_config


@click.command
@with_config
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--format", "form", type=click.Choice(["text", "json", "md"]), default="text", show_default=True)
@click.option("--summary", is_flag=True, help="Only the summary.")
def command(session: Session, file: Path, form: str, summary: bool) -> int:
    """Show a saved plan again.

    \b
      landing show plan.json
      landing show plan.json --format json | jq '.resource_changes[].address'
    """
    from landing.cli.output import result, style_of
    from landing.plan import load
    from landing.report.plan_text import render

    plan = load(file)
    if form == "json":
        result(json.dumps(plan.to_json(), indent=1) + "\n")
        return 0
    organization, _ = session.organization()
    result(render(plan, organization, style_of(sys.stdout), summary_only=summary))
    return 0
