"""The run record of an apply: what happens is written down, and shown where a log of JSON lines is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from landing.cli.clock import now
from landing.cli.stderr import STDERR

if TYPE_CHECKING:
    from landing.aws import Aws, Setback
    from landing.engine.journal import Event
    from landing.organization import Organization
    from landing.runs.record import Run


@contextmanager
def recorded(folder: Path) -> Iterator[Run]:
    """A record, as long as the block takes; it says how that ended. `folder`: what is kept beside the config."""
    from landing.runs.record import RUNS, Run

    with Run(now, monotonic, folder / RUNS) as run:
        STDERR.copy = run.say
        try:
            yield run
        finally:
            STDERR.copy = None


def watch(run: Run, organization: Organization, aws: Aws) -> None:
    """Write down what is asked of AWS from now on, in numbers, and each retry."""
    run.tally = aws.tally
    run.about(organization=organization.name, caller=aws.caller[1])
    if organization.pipeline and organization.pipeline.records:
        run.copied = partial(_copy, organization, aws, run.folder)
    aws.tally.on_setback = lambda setback: tell(run, _retried(setback))


def _copy(organization: Organization, aws: Aws, folder: Path) -> None:
    """The record goes to the bucket for records; where it cannot, the run has ended as it has all the same."""
    from landing.aws import Interrupted
    from landing.cli.output import note, warn
    from landing.core.errors import AwsError
    from landing.runs.record_bucket import keep

    try:
        note(f"Run record: {keep(organization, aws, folder)}")
    except (AwsError, Interrupted, OSError) as error:
        why = str(error) or type(error).__name__
        warn(
            f"the record of this run is in {folder} alone, and not in the bucket of `access.pipeline.records`: {why}. "
            "Copy the folder there; `landing bootstrap` makes the bucket"
        )


def tell(run: Run, event: Event) -> None:
    """Write an event down, and show it in a JSON log."""
    run(event)
    STDERR.tell(event)


def turn_to(run: Run, phase: str) -> None:
    """The next phase begins."""
    from landing.engine.journal import Event

    tell(run, Event("phase_start", message=phase))


def _retried(setback: Setback) -> Event:
    from landing.engine.journal import Event

    service, name = setback.operation
    more = {"operation": f"{service}:{name}", "attempt": setback.attempt, "code": setback.code}
    return Event("retry", message=str(setback), more=more)
