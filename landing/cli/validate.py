"""`landing validate`."""

import sys

import click

from landing.cli.session import Session, with_config
from landing.report import formats


@click.command
@with_config
@click.option(
    "--format",
    "form",
    type=click.Choice(formats.names("problems")),
    default="text",
    help="How to show problems.",
)
@click.option("--limit", default=20, show_default=True, help="Problems to show in full; 0 for all.")
def command(session: Session, form: str, limit: int) -> int:
    """Check the config: shape, references, policies, blueprints, limits. No network, no credentials.

    \b
      landing validate
      landing validate --format github
    """
    from landing.cli.output import result, style_of
    from landing.core.errors import ConfigError

    organization = None
    try:
        organization, problems = session.organization(linted=True)
    except ConfigError as error:
        problems = list(error.problems)
    view = formats.View(style=style_of(sys.stdout), limit=limit, config=str(session.config))
    result(formats.shown("problems", form, problems, organization, view=view))
    return int(organization is None or any(problem.severity == "error" for problem in problems))
