"""`landing drift`."""

import json
import sys
from pathlib import Path

import click

from landing.cli.session import Session, with_aws

FORMATS = ("text", "json", "md", "html", "sarif", "junit")


@click.command
@with_aws
@click.option(
    "--format",
    "forms",
    multiple=True,
    default=("text",),
    metavar="FORMAT[=FILE]",
    help=f"One of {', '.join(FORMATS)}, to stdout or to FILE; repeatable.",
)
@click.option(
    "--no-detect", is_flag=True, help="Use CloudFormation's last drift detection instead of starting a new one."
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although there is drift.")
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 although something could not be checked.")
@click.option("--parallelism", default=10, show_default=True, help="Reads at once.")
def command(
    *,
    session: Session,
    forms: tuple[str, ...],
    no_detect: bool,
    exit_zero: bool,
    allow_incomplete: bool,
    parallelism: int,
) -> int:
    """Report what in AWS is not as the config declares it. Changes nothing.

    \b
      landing drift
      landing drift --format json=drift.json --format text
    """
    from landing.cli.output import result, style_of
    from landing.drift import report
    from landing.report.drift_text import render

    wanted = [_form(form) for form in forms]
    organization, _ = session.organization()
    aws = session.connect(organization, read_only=True, detect=not no_detect)
    found = report(organization, session.plan(organization, aws, workers=parallelism))
    for form, file in wanted:
        match form:
            case "json":
                result(json.dumps(found.to_json(), indent=1) + "\n", file)
            case _:
                result(render(found, style_of(sys.stdout)), file)
    if exit_zero:
        return 0
    if found.drifted:
        return 2
    return 3 if found.plan.gaps and not allow_incomplete else 0


def _form(text: str) -> tuple[str, Path | None]:
    form, _, file = text.partition("=")
    if form not in FORMATS:
        raise click.BadParameter(f"{form!r} is none of {', '.join(FORMATS)}", param_hint="--format")
    return form, Path(file) if file else None
