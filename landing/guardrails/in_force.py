"""Which policies are in force where: what is attached to each node, and the nodes on the way to it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landing.core import references
from landing.core.model import Address, Attributes, Resource
from landing.organization import ROOT, Organization, node_of
from landing.organization.resources import ACCOUNT, ATTACHMENTS, POLICY, RELEASE, UNIT
from landing.policy import SCP
from landing.policy.declared import estate_of, ids_of
from landing.policy.direction import allows
from landing.policy.testing.suite import FULL_ACCESS, FULL_ACCESS_DOCUMENT, Levels


@dataclass(frozen=True, slots=True)
class State:
    """Policies, what is attached to each node (`root`, `unit/KEY`, `account/KEY`), and the unit of each account."""

    policies: Mapping[str, Attributes]
    attached: Mapping[str, tuple[str, ...]]
    units: Mapping[str, str]

    @classmethod
    def of(cls, resources: Mapping[Address, Attributes]) -> State:
        """The state that resources of the kinds policy, attachments, account and release are in."""
        by_kind: dict[str, dict[str, Attributes]] = {POLICY: {}, ATTACHMENTS: {}, ACCOUNT: {}, RELEASE: {}}
        for address, attributes in resources.items():
            if address.kind in by_kind:
                by_kind[address.kind][address.name] = attributes
        return cls(
            by_kind[POLICY],
            {name: tuple(attributes["policies"]) for name, attributes in by_kind[ATTACHMENTS].items()},
            {
                name: str({**attributes, **by_kind[RELEASE].get(name, {})}.get("unit", ROOT))
                for name, attributes in by_kind[ACCOUNT].items()
            },
        )


class Documents:
    """Documents of policies with the ids that their tokens stand for: the same object at every call for a policy."""

    def __init__(self, ids: Mapping[str, str]) -> None:
        self._ids = ids
        self._found: dict[int, tuple[Any, Any]] = {}

    def __call__(self, policy: Attributes) -> Any:
        """The document of a policy, not to be changed."""
        return self.of(policy["content"])

    def of(self, text: Any) -> Any:
        """A document, likewise."""
        if id(text) not in self._found:
            self._found[id(text)] = (text, references.resolve(text, self._ids))
        return self._found[id(text)][1]


def _level(
    organization: Organization,
    node: str,
    attached: Collection[str] | None,
    *,
    policy_type: str,
    policies: Mapping[str, Attributes],
    documents: Documents,
) -> Iterator[dict[str, Any]]:
    """The policies of a type at a node, given the names of what is attached; None for nothing but FullAWSAccess.

    Those of others are there as well, whatever is attached of ours.
    """
    kind, _, key = node.partition("/")
    left_out = kind == "account" and key in organization.accounts and organization.declared_full_access(node) is None
    listed = any(allows(policies[name]["content"]) for name in attached or () if name in policies)
    unsaid = left_out and organization.full_access(node) and not listed
    everything = attached is None or FULL_ACCESS in attached or unsaid
    if policy_type == SCP and everything:
        yield {"name": FULL_ACCESS, "policy": FULL_ACCESS_DOCUMENT}
    for name in attached or ():
        policy = policies.get(name)
        if policy and policy["type"] == policy_type and policy["content"]:
            yield {"name": name, "policy": documents(policy)}
    for other in organization.foreign_at.get(node, ()):
        if other.type == policy_type and other.document is not None:
            yield {"name": str(other), "policy": documents.of(other.document)}


def levels(
    organization: Organization,
    nodes: Iterable[str],
    attached: Mapping[str, Collection[str] | None],
    *,
    policy_type: str,
    policies: Mapping[str, Attributes],
    documents: Documents,
) -> Levels:
    """The policies of a type on the way along some nodes, given what is attached to each."""
    return [
        list(
            _level(
                organization, node, attached.get(node), policy_type=policy_type, policies=policies, documents=documents
            )
        )
        for node in nodes
    ]


def requests_at(account_id: str | None, policy_type: str) -> dict[str, Any]:
    """The requests that policies of a type at an account are asked about; one without an id gets one made up."""
    account = account_id or "000000000000"
    return {"account": account} if policy_type == SCP else {"context": {"aws:ResourceAccount": account}}


def ids_for(organization: Organization, account_ids: Mapping[str, str]) -> tuple[dict[str, str], Mapping[str, str]]:
    """What the tokens in documents stand for, and account ids by key; made up where there is none yet."""
    estate = estate_of(organization)
    estate = replace(estate, keys={**estate.keys, **account_ids})
    return ids_of(estate), estate.keys


def made_up(organization: Organization, account_ids: Mapping[str, str]) -> dict[str, str]:
    """The tokens of accounts whose ids are made up, by id: in what is said of requests they have no other name."""
    keys = estate_of(organization).keys
    return {
        keys[key]: references.account_id(key)
        for key, account in organization.accounts.items()
        if not account.id and key not in account_ids
    }


def parents_of(organization: Organization, live: Mapping[Address, Resource]) -> dict[str, str]:
    """The parent of every unit, in AWS or in the config."""
    found = {unit.key: unit.parent for unit in organization.units.values()}
    for address, resource in live.items():
        if address.kind == UNIT:
            above = [required.name for required in resource.requires if required.kind == UNIT]
            found.setdefault(address.name, above[0] if above else ROOT)
    return found


def nodes_to(unit: str, parents: Mapping[str, str]) -> list[str]:
    """The nodes from the root to a unit."""
    steps = [unit]
    while steps[-1] != ROOT:
        steps.append(parents[steps[-1]])
    return [node_of(step) for step in reversed(steps)]
