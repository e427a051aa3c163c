"""A guardrail against the services that nobody uses under a unit: its folder, what it does, and the proof of that.

It denies each service as a whole to everybody but the exempt roles. That nothing else becomes denied is no guess: the
policies in force before and after are compared over all requests (`landing.policy.effects`), and that every request
for a denied service is blocked is proved (`landing.policy.prover`).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from landing.aws.access_report import Used
from landing.core import references
from landing.core.errors import LandingError
from landing.organization import Organization
from landing.policy import SCP, catalog, effect
from landing.policy.coverage import beyond_scps
from landing.policy.declared import declared, estate_of, ids_of, resolved
from landing.policy.limits import LIMITS, compact
from landing.policy.prover import PROVED
from landing.policy.testing import Attached, Suite
from landing.policy.testing.claims import proof_in
from landing.policy.testing.requests import principals_of
from landing.policy.testing.suite import levels

KEPT = frozenset({"account", "health", "iam", "organizations", "signin", "sso", "sts", "support"})
"""Never denied, used or not: by these people get in, and get help."""

NAME = "deny-unused-services"
SID = "UnusedServices"


def unused(rows: Iterable[Used], now: datetime, days: int) -> list[Used]:
    """Those that nobody has tried for so many days, as far as AWS remembers, and that a guardrail can deny."""
    since = now - timedelta(days=days)
    old = (each for each in rows if each.last is None or each.last < since)
    return [each for each in old if each.service not in KEPT and _actions(each.service)]


def document(services: Collection[str], exempt: Sequence[str]) -> dict[str, Any]:
    """The policy; `exempt` are patterns of the ARNs of roles."""
    statement = {
        "Sid": SID,
        "Effect": "Deny",
        "Action": [_whole(service) for service in sorted(services)],
        "Resource": "*",
        "Condition": {"ArnNotLike": {"aws:PrincipalArn": list(exempt)}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _whole(service: str) -> str:
    """All of a service; where it has a single action, that one, which says the same."""
    actions = _actions(service)
    return actions[0] if len(actions) == 1 else f"{service}:*"


def folder(found: Sequence[Used], rows: Iterable[Used], unit: str, days: int, now: datetime) -> dict[str, str]:
    """`policy.json`, `metadata.yaml` and `cases.yaml`, as docs/extending.md has them."""
    services = [each.service for each in found]
    gone = {*services}
    tried = [action for service in services for action in _some(service)]
    kept = [action for each in rows if each.service not in gone for action in _some(each.service)]
    about = (
        f"Of the services that the policies in force let {unit} use, those that no account there has tried to use for "
        f"{days} days, by IAM's report of {now:%Y-%m-%d}."
    )
    metadata = {
        "title": "Services that nobody uses stay unused",
        "description": about,
        "type": SCP,
        "severity": "medium",
        "controls": ["nist-csf-2.0:PR.AA-05", "nist-800-53-r5:AC-6"],
        "references": ["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed-view-data-orgs.html"],
    }  # fmt: skip
    cases: list[dict[str, Any]] = [
        {"try": tried, "as": "role/Developer", "expect": "denied", "by": SID},
        {"try": tried, "as": "exempt", "expect": "not-denied"},
    ]
    if kept:
        cases.append({"try": kept, "as": "role/Developer", "expect": "not-denied"})
    return {
        "policy.json": json.dumps(document(services, ["{{ exempt_roles }}"]), indent=2) + "\n",
        "metadata.yaml": "".join(f"{key}: {json.dumps(value)}\n" for key, value in metadata.items()),
        "cases.yaml": "".join(f"- {json.dumps(case)}\n" for case in cases),
    }


def _actions(service: str) -> list[str]:
    """The actions of it that SCPs are about; none where nobody knows the service by this name."""
    actions = sorted(action.text for action in catalog.expand(f"{service}:*"))
    return [action for action in actions if not beyond_scps(action.lower())]


def _some(service: str) -> list[str]:
    """One or two: so that a policy that denies one of them alone fails."""
    actions = _actions(service)
    return [*dict.fromkeys((*actions[:1], *actions[-1:]))]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What it does at its place: `denied` services by how many actions, for how many accounts; `wrong` in words."""

    denied: Mapping[str, int]
    accounts: int
    proved: bool
    wrong: tuple[str, ...]


def judged(organization: Organization, services: Collection[str], unit: str, name: str = NAME) -> Verdict:
    """The guardrail beside what the config attaches. LandingError where it is longer than AWS takes."""
    estate = estate_of(organization)
    exempt = resolved(organization.exempt_roles, estate.keys)
    text = references.resolve(document(services, exempt), ids_of(estate))
    if (size := len(compact(text))) > LIMITS[SCP].size:
        limit = f"the policy would have {size:,} characters, and AWS takes {LIMITS[SCP].size:,}"
        raise LandingError(f"{limit}: deny fewer, by more --days, or where policies let less be used")
    others = tuple(policy for policy in declared(organization, estate) if policy.name != name)
    with_it = (*others, Attached(name, text, SCP, (unit,), replaces_full_access=True))
    below = [account for account in estate.below([unit]) if account != estate.management]
    suite = Suite("", Path(), tuple(policy for policy in with_it if policy.type == SCP))
    denied: Counter[str] = Counter()
    wrong: list[str] = []
    proved = bool(below)
    for account in suite.accounts(estate, below):
        before, after = (levels(policies, estate.path(account), SCP) for policies in (others, with_it))
        found = effect(before, after, {"account": account, "partition": estate.partition})
        becomes = Counter(_service(action) for change in found.denied for action in {*change.actions})
        denied |= Counter({service: number for service, number in becomes.items() if service in services})
        wrong += [f"{service} becomes denied too" for service in becomes if service not in services]
        wrong += [f"{action} becomes permitted" for change in found.permitted for action in change.actions]
        wrong += [f"{each.actions[0]}: {each.reason}" for each in found.undetermined]
        claim = {
            "deny": [f"{each}:*" for each in sorted(services)],
            "partition": estate.partition,
            "exceptPrincipals": list(principals_of("exempt", account, estate)),
            "context": {},
        }
        proved = proved and proof_in(account, claim, suite, estate, SCP).result == PROVED
    return Verdict(dict(denied), len(below), proved, tuple(dict.fromkeys(wrong)))


def _service(action: str) -> str:
    return action.partition(":")[0]
