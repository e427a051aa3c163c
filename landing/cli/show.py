"""`landing show`."""

from pathlib import Path

import click

from landing.cli.session import Session, with_config
from landing.cli.shown import Shown, shown_as


@click.command
@with_config
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@shown_as
def command(session: Session, file: Path, shown: Shown) -> int:
    """Show a saved plan again.

    \b
      landing show plan.json
      landing show plan.json --expand account --limit 20
      landing show plan.json --format json | jq '.resource_changes[].address'
    """
    from landing.plan import load

    plan = load(file)
    shown.write(plan, None if shown.form == "json" else session.organization()[0], saved_as=str(file))
    return 0
