"""`landing validate`."""

import sys
from pathlib import Path

import click

from landing.cli.session import Session, with_config


@click.command
@with_config
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "github", "sarif"]),
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
    from landing.library import template_lint
    from landing.report import problems as report

    organization = None
    try:
        organization, problems = session.organization()
        problems += template_lint.problems(organization, session.library())
    except ConfigError as error:
        problems = list(error.problems)
    if form == "json":
        result(report.as_json(problems))
    elif form == "github":
        result(report.as_github(problems))
    elif form == "sarif":
        from landing.report import sarif

        result(sarif.of_problems(problems, root=Path.cwd(), anchor=str(session.config)))
    elif problems:
        result(report.render(problems, style_of(sys.stdout), limit=limit))
    if organization is None or any(problem.severity == "error" for problem in problems):
        return 1
    if form == "text":
        result(
            f"The configuration is valid: {len(organization.accounts)} accounts, {len(organization.units)} units, "
            f"{len(organization.guardrails)} guardrails, {len(organization.deployments)} deployments, "
            f"{len(organization.services)} services.\n"
        )
    return 0
