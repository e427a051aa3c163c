"""Policies at their places: those that the config attaches, in the organization that it means."""

from __future__ import annotations

from collections.abc import Iterable

from landing import references
from landing.kinds.attachments import FULL_ACCESS, SCP, Attachments
from landing.organization import ROOT, Organization
from landing.policy.testing import Attached, Estate

_ORGANIZATION_ID = "o-example0000"
_ROOT_ID = "r-exam"
_FULL_ACCESS = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


def declared(organization: Organization, estate: Estate) -> tuple[Attached, ...]:
    """Every guardrail with its ids filled in, attached as the config says; FullAWSAccess where it stays."""
    places: dict[str, list[str]] = {}
    for resource in Attachments().desired(organization):
        kind, _, key = resource.address.name.partition("/")
        node = estate.keys[key] if kind == "account" else key or ROOT
        for policy in resource.attributes["policies"]:
            places.setdefault(policy, []).append(node)
        if kind == "account" and organization.accounts[key].full_access:
            places.setdefault(FULL_ACCESS, []).append(node)
    ids = ids_of(estate)
    found = [full_access(places.get(FULL_ACCESS, ()))]
    for guardrail in organization.guardrails.values():
        document = references.resolve(dict(guardrail.document), ids)
        at = tuple(places.get(guardrail.key, ()))
        found.append(Attached(guardrail.key, document, guardrail.type, at, replaces_full_access=guardrail.type == SCP))
    return tuple(found)


def full_access(nodes: Iterable[str]) -> Attached:
    """AWS's own SCP that allows everything, at its places."""
    return Attached(FULL_ACCESS, _FULL_ACCESS, SCP, tuple(nodes))


def ids_of(estate: Estate) -> dict[str, str]:
    """What the references in documents stand for."""
    return {
        **{references.account_id(key): account for key, account in estate.keys.items()},
        references.ORGANIZATION_ID: estate.id,
    }


def estate_of(organization: Organization) -> Estate:
    """The organization as tests take it; accounts whose ids are not in the config get some that nobody has."""
    ids = account_ids(organization)
    return Estate(
        id=organization.id or _ORGANIZATION_ID,
        management=ids[organization.management],
        accounts={ids[key]: organization.path(account.unit)[1:] for key, account in organization.accounts.items()},
        home_region=organization.home_region,
        governed_regions=organization.governed_regions,
        partition=organization.partition,
        roles={
            "log_archive": ids[organization.log_archive],
            "security_tooling": ids[organization.security_tooling],
        },
        keys=ids,
        exempt_roles=organization.exempt_roles,
        root_id=_ROOT_ID,
        unit_ids={unit: f"ou-exam-{number:08d}" for number, unit in enumerate(organization.units)},
    )


def account_ids(organization: Organization) -> dict[str, str]:
    """Account ids by key: those of the config, and made up ones for accounts that do not say theirs."""
    taken = {account.id for account in organization.accounts.values()}
    free = (text for number in range(1, 10**6) if (text := f"{number:012d}") not in taken)
    return {key: account.id or next(free) for key, account in organization.accounts.items()}
