"""`landing show`."""

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from landing.cli.clock import now
from landing.cli.plan_options import Shown, shown_as
from landing.cli.session import Session, with_aws
from landing.report import formats

if TYPE_CHECKING:
    from landing.aws import Aws


@click.command
@with_aws
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--live", is_flag=True, help="Without FILE: packs as they are in AWS now.")
@shown_as
def command(session: Session, file: Path | None, live: bool, shown: Shown) -> int:
    """Show a saved plan again; without FILE, which guardrail lives in which policy.

    Packs (`pack: true`) are those that the config alone would make; with --live those that AWS has, which stay as
    they are, and what is new in them.

    \b
      landing show plan.json
      landing show plan.json --expand account --limit 20
      landing show plan.json --format json | jq '.resource_changes[].address'
      landing show --live --format md
    """
    if file is None:
        return _attached(session, shown, live=live)
    if live:
        raise click.UsageError("--live is for guardrails; a saved plan is shown as it is")
    from landing.aws.envelope import DECRYPT
    from landing.cli.output import result, style_of
    from landing.engine.sealed_plan import load
    from landing.report.plan_text import provenance

    def connect() -> "Aws":
        return session.connect(session.organization()[0], read_only=True, besides=(DECRYPT,))

    plan = load(file, connect)
    organization = replace(session.organization()[0], held=plan.held) if shown.of_config else None
    shown.write(plan, organization, config=session.config, saved_as=str(file))
    if shown.form == "text":  # the others have the digest in them
        result(style_of(sys.stdout).page(["", *provenance(plan, str(file), now())]))
    return 0


def _attached(session: Session, shown: Shown, *, live: bool) -> int:
    from landing.aws import as_joined
    from landing.cli.output import result, style_of
    from landing.guardrails.packs import as_held, with_others

    if shown.form not in formats.names("attached"):
        raise click.UsageError(f"--format {shown.form} is for a saved plan: give its FILE as well")
    for name in ("expand", "summary", "limit", "comment_file", "summary_file", "outputs_file"):
        if click.get_current_context().get_parameter_source(name) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{name.replace('_', '-')} is for a saved plan: give its FILE as well")
    organization, _ = session.organization()
    if live:
        aws = session.connect(organization, read_only=True)
        organization = as_held(as_joined(organization, aws.tree.survey), aws)
        organization = with_others(organization, aws, documents=False)
    view = formats.View(style=style_of(sys.stdout), budget=shown.budget)
    result(formats.shown("attached", shown.form, organization, view=view))
    return 0
