"""`landing can`."""

import json
import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from landing.cli.keys import unknown_keys, with_keys
from landing.cli.session import Session, with_aws

if TYPE_CHECKING:
    from landing.guardrails.oracle import Answer
    from landing.organization import Organization
    from landing.policy.testing import Attached, Estate
    from landing.policy.testing.running import Outcome

SHOWN = 10
CODES = {"not-denied": 0, "denied": 2, "undetermined": 3}
HEADINGS = {
    "SERVICE_CONTROL_POLICY": "SCPs of the principal's account:",
    "RESOURCE_CONTROL_POLICY": "RCPs of the resource's account:",
}
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
    context: dict[str, str | list[str]],
    live: bool,
    form: str,
) -> int:
    """Say whether SCPs and RCPs let a request through, what decides it, and on which absent keys that depends.

    PRINCIPAL is role/NAME, user/NAME, root, service/NAME, exempt, anonymous or an ARN. Without RESOURCE it is about
    one of each type that the action has. "Not blocked" grants nothing: the account's own policies decide then. Exits
    with 0 when nowhere blocked, 2 when blocked, 3 when it cannot be told.

    \b
      landing can role/Admin cloudtrail:StopLogging --in shop-prod
      landing can role/Admin ec2:RunInstances --in shop-prod --with aws:RequestedRegion=us-west-2
      landing can root s3:DeleteBucket --all-accounts --live
    """
    from landing.cli.output import note, result, style_of
    from landing.guardrails.oracle import Oracle
    from landing.policy.testing.requests import CaseError

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
    if form == "json":
        result(json.dumps([_json(answer, names, organization) for answer in answers], indent=2) + "\n")
    elif all_accounts:
        result(style_of(sys.stdout).page(_matrix(answers, names)))
    else:
        result(style_of(sys.stdout).page(line for a in answers for line in _lines(a, names, organization, policies)))
    return max(CODES[answer.outcome.result] for answer in answers)


def _declared(organization: "Organization") -> "tuple[tuple[Attached, ...], Estate]":
    from landing.policy.declared import declared, estate_of

    estate = estate_of(organization)
    return declared(organization, estate), estate


def _live(session: Session, organization: "Organization") -> "tuple[tuple[Attached, ...], Estate]":
    from landing.guardrails.estate import live
    from landing.guardrails.packs import as_held

    aws = session.connect(organization, read_only=True)
    return live(aws.under(as_held(organization, aws)))


def _account(estate: "Estate", text: str) -> str:
    from landing.core.spelling import nearest

    account = estate.keys.get(text, text)
    if account not in estate.accounts:
        known = sorted(estate.keys)[:SHOWN]
        more = f" and {len(estate.keys) - SHOWN} more" if len(estate.keys) > SHOWN else ""
        hint = nearest(text, estate.keys, f"the accounts are {', '.join(known)}{more}")
        raise click.UsageError(f"there is no account {text}: {hint}")
    return account


def _decided(answer: "Answer", organization: "Organization") -> Iterator[tuple[str, str]]:
    """Where, and what, decides: a statement with its line in the config, or a level without an Allow."""
    for level, place in answer.decided:
        policy = organization.guardrails.get(place.policy) or organization.packs.get(place.policy)
        line = f" ({policy.source})" if policy and policy.source else ""
        yield level, f"{place.name}{line}"
    for node in answer.outcome.without_allow:
        yield node, "nothing allows it here"


def _lines(
    answer: "Answer", names: dict[str, str], organization: "Organization", policies: "Iterable[Attached]"
) -> Iterator[str]:
    from landing.core.text import safe
    from landing.report.style import shown

    request = answer.request
    doubt = answer.outcome.reason if answer.outcome.result == "undetermined" else ""
    yield f"{WORDS[answer.outcome.result]}{': ' + safe(doubt) if doubt else ''}"
    yield f"  {safe(request['principal'])} with {safe(request['action'])} on {safe(request['resource'])}"
    yield from _chains(answer, names, organization, policies)
    yield from (f"  {safe(note)}" for note in answer.notes if note != doubt)
    yield from (f"  assumes {safe(key)} = {shown(value)}" for key, value in sorted(answer.assumed.items()))
    if answer.flips or answer.others:
        yield "  depends on"
    alike: dict[str, list[str]] = {}
    for resource, outcome in answer.others:
        alike.setdefault(_becomes(outcome), []).append(resource)
    for becomes, (resource, *rest) in alike.items():
        types = "type" if len(rest) == 1 else "types"
        more = f" and {len(rest)} more {types}" if rest else ""
        yield f"    the resource: {becomes} on {safe(resource)}{more}"
    for flip in answer.flips:
        on = f" on {safe(flip.resource)}" if flip.resource != request["resource"] else ""
        yield f"    {safe(flip.key)}: {_becomes(flip.outcome)} with {shown(flip.value)}{on}"


def _chains(
    answer: "Answer", names: dict[str, str], organization: "Organization", policies: "Iterable[Attached]"
) -> Iterator[str]:
    """The levels from the root to the account, once for SCPs and once for RCPs if they are of two accounts."""
    from landing.core.text import safe
    from landing.policy.limits import LIMITS

    decided: dict[str, list[str]] = {}
    for node, what in _decided(answer, organization):
        decided.setdefault(node, []).append(what)
    paths = list(dict.fromkeys(answer.paths.values()))
    for path in paths:
        kinds = [kind for kind, of_kind in answer.paths.items() if of_kind == path]
        if len(paths) > 1:
            yield f"  {HEADINGS[kinds[0]]}"
        for node in path:
            name = f"account {names.get(node, node)}" if node == path[-1] else f"unit {node}"
            here = sum(node in policy.at for policy in policies if policy.type in kinds)
            counted = f"{here} {'policy' if here == 1 else 'policies'}" if here else LIMITS[kinds[0]].built_in[0]
            yield f"  {'root' if node == 'root' else safe(name)}: {counted}"
            yield from (f"    - denied by {safe(what)}" for what in decided.pop(node, ()))


def _becomes(outcome: "Outcome") -> str:
    from landing.core.text import safe
    from landing.policy.testing.running import decided_by

    return (
        f"denied by {safe(decided_by(outcome))}"
        if outcome.result == "denied"
        else "not blocked"
        if outcome.result == "not-denied"
        else "undetermined"
    )


def _matrix(answers: "Iterable[Answer]", names: dict[str, str]) -> Iterator[str]:
    from landing.core.text import safe
    from landing.policy.testing.running import decided_by

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
        "path": list(next(iter(answer.paths.values()), ())),
        "paths": {kind: list(path) for kind, path in answer.paths.items()},
        "notes": list(answer.notes),
        "other_resources": [{"resource": resource, "result": outcome.result} for resource, outcome in answer.others],
        "decided_by": [{"level": level, "by": what} for level, what in _decided(answer, organization)],
        "depends_on": [
            {"key": flip.key, "value": flip.value, "resource": flip.resource, "result": flip.outcome.result}
            for flip in answer.flips
        ],
    }
