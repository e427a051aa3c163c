"""One policy carries statements of others at a target without a free slot, until they are attached."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from functools import partial

from landing.aws import Aws
from landing.core.errors import ApplyFailed
from landing.policy.limits import compact, size_limit
from landing.services.organizations.making_room import denies_only, find_room, merged


class Carrying:
    """Makes room at one target; `end` gives policies that carry statements of others their own text again."""

    def __init__(self, aws: Aws, node: str, target: str, after: Collection[str]) -> None:
        self._aws, self._node, self._target = aws, node, target
        self._after = frozenset(after)
        self._texts: dict[str, str] = {}

    def make_room(self, candidates: Sequence[str], attached: Collection[str]) -> str:
        """The policy to detach; raises ApplyFailed when a guardrail would be nowhere for a moment."""
        wanted = set(self._aws.organization.guarded.get(self._node, ()))
        missing = self._after - set(attached)
        holds = partial(_holds, self._aws)
        found = find_room(candidates, attached, missing, wanted, holds=holds, fits=self._fits)
        if found is None:
            raise ApplyFailed(
                f"no slot is free at {self._node} for what takes the place of {candidates[-1]}, no policy there has "
                "room for its statements meanwhile, and without it guardrails would be missing for a moment; detach a "
                "policy there that you can do without, and apply again"
            )
        if found.carried:
            self._texts.setdefault(found.carrier, self._text(found.carrier))
            self._write(found.carrier, self._both(found.carrier, found.carried))
        return found.detached

    def end(self) -> None:
        """To be called when everything is attached."""
        for key, text in self._texts.items():
            self._write(key, text)

    def _fits(self, carrier: str, carried: tuple[str, ...]) -> bool:
        policy = self._aws.tree.policies.get(carrier)
        if policy is None or policy.aws_managed or set(self._aws.tree.targets(policy)) != {self._target}:
            return False
        if not all(denies_only(json.loads(self._text(key))) for key in (carrier, *carried)):
            return False
        both = self._both(carrier, carried)
        return len(both) <= size_limit(self._aws.organization.limits, policy.type)

    def _both(self, carrier: str, carried: tuple[str, ...]) -> str:
        return compact(merged(json.loads(self._text(key)) for key in (carrier, *carried)))

    def _text(self, key: str) -> str:
        return self._aws.tree.content(self._aws.tree.policies[key])

    def _write(self, key: str, text: str) -> None:
        policy_id = self._aws.tree.policies[key].id
        self._aws.client("organizations").update_policy(PolicyId=policy_id, Content=text)
        self._aws.tree.forget_policy(policy_id)


def _holds(aws: Aws, key: str) -> tuple[str, ...]:
    """The guardrails that a live policy has all of."""
    policy = aws.tree.policies.get(key)
    return policy.holds or (key,) if policy else ()
