"""`landing bootstrap`."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from landing.cli.apply import ALLOW, carry_out, finish
from landing.cli.run_record import recorded, turn_to, watch
from landing.cli.session import Session, with_aws
from landing.cli.stderr import STDERR, with_log

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.organization import Organization


@click.command
@with_aws
@click.option("--remove", is_flag=True, help="Delete the roles again; buckets and the key stay. Needs --allow delete.")
@click.option("--auto-approve", is_flag=True, help="Do not ask.")
@click.option(
    "--allow",
    multiple=True,
    type=click.Choice(ALLOW),
    help="What else the plan may do, e.g. weaken: let more through, or protect less; repeatable.",
)
@click.option("--no-live", is_flag=True, help="Write a line for each event, also on a terminal.")
@with_log
@click.option("--lock-timeout", default=0.0, metavar="SECONDS", help="How long to wait for another apply to end.")
def command(
    *,
    session: Session,
    remove: bool,
    auto_approve: bool,
    allow: tuple[str, ...],
    no_live: bool,
    lock_timeout: float,
) -> int:
    """Make the roles by which a pipeline plans and applies, and what `access.pipeline` says besides.

    For an administrator of the management account: neither role may change what it is allowed. `plan` and `apply`
    leave these changes out, `drift` reports them.

    \b
      landing bootstrap --profile administrator
      landing bootstrap --auto-approve --allow weaken
      landing bootstrap --remove --allow delete
    """
    from landing.cli.lock import locked
    from landing.cli.output import note, result, style_of
    from landing.core.model import Action
    from landing.engine.plan import save
    from landing.report.plan_text import render, verdict
    from landing.runs import bootstrap, pipeline

    if STDERR.log and not auto_approve:
        raise click.UsageError("--log-format json cannot ask: it needs --auto-approve")
    config, _ = session.organization()
    targets = _targets(config, remove=remove)
    with (
        locked("bootstrap", session.folder, sandbox=session.sandbox, timeout=lock_timeout) as lock_everywhere,
        recorded(session.folder) as run,
    ):
        hooks = session.hooks(partial(turn_to, run))
        hooks.phase("observe")
        aws = session.connect(config, read_only=False)
        watch(run, config, aws)
        if _is_locked(config, aws, sandbox=session.sandbox):
            lock_everywhere(config, aws)
        if remove:
            config = bootstrap.without_stack(config)
        else:
            bootstrap.refuse_other_provider(config, aws)
        planned = pipeline.plan(config, aws, hooks, digest=session.digest(), targets=targets, whole=True)
        save(planned.plan, run.folder / "plan.json")
        for bucket in () if remove else bootstrap.buckets_of_others(config, aws):
            note(f"The bucket {bucket} is there already, and not ours: it is used as it is.")
        if not planned.changes:
            note(verdict(planned.plan))
            run.end("no changes")
            if not remove:
                _tell_roles(config, aws)
            session.note_calls(aws)
            return 3 if planned.plan.gaps else 0
        result(render(planned.plan, planned.organization, style_of(sys.stdout)))
        sys.stdout.flush()
        if remove:
            note("Buckets and the key stay, with what is in them: delete them yourself once nobody needs them.")
        carried = partial(carry_out, run=run, parallelism=10, live=not no_live, command="bootstrap")
        copied = run.copied
        if any(
            change.address == bootstrap.stack(config) and change.action is Action.CREATE for change in planned.changes
        ):
            run.copied = lambda: None  # to a bucket that is still to be made
        code = finish(session, planned, aws, hooks, carried, auto_approve=auto_approve, allow=allow)
        run.copied = copied
        if code == 0 and not remove:
            _tell_roles(config, aws)
        return code


def _tell_roles(config: Organization, aws: Aws) -> None:
    """What a pipeline is given: the ARNs of its roles."""
    from landing.cli.output import note

    if config.pipeline is not None:
        role = f"arn:{config.partition}:iam::{aws.caller[0]}:role/"
        plans, applies = f"{role}{config.pipeline.plan_role}", f"{role}{config.pipeline.apply_role}"
        note(
            f"The pipeline plans as {plans} and applies as {applies}; "
            "`landing init --ci` writes it (`landing explain docs/ci.md`)."
        )


def _targets(config: Organization, *, remove: bool) -> list[str]:
    """What it is about; raises LandingError where the config has no pipeline."""
    from landing.cli.output import note
    from landing.config import PIPELINE_SNIPPET
    from landing.core.errors import LandingError
    from landing.runs import bootstrap

    if remove:
        return bootstrap.targets(replace(config, read_role=""))
    if config.pipeline is None:
        raise LandingError(
            "the config does not say who plans and applies. Write, for GitHub (`landing explain docs/pipeline.md` has "
            "the others):\n\n"
            f"{PIPELINE_SNIPPET}"
        )
    if not config.read_role_makers:
        note(
            f"No baseline makes the role {config.read_role} (`access.read_role`) in member accounts, without which the "
            "role that plans cannot read them. Unless it is there already, write\n\n"
            "  baselines:\n    read-role: {target: {units: [root]}}\n"
        )
    return bootstrap.targets(config)


def _is_locked(config: Organization, aws: Aws, *, sandbox: bool) -> bool:
    """Whether the bucket of the lock is there: the first bootstrap makes it."""
    from landing.cli.lock import missing

    return not missing(config, aws, sandbox=sandbox)
