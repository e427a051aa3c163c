"""`landing apply`."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli import snapshots
from landing.cli.approval import ask
from landing.cli.clock import now
from landing.cli.config_names import addresses, completed
from landing.cli.config_names import waves as wave_names
from landing.cli.plan import tell_set_aside
from landing.cli.progress import watched
from landing.cli.run_record import recorded, tell, turn_to, watch
from landing.cli.session import Session, with_aws
from landing.cli.signals import gently
from landing.cli.stderr import STDERR, with_log
from landing.cli.waves import in_waves, refuse_unknown

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from landing.aws import Aws
    from landing.cli.waves import InWaves
    from landing.core.model import Address, Change
    from landing.engine.apply import Result
    from landing.engine.plan import Plan
    from landing.engine.stop import Stop
    from landing.organization import Organization
    from landing.runs.pipeline import Hooks, Planned
    from landing.runs.record import Left, Run

IN_PART = 4
"""Exit code: some of it is done."""

ALLOW = (
    "delete", "detach", "weaken", "close-account", "switch-off", "access", "replace", "lock-out", "many-deletes",
    "subscription", "delete-resources",
)  # fmt: skip


@click.command
@with_aws
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--digest", metavar="HEX", help="Of FILE, as its reviewer saw it: another is refused.")
@click.option("--parallelism", default=10, show_default=True, help="Changes at once.")
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(ALLOW),
    help="What else the plan may do, e.g. weaken: let more through, or protect less; repeatable.",
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDR",
    shell_complete=completed(addresses),
    help="Only this address (or kind, or prefix*, or stack_set.NAME@ACCOUNT), and what it requires.",
)
@click.option("--repack", is_flag=True, help="Put packed guardrails together anew, if that saves a policy.")
@click.option(
    "--approve-wave",
    "approved",
    multiple=True,
    metavar="WAVE",
    shell_complete=completed(wave_names),
    help="Somebody has looked at this wave, which is done, and says to go on.",
)
@click.option(
    "--wave", "through", metavar="WAVE", shell_complete=completed(wave_names), help="Go no further than to this wave."
)
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 although something could not be checked.")
@click.option("--no-live", is_flag=True, help="Write a line for each event, also on a terminal.")
@click.option(
    "--format",
    "form",
    type=click.Choice(("text", "github")),
    default="text",
    show_default=True,
    help="github: annotations for what failed, and the outcome in $GITHUB_STEP_SUMMARY besides.",
)
@with_log
@click.option("--lock-timeout", default=0.0, metavar="SECONDS", help="How long to wait for another apply to end.")
def command(
    *,
    session: Session,
    file: Path | None,
    auto_approve: bool,
    digest: str | None,
    parallelism: int,
    allow: tuple[str, ...],
    targets: tuple[str, ...],
    repack: bool,
    approved: tuple[str, ...],
    through: str | None,
    allow_incomplete: bool,
    no_live: bool,
    form: str,
    lock_timeout: float,
) -> int:
    """Make the changes of a saved plan, or of a plan made now.

    Safe to run again after any interruption: what is done already is not done twice.

    \b
      landing apply
      landing apply plan.json
      landing apply plan.json --digest 4f0c… --auto-approve
      landing apply --auto-approve --allow detach
      landing apply --approve-wave canary
    """
    from landing.cli.lock import locked
    from landing.cli.output import note, result, style_of
    from landing.engine.plan import save
    from landing.report.diff import BRIEF, Detail
    from landing.report.plan_text import provenance, render, verdict
    from landing.runs import pipeline

    if STDERR.log and not auto_approve:
        raise click.UsageError("--log-format json cannot ask: it needs --auto-approve")
    if file is not None and repack:
        raise click.UsageError("a saved plan has decided already: give --repack to `landing plan`")
    if digest is not None and not digest.strip():
        raise click.UsageError("--digest is empty: it would check nothing")
    if file is None and digest:
        raise click.UsageError("--digest is of a saved plan: give its FILE as well")
    organization, _ = session.organization(linted=True)
    refuse_unknown(organization, [*approved, *([through] if through else [])])
    written = session.digest()
    with (
        locked("apply", session.folder, sandbox=session.sandbox, timeout=lock_timeout) as lock_everywhere,
        recorded(session.folder) as run,
    ):
        hooks = session.hooks(partial(turn_to, run))
        hooks.phase("refresh" if file else "observe")
        connect = cache(partial(session.connect, organization, read_only=False))
        saved = None if file is None else _reviewed(file, digest, connect)
        aws = connect()
        watch(run, organization, aws)
        lock_everywhere(organization, aws)
        if saved is None:
            planned = pipeline.plan(organization, aws, hooks, digest=written, targets=targets, repack=repack)
        else:
            planned = pipeline.plan_again(
                organization, aws, hooks, saved, name=str(file), digest=written, targets=targets
            )
        plan = planned.plan
        tell_set_aside(planned)
        save(plan, run.folder / "plan.json")
        if not planned.changes:
            note(verdict(plan))
            _tell_waiting(plan.waiting)
            run.end("no changes")
            session.note_calls(aws)
            return 3 if plan.gaps and not allow_incomplete else 0
        # What a file says of requests and of other people's policies is only its word, unless it is the one reviewed.
        trusted = plan if saved is None or digest else replace(plan, effects={}, effects_in_brief={}, foreign=())
        detail = BRIEF if sys.stdout.isatty() else Detail(0)
        result(render(trusted, planned.organization, style_of(sys.stdout), detail=detail))
        sys.stdout.flush()
        if plan.effects and not trusted.effects:
            note("What the changes do to requests is left out: give the reviewed --digest, or plan again, to see it.")
        if saved is not None:
            note("\n" + "\n".join(provenance(saved, str(file), now())))
        waves, question = in_waves(planned, approved, through, asked=not auto_approve)
        carried = partial(carry_out, run=run, parallelism=parallelism, live=not no_live, form=form, waves=waves)
        code = finish(session, planned, aws, hooks, carried, auto_approve=auto_approve, allow=allow, question=question)
        return code or (3 if plan.gaps and not allow_incomplete else 0)


def finish(
    session: Session,
    planned: Planned,
    aws: Aws,
    hooks: Hooks,
    carried: Callable[[Organization, Aws, Collection[Change]], tuple[int, list[Change]]],
    *,
    auto_approve: bool,
    allow: Collection[str] = (),
    question: str = "",
) -> int:
    """Make the changes by `carried`, once somebody has approved them, and say what was asked of AWS; the exit code.

    `question`: what is asked in place of the usual one.
    """
    from landing.runs import pipeline

    approve = None if auto_approve else partial(approve_changes, question or "Do you want to perform these actions?")
    code, done = pipeline.apply(planned, aws, hooks, carried, allow=allow, approve=approve)
    snapshots.update(session.snapshot, done)
    session.note_calls(aws)
    return code


def approve_changes(question: str) -> None:
    """Raises Refused unless the user says yes."""
    ask(
        question,
        to="approve",
        otherwise="Apply cancelled. Nothing was changed.",
        without="--auto-approve",
    )


def _reviewed(file: Path, digest: str | None, connect: Callable[[], Aws]) -> Plan:
    """The saved plan; raises WrongPlan when it is not the one with the given digest."""
    from landing.core.errors import WrongPlan
    from landing.engine.sealed_plan import load

    plan = load(file, connect)
    if digest and plan.digest != digest.strip().lower():
        raise WrongPlan(f"{file} is not the plan that was reviewed: its digest is {plan.digest}")
    return plan


def carry_out(
    organization: Organization,
    aws: Aws,
    changes: Collection[Change],
    run: Run,
    *,
    parallelism: int,
    live: bool,
    command: str = "apply",
    form: str = "text",
    waves: InWaves | None = None,
) -> tuple[int, list[Change]]:
    """Make the changes and say what became of them; the exit code, and what was done.

    `command`: what to repeat. `waves` makes them in waves.
    """
    from landing.engine.apply import apply
    from landing.engine.stop import Stop
    from landing.report.apply_text import expected, summary

    stop = Stop(aws)
    parts = waves.parts(organization, changes) if waves else len(changes)
    tell(run, expected(changes, parts))
    turn_to(run, "apply")
    with watched(parts, aws, live=live) as view, gently(stop, view):

        def make(some: Collection[Change]) -> Result:
            return apply(
                organization,
                aws,
                some,
                stop=stop,
                parallelism=parallelism,
                listeners=(run, view),
                progress=view.verifying,
            )

        begin = partial(turn_to, run)
        result = waves.make(organization, aws, changes, make, begin) if waves else make(changes)
    tell(run, summary(result))
    goes_on = aws.operations.running if stop.at_once else ()
    why = "AWS goes on with " + ", ".join(goes_on) if goes_on else ""
    stand = {"made": result.wave, "held": result.held.text} if result.held else None
    run.end(_outcome(result, stop), _left(result), why, stand)
    _report(result, run, goes_on, command)
    if form == "github":
        _annotate(result, changes)
    if result.complete:
        return 0, result.done
    return 128 + stop.signal if stop.signal else IN_PART, result.done


def _annotate(result: Result, changes: Collection[Change]) -> None:
    """What became of it, for GitHub: beside the lines of the config, and on the page of the step."""
    from landing.cli.output import appended
    from landing.cli.output import result as say
    from landing.cli.plan_options import step_summary
    from landing.report import apply_github

    say(apply_github.as_annotations(result, changes, config="config"))
    if file := step_summary("github"):
        appended(file, lambda room: apply_github.page(result, budget=room))


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


def _tell_waiting(waiting: Mapping[Address, str]) -> None:
    """What others have to do now, on stdout: commands stand in it."""
    from landing.cli.output import result as say
    from landing.core.text import safe
    from landing.report.plan_text import waits

    for line in waits(waiting):
        say(f"Waiting: {safe(line)}\n")


def _report(result: Result, run: Run, goes_on: Collection[str], command: str) -> None:
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
    _tell_waiting(result.waiting)
    for each in goes_on:
        note(f"AWS goes on with {each}; nobody waits for it any more.")
    text = outcome(result)
    say((style_of(sys.stdout).paint(text, "green", "bold") if result.complete else text) + "\n")
    sys.stdout.flush()
    run.say(text)
    if STDERR.log or not result.complete:
        note(resume(result, run.folder, command))
