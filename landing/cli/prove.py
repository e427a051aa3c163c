"""`landing prove`."""

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from landing.cli.keys import unknown_keys, with_keys
from landing.cli.session import Session, with_config

if TYPE_CHECKING:
    from landing.organization import Organization
    from landing.policy import Proof
    from landing.policy.escalation import Way

CODES = {"proved": 0, "refuted": 2, "undetermined": 3}
SHOWN = 5


@click.command
@with_config
@click.argument("word", metavar="never|always|escalation", type=click.Choice(["never", "always", "escalation"]))
@click.argument("action", default="")
@click.option("--in", "place", default="anywhere", show_default=True, metavar="PLACE",
              help="anywhere, ordinary, log_archive, security_tooling, ou:UNIT or account:KEY.")  # fmt: skip
@click.option("--as", "principals", multiple=True, metavar="PRINCIPAL", help="Whom it is about; repeatable.")
@click.option("--except", "exempt", multiple=True, metavar="PRINCIPAL", help="Whom it is not about; repeatable.")
@click.option("--on", "resources", multiple=True, metavar="ARN", help="Pattern of resources; repeatable.")
@with_keys
@click.option("--absent", multiple=True, metavar="KEY", help="A key that no request has; KEY* for many.")
@click.option("--rcp", is_flag=True, help="About the resource control policies on resources of the accounts.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(
    *,
    session: Session,
    word: str,
    action: str,
    place: str,
    principals: tuple[str, ...],
    exempt: tuple[str, ...],
    resources: tuple[str, ...],
    context: dict[str, str | list[str]],
    absent: tuple[str, ...],
    rcp: bool,
    form: str,
) -> int:
    """Prove that the guardrails block every request for ACTION (never), or none of them (always); or that nobody who
    is not let through by a guardrail can become somebody who is (escalation).

    ACTION may be a pattern or service[level]. Any condition key may have any value or be absent unless said otherwise.
    Exits with 0 when proved, 2 when refuted (with a request that shows it), 3 when it cannot be told.

    \b
      landing prove never "cloudtrail:StopLogging" --except exempt
      landing prove never "guardduty[write]" --in ou:workloads --except role/landing-*
      landing prove always "cloudformation:*" --as role/stacksets-exec-*
      landing prove escalation --in ou:workloads
    """
    from landing.cli.output import note, result, style_of
    from landing.policy import RCP, SCP
    from landing.policy.declared import declared, estate_of
    from landing.policy.testing import Suite
    from landing.policy.testing.claims import proof_in
    from landing.policy.testing.estate import UnknownPlaceError
    from landing.policy.testing.requests import CaseError, actions_of, principals_of

    if (word == "escalation") == bool(action):
        raise click.UsageError("never and always are about an ACTION, escalation is about none")
    if word == "escalation" and (principals or exempt or resources or context or absent or rcp):
        raise click.UsageError("escalation is about everybody, everything and every key: only --in says less")
    organization, _ = session.organization()
    if word == "escalation":
        return _escalation(organization, place, form)
    estate = estate_of(organization)
    policies = declared(organization, estate)
    kind = RCP if rcp else SCP
    suite = Suite("", session.config, tuple(policy for policy in policies if policy.type == kind))
    proofs: dict[str, Proof] = {}
    try:
        actions_of((action,), ())  # of an action that there is not, anything is proved
        for account in suite.accounts(estate, estate.place(place)):
            claim: dict[str, Any] = {
                "deny" if word == "never" else "allow": action,
                "partition": estate.partition,
                "exceptPrincipals": [who for text in exempt for who in principals_of(text, account, estate)],
                "keysNeverPresent": list(absent),
                "context": context,
            }
            if principals:
                claim["principals"] = [who for text in principals for who in principals_of(text, account, estate)]
            if resources:
                claim["resources"] = list(resources)
            proofs[account] = proof_in(account, claim, suite, estate, kind)
    except (CaseError, UnknownPlaceError, ValueError) as error:
        raise click.UsageError(str(error)) from error
    for warning in unknown_keys((*context, *(key for key in absent if not key.endswith("*")))):
        note(warning)
    names = _names(organization)
    if form == "json":
        result(json.dumps([_json(names[at], proof) for at, proof in proofs.items()], indent=2) + "\n")
    else:
        result(style_of(sys.stdout).page(_lines({names[at]: proof for at, proof in proofs.items()})))
    return max((CODES[proof.result] for proof in proofs.values()), default=3)


def _escalation(organization: "Organization", place: str, form: str) -> int:
    from landing.cli.output import result, style_of
    from landing.policy.escalation import ways
    from landing.policy.testing.estate import UnknownPlaceError

    try:
        found = list(ways(organization, place))
    except UnknownPlaceError as error:
        raise click.UsageError(str(error)) from error
    names = _names(organization)
    if form == "json":
        rows = [
            _json(names[way.account], proof) | {"principals": list(way.patterns), "let_through_by": list(way.guards)}
            for way, proof in found
        ]
        result(json.dumps(rows, indent=2) + "\n")
    else:
        result(style_of(sys.stdout).page(_ways(found, names)))
    return max((CODES[proof.result] for _, proof in found), default=0)


def _ways(found: "list[tuple[Way, Proof]]", names: dict[str, str]) -> Iterator[str]:
    """An account's ways together; what they rest on at the end."""
    from landing.core.text import safe
    from landing.policy.escalation import ASSUMPTIONS

    accounts: dict[str, list[tuple[Way, Proof]]] = {}
    for way, proof in found:
        accounts.setdefault(way.account, []).append((way, proof))
    for account, ways in accounts.items():
        worst = max((proof.result for _, proof in ways), key=CODES.__getitem__)
        here = f"{safe(names[account])} and every account like it"
        if worst == "proved":
            number = len({pattern for way, _ in ways for pattern in way.patterns})
            yield f"Proved for {here}: nobody becomes one of the {number} patterns of principals that are let through"
            continue
        yield f"{worst.capitalize()} for {here}"
        for way, proof in ways:
            if proof.result != "proved":
                yield f"  let through: {safe(', '.join(way.patterns))}"
                more = f" and {len(way.guards) - SHOWN} more" if len(way.guards) > SHOWN else ""
                yield f"  by {safe(', '.join(way.guards[:SHOWN]))}{more}"
                yield from (f"  {line}" for line in _shown(proof))
    if not found:
        yield "No guardrail lets anybody through: there is nothing to prove."
    yield from (f"  assuming {text}" for text in ASSUMPTIONS if found)
    yield from (f"  assuming {text}" for text in dict.fromkeys(a for _, proof in found for a in proof.assumptions))


def _names(organization: "Organization") -> dict[str, str]:
    """Keys by account id."""
    from landing.policy.declared import estate_of

    return {account: key for key, account in estate_of(organization).keys.items()}


def _lines(proofs: "dict[str, Proof]") -> Iterator[str]:
    """Accounts that the policies cannot tell apart have one proof, under the name of the first."""
    from landing.core.text import safe

    for account, proof in proofs.items():
        yield f"{proof.result.capitalize()} for {safe(account)} and every account like it: {_actions(proof.actions)}"
        yield from _shown(proof)
    if not proofs:
        yield "No policy reaches these accounts: there is nothing to prove."
    yield from (f"  assuming {text}" for text in dict.fromkeys(a for p in proofs.values() for a in p.assumptions))


def _shown(proof: "Proof") -> Iterator[str]:
    """What shows that a claim is false, and what cannot be told."""
    from landing.core.text import safe
    from landing.policy.testing.requests import in_words
    from landing.report.style import shown

    if proof.counterexample is not None:
        keys = sorted((proof.counterexample.get("context") or {}).items())
        yield f"  counterexample: {safe(in_words({**proof.counterexample, 'context': {}}))}"
        yield from (f"    {safe(key)} = {shown(value)}" for key, value in keys)
        more = f" and {len(proof.failing) - SHOWN} more" if len(proof.failing) > SHOWN else ""
        yield f"  it fails for {_actions(len(proof.failing))}: {', '.join(proof.failing[:SHOWN])}{more}"
    if proof.doubtful:
        yield f"  it cannot be told of {_actions(len(proof.doubtful))}: {safe(proof.reason)}"
    elif proof.counterexample is None and proof.reason:
        yield f"  {safe(proof.reason)}"


def _actions(number: int) -> str:
    return f"{number:,} {'action' if number == 1 else 'actions'}"


def _json(account: str, proof: "Proof") -> dict[str, Any]:
    return {
        "account": account,
        "result": proof.result,
        "actions": proof.actions,
        "counterexample": proof.counterexample,
        "failing": list(proof.failing),
        "doubtful": list(proof.doubtful),
        "reason": proof.reason,
        "assumptions": list(proof.assumptions),
    }
