"""Resource shares, and who sees them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.places import Places
from landing.sandbox.world import World

PRINCIPAL = "ram.amazonaws.com"
ACCOUNT = re.compile(r"\d{12}")


@dataclass(slots=True)
class Share:
    """A resource share of an account in a Region."""

    arn: str
    name: str
    owner: str
    external: bool
    """Whether accounts outside the organization may be principals."""
    created: datetime
    updated: datetime
    tags: dict[str, str]
    retain: bool = False
    status: str = "ACTIVE"
    associations: dict[tuple[str, str], Association] = field(default_factory=dict)
    """By kind (PRINCIPAL, RESOURCE) and entity."""


@dataclass(slots=True)
class Association:
    """A principal or a resource of a share."""

    kind: str
    entity: str
    status: str
    external: bool
    created: datetime
    updated: datetime


@dataclass(slots=True)
class Shares:
    """An account in a Region."""

    by_arn: dict[str, Share] = field(default_factory=dict)


PLACES = Places("ram", Shares)
at = PLACES.at


def own(call: Call) -> Share:
    """The caller's share that the call names."""
    arn = call.get("resourceShareArn") or ""
    if not re.fullmatch(r"arn:[^:]+:ram:[^:]+:\d{12}:resource-share/\S+", arn):
        raise malformed(arn)
    found = at(call.world, call.account, call.region).by_arn.get(arn)
    if found is None:
        raise Refusal("UnknownResourceException", f"ResourceShare {arn} could not be found.")
    return found


def seen(call: Call) -> Iterator[Share]:
    """The shares that the call is about: the caller's, or those of others that the caller is a principal of."""
    if call["resourceOwner"] == "SELF":
        yield from at(call.world, call.account, call.region).by_arn.values()
        return
    yield from (share for region, share in reaching(call.world, call.account) if region == call.region)


def reaching(world: World, account: str) -> Iterator[tuple[str, Share]]:
    """Region and share, of the shares of others that the account is a principal of."""
    mine = _names(world, account)
    for (owner, region), shares in list(world.states.get("ram", {}).items()):
        for share in shares.by_arn.values() if owner != account else ():
            entities = {a.entity for a in share.associations.values() if a.status == "ASSOCIATED"}
            if share.status == "ACTIVE" and entities & mine:
                yield region, share


def _names(world: World, account: str) -> set[str]:
    """What a share can name to reach the account: itself, its organization, the units above it."""
    names = {account}
    organization = accounts.organization_of(world, account)
    if organization is not None and PRINCIPAL in organization.services:
        place = f"arn:{world.partition}:organizations::{organization.management_account}"
        path = organization.path(organization.members[account].parent)
        names |= {f"{place}:ou/{organization.id}/{unit}" for unit in path.split("/") if unit.startswith("ou-")}
        names.add(f"{place}:organization/{organization.id}")
    return names


def pick(call: Call, shares: Iterator[Share]) -> list[Share]:
    """Those that the call names, if it names any."""
    wanted = call.get("resourceShareArns")
    return [share for share in shares if not wanted or share.arn in wanted]


def malformed(arn: str) -> Refusal:
    """A MalformedArnException."""
    return Refusal("MalformedArnException", f"The specified resource ARN {arn} is not valid.")


def tags(given: list[dict[str, Any]]) -> dict[str, str]:
    """Tags as they are kept."""
    return {tag["key"]: tag["value"] for tag in given}
