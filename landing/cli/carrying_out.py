"""The part of `landing apply` that changes things: watched, recorded, interruptible."""

from __future__ import annotations

import sys
from collections.abc import Collection
from typing import TYPE_CHECKING

from landing.cli.recording import tell, turn_to
from landing.cli.stderr import STDERR
from landing.cli.stopping import gently
from landing.cli.watching import watched

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.core.model import Change
    from landing.engine.apply import Result
    from landing.engine.stop import Stop
    from landing.organization import Organization
    from landing.runs.record import Left, Run

IN_PART = 4


def carry_out(
    organization: Organization, aws: Aws, changes: Collection[Change], run: Run, *, parallelism: int, live: bool
) -> tuple[int, list[Change]]:
    """Make the changes and say what became of them; the exit code, and what was done."""
    from landing.engine.apply import apply
    from landing.engine.stop import Stop
    from landing.report.apply_text import expected, summary

    stop = Stop(aws)
    tell(run, expected(changes))
    turn_to(run, "apply")
    with watched(len(changes), aws, live=live) as view, gently(stop, view):
        result = apply(
            organization,
            aws,
            changes,
            stop=stop,
            parallelism=parallelism,
            listeners=(run, view),
            progress=view.verifying,
        )
    tell(run, summary(result))
    goes_on = aws.operations.running if stop.at_once else ()
    run.end(_outcome(result, stop), _left(result), "AWS goes on with " + ", ".join(goes_on) if goes_on else "")
    _report(result, run, goes_on)
    if result.complete:
        return 0, result.done
    return 128 + stop.signal if stop.signal else IN_PART, result.done


def _outcome(result: Result, stop: Stop) -> str:
    if result.complete:
        return "applied"
    return "interrupted" if stop.signal else "in part"


def _left(result: Result) -> Left:
    from landing.runs.record import Left

    return Left(
        {str(address): found for address, found in result.failed.items()},
        {str(address): str(cause) for address, cause in result.blocked.items()},
        tuple(map(str, result.not_started)),
        {str(address): found for address, found in result.unsettled.items()},
    )


def _report(result: Result, run: Run, goes_on: Collection[str]) -> None:
    """The outcome on stdout, and on stderr what is not done, and why."""
    from landing.cli.output import note, style_of, told
    from landing.cli.output import result as say
    from landing.report.apply_text import not_done, outcome, resume

    title = style_of(sys.stderr).paint("Error:", "red", "bold")
    for line in not_done(result):
        if line.errors and STDERR.log:
            for error in line.errors:
                STDERR.diagnostic(f"{error.address}: {error.text}", **told(error))
        else:
            note(f"{title} {line.text}" if line.errors else line.text)
    for each in goes_on:
        note(f"AWS goes on with {each}; nobody waits for it any more.")
    text = outcome(result)
    say((style_of(sys.stdout).paint(text, "green", "bold") if result.complete else text) + "\n")
    sys.stdout.flush()
    run.say(text)
    if STDERR.log or not result.complete:
        note(resume(result, run.folder))
