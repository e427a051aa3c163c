"""`landing drift`."""

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import click

from landing.cli.formats import outputs, with_formats
from landing.cli.plan_options import step_summary, with_summary_file
from landing.cli.session import Session, with_aws
from landing.cli.stderr import STDERR, with_log
from landing.report import formats


@click.command
@with_aws
@with_formats(formats.names("drift"))
@with_summary_file
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
    summary_file: Path | None,
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
    from landing.cli.output import appended, result, style_of
    from landing.core.errors import AwsError
    from landing.core.model import ORGANIZATION
    from landing.engine.drift import Status, report
    from landing.engine.journal import Event
    from landing.report.style import Style
    from landing.runs import pipeline

    wanted = outputs(forms, formats.names("drift"))
    organization, _ = session.organization()
    aws = session.connect(organization, read_only=True, detect=not no_detect, at_once=parallelism)
    planned = pipeline.plan(organization, aws, session.hooks(), digest=session.digest(), explain=False, whole=True)
    organization, plan = planned.organization, planned.plan
    found = report(organization, plan)
    rogue = {policy.id for policy in plan.foreign if not organization.known(policy)}
    if any(finding.status is Status.IN_FORCE for finding in found.drifted):
        with suppress(AwsError), translated(ORGANIZATION):  # the finding stands without the person
            found = report(organization, plan, acts(aws, rogue))
    for form, file in wanted:
        style = Style() if file else style_of(sys.stdout)
        view = formats.View(style=style, limit=limit, budget=budget, config=str(session.config))
        result(formats.shown("drift", form, found, organization, view=view), file)
    told = next(filter(None, (step_summary(form) for form, file in wanted if file is None)), None)
    if into := summary_file or told:
        page = formats.View(config=str(session.config))
        appended(into, lambda room: formats.shown("drift", "md", found, organization, view=replace(page, budget=room)))
    STDERR.tell(
        Event("drift_summary", message=f"Drift: {len(found.drifted)} findings.", more={"summary": found.summary})
    )
    session.note_calls(aws)
    if exit_zero:
        return 0
    if found.drifted:
        return 2
    return 3 if found.plan.gaps and not allow_incomplete else 0
