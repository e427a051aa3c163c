"""Packs as they are: which guardrail lives in which policy is remembered by the tags of the policies alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from landing.aws import Aws, translated
from landing.config.packs import settle
from landing.errors import AwsError
from landing.kinds.policy import HOLDS
from landing.model import ORGANIZATION, Address, Change, Resource
from landing.organization import Organization


def remember(aws: Aws, planned: Iterable[Change] = (), *, repack: bool = False) -> None:
    """Give the organization of a connection the packs that AWS has, with what is new put where there is room.

    `planned` are the changes of a saved plan, which has decided already. What cannot be read is left to the kinds,
    which report it: nothing is changed then.
    """
    try:
        with translated(ORGANIZATION):
            held: dict[str, Sequence[str]] = {key: policy.holds for key, policy in aws.tree.policies.items()}
    except AwsError:
        return
    for change in planned:
        if change.address.kind == "policy" and (change.after is None or HOLDS in change.after):
            held[change.address.name] = (change.after or {}).get(HOLDS, ())
    aws.organization = _settled(aws.organization, held, repack=repack)
    aws.tree.forget_policies()


def remembered(organization: Organization, live: Mapping[Address, Resource], *, repack: bool = False) -> Organization:
    """The organization with the packs that there were when policies were read."""
    policies = {address.name: each.attributes for address, each in live.items() if address.kind == "policy"}
    return _settled(organization, {key: each.get(HOLDS, ()) for key, each in policies.items()}, repack=repack)


def _settled(organization: Organization, held: Mapping[str, Sequence[str]], *, repack: bool) -> Organization:
    return settle(organization, {key: entries for key, entries in held.items() if entries}, repack=repack)
