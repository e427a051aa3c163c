"""`landing can`."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from landing.cli.keys import with_keys
from landing.cli.session import Session, with_aws

if TYPE_CHECKING:
    from landing.asking import Answer
    from landing.organization import Organization
    from landing.policy.testing import Attached, Estate

CODES = {"not-denied": 0, "denied": 2, "undetermined": 3}
WORDS = {
    "not-denied": "Not blocked by guardrails",
    "denied": "Blocked by guardrails",
    "undetermined": "It cannot be told",
}


@click.command
@with_aws
@click.argument("principal")
@click.argument("action")
@click.argument("resource", default="")
@click.option("--in", "places", multiple=True, metavar="ACCOUNT", help="Account by its key or id; repeatable.")
@click.option("--all-accounts", is_flag=True, help="In every account: a line for all that are alike.")
@with_keys
@click.option("--live", is_flag=True, help="Ask the policies that are attached in AWS now, not those of the config.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    session: Session,
    principal: str,
    action: str,
    resource: str,
    places: tuple[str, ...],
    all_accounts: bool,
    context: dict[str, str],
    live: bool,
    form: str,
) -> int:
    """Say whether SCPs and RCPs let a request through, what decides it, and on which absent keys that depends.

    PRINCIPAL is role/NAME, user/NAME, root, service/NAME, anonymous or an ARN. "Not blocked" grants nothing: the
    account's own policies decide then. Exits with 0 when nowhere blocked, 2 when blocked, 3 when it cannot be told.

    \b
      landing can role/Admin cloudtrail:StopLogging --in shop-prod
      landing can role/Admin ec2:RunInstances --in shop-prod --with aws:RequestedRegion=us-west-2
      landing can root s3:DeleteBucket --all-accounts --live
    """
    from landing.asking import Oracle
    from landing.cli.output import note, result, style_of
    from landing.policy import catalog
    from landing.policy.testing.requests import CaseError

    organization, _ = session.organization()
    policies, estate = _live(session, organization) if live else _declared(organization)
    accounts = list(estate.accounts) if all_accounts else [_account(estate, place) for place in places]
    if not accounts:
        raise click.UsageError("say where: --in ACCOUNT or --all-accounts")
    if catalog.action(action) is None:
        note(f"Warning: the catalogue of actions ({catalog.version()}) has no {action}")
    oracle = Oracle(policies, estate)
    try:
        answers = [oracle.ask(principal, action, resource, at, context, flips=not all_accounts) for at in accounts]
    except CaseError as error:
        raise click.UsageError(str(error)) from error
    names = {account: key for key, account in estate.keys.items()}
    if form == "json":
        result(json.dumps([_json(answer, names, organization) for answer in answers], indent=2) + "\n")
    elif all_accounts:
        result(style_of(sys.stdout).page(_matrix(answers, names)))
    else:
        result(style_of(sys.stdout).page(line for a in answers for line in _lines(a, names, organization, policies)))
    return max(CODES[answer.outcome.result] for answer in answers)


def _declared(organization: "Organization") -> "tuple[tuple[Attached, ...], Estate]":
    from landing.placed import declared, estate_of

    estate = estate_of(organization)
    return declared(organization, estate), estate


def _live(session: Session, organization: "Organization") -> "tuple[tuple[Attached, ...], Estate]":
    from landing.placed import live

    return live(session.connect(organization, read_only=True))


def _account(estate: "Estate", text: str) -> str:
    account = estate.keys.get(text, text)
    if account not in estate.accounts:
        raise click.UsageError(f"there is no account {text}: the accounts are {', '.join(sorted(estate.keys))}")
    return account


def _decided(answer: "Answer", organization: "Organization") -> Iterator[tuple[str, str]]:
    """Where, and what, decides: a statement with its line in the config, or a level without an Allow."""
    for place in answer.outcome.denies:
        policy = organization.guardrails.get(place.policy) or organization.packs.get(place.policy)
        line = f" ({policy.source})" if policy and policy.source else ""
        level = answer.path[place.level] if place.level < len(answer.path) else ""
        yield level, f"{place.policy}/{place.sid or f'#{place.statement + 1}'}{line}"
    for node in answer.outcome.without_allow:
        yield node, "nothing allows it here"


def _lines(
    answer: "Answer", names: dict[str, str], organization: "Organization", policies: "Iterable[Attached]"
) -> Iterator[str]:
    from landing.policy.testing.running import decided_by
    from landing.report.style import safe, shown

    request = answer.request
    doubt = answer.outcome.reason if answer.outcome.result == "undetermined" else ""
    yield f"{WORDS[answer.outcome.result]}{': ' + safe(doubt) if doubt else ''}"
    yield f"  {safe(request['principal'])} with {safe(request['action'])} on {safe(request['resource'])}"
    decided: dict[str, list[str]] = {}
    for node, what in _decided(answer, organization):
        decided.setdefault(node, []).append(what)
    for node in answer.path:
        name = f"account {names.get(node, node)}" if node == answer.path[-1] else f"unit {node}"
        here = sum(node in policy.at for policy in policies)
        counted = f"{here} {'policy' if here == 1 else 'policies'}" if here else "FullAWSAccess"
        yield f"  {'root' if node == 'root' else safe(name)}: {counted}"
        yield from (f"    - denied by {safe(what)}" for what in decided.get(node, ()))
    yield from (f"  assumes {safe(key)} = {shown(value)}" for key, value in sorted(answer.assumed.items()))
    if answer.flips:
        yield "  depends on"
    for flip in answer.flips:
        becomes = "not blocked" if flip.outcome.result == "not-denied" else f"denied by {decided_by(flip.outcome)}"
        yield f"    {safe(flip.key)}: {becomes} with {shown(flip.value)}"


def _matrix(answers: "Iterable[Answer]", names: dict[str, str]) -> Iterator[str]:
    from landing.policy.testing.running import decided_by
    from landing.report.style import safe

    alike: dict[tuple[str, str], list[str]] = {}
    for answer in answers:
        why = decided_by(answer.outcome) or (answer.outcome.reason if answer.outcome.result == "undetermined" else "")
        alike.setdefault((answer.outcome.result, why), []).append(names.get(answer.account, answer.account))
    for (outcome, why), accounts in sorted(alike.items()):
        counted = f"{len(accounts)} {'account' if len(accounts) == 1 else 'accounts'}"
        yield f"{WORDS[outcome]} in {counted}{': ' + safe(why) if why else ''}"
        more = f" and {len(accounts) - 10} more" if len(accounts) > 10 else ""
        yield f"  {', '.join(map(safe, sorted(accounts)[:10]))}{more}"


def _json(answer: "Answer", names: dict[str, str], organization: "Organization") -> dict[str, Any]:
    return {
        "account": names.get(answer.account, answer.account),
        "account_id": answer.account,
        "request": {key: value for key, value in answer.request.items() if key != "context"}
        | {
            "context": {key: value for key, value in answer.request["context"].items() if isinstance(value, str | list)}
        },
        "result": answer.outcome.result,
        "reason": answer.outcome.reason,
        "path": list(answer.path),
        "decided_by": [{"level": level, "by": what} for level, what in _decided(answer, organization)],
        "depends_on": [{"key": flip.key, "value": flip.value, "result": flip.outcome.result} for flip in answer.flips],
    }
