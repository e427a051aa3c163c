"""`landing prove`."""

import sys
from typing import TYPE_CHECKING, Any

import click

from landing.cli.config_names import completed, places, principals
from landing.cli.keys import unknown_keys, with_keys
from landing.cli.session import Session, with_config
from landing.report import formats

if TYPE_CHECKING:
    from landing.organization import Organization
    from landing.policy import Proof

CODES = {"proved": 0, "refuted": 2, "undetermined": 3}


@click.command
@with_config
@click.argument("word", metavar="never|always|escalation", type=click.Choice(["never", "always", "escalation"]))
@click.argument("action", default="")
@click.option("--in", "place", default="anywhere", show_default=True, metavar="PLACE", shell_complete=completed(places),
              help="anywhere, ordinary, log_archive, security_tooling, ou:UNIT or account:KEY.")  # fmt: skip
@click.option("--as", "principals", multiple=True, metavar="PRINCIPAL", shell_complete=completed(principals),
              help="Whom it is about; repeatable.")  # fmt: skip
@click.option("--except", "exempt", multiple=True, metavar="PRINCIPAL", shell_complete=completed(principals),
              help="Whom it is not about; repeatable.")  # fmt: skip
@click.option("--on", "resources", multiple=True, metavar="ARN", help="Pattern of resources; repeatable.")
@with_keys
@click.option("--absent", multiple=True, metavar="KEY", help="A key that no request has; KEY* for many.")
@click.option("--rcp", is_flag=True, help="About the resource control policies on resources of the accounts.")
@click.option("--format", "form", type=click.Choice(formats.names("proofs")), default="text", show_default=True)
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
    from landing.report.proofs import Proofs

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
    named = Proofs({names[at]: proof for at, proof in proofs.items()})
    result(formats.shown("proofs", form, named, view=formats.View(style=style_of(sys.stdout))))
    return max((CODES[proof.result] for proof in proofs.values()), default=3)


def _escalation(organization: "Organization", place: str, form: str) -> int:
    from landing.cli.output import result, style_of
    from landing.policy.escalation import ways
    from landing.policy.testing.estate import UnknownPlaceError
    from landing.report.proofs import Ways

    try:
        found = list(ways(organization, place))
    except UnknownPlaceError as error:
        raise click.UsageError(str(error)) from error
    named = Ways(found, _names(organization))
    result(formats.shown("proofs", form, named, view=formats.View(style=style_of(sys.stdout))))
    return max((CODES[proof.result] for _, proof in found), default=0)


def _names(organization: "Organization") -> dict[str, str]:
    """Keys by account id."""
    from landing.policy.declared import estate_of

    return {account: key for key, account in estate_of(organization).keys.items()}
