"""What a service keeps: one state for each account in a Region, made when first asked for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from landing.sandbox.services.call import Call
from landing.sandbox.world import World

P = TypeVar("P")


@dataclass(frozen=True, slots=True)
class Places(Generic[P]):
    """The states of a service."""

    service: str
    kind: type[P]

    def at(self, world: World, account: str, region: str) -> P:
        """That of an account in a Region."""
        return world.state(self.service, account, region, self.kind)

    def here(self, call: Call) -> P:
        """The caller's."""
        return self.at(call.world, call.account, call.region)

    def every(self, world: World) -> Iterator[tuple[str, str, P]]:
        """Account, Region and state, of those that there are."""
        for (account, region), state in list(world.states.get(self.service, {}).items()):
            yield account, region, state
