"""Whether guardrails are ever weaker while a plan is applied than both before and after it.

Goes through the steps in the order of the graph on a model of what is attached where. A state is safe if it is seen to
block all that was blocked before, or all that will be; else it is proved, or refuted with a request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from landing.aws import FULL_ACCESS
from landing.core.model import Action, Address, Change, Resource
from landing.engine.order.graph import build
from landing.engine.order.phases import Known, Phase
from landing.guardrails.attachment_model import Model
from landing.guardrails.in_force import Documents, State, ids_for, levels, nodes_to, parents_of, requests_at
from landing.organization import Organization
from landing.organization.resources import GUARDING
from landing.policy import RCP, SCP, weaker
from landing.policy.direction import covers
from landing.policy.testing.requests import in_words
from landing.policy.testing.suite import Levels


@dataclass(frozen=True, slots=True)
class Weakness:
    """A request that is blocked before and after all changes, and passes for a while after one of them.

    Without an `example` it cannot be told, for the reason given.
    """

    address: Address
    account: str
    actions: tuple[str, ...]
    example: str = ""
    reason: str = ""

    def __str__(self) -> str:
        what = self.actions[0] + (f" and {len(self.actions) - 1} more" if len(self.actions) > 1 else "")
        if not self.example:
            return f"on the way, it cannot be told whether {what} stays blocked in {self.account}: {self.reason}"
        return (
            f"on the way, {what}, blocked before and after, passes for a moment in {self.account}, "
            f"e.g. {self.example}: tighten in a plan of its own before"
        )


def weaknesses(
    organization: Organization,
    live: Mapping[Address, Resource],
    changes: Collection[Change],
    account_ids: Mapping[str, str],
) -> Iterator[Weakness]:
    """What is let through on the way, in the order in which the changes are made."""
    guarding = [change for change in changes if change.address.kind in GUARDING]
    if len(guarding) < 2 or all(change.action is Action.CREATE for change in guarding):
        return  # one change has nothing in between, and nobody was there before what is created
    graph = build(changes, Known.of(organization))
    study = _Study(organization, live, guarding, account_ids)
    model = Model(study.before, study.types, organization)
    told: set[Weakness] = set()
    for step in graph.order():
        tightens = (graph.phases[step] or Phase.TIGHTEN) is Phase.TIGHTEN
        for _ in model.states(graph.steps[step]):
            for found in () if tightens else study.found(step.address, model):
                if found not in told:
                    told.add(found)
                    yield found


def sentences(
    organization: Organization,
    live: Mapping[Address, Resource],
    changes: Collection[Change],
    account_ids: Mapping[str, str],
) -> dict[Address, tuple[str, ...]]:
    """What weaknesses there are, in words, by the change after which they show."""
    found: dict[Address, list[str]] = {}
    for weakness in weaknesses(organization, live, changes, account_ids):
        found.setdefault(weakness.address, []).append(str(weakness))
    return {address: tuple(words) for address, words in found.items()}


Signature = tuple[tuple[str, tuple[tuple[str, int], ...] | None], ...]
"""What is attached to the nodes of a path, each policy with the identity of its text."""


class _Study:
    """Both ends, and one account for all that are treated alike at both."""

    def __init__(
        self,
        organization: Organization,
        live: Mapping[Address, Resource],
        changes: Collection[Change],
        account_ids: Mapping[str, str],
    ) -> None:
        self._organization = organization
        self._parents = parents_of(organization, live)
        ids, self._account_ids = ids_for(organization, account_ids)
        self._documents = Documents(ids)
        self.before = State.of({address: resource.attributes for address, resource in live.items()})
        model = Model(self.before, {})
        for change in changes:
            for _ in model.states(change):
                pass
        versions = [*self.before.policies.items(), *model.policies.items()]
        self.types = {FULL_ACCESS: SCP, **{name: policy["type"] for name, policy in versions}}
        start = Model(self.before, {})
        alike: dict[object, str] = {}
        for account, unit in self.before.units.items():
            if account != organization.management and account in model.units:
                own = (start.attached.get(f"account/{account}"), model.attached.get(f"account/{account}"))
                alike.setdefault((unit, model.units[account], str(own)), account)
        self._ends = {
            account: [(self._signature(each, account), self._levels(each, account)) for each in (start, model)]
            for account in alike.values()
        }
        self._safe = {(account, signature) for account, ends in self._ends.items() for signature, _ in ends}

    def found(self, address: Address, model: Model) -> Iterator[Weakness]:
        """What the present state lets through although both ends block it."""
        for account, ends in self._ends.items():
            signature = self._signature(model, account)
            if (account, signature) in self._safe:
                continue
            self._safe.add((account, signature))  # or said, once
            now = self._levels(model, account)
            for policy_type in (SCP, RCP):
                before, after = (each[policy_type] for _, each in ends)
                if not covers(now[policy_type], before) and not covers(now[policy_type], after):
                    yield from self._compared(address, account, (before, now[policy_type], after), policy_type)

    def _compared(
        self, address: Address, account: str, sides: tuple[Levels, Levels, Levels], policy_type: str
    ) -> Iterator[Weakness]:
        found = weaker(*sides, requests_at(self._account_ids.get(account), policy_type), policy_type)
        for passing in found.permitted:
            yield Weakness(address, account, passing.actions, example=in_words(passing.example))
        for unknown in found.undetermined:
            yield Weakness(address, account, unknown.actions, reason=unknown.reason)

    def _path(self, model: Model, account: str) -> list[str]:
        return [*nodes_to(model.units[account], self._parents), f"account/{account}"]

    def _signature(self, model: Model, account: str) -> Signature:
        return tuple((node, self._attached(model, node)) for node in self._path(model, account))

    @staticmethod
    def _attached(model: Model, node: str) -> tuple[tuple[str, int], ...] | None:
        names = model.attached.get(node)
        return names if names is None else tuple(sorted((name, id(model.policies.get(name))) for name in names))

    def _levels(self, model: Model, account: str) -> dict[str, Levels]:
        path = self._path(model, account)
        return {
            policy_type: levels(
                self._organization,
                path,
                model.attached,
                policy_type=policy_type,
                policies=model.policies,
                documents=self._documents,
            )
            for policy_type in (SCP, RCP)
        }
