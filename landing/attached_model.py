"""What is attached where while changes are made, one write at a time, without asking AWS."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from landing.config.packs import size_limit, size_of
from landing.in_force import State
from landing.kinds.attachments import swap
from landing.kinds.making_room import Room, denies_only, find_room, merged
from landing.kinds.policy import HOLDS
from landing.model import Attributes, Change
from landing.organization import Organization
from landing.policy import RCP, SCP
from landing.policy.limits import LIMITS

SLOTS = {policy_type: LIMITS[policy_type].attached for policy_type in (SCP, RCP)}
"""Policies of a type that can be attached to a node."""


class Model:
    """What is attached where while changes are made; `states` steps through a change, one write at a time."""

    def __init__(
        self,
        before: State,
        types: Mapping[str, str],
        slots: Mapping[str, int] = SLOTS,
        organization: Organization | None = None,
    ) -> None:
        self.policies: dict[str, Attributes] = dict(before.policies)
        self.attached = {node: list(policies) for node, policies in before.attached.items()}
        self.units = dict(before.units)
        self._types, self._slots, self._organization = types, slots, organization
        self._full: list[str] = []

    def states(self, change: Change) -> Iterator[None]:
        """Make a change; yields after each write that a request could notice."""
        name = change.address.name
        match change.address.kind:
            case "policy":
                if change.after is None:
                    self.policies.pop(name, None)
                else:
                    self.policies[name] = change.after
                yield
            case "account" if change.after and "unit" in change.after:
                self.units[name] = change.after["unit"]
                yield
            case "attachments":
                yield from self._swapped(name, change)

    def _swapped(self, node: str, change: Change) -> Iterator[None]:
        writes: list[list[str]] = []
        here = self.attached.setdefault(node, [])

        def attach(key: str, must: bool) -> bool:
            if key in here:
                return True
            same = [other for other in here if self._types.get(other) == self._types.get(key)]
            room = len(same) < self._slots.get(self._types.get(key, ""), len(same) + 1)
            if room or must:
                here.append(key)
                writes.append(list(here))
            return room or must

        def detach(key: str) -> None:
            if key in here:
                here.remove(key)
                writes.append(list(here))

        def spare(candidates: Sequence[str], attached: Collection[str]) -> str:
            found = self._room(node, candidates, attached, after - set(attached))
            if found is None:  # which apply refuses
                return candidates[-1]
            # What another policy carries is blocked as if it were attached already.
            here.extend(found.carried)
            writes.append(list(here))
            return found.detached

        after = set((change.after or {}).get("policies", ()))
        swap(change, self._types, attach=attach, detach=detach, spare=spare)
        for state in writes:
            self.attached[node] = state
            yield

    def _room(
        self, node: str, candidates: Sequence[str], attached: Collection[str], missing: Collection[str]
    ) -> Room | None:
        if self._organization is None:
            return None
        organization = self._organization

        def fits(carrier: str, carried: tuple[str, ...]) -> bool:
            documents = [self.policies.get(key, {}).get("content") for key in (carrier, *carried)]
            if not all(documents) or sum(carrier in here for here in self.attached.values()) != 1:
                return False
            size = size_of(organization, merged(filter(None, documents)))
            return all(map(denies_only, filter(None, documents))) and size <= size_limit(
                organization, self._types[carrier]
            )

        wanted = organization.guarded.get(node, ())
        return find_room(candidates, attached, missing, wanted, holds=self._holds, fits=fits)

    def _holds(self, key: str) -> tuple[str, ...]:
        return tuple(self.policies.get(key, {}).get(HOLDS, ())) or (key,)
