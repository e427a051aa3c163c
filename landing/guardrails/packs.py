"""Policies as they are: those of others, and packs.

Which guardrail lives in which policy is remembered by the tags of the policies alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from landing.aws import EVALUATED, FULL_ACCESS, SCP, Aws, translated
from landing.config.packs import settle
from landing.core.errors import AwsError
from landing.core.model import ORGANIZATION, Address, Change, Resource
from landing.organization import ROOT, ForeignPolicy, Organization, node_of
from landing.organization.owners import owner_of
from landing.organization.resources import ATTACHMENTS, HOLDS, POLICY, policies_of
from landing.policy.attachment import has_list


def as_held(
    organization: Organization, aws: Aws, planned: Iterable[Change] = (), *, repack: bool = False
) -> Organization:
    """The organization with the packs that AWS has, and what is new put where there is room.

    `planned` are the changes of a saved plan, which has decided already. What cannot be read is left to the kinds,
    which report it: it is the same organization then, as it is when nothing is packed.
    """
    if not organization.packed:
        return organization
    try:
        with translated(ORGANIZATION):
            held: dict[str, Sequence[str]] = {key: policy.holds for key, policy in aws.tree.policies.items()}
            organization = with_others(organization, aws, documents=False)
    except AwsError:
        return organization
    for change in planned:
        if change.address.kind == POLICY and (change.after is None or HOLDS in change.after):
            held[change.address.name] = (change.after or {}).get(HOLDS, ())
    return _settled(organization, held, repack=repack)


def as_read(organization: Organization, live: Mapping[Address, Resource], *, repack: bool = False) -> Organization:
    """The organization, with the policies of others in it, with the packs that there were when policies were read."""
    if not organization.packed:
        return organization
    policies = {address.name: each.attributes for address, each in live.items() if address.kind == POLICY}
    return _settled(organization, {key: each.get(HOLDS, ()) for key, each in policies.items()}, repack=repack)


def with_others(organization: Organization, aws: Aws, *, documents: bool = True) -> Organization:
    """The organization with the policies of others that AWS has: they take slots, and act on the accounts.

    The `documents` of those that decide over requests are asked for one by one (2 a second).
    """
    tree = aws.tree
    theirs = [policy for policy in tree.policies.values() if not policy.aws_managed and not tree.concerns(policy)]
    found = (
        ForeignPolicy(
            each.id,
            each.name,
            each.type,
            tree.nodes(each),
            Address(POLICY, each.key),
            owner=str(owner_of(each.name, tree.tags_of(each.id)) or ""),
        )
        for each in theirs
        if tree.targets(each)
    )
    foreign = tuple(found)
    if documents:
        foreign = tuple(
            replace(each, document=aws.tree.document(each.id)) if each.type in EVALUATED else each for each in foreign
        )
    return replace(organization, foreign=foreign)


def with_full_access(organization: Organization, desired: Mapping[Address, Resource]) -> Organization:
    """The organization, knowing where FullAWSAccess is not and is left so: what is wanted there was made as found."""
    found = (
        address.name
        for address, each in desired.items()
        if address.kind == ATTACHMENTS and FULL_ACCESS not in policies_of(each.attributes)
    )
    return replace(organization, bare=frozenset(node for node in found if _is_read(organization, node)))


def with_full_access_now(organization: Organization, aws: Aws, changes: Iterable[Change]) -> Organization:
    """The same where attachments were not compared: asked of each unit, which a run has mostly done already."""
    tree = aws.tree
    if tree.policy_types.get(SCP) != "ENABLED":
        return organization
    coming = {
        change.address.name
        for change in changes
        if change.address.kind == ATTACHMENTS and FULL_ACCESS in policies_of(change.after)
    }
    units = (unit for unit in (ROOT, *organization.units) if unit == ROOT or unit in tree.units)
    bare = {node_of(unit) for unit in units if not tree.full_access(tree.node_id(unit))}
    return replace(organization, bare=frozenset(bare - coming))


def _is_read(organization: Organization, node: str) -> bool:
    """Whether FullAWSAccess is asked for at a node, and left as it is found."""
    left_out = organization.declared_full_access(node) is None
    return left_out and (not node.startswith("account/") or has_list(organization, node))


def _settled(organization: Organization, held: Mapping[str, Sequence[str]], *, repack: bool) -> Organization:
    return settle(organization, {key: entries for key, entries in held.items() if entries}, repack=repack)
