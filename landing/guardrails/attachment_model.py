"""What is attached where while changes are made, one write at a time, without asking AWS."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from landing.core.model import Attributes, Change
from landing.guardrails.in_force import State
from landing.organization import Organization, resources
from landing.policy.attachment import Room, denies_only, find_room, merged, swap
from landing.policy.attachment_slots import room
from landing.policy.limits import LIMITS, size_limit
from landing.policy.size import size_of


class Model:
    """What is attached where while changes are made; `states` steps through a change, one write at a time.

    Without an organization there is room for everything.
    """

    def __init__(
        self,
        before: State,
        types: Mapping[str, str],
        organization: Organization | None = None,
    ) -> None:
        self.policies: dict[str, Attributes] = dict(before.policies)
        self.attached = {node: list(policies) for node, policies in before.attached.items()}
        self.units = dict(before.units)
        self._types, self._organization = types, organization
        self.stuck: list[tuple[str, str]] = []
        """The nodes at which AWS, or `apply`, refuses a policy, with the policy: there is no room for it."""
        self._full: list[str] = []

    def states(self, change: Change) -> Iterator[None]:
        """Make a change; yields after each write that a request could notice."""
        name = change.address.name
        match change.address.kind:
            case resources.POLICY:
                if change.after is None:
                    self.policies.pop(name, None)
                else:
                    self.policies[name] = change.after
                yield
            case resources.ACCOUNT | resources.RELEASE if change.after and "unit" in change.after:
                self.units[name] = change.after["unit"]
                yield
            case resources.ATTACHMENTS:
                yield from self._swapped(name, change)

    def _swapped(self, node: str, change: Change) -> Iterator[None]:
        writes: list[list[str]] = []
        here = self.attached.setdefault(node, [])

        def attach(key: str, must: bool) -> bool:
            if key in here:
                return True
            free = self._free(node, self._types.get(key, ""))
            if must and not free:
                self.stuck.append((node, key))
            if free or must:
                here.append(key)
                writes.append(list(here))
            return free or must

        def detach(key: str) -> None:
            if key in here:
                here.remove(key)
                writes.append(list(here))

        def spare(candidates: Sequence[str], attached: Collection[str]) -> str:
            found = self._room(node, candidates, attached, after - set(attached))
            if found is None:  # which apply refuses
                self.stuck.append((node, candidates[-1]))
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

    def _free(self, node: str, policy_type: str) -> bool:
        """Whether one more policy of a type can be attached to a node."""
        if self._organization is None or policy_type not in LIMITS:
            return True
        same = [other for other in self.attached[node] if self._types.get(other) == policy_type]
        return len(same) < room(self._organization, node, policy_type)

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
                organization.limits, self._types[carrier]
            )

        wanted = organization.guarded.get(node, ())
        return find_room(candidates, attached, missing, wanted, holds=self._holds, fits=fits)

    def _holds(self, key: str) -> tuple[str, ...]:
        return tuple(self.policies.get(key, {}).get(resources.HOLDS, ())) or (key,)
