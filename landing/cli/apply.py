"""`landing apply`."""

import signal
import sys
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from landing.cli.session import Session, now, with_aws
from landing.cli.watching import Watch

if TYPE_CHECKING:
    from landing.apply import Result, Stop
    from landing.aws import Aws
    from landing.journal import Event
    from landing.model import Address, Change
    from landing.organization import Organization
    from landing.plan import Plan
    from landing.report.progress import View

NAMED = 5
"""How many of the changes that wait for the same one are named."""

ALLOW = ("delete", "detach", "close-account", "switch-off", "lock-out", "many-deletes")


@click.command
@with_aws
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--parallelism", default=10, show_default=True, help="Changes at once.")
@click.option("--allow", multiple=True, type=click.Choice(ALLOW), help="What else the plan may do; repeatable.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDR",
    help="Only this address (or kind, or prefix*), and what it requires.",
)
@click.option("--allow-incomplete", is_flag=True, help="Apply although something could not be checked.")
@click.option("--no-live", is_flag=True, help="Write a line for each event, also on a terminal.")
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How progress is written to stderr; json: one object a line.",
)
@click.option("--lock-timeout", default=0.0, metavar="SECONDS", help="How long to wait for another apply to end.")
def command(
    *,
    session: Session,
    file: Path | None,
    auto_approve: bool,
    parallelism: int,
    allow: tuple[str, ...],
    targets: tuple[str, ...],
    allow_incomplete: bool,
    no_live: bool,
    log_format: str,
    lock_timeout: float,
) -> int:
    """Make the changes of a saved plan, or of a plan made now.

    Safe to run again after any interruption: what is done already is not done twice.

    \b
      landing apply
      landing apply plan.json
      landing apply --auto-approve --allow detach
    """
    from landing.cli.output import note, result, style_of
    from landing.lock import Lock
    from landing.report.plan_text import NO_CHANGES, render

    organization, _ = session.organization()
    with Lock(Path(".landing"), timeout=lock_timeout):
        aws = session.connect(organization, read_only=False)
        plan, changes = _changes(session, organization, aws, file, targets)
        if not changes:
            note(NO_CHANGES if not plan.gaps else "No changes seen.")
            return 3 if plan.gaps and not allow_incomplete else 0
        if file is None:
            result(render(plan, organization, style_of(sys.stdout)))
            sys.stdout.flush()
        plan.raise_if_unsafe(allow)
        if "lock-out" not in allow:
            _refuse_lock_out(organization, changes)
        if not auto_approve:
            _ask()
            if file is None:
                changes = _again(session, organization, aws, plan)
        watch = Watch(log_format, live=not no_live)
        return _carry_out(organization, aws, plan, changes, parallelism=parallelism, watch=watch)


def _changes(
    session: Session, organization: "Organization", aws: "Aws", file: Path | None, targets: tuple[str, ...]
) -> "tuple[Plan, Collection[Change]]":
    from landing.apply import refresh
    from landing.errors import StalePlan
    from landing.plan import load

    if file is None:
        plan = session.plan(organization, aws, explain=True).only(targets)
        return plan, plan.changes
    plan = load(file)
    if plan.made_from.config_digest != session.digest():
        raise StalePlan(f"The config has changed since {file} was made. Plan again")
    if aws.tree.organization is not None and plan.made_from.organization_id not in ("", aws.tree.organization["Id"]):
        raise StalePlan(f"{file} was made for organization {plan.made_from.organization_id}. Plan again")
    plan = plan.only(targets)
    return plan, refresh(organization, aws, plan)


def _refuse_lock_out(organization: "Organization", changes: "Collection[Change]") -> None:
    from landing.errors import UnsafePlan
    from landing.lock_out import concerns, lock_outs

    found = [f"  {each}" for each in lock_outs(organization)] if concerns(changes) else []
    if found:
        raise UnsafePlan(
            "The guardrails would lock out roles that must get through, which needs --allow lock-out:\n"
            + "\n".join(found)
            + "\nExempt the roles in the policies: see `{{ exempt_roles }}` in docs/extending.md."
        )


def _again(session: Session, organization: "Organization", aws: "Aws", plan: "Plan") -> "Collection[Change]":
    """The person took their time: AWS may have changed meanwhile."""
    from landing.apply import refresh

    aws.tree.forget()
    return refresh(organization, aws, plan)


def _ask() -> None:
    from landing.errors import Refused

    click.echo("\nDo you want to perform these actions?\n  Only 'yes' will be accepted to approve.\n", err=True)
    if click.prompt("  Enter a value", default="", show_default=False, err=True).strip() != "yes":
        raise Refused("Apply cancelled. Nothing was changed.")


def _carry_out(
    organization: "Organization",
    aws: "Aws",
    plan: "Plan",
    changes: "Collection[Change]",
    *,
    parallelism: int,
    watch: Watch,
) -> int:
    from landing.apply import Stop, apply
    from landing.journal import Journal
    from landing.plan import save

    folder = Path(".landing") / "runs" / now().replace(":", "").replace("-", "")
    journal = Journal(folder, now)
    save(plan, folder / "plan.json")
    stop = Stop(aws)
    with watch.over(len(changes)) as view:
        previous = _handle_signals(stop, view)
        try:
            result = apply(
                organization,
                aws,
                changes,
                stop=stop,
                parallelism=parallelism,
                listeners=(journal, view),
                progress=view.verifying,
            )
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)
            journal.close()
        if watch.as_json:
            view(_summary(result))
            for line in (*_not_done(result), _resume(result, folder)):
                view.say(line)
    return _report(result, folder, quiet=watch.as_json)


def _handle_signals(stop: "Stop", view: "View") -> dict[int, Any]:
    def handle(number: int, frame: object) -> None:
        view.say(
            "Two interrupts received. Exiting immediately."
            if stop.asked
            else "Interrupt received. Waiting for what is running; run landing apply again to resume."
        )
        stop.ask()

    return {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}


def _summary(result: "Result") -> "Event":
    from landing.journal import Event
    from landing.model import Action

    counts = result.counts
    changes = {"add": counts[Action.CREATE], "change": counts[Action.UPDATE], "remove": counts[Action.DELETE]}
    return Event("change_summary", message=_counted(result), more={"changes": {**changes, "operation": "apply"}})


def _counted(result: "Result") -> str:
    from landing.model import Action

    counts = result.counts
    return (
        f"Resources: {counts[Action.CREATE]} added, {counts[Action.UPDATE]} changed, {counts[Action.DELETE]} destroyed."
    )


def _not_done(result: "Result") -> Iterator[str]:
    """What failed, and what waits for it, by what it waits for."""
    from landing.report.style import safe

    for address, reason in sorted(result.failed.items()):
        yield f"Error: {safe(address)}: {safe(reason)}"
    waiting: dict[Address, list[str]] = {}
    for address, cause in sorted(result.blocked.items()):
        waiting.setdefault(cause, []).append(safe(address))
    for cause, addresses in waiting.items():
        more = f" and {len(addresses) - NAMED} more" if len(addresses) > NAMED else ""
        yield f"Not done, waits for {safe(cause)}: {', '.join(addresses[:NAMED])}{more}"


def _resume(result: "Result", folder: Path) -> str:
    again = "" if result.complete else "It is safe to run landing apply again: only what is left is done. "
    return f"{again}Run record: {folder}"


def _report(result: "Result", folder: Path, *, quiet: bool) -> int:
    """The outcome on stdout, and on stderr (unless a log has it already) what is not done, and why."""
    from landing.cli.output import note, style_of
    from landing.cli.output import result as say

    if not quiet:
        title = style_of(sys.stderr).paint("Error:", "red", "bold")
        for line in _not_done(result):
            note(title + line.removeprefix("Error:") if line.startswith("Error:") else line)
    if result.complete:
        say(style_of(sys.stdout).paint(f"Apply complete! {_counted(result)}", "green", "bold") + "\n")
        return 0
    left = len(result.failed) + len(result.blocked) + len(result.not_started)
    ended = "early" if result.interrupted else "with failures"
    say(f"Apply finished {ended}. {_counted(result)} {left} not done.\n")
    if not quiet:
        note(_resume(result, folder))
    return 130 if result.interrupted and not result.failed else 4
