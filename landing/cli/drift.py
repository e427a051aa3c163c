"""`landing drift`."""

import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli.clock import now
from landing.cli.formats import outputs, with_formats
from landing.cli.plan_options import step_summary, with_summary_file
from landing.cli.session import Session, with_aws
from landing.cli.stderr import STDERR, with_log
from landing.report import formats

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.config.accepted import Acceptance
    from landing.engine.drift import Report
    from landing.organization import Organization
    from landing.runs.pipeline import Planned


@click.command
@with_aws
@with_formats(formats.names("drift"))
@with_summary_file
@click.option(
    "--no-detect", is_flag=True, help="Use CloudFormation's last drift detection instead of starting a new one."
)
@click.option(
    "--accept",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Findings that somebody has accepted until a day: no drift as long.",
)
@click.option("--send", is_flag=True, help="Tell Security Hub of the management account, and close what is gone there.")
@click.option("--exit-zero", is_flag=True, help="Exit with 0 although there is drift.")
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 although something could not be checked.")
@with_log
@click.option("--parallelism", default=10, show_default=True, help="Requests at once.")
@click.option(
    "--expand",
    multiple=True,
    metavar="ADDR",
    help="Show this address (or kind, or prefix*, or all) by itself and in full; repeatable.",
)
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
    accept: Path | None,
    send: bool,
    exit_zero: bool,
    allow_incomplete: bool,
    parallelism: int,
    expand: tuple[str, ...],
    limit: int,
    budget: int,
) -> int:
    """Report what in AWS is not as the config declares it. Changes nothing, but for findings with --send.

    \b
      landing drift
      landing drift --format json=drift.json --format text
      landing drift --format html=drift.html --format sarif=drift.sarif --format md > drift.md
      landing drift --accept accepted.yaml --send
    """
    from landing.aws import findings
    from landing.cli.output import appended, note, result, style_of
    from landing.core.text import safe
    from landing.engine.journal import Event
    from landing.report.fold import expanded
    from landing.report.style import Style
    from landing.runs import pipeline

    wanted = outputs(forms, formats.names("drift"))
    organization, _ = session.organization()
    entries = _accepted(accept)
    besides = findings.ACTIONS if send else ()
    aws = session.connect(organization, read_only=True, detect=not no_detect, at_once=parallelism, besides=besides)
    planned = pipeline.plan(organization, aws, session.hooks(), digest=session.digest(), explain=False, whole=True)
    organization = planned.organization
    found = _report(planned, aws, entries)
    for each in expand:
        if not any(expanded(finding.address, (each,)) for finding in found.drifted):
            note(f"--expand {safe(each)}: nothing of that address has drifted.")
    for form, file in wanted:
        style = Style() if file else style_of(sys.stdout)
        view = formats.View(
            style=style,
            limit=limit,
            budget=budget,
            expand=expand,
            changes=accept is not None,
            whole=file is not None or not sys.stdout.isatty(),
            config=str(session.config),
        )
        result(formats.shown("drift", form, found, organization, view=view), file)
    told = next(filter(None, (step_summary(form) for form, file in wanted if file is None)), None)
    if into := summary_file or told:
        page = formats.View(config=str(session.config))
        appended(into, lambda room: formats.shown("drift", "md", found, organization, view=replace(page, budget=room)))
    STDERR.tell(
        Event("drift_summary", message=f"Drift: {len(found.drifted)} findings.", more={"summary": found.summary})
    )
    if send:
        _send(organization, aws, found)
    session.note_calls(aws)
    if exit_zero:
        return 0
    if found.drifted:
        return 2
    return 3 if found.plan.gaps and not allow_incomplete else 0


def _accepted(file: Path | None) -> "tuple[Acceptance, ...]":
    from landing.config import accepted
    from landing.services.registry import KINDS

    return accepted.load(file, [kind.name for kind in KINDS], now().partition("T")[0]) if file else ()


def _send(organization: "Organization", aws: "Aws", found: "Report") -> None:
    """Tell Security Hub; raises NotSent."""
    from functools import partial

    from landing.aws import findings
    from landing.cli.output import note
    from landing.report import drift_asff

    made = found.plan.made_from
    sent = findings.send(
        aws,
        drift_asff.findings(found, organization),
        product=drift_asff.product_of(organization, made.account),
        prefix=drift_asff.prefix_of(found),
        now=made.created,
        gone=partial(drift_asff.is_gone, found),
    )
    where = f"Security Hub of the management account in {organization.home_region}"
    note(f"Sent {sent.imported} findings to {where}, closed {sent.closed}.")


def _report(planned: "Planned", aws: "Aws", entries: "tuple[Acceptance, ...]") -> "Report":
    """What has drifted; of policies of others in force also who has put them there, where AWS tells.

    The day that acceptances are compared with is that of the plan.
    """
    from landing.aws import translated
    from landing.aws.event_history import acts
    from landing.cli.output import note
    from landing.core.errors import AwsError
    from landing.core.model import ORGANIZATION
    from landing.core.text import safe
    from landing.engine.drift import Status, accept, idle, report

    organization, plan = planned.organization, planned.plan
    today = plan.made_from.created.partition("T")[0]
    found = accept(report(organization, plan), entries, today)
    if any(finding.status is Status.IN_FORCE for finding in found.drifted):
        rogue = {policy.id for policy in plan.foreign if not organization.known(policy)}
        with suppress(AwsError), translated(ORGANIZATION):  # the finding stands without the person
            found = accept(report(organization, plan, acts(aws, rogue)), entries, today)
    for text in idle(found, entries, today):
        note(safe(text))
    return found
