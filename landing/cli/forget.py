"""`landing forget`."""

import sys
from dataclasses import replace
from functools import partial

import click

from landing.cli.apply import carry_out, finish
from landing.cli.config_names import addresses, completed
from landing.cli.run_record import recorded, turn_to, watch
from landing.cli.session import Session, with_aws
from landing.cli.stderr import STDERR, with_log


@click.command
@with_aws
@click.argument("addresses", nargs=-1, required=True, metavar="ADDR…", shell_complete=completed(addresses))
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option("--parallelism", default=10, show_default=True, help="Changes at once.")
@click.option("--no-live", is_flag=True, help="Write a line for each event, also on a terminal.")
@with_log
@click.option("--lock-timeout", default=0.0, metavar="SECONDS", help="How long to wait for another apply to end.")
def command(
    *,
    session: Session,
    addresses: tuple[str, ...],
    auto_approve: bool,
    parallelism: int,
    no_live: bool,
    lock_timeout: float,
) -> int:
    """Stop managing what the config does not declare (any more): the mark is taken off, nothing is destroyed.

    The same as an address under `removed` in the config, and an apply.

    \b
      landing forget unit.sandbox
      landing forget 'policy.old-*' governed_service.macie
    """
    from landing.cli.lock import locked
    from landing.cli.output import note, result, style_of
    from landing.core.errors import Refused
    from landing.core.model import Action
    from landing.engine.observe import desired_of
    from landing.engine.plan import save
    from landing.report.plan_text import render
    from landing.runs import pipeline

    if STDERR.log and not auto_approve:
        raise click.UsageError("--log-format json cannot ask: it needs --auto-approve")
    organization, _ = session.organization()
    organization = replace(organization, removed=(*organization.removed, *addresses))
    declared = sorted(str(each) for each in desired_of(organization) if any(each.matches(text) for text in addresses))
    if declared:
        raise Refused(f"{', '.join(declared[:5])}: the config declares it. Take it out of the config first")
    with (
        locked("apply", session.folder, sandbox=session.sandbox, timeout=lock_timeout) as lock_everywhere,
        recorded(session.folder) as run,
    ):
        hooks = session.hooks(partial(turn_to, run))
        hooks.phase("observe")
        aws = session.connect(organization, read_only=False)
        watch(run, organization, aws)
        lock_everywhere(organization, aws)
        planned = pipeline.plan(organization, aws, hooks, digest=session.digest(), targets=addresses)
        changes = tuple(change for change in planned.changes if change.action is Action.FORGET)
        planned = replace(
            planned, plan=replace(planned.plan, changes=changes, effects={}, effects_in_brief={}), changes=changes
        )
        save(planned.plan, run.folder / "plan.json")
        if not changes:
            note("Nothing to forget: none of it carries our mark.")
            run.end("no changes")
            session.note_calls(aws)
            return 0
        result(render(planned.plan, planned.organization, style_of(sys.stdout)))
        sys.stdout.flush()
        carried = partial(carry_out, run=run, parallelism=parallelism, live=not no_live)
        return finish(session, planned, aws, hooks, carried, auto_approve=auto_approve)
