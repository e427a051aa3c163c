"""The guardrails of the config at their places, and its organization as tests and proofs take it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.core import references
from landing.organization import ROOT, Organization, Pack, node_of
from landing.organization.logs import bucket_patterns, key_aliases
from landing.policy import SCP
from landing.policy.merge import pieces_of
from landing.policy.outline import account_ids
from landing.policy.testing import Attached, Estate
from landing.policy.testing.suite import FULL_ACCESS, FULL_ACCESS_DOCUMENT

_ORGANIZATION_ID = "o-example0000"
_ROOT_ID = "r-exam"


def declared(organization: Organization, estate: Estate) -> tuple[Attached, ...]:
    """Every guardrail with its ids filled in, attached as the config says; FullAWSAccess where it stays.

    Those of others are among them once AWS was asked.

    Packs are proved to say what their guardrails say, so that these stand in their place, by their own names.
    """
    everything = [unit for unit in (ROOT, *organization.units) if organization.full_access(node_of(unit))]
    everything += [
        estate.keys[node.partition("/")[2]]
        for node in organization.guarded
        if node.startswith("account/") and organization.full_access(node)
    ]
    places: dict[str, list[str]] = {}
    for node, guardrails in organization.guarded.items():
        for key in guardrails:
            places.setdefault(key, []).append(_place(node, estate))
    ids = ids_of(estate)
    found = [full_access(everything)]
    for guardrail in organization.guardrails.values():
        document = references.resolve(dict(guardrail.document), ids)
        at = tuple(places.get(guardrail.key, ()))
        found.append(Attached(guardrail.key, document, guardrail.type, at, replaces_full_access=guardrail.type == SCP))
    found += _of_others(organization, estate, ids)
    return tuple(found)


def _of_others(organization: Organization, estate: Estate, ids: Mapping[str, str]) -> Iterator[Attached]:
    """Policies of others, once AWS was asked: they are in force beside ours, and FullAWSAccess stays as declared."""
    for policy in organization.foreign:
        nodes = [node for node in policy.nodes if organization.manages(node)]
        at = tuple(_place(node, estate) for node in nodes if _known_to(estate, node))
        if policy.document is not None and at:
            document = references.resolve(dict(policy.document), ids)
            yield Attached(str(policy), document, policy.type, at, policy.type == SCP)


def _known_to(estate: Estate, node: str) -> bool:
    return not node.startswith("account/") or node.removeprefix("account/") in estate.keys


def _place(node: str, estate: Estate) -> str:
    """A node as estates name it: the root, a unit by its key, an account by its id."""
    kind, _, key = node.partition("/")
    return estate.keys[key] if kind == "account" else key or ROOT


def full_access(nodes: Iterable[str]) -> Attached:
    """AWS's own SCP that allows everything, at its places."""
    return Attached(FULL_ACCESS, FULL_ACCESS_DOCUMENT, SCP, tuple(nodes))


def resolved(patterns: Iterable[str], keys: Mapping[str, str]) -> tuple[str, ...]:
    """Patterns of ARNs with account ids, by key, in place of references."""
    ids = {references.account_id(key): account for key, account in keys.items()}
    return tuple(references.resolve(pattern, ids) for pattern in patterns)


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
        roles={name: ids[key] for name, key in role_accounts(organization).items()},
        keys=ids,
        exempt_roles=organization.exempt_roles,
        admitted_roles=resolved(organization.admitted_roles, ids),
        log_buckets=bucket_patterns(organization.log_buckets, organization.existing_log_buckets),
        log_key_aliases=key_aliases(organization.log_key),
        root_id=_ROOT_ID,
        unit_ids={unit: f"ou-exam-{number:08d}" for number, unit in enumerate(organization.units)},
    )


def guardrails_in(organization: Organization, pack: Pack) -> Iterator[tuple[str, dict[str, Any]]]:
    """The guardrails of a pack with their documents: of one that is split, the statements that are in the pack."""
    for key in pack.guardrails:
        document = dict(organization.guardrails[key].document)
        if key not in pack.entries:
            numbers = {int(entry.partition(":")[2]) for entry in pack.entries if entry.startswith(f"{key}:")}
            own = (piece for piece in pieces_of(key, document) if piece.number in numbers)
            document["Statement"] = [dict(piece.statement) for piece in own]
        yield key, document


def role_accounts(organization: Organization) -> dict[str, str]:
    """Account keys by the part that the account plays."""
    return {role: key for role, key in organization.roles.items() if role != "management"}
