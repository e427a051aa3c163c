"""The guardrails of targets that say `pack: true`, put together in as few policies as the limits allow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from landing.core.model import Severity
from landing.organization import Organization, Pack
from landing.policy.attachment_slots import slots
from landing.policy.bin_packing import Room, entries, pack
from landing.policy.limits import size_limit
from landing.policy.merge import Piece, document, merge, pieces_of
from landing.policy.size import numbered

SHORT = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
"""The types of policies that are packed, as the keys of packs have them."""

PREFIX = "pack/"
LONGEST_NODE = 90
"""Characters; a name in AWS has no more than 128."""
LONGEST_DESCRIPTION = 500


def settle(
    organization: Organization, previous: Mapping[str, Sequence[str]] | None = None, *, repack: bool = False
) -> Organization:
    """The organization with its packs.

    `previous` has the entries of the packs that there are, by their keys: what is in one stays there. With
    `repack` it stays only if that costs no policy.
    """
    packs = (
        found
        for node in organization.packed
        for policy_type in SHORT
        for found in _of_node(organization, node, policy_type, previous or {}, repack=repack)
    )
    return replace(organization, packs={found.key: found for found in packs})


def _of_node(
    organization: Organization, node: str, policy_type: str, previous: Mapping[str, Sequence[str]], *, repack: bool
) -> Iterator[Pack]:
    here = [key for key in organization.guarded.get(node, ()) if organization.guardrails[key].type == policy_type]
    documents = {key: dict(organization.guardrails[key].document) for key in here}
    whole = {key: pieces_of(key, document) for key, document in documents.items()}
    symbolic = {key: pieces for key, pieces in whole.items() if pieces}
    if not symbolic:
        return
    pieces = {key: pieces_of(key, numbered(organization, documents[key])) for key in symbolic}
    prefix = f"{PREFIX}{_shortened(node)}/{SHORT[policy_type]}-"
    free = slots(organization, node, policy_type) - (len(here) - len(symbolic)) - 1
    room = Room(size_limit(organization.limits, policy_type), max(free, 1))
    before = {int(key.removeprefix(prefix)): held for key, held in previous.items() if _is_numbered(key, prefix)}
    packing = pack(pieces, room, policy_type, before, repack=repack)
    for number, held in packing.bins.items():
        ids = {piece.id for piece in held}
        own = [piece for key in sorted(symbolic) for piece in symbolic[key] if piece.id in ids]
        yield _pack(organization, f"{prefix}{number}", node, own, held=entries(own, symbolic), apart=packing.apart)


def _pack(
    organization: Organization,
    key: str,
    node: str,
    pieces: Sequence[Piece],
    *,
    held: tuple[str, ...],
    apart: frozenset[tuple[str, int]],
) -> Pack:
    merged = merge(pieces, apart)
    guardrails = [organization.guardrails[name] for name in dict.fromkeys(piece.guardrail for piece in pieces)]
    listed = ", ".join(held)
    cut = listed if len(listed) <= LONGEST_DESCRIPTION else listed[: LONGEST_DESCRIPTION - 2].rpartition(",")[0] + ", …"
    return Pack(
        key=key,
        node=node,
        type=guardrails[0].type,
        description=f"Holds: {cut}",
        document=document(merged),
        entries=held,
        origins=tuple(tuple(map(str, each.pieces)) for each in merged),
        severity=min((Severity(each.severity) for each in guardrails), key=lambda severity: severity.rank).value,
        controls=tuple(dict.fromkeys(control for each in guardrails for control in each.controls)),
        source=organization.packed[node],
    )


def _is_numbered(key: str, prefix: str) -> bool:
    return key.startswith(prefix) and key.removeprefix(prefix).isdigit()


def _shortened(node: str) -> str:
    if len(node) <= LONGEST_NODE:
        return node
    return f"{node[: LONGEST_NODE - 9]}-{hashlib.sha256(node.encode()).hexdigest()[:8]}"
