"""`landing can`."""

import sys
from typing import TYPE_CHECKING

import click

from landing.cli.config_names import accounts, completed, principals
from landing.cli.keys import unknown_keys, with_keys
from landing.cli.session import Session, with_aws
from landing.report import formats

if TYPE_CHECKING:
    from landing.organization import Organization
    from landing.policy.testing import Attached, Estate

SHOWN = 10
CODES = {"not-denied": 0, "denied": 2, "undetermined": 3}


@click.command
@with_aws
@click.argument("principal", shell_complete=completed(principals))
@click.argument("action")
@click.argument("resource", default="")
@click.option("--in", "places", multiple=True, metavar="ACCOUNT", shell_complete=completed(accounts),
              help="Account by its key or id; repeatable.")  # fmt: skip
@click.option("--all-accounts", is_flag=True, help="In every account: a line for all that are alike.")
@with_keys
@click.option("--live", is_flag=True, help="Ask the policies that are attached in AWS now, not those of the config.")
@click.option("--format", "form", type=click.Choice(formats.names("answers")), default="text", show_default=True)
def command(
    *,
    session: Session,
    principal: str,
    action: str,
    resource: str,
    places: tuple[str, ...],
    all_accounts: bool,
    context: dict[str, str | list[str]],
    live: bool,
    form: str,
) -> int:
    """Say whether SCPs and RCPs let a request through, what decides it, and on which absent keys that depends.

    PRINCIPAL is role/NAME, user/NAME, root, service/NAME, exempt, anonymous or an ARN. Without RESOURCE it is about
    one of each type that the action has. "Not blocked" grants nothing: the account's own policies decide then. Exits
    with 0 when nowhere blocked, 2 when blocked, 3 when it cannot be told.

    \b
      landing can role/Admin cloudtrail:StopLogging --in payments-prod
      landing can role/Admin ec2:RunInstances --in payments-prod --with aws:RequestedRegion=us-west-2
      landing can root s3:DeleteBucket --all-accounts --live
    """
    from landing.cli.output import note, result, style_of
    from landing.guardrails.verdict import Oracle
    from landing.policy.testing.requests import CaseError
    from landing.report.answers import Answers

    if all_accounts == bool(places):
        raise click.UsageError("say where: either --in ACCOUNT or --all-accounts")
    organization, _ = session.organization()
    policies, estate = _live(session, organization) if live else _declared(organization)
    accounts = list(estate.accounts) if all_accounts else [_account(estate, place) for place in dict.fromkeys(places)]
    oracle = Oracle(policies, estate)
    try:
        answers = [oracle.ask(principal, action, resource, at, context, flips=not all_accounts) for at in accounts]
    except CaseError as error:
        raise click.UsageError(str(error)) from error
    for warning in unknown_keys(context):
        note(warning)
    names = {account: key for key, account in estate.keys.items()}
    found = Answers(answers, names, organization, policies, together=all_accounts)
    result(formats.shown("answers", form, found, view=formats.View(style=style_of(sys.stdout))))
    return max(CODES[answer.outcome.result] for answer in answers)


def _declared(organization: "Organization") -> "tuple[tuple[Attached, ...], Estate]":
    from landing.policy.declared import declared, estate_of

    estate = estate_of(organization)
    return declared(organization, estate), estate


def _live(session: Session, organization: "Organization") -> "tuple[tuple[Attached, ...], Estate]":
    from landing.guardrails.estate import live

    return live(organization, session.connect(organization, read_only=True))


def _account(estate: "Estate", text: str) -> str:
    from landing.core.spelling import nearest

    account = estate.keys.get(text, text)
    if account not in estate.accounts:
        known = sorted(estate.keys)[:SHOWN]
        more = f" and {len(estate.keys) - SHOWN} more" if len(estate.keys) > SHOWN else ""
        hint = nearest(text, estate.keys, f"the accounts are {', '.join(known)}{more}")
        raise click.UsageError(f"there is no account {text}: {hint}")
    return account
