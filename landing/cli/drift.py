"""`landing drift`."""

import json
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli.formats import outputs, with_formats
from landing.cli.session import Session, with_aws
from landing.cli.stderr import STDERR, with_log

if TYPE_CHECKING:
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.report.style import Style

FORMATS = ("text", "json", "md", "html", "sarif", "junit")


@click.command
@with_aws
@with_formats(FORMATS)
@click.option(
    "--no-detect", is_flag=True, help="Use CloudFormation's last drift detection instead of starting a new one."
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although there is drift.")
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 although something could not be checked.")
@with_log
@click.option("--parallelism", default=10, show_default=True, help="Requests at once.")
@click.option("--limit", default=200, show_default=True, help="Entries of the text to show; 0 for all.")
@click.option(
    "--budget",
    default=60_000,
    show_default=True,
    type=click.IntRange(min=1000),
    metavar="BYTES",
    help="Most bytes of Markdown: what does not fit is shortened, never cut.",
)
def command(
    *,
    session: Session,
    forms: tuple[str, ...],
    no_detect: bool,
    exit_zero: bool,
    allow_incomplete: bool,
    parallelism: int,
    limit: int,
    budget: int,
) -> int:
    """Report what in AWS is not as the config declares it. Changes nothing.

    \b
      landing drift
      landing drift --format json=drift.json --format text
      landing drift --format html=drift.html --format sarif=drift.sarif --format md > drift.md
    """
    from landing.aws import translated
    from landing.aws.event_history import acts
    from landing.cli.output import result, style_of
    from landing.core.errors import AwsError
    from landing.core.model import ORGANIZATION
    from landing.engine.drift import Status, report
    from landing.engine.journal import Event
    from landing.report.style import Style

    wanted = outputs(forms, FORMATS)
    organization, _ = session.organization()
    aws = session.connect(organization, read_only=True, detect=not no_detect, at_once=parallelism)
    organization = aws.organization
    plan = session.plan(organization, aws)
    found = report(organization, plan)
    rogue = {policy.id for policy in plan.foreign if not organization.known(policy)}
    if any(finding.status is Status.IN_FORCE for finding in found.drifted):
        with suppress(AwsError), translated(ORGANIZATION):  # the finding stands without the person
            found = report(organization, plan, acts(aws, rogue))
    for form, file in wanted:
        style = Style() if file else style_of(sys.stdout)
        result(_rendered(form, found, organization, style, limit=limit, budget=budget, config=session.config), file)
    STDERR.tell(
        Event("drift_summary", message=f"Drift: {len(found.drifted)} findings.", more={"summary": found.summary})
    )
    session.note_calls(aws)
    if exit_zero:
        return 0
    if found.drifted:
        return 2
    return 3 if found.plan.gaps and not allow_incomplete else 0


def _rendered(
    form: str,
    found: "Report",
    organization: "Organization",
    style: "Style",
    *,
    limit: int,
    budget: int,
    config: Path,
) -> str:
    from landing.engine.observe import desired_of

    match form:
        case "json":
            return json.dumps(found.to_json(), indent=1) + "\n"
        case "md":
            from landing.report import drift_markdown

            return style.plain(drift_markdown.render(found, organization, budget=budget))
        case "html":
            from landing.report import drift_html

            return drift_html.render(found, organization, desired_of(organization))
        case "sarif":
            from landing.report import drift_sarif

            return drift_sarif.render(found, root=Path.cwd(), anchor=str(config))
        case "junit":
            from landing.report import junit

            return junit.render(found, organization, desired_of(organization))
    from landing.report import drift_text

    return drift_text.render(found, organization, style, limit=limit)
