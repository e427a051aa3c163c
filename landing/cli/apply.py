"""`landing apply`."""

import sys
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli import snapshots
from landing.cli.approval import ask
from landing.cli.clock import now
from landing.cli.recording import recorded, turn_to, watch
from landing.cli.session import Session, with_aws
from landing.cli.stderr import STDERR, with_log
from landing.cli.watching import reading

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.core.model import Change
    from landing.engine.plan import Plan
    from landing.organization import Organization
    from landing.runs.record import Run

ALLOW = ("delete", "detach", "weaken", "close-account", "switch-off", "lock-out", "many-deletes")


@click.command
@with_aws
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--digest", default="", metavar="HEX", help="Of FILE, as its reviewer saw it: another is refused.")
@click.option("--parallelism", default=10, show_default=True, help="Changes at once.")
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(ALLOW),
    help="What else the plan may do, e.g. weaken: let more requests through; repeatable.",
)
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDR",
    help="Only this address (or kind, or prefix*), and what it requires.",
)
@click.option("--repack", is_flag=True, help="Put packed guardrails together anew, if that saves a policy.")
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 although something could not be checked.")
@click.option("--no-live", is_flag=True, help="Write a line for each event, also on a terminal.")
@with_log
@click.option("--lock-timeout", default=0.0, metavar="SECONDS", help="How long to wait for another apply to end.")
def command(
    *,
    session: Session,
    file: Path | None,
    auto_approve: bool,
    digest: str,
    parallelism: int,
    allow: tuple[str, ...],
    targets: tuple[str, ...],
    repack: bool,
    allow_incomplete: bool,
    no_live: bool,
    lock_timeout: float,
) -> int:
    """Make the changes of a saved plan, or of a plan made now.

    Safe to run again after any interruption: what is done already is not done twice.

    \b
      landing apply
      landing apply plan.json
      landing apply plan.json --digest 4f0c… --auto-approve
      landing apply --auto-approve --allow detach
    """
    from landing.cli.carrying_out import carry_out
    from landing.cli.locking import locked
    from landing.cli.output import note, result, style_of
    from landing.engine.plan import save
    from landing.guardrails.exposure import refuse_unsafe
    from landing.report.plan_text import NO_CHANGES, provenance, render

    if STDERR.log and not auto_approve:
        raise click.UsageError("--log-format json cannot ask: it needs --auto-approve")
    if file is not None and repack:
        raise click.UsageError("a saved plan has decided already: give --repack to `landing plan`")
    if file is None and digest:
        raise click.UsageError("--digest is of a saved plan: give its FILE as well")
    organization, _ = session.organization()
    with locked("apply", sandbox=session.sandbox, timeout=lock_timeout) as lock_everywhere, recorded() as run:
        turn_to(run, "refresh" if file else "observe")
        saved = None if file is None else _reviewed(file, digest)
        aws = session.connect(organization, read_only=False)
        watch(run, aws)
        lock_everywhere(organization, aws)
        session.remember(aws, saved, repack=repack)
        organization = aws.organization
        plan, changes = _changes(session, organization, aws, saved=saved, file=file, targets=targets)
        organization = aws.organization
        save(plan, run.folder / "plan.json")
        if not changes:
            note(NO_CHANGES if not plan.gaps else "No changes seen.")
            run.end("no changes")
            session.note_calls(aws)
            return 3 if plan.gaps and not allow_incomplete else 0
        result(render(plan, organization, style_of(sys.stdout)))
        sys.stdout.flush()
        if saved is not None:
            note("\n" + "\n".join(provenance(saved, str(file), now())))
        refuse_unsafe(organization, changes, allow)
        if "lock-out" not in allow:
            _refuse_lock_out(organization, changes)
        if not auto_approve:
            changes = _approved(organization, aws, run, plan, changes, made_now=file is None)
        code, done = carry_out(organization, aws, changes, run, parallelism=parallelism, live=not no_live)
        snapshots.update(session.snapshot, done)
        session.note_calls(aws)
        return code or (3 if plan.gaps and not allow_incomplete else 0)


def _approved(
    organization: "Organization",
    aws: "Aws",
    run: "Run",
    plan: "Plan",
    changes: "Collection[Change]",
    *,
    made_now: bool,
) -> "Collection[Change]":
    """What is to be made, when the user has said yes: after a plan made now AWS may have changed meanwhile."""
    turn_to(run, "approval")
    ask(
        "Do you want to perform these actions?",
        to="approve",
        otherwise="Apply cancelled. Nothing was changed.",
        without="--auto-approve",
    )
    if not made_now:
        return changes
    turn_to(run, "refresh")
    aws.tree.forget()
    return _refreshed(organization, aws, plan)


def _changes(
    session: Session,
    organization: "Organization",
    aws: "Aws",
    *,
    saved: "Plan | None",
    file: Path | None,
    targets: tuple[str, ...],
) -> "tuple[Plan, Collection[Change]]":
    from landing.core.errors import WrongPlan
    from landing.guardrails.lock_out import concerns
    from landing.guardrails.packs import with_others
    from landing.guardrails.slots import refuse_crowded

    if saved is None:
        plan = session.plan(organization, aws, explain=True, targets=targets).only(targets)
        return plan, plan.changes
    made, here = saved.made_from, session.origin(organization, aws)
    if made.config_digest != here.config_digest:
        raise WrongPlan(f"The config has changed since {file} was made. Plan again")
    if made.organization_id not in ("", here.organization_id):
        raise WrongPlan(
            f"{file} was made for organization {made.organization_id}; this is {here.organization_id or 'none'}. "
            "Plan again"
        )
    if made.account != here.account:
        raise WrongPlan(
            f"{file} was made with credentials of account {made.account}; these are of {here.account}. Plan again"
        )
    plan = saved.only(targets)
    changes = _refreshed(organization, aws, plan)
    if concerns(changes):
        aws.organization = with_others(organization, aws)
        refuse_crowded(aws.organization, changes)
    return plan, changes


def _reviewed(file: Path, digest: str) -> "Plan":
    """The saved plan; raises WrongPlan when it is not the one with the given digest."""
    from landing.core.errors import WrongPlan
    from landing.engine.plan import load

    plan = load(file)
    if digest and plan.digest != digest.strip().lower():
        raise WrongPlan(f"{file} is not the plan that was reviewed: its digest is {plan.digest}")
    return plan


def _refuse_lock_out(organization: "Organization", changes: "Collection[Change]") -> None:
    from landing.core.errors import UnsafePlan
    from landing.guardrails.lock_out import concerns, lock_outs

    found = [f"  {each}" for each in lock_outs(organization)] if concerns(changes) else []
    if found:
        raise UnsafePlan(
            "The guardrails would lock out roles that must get through, which needs --allow lock-out:\n"
            + "\n".join(found)
            + "\nExempt the roles in the policies: see `{{ exempt_roles }}` in docs/extending.md."
        )


def _refreshed(organization: "Organization", aws: "Aws", plan: "Plan") -> "Collection[Change]":
    from landing.engine.apply import refresh

    with reading(aws) as progress:
        return refresh(organization, aws, plan, progress)
