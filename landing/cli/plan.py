"""`landing plan`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from landing.cli.config_names import addresses, completed
from landing.cli.plan_options import Shown, shown_as
from landing.cli.session import Session, with_aws
from landing.cli.stderr import STDERR, with_log

if TYPE_CHECKING:
    from landing.runs.pipeline import Planned

SOME = 5
"""Things that are named; of the others it is said how many they are."""


@click.command
@with_aws
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="Save the plan to FILE, for `landing apply FILE`."
)
@click.option(
    "--encrypt",
    "key",
    is_flag=False,
    flag_value="alias/landing-plans",
    default="",
    metavar="[KEY]",
    help="Encrypt FILE by AWS KMS, for who may decrypt with KEY (its ARN or alias; without: alias/landing-plans).",
)
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@click.option("--allow-incomplete", is_flag=True, help="Exit with 0 although something could not be checked.")
@click.option(
    "--target",
    "targets",
    multiple=True,
    metavar="ADDR",
    shell_complete=completed(addresses),
    help="Only this address (or kind, or prefix*, or stack_set.NAME@ACCOUNT), and what it requires.",
)
@click.option("--repack", is_flag=True, help="Put packed guardrails together anew, if that saves a policy.")
@shown_as
@with_log
@click.option(
    "--refresh",
    type=bool,
    default=True,
    metavar="BOOL",
    help="--refresh=false compares with what was read last, and asks AWS nothing.",
)
@click.option("--parallelism", default=10, show_default=True, help="Requests at once.")
def command(
    *,
    session: Session,
    out: Path | None,
    key: str,
    detailed_exitcode: bool,
    allow_incomplete: bool,
    targets: tuple[str, ...],
    repack: bool,
    shown: Shown,
    refresh: bool,
    parallelism: int,
) -> int:
    """Compare the config with AWS and show what `apply` would change. Changes nothing.

    \b
      landing plan
      landing plan --out plan.json && landing apply plan.json
      landing plan --format json | jq .summary
      landing plan --target stack_set.NAME@ACCOUNT
      landing plan --refresh=false
      landing plan --format md > plan.md
      landing plan --out plan.json --encrypt --format github --comment-file comment.md
    """
    from landing.aws.envelope import ENCRYPT
    from landing.cli.output import note, style_of
    from landing.core.text import safe
    from landing.engine import sealed_plan
    from landing.engine.plan import save
    from landing.report.apply_text import expected
    from landing.report.plan_text import next_steps
    from landing.runs import pipeline

    if key and not out:
        raise click.UsageError("--encrypt is for the saved plan: give --out FILE as well")
    if key and not refresh:
        raise click.UsageError("--encrypt asks AWS KMS, and --refresh=false asks AWS nothing")
    shown.begin(config=session.config)
    organization, _ = session.organization(linted=True)
    aws = None
    hooks, digest = session.hooks(), session.digest()
    if refresh:
        aws = session.connect(organization, read_only=True, at_once=parallelism, besides=(ENCRYPT,) if key else ())
        planned = pipeline.plan(organization, aws, hooks, digest=digest, targets=targets, repack=repack)
    else:
        seen = session.kept(organization)
        planned = pipeline.plan_offline(organization, seen, hooks, digest=digest, targets=targets, repack=repack)
    plan = planned.plan
    shown.write(plan, planned.organization, config=session.config, saved_as=str(out) if out else "")
    if out and key and aws:
        sealed_plan.save(plan, out, aws, key)
    elif out:
        save(plan, out)
    if plan.changes and shown.form == "text" and not STDERR.log:
        note("\n" + "\n".join(next_steps(str(out) if out else "", plan.digest, plan.allow, style_of(sys.stderr))))
    tell_set_aside(planned)
    STDERR.tell(expected(plan.changes))
    if unnamed := new_in(planned):
        note(f"{safe(unnamed)}; to add: `landing import --into {session.config.parent}`")
    if aws is not None:
        session.note_calls(aws)
    elif shown.form == "json" or STDERR.log:  # the reports for people say it themselves
        note(safe(plan.made_from.hearsay))
    if detailed_exitcode and len(plan.changes) > len(plan.at_work):
        return 2
    return 3 if plan.gaps and not allow_incomplete else 0


def tell_set_aside(planned: "Planned") -> None:
    """Say what is not in a plan because only an administrator changes it."""
    from landing.cli.output import note
    from landing.core.text import safe

    if found := planned.set_aside:
        listed = ", ".join(str(change.address) for change in found)
        count = f"{len(found)} changes are" if len(found) > 1 else "1 change is"
        note(f"{count} for `landing bootstrap`, not in this plan: {safe(listed)}")


def new_in(planned: "Planned") -> str:
    """The units, accounts and policies in force that the config does not have, but for those that may stay so."""
    from landing.core.keys import slug
    from landing.core.model import Address
    from landing.organization.resources import ACCOUNT, POLICY, UNIT

    organization = planned.organization
    new = {each.address for each in organization.foreign if not organization.known(each)}
    new -= {each.address for each in organization.foreign if organization.lets_go(Address(POLICY, slug(each.name)))}
    found = [each for each in planned.plan.unmanaged if each.kind in (ACCOUNT, UNIT) or each in new]
    listed = ", ".join(map(str, found[:SOME]))
    more = f" and {len(found) - SOME} more" if len(found) > SOME else ""
    verb = "is" if len(found) == 1 else "are"
    return f"{listed}{more} {verb} in AWS and not in the config" if found else ""
