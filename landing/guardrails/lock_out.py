"""Whether the guardrails lock out those who must get through: proved before any change of them is applied.

The StackSets execution role must be able to write what our templates hold, wherever stack sets are deployed. The roles
that `access.exempt_roles` names (break glass, Control Tower) must be able to do so in every member account, deployed to
or not: that is where they are needed. The member role must be able to do in the log archive and in the security tooling
account what `apply` does there, and to write what the plain stacks hold. A unit without accounts is looked at as if it
had one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from landing.core.errors import UnsafePlan
from landing.core.model import Action, Change
from landing.organization import Account, Deployment, Organization
from landing.organization.resources import ACCOUNT, ATTACHMENTS, POLICY, moves
from landing.policy import SCP, catalog
from landing.policy.declared import declared, estate_of
from landing.policy.testing import Attached, Estate, Suite
from landing.policy.testing.claims import proof_in
from landing.policy.testing.requests import in_words
from landing.policy.testing.suite import statements_of
from landing.services.permissions import apply_policy

MANAGEMENT_ONLY = frozenset({"organizations", "account", "sts", "tag"})
"""Services that are called in the management account, which no SCP reaches."""

SERVICES = {
    "accessanalyzer": "access-analyzer",
    "certificatemanager": "acm",
    "elasticloadbalancingv2": "elasticloadbalancing",
}
"""Where a resource type and IAM call a service differently (Service Authorization Reference)."""


@dataclass(frozen=True, slots=True)
class LockOut:
    """A role that would be blocked from some actions in an account (by its key), with a request as an example."""

    role: str
    account: str
    actions: tuple[str, ...]
    example: str

    def __str__(self) -> str:
        more = f" and {len(self.actions) - 1} more" if len(self.actions) > 1 else ""
        return f"{self.role} in {self.account} could not do {self.actions[0]}{more}: {self.example}"


def concerns(changes: Iterable[Change]) -> bool:
    """Whether changes bear on what guardrails block: policies, attachments, moved accounts.

    To adopt or forget a policy puts nothing in force and out of it: who is locked out is so by what was there.
    """
    return any(
        change.address.kind in (POLICY, ATTACHMENTS) or moves(change)
        for change in changes
        if change.action not in (Action.ADOPT, Action.FORGET)
    )


def refuse_lock_out(organization: Organization, changes: Collection[Change]) -> None:
    """Raise UnsafePlan with every role that the guardrails would lock out, where the changes bear on that.

    What policies block that no change is of, those of others and ours, is blocked without the changes too: it stands in
    the way of none of them. An account that is made or moved may come under such a policy: then nothing is left out.
    """
    if not concerns(changes):
        return
    comes = any(moves(each) or (each.address.kind == ACCOUNT and each.before is None) for each in changes)
    found = [
        f"  {each}" for each in lock_outs(organization, standing=() if comes else _standing(organization, changes))
    ]
    if found:
        others = [f"{each.words} at {', '.join(each.nodes)}" for each in organization.foreign if each.type == SCP]
        also = f" Policies of others count too, and are theirs to mend: {'; '.join(others)}." if others else ""
        raise UnsafePlan(
            "The guardrails would lock out roles that must get through, which needs --allow lock-out:\n"
            + "\n".join(found)
            + "\nExempt the roles in the policies: see `{{ exempt_roles }}` in `landing explain docs/extending.md`."
            + also
        )


def _standing(organization: Organization, changes: Iterable[Change]) -> frozenset[str]:
    """The names of the policies that are in force, and where, whether the changes are made or not."""
    changed: set[str] = set()
    for change in changes:
        if change.action in (Action.ADOPT, Action.FORGET):
            continue
        if change.address.kind == POLICY:
            changed.add(change.address.name)
        elif change.address.kind == ATTACHMENTS:
            before, after = ({*side["policies"]} if side else set() for side in (change.before, change.after))
            changed |= before ^ after
    packed = {key for pack in organization.packs.values() if pack.key in changed for key in pack.guardrails}
    return frozenset({*map(str, organization.foreign), *organization.guardrails} - changed - packed)


def lock_outs(organization: Organization, *, standing: Collection[str] = ()) -> Iterator[LockOut]:
    """Every role that the declared guardrails would lock out, for one of the accounts that they treat alike.

    But for the actions that the policies of these names deny, and the rest of them does not.
    """
    organization = _with_newcomers(organization)
    estate = estate_of(organization)
    suite = Suite("", Path(), tuple(policy for policy in declared(organization, estate) if policy.type == SCP))
    others = Suite("", Path(), _denied_by(standing, suite))
    ours = Suite("", Path(), tuple(policy for policy in suite.policies if policy.name not in standing))
    names = {account: key for key, account in estate.keys.items()}
    for role, actions, keys in _needs(organization):
        if not actions:
            continue
        for account in suite.accounts(estate, (estate.keys[key] for key in keys)):
            claim = {
                "partition": estate.partition,
                "principals": [role.replace("iam::*:", f"iam::{account}:")],
                "context": _context(estate),
            }
            failing = proof_in(account, {**claim, "allow": list(actions)}, suite, estate).failing
            if failing and others.policies:
                theirs, own = (
                    proof_in(account, {**claim, "allow": list(failing)}, each, estate).failing
                    for each in (others, ours)
                )
                failing = tuple(action for action in failing if action not in theirs or action in own)
            proof = proof_in(account, {**claim, "allow": list(failing)}, suite, estate) if failing else None
            if proof is not None and proof.counterexample is not None:
                example = in_words({**proof.counterexample, "context": {}})
                yield LockOut(role.rpartition(":")[2], names[account], proof.failing, example)


def _denied_by(names: Collection[str], suite: Suite) -> tuple[Attached, ...]:
    """What some of the policies deny, beside FullAWSAccess everywhere: so it is before any change."""
    found = []
    for policy in suite.policies:
        if policy.name in names:
            denied = [each for each in statements_of(policy.document) if each.get("Effect") == "Deny"]
            found.append(replace(policy, document={**policy.document, "Statement": denied}, replaces_full_access=False))
    return tuple(found)


def _context(estate: Estate) -> dict[str, str]:
    """A request as our roles make it: in the home region, over TLS, from inside."""
    return {
        "aws:RequestedRegion": estate.home_region,
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "false",
    }


def _with_newcomers(organization: Organization) -> Organization:
    """With an account in each unit that holds none: a new or moved account must not be the first to find out."""
    held = organization.accounts_in
    empty = [unit for unit in organization.units if not any(held[below] for below in organization.below(unit))]
    new = {f"{unit} (a new account)": Account(f"{unit} (a new account)", "", "", unit) for unit in empty}
    return replace(organization, accounts={**organization.accounts, **new})


def _needs(organization: Organization) -> Iterator[tuple[str, tuple[str, ...], list[str]]]:
    """(role ARN pattern, actions, account keys)."""
    members = sorted(key for key in organization.accounts if key != organization.management)
    sets: dict[str, set[str]] = {}
    own: dict[str, set[str]] = {}
    for deployment in organization.deployments.values():
        accounts = deployment.accounts or organization.members(deployment.target)
        for account in accounts:
            (own if deployment.accounts else sets).setdefault(account, set()).update(_writes(deployment))
    for account in (organization.log_archive, organization.security_tooling):
        own.setdefault(account, set()).update(_applied())
    deployed = {*_stacks(), *(action for actions in (*sets.values(), *own.values()) for action in actions)}
    for role in organization.exempt_roles:
        if role.endswith(f"/{organization.member_role}"):
            yield from _alike(role, own, members)
        elif role.endswith("/stacksets-exec-*"):
            yield from _alike(role, sets, members)
        elif not role.endswith("/landing-*"):  # what blueprints make for services; they need no more than they say
            yield role, tuple(sorted(deployed)), members


def _alike(
    role: str, needed: Mapping[str, set[str]], members: Collection[str]
) -> Iterator[tuple[str, tuple[str, ...], list[str]]]:
    """The accounts in which a role needs the same, together."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for account in members:
        if account in needed:
            groups.setdefault(tuple(sorted(needed[account])), []).append(account)
    for actions, accounts in groups.items():
        yield role, actions, accounts


def _applied() -> tuple[str, ...]:
    """What `apply` writes in member accounts."""
    [actions] = [s["Action"] for s in apply_policy()["Statement"] if s["Sid"] == "Write"]
    return tuple(a for a in actions if a.partition(":")[0] not in MANAGEMENT_ONLY and catalog.action(a))


def _writes(deployment: Deployment) -> Iterator[str]:
    """The write actions named like the resources of a template, and those on stacks."""
    yield from _stacks()
    resources = deployment.template.get("Resources") or {}
    assert isinstance(resources, dict)
    for kind in {str(resource["Type"]) for resource in resources.values() if isinstance(resource, dict)}:
        owner, *names = kind.lower().split("::")
        if owner == "aws" and len(names) == 2:  # others are made by what somebody else has registered
            service, noun = names
            yield from (action.text for action in catalog.expand(f"{SERVICES.get(service, service)}:*{noun}*[write]"))


def _stacks() -> Iterator[str]:
    return (action.text for action in catalog.expand("cloudformation:*Stack[write]"))
