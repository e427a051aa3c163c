"""`landing email`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from landing.cli.config_names import accounts, completed
from landing.cli.session import Session, with_aws

if TYPE_CHECKING:
    from landing.aws.live_names import LiveAccount


def _code(context: click.Context, parameter: click.Parameter, given: str) -> str:
    """As AWS sends it: six letters and digits; what is given is repeated nowhere."""
    if given and not (len(given) == 6 and given.isascii() and given.isalnum()):
        raise click.BadParameter("AWS's codes have six letters and digits.", context, parameter)
    return given


@click.command
@with_aws
@click.argument("key", metavar="ACCOUNT", shell_complete=completed(accounts))
@click.option("--code", default="", metavar="CODE", callback=_code, help="The code; it is asked for when left out.")
@click.option("--resend", is_flag=True, help="Have AWS send another code; the last one is void then.")
@click.option("--lock-timeout", default=0.0, metavar="SECONDS", help="How long to wait for an apply to end.")
def command(*, session: Session, key: str, code: str, resend: bool, lock_timeout: float) -> int:
    """Give back the code that AWS has sent to the new address of an account's root user.

    `apply` has it sent when the config gives an account another e-mail address; until the code is back, the root user
    signs in with the old one. A code is written down nowhere.

    \b
      landing email payments-prod
      landing email payments-prod --resend
    """
    from landing.cli.lock import locked
    from landing.cli.output import note, result
    from landing.core.errors import Refused, WrongUsage
    from landing.core.spelling import nearest
    from landing.core.text import safe
    from landing.services.root_email import accept_code, awaits_code, is_changed, send_code

    if code and resend:
        raise click.UsageError("--resend makes the code void that --code gives back: leave one of them out")
    organization, _ = session.organization()
    if key not in organization.accounts:
        hint = nearest(key, organization.accounts, "they are under `accounts`")
        raise WrongUsage(f"the config has no account {safe(key)}: {hint}")
    email = organization.accounts[key].email
    with locked("email", session.folder, sandbox=session.sandbox, timeout=lock_timeout) as lock_everywhere:
        aws = session.connect(organization, read_only=False)
        lock_everywhere(organization, aws)
        live = aws.tree.accounts.get(key)
        if live is None or key == organization.management:
            why = "only its root user changes its address" if live else "AWS has no such account yet"
            raise Refused(f"account {key}: {why}")
        if not is_changed(live, email):
            note(f"The root user of {key} has the address {safe(live.email)} already. Nothing is to be done.")
            return 0
        if resend:
            send_code(aws, live, email)
            note(f"AWS sends another code to {safe(email)}.")
        elif not awaits_code(aws.tree.tags_of(live.id), email):
            raise Refused(f"no code was sent to {safe(email)} by landing: `landing apply` has one sent, or --resend")
        accept_code(aws, live, email, code or _asked(live, email))
        result(f"The root user of {safe(key)} has the address {safe(email)} now, and no more {safe(live.email)}.\n")
        session.note_calls(aws)
        return 0


def _asked(live: LiveAccount, email: str) -> str:
    """What a person types, unseen on a terminal; raises Refused where nobody does."""
    from getpass import getpass

    from landing.core.errors import Refused
    from landing.core.text import safe

    question = f"Code that AWS has sent to {safe(email)} for {safe(live.key)}: "
    if sys.stdin is not None and sys.stdin.isatty():
        given = getpass(question, sys.stderr)
    else:
        click.echo(question, err=True)
        given = sys.stdin.readline() if sys.stdin else ""
    given = given.strip()
    if not given:
        raise Refused("Nobody gave a code. Nothing was changed.")
    if not (len(given) == 6 and given.isascii() and given.isalnum()):
        raise Refused("AWS's codes have six letters and digits. Nothing was changed.")
    return given
