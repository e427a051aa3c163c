"""Which policies are attached to the root, a unit or an account: one set, one resource."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import ClassVar

from landing.aws import FULL_ACCESS, SCP, Aws, unless
from landing.core import forms
from landing.core.errors import ApplyFailed
from landing.core.model import Address, Attributes, Change, Resource, Scope, Severity, Source
from landing.organization import ROOT, Organization, node_of
from landing.organization.resources import ATTACHMENTS, BEST_EFFORT, NODES, POLICY, POLICY_TYPE, policies_of
from landing.policy.attachment import denies_only, find_room, has_list, merged, swap
from landing.policy.attachment_slots import room
from landing.policy.direction import allows
from landing.policy.limits import LIMITS, compact, size_limit
from landing.services.base import Kind, Ownership
from landing.services.organizations.organization import TheOrganization
from landing.services.strength import Weaker, neutral


class Attachments(Kind):
    """The policies attached to a target, by type (AttachPolicy, DetachPolicy); of others, see `policy`.

    Names: `root`, `unit/<key>`, `account/<key>`. FullAWSAccess is declared on the root and on units, and on
    accounts only where the config says whether they have it, or has an Allow beside it: to read it for every account
    would take a call each. An account that is to have it gets it again before an SCP of ours is detached there.
    """

    name = ATTACHMENTS
    ending = "detached"
    title = "Policy attachments"
    ownership = Ownership.POLICIES
    severity = Severity.HIGH
    controls = ("cis-aws-7.0:2.1.2", "nist-csf-2.0:PR.AA-05")
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_attach.html"
    weaker: ClassVar[Mapping[str, Weaker]] = {"policies": neutral}  # `dangers` and guardrails.exposure tell
    parallel = 1
    removal = "detach"
    canonical: ClassVar[Mapping[str, forms.Form]] = {"policies": forms.unordered}
    ahead = ("targets", "full_access", "accounts", "units")
    reads = (
        "organizations:ListPolicies",
        "organizations:ListTargetsForPolicy",
        "organizations:ListPoliciesForTarget",
    )
    writes = (
        "organizations:AttachPolicy",
        "organizations:DescribePolicy",
        "organizations:DetachPolicy",
        "organizations:UpdatePolicy",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """Every node that the config guards; the root and all units, because FullAWSAccess belongs there."""
        sets: dict[str, set[str]] = defaultdict(set)
        for node in map(node_of, (ROOT, *organization.units)):
            sets[node] |= {FULL_ACCESS} if organization.full_access(node) else set()
        for key, account in organization.accounts.items():
            if account.full_access is not None:
                sets[f"account/{key}"] |= {FULL_ACCESS} if account.full_access else set()
        for name, keys in organization.attached.items():
            sets[name].update(keys)
            if organization.full_access(name) and has_list(organization, name):
                sets[name].add(FULL_ACCESS)
        for name, policies in sets.items():
            yield self._resource(name, policies, source=self._source(organization, name, policies))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """Targets of each policy of ours (one call a policy), FullAWSAccess on root and units (one call each)."""
        if aws.tree.description is None:
            return
        sets: dict[str, set[str]] = defaultdict(set)
        for policy in aws.tree.policies.values():
            if not aws.tree.concerns(policy):
                continue
            for name in aws.tree.nodes(policy):
                sets[name].add(policy.key)
        if aws.tree.policy_types.get(SCP) == "ENABLED":
            nodes = {node_of(unit): aws.tree.node_id(unit) for unit in (ROOT, *aws.tree.units)}
            strict = [
                key
                for key, account in organization.accounts.items()
                if account.full_access is not None or has_list(organization, f"account/{key}")
            ]
            nodes |= {f"account/{key}": aws.tree.accounts[key].id for key in strict if key in aws.tree.accounts}
            for name, target in nodes.items():
                sets[name] |= {FULL_ACCESS} if aws.tree.full_access(target) else set()
        for name, policies in sets.items():
            yield self._resource(name, policies, owned=bool(policies - {FULL_ACCESS}))

    def as_found(self, organization: Organization, wanted: Resource, live: Mapping[Address, Resource]) -> Resource:
        """Without FullAWSAccess where it is not, and the config does not say that it be.

        Where the last Allow of ours goes it comes back: AWS wants an SCP at every node, and nothing would pass.
        """
        there, node = live.get(wanted.address), wanted.address.name
        left = policies_of(wanted.attributes) - {FULL_ACCESS}
        if organization.declared_full_access(node) is not None or left == policies_of(wanted.attributes):
            return wanted
        if there is None or FULL_ACCESS in policies_of(there.attributes):
            return wanted
        known = {address.name: each.attributes for address, each in live.items() if address.kind == POLICY}
        allowing = {name for name, policy in known.items() if policy["type"] == SCP and allows(policy["content"])}
        theirs = any(node in known[name].get(NODES, ()) for name in allowing)
        allowing |= {key for key, each in organization.policies.items() if each.type == SCP and allows(each.document)}
        if policies_of(there.attributes) - left & allowing and not (theirs or left & allowing):
            return wanted
        return self._resource(node, left, source=wanted.source)

    def _resource(self, name: str, policies: set[str], *, owned: bool = True, source: Source | None = None) -> Resource:
        kind, _, key = name.partition("/")
        needs = [TheOrganization().address("this") if name == ROOT else Address(kind, key), Address(POLICY_TYPE, SCP)]
        needs += (Address(POLICY, policy) for policy in sorted(policies - {FULL_ACCESS}))
        return Resource(self.address(name), {"policies": sorted(policies)}, tuple(needs), owned, source)

    def at_unit(self, unit: str) -> Address:
        """The address of what is attached to a unit or the root."""
        return self.address(node_of(unit))

    def of_path(self, organization: Organization, unit: str) -> Iterator[Address]:
        """The addresses of everything that guards an account in this unit, root first.

        The policies too: one that is attached there already may get a text that blocks more.
        """
        for node in organization.path(unit):
            yield self.at_unit(node)
            yield from (Address(POLICY, key) for key in organization.attached.get(node_of(node), ()))

    def _source(self, organization: Organization, name: str, policies: set[str]) -> Source | None:
        for key in sorted(policies - {FULL_ACCESS}):
            return organization.policies[key].source
        kind, _, key = name.partition("/")
        if name == ROOT:
            return organization.source
        return organization.units[key].source if kind == "unit" else organization.accounts[key].source

    def severity_of(self, organization: Organization, change: Change) -> Severity:
        """That of the worst guardrail that is attached where it should not be, or not where it should."""
        known = {**organization.guardrails, **organization.policies}
        differ = policies_of(change.before) ^ policies_of(change.after)
        found = [Severity(known[key].severity) if key in known else self.severity for key in differ]
        return min(found, key=lambda severity: severity.rank, default=self.severity)

    def dangers(self, change: Change) -> Iterable[str]:
        """Detaching anything but FullAWSAccess: without that less is let through, not more."""
        if policies_of(change.before) - policies_of(change.after) - {FULL_ACCESS}:
            yield self.removal

    def begun(self, change: Change, present: Attributes) -> bool:
        """Policies are attached and detached one by one; AWS attaches FullAWSAccess to what is new by itself."""
        before, after, now = policies_of(change.before), policies_of(change.after), policies_of(present)
        return before & after <= now <= before | after | (set() if change.before else {FULL_ACCESS})

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """Whether a policy must be detached before another can be attached."""
        types = {key: each.type for key, each in {**organization.guardrails, **organization.policies}.items()}
        types[FULL_ACCESS] = SCP
        before, after = policies_of(change.before), policies_of(change.after)
        node = change.address.name
        for policy_type in sorted({types[key] for key in after if key in types}):
            both = {key for key in before | after if types.get(key, policy_type) == policy_type}
            if policy_type in LIMITS and len(both) > room(organization, node, policy_type) and before - after:
                yield f"no free slot ({policy_type}): a policy is detached before another is attached"
        name = change.address.name
        documents = (organization.policies[key].document for key in before - after if key in organization.policies)
        if name.startswith("account/") and organization.full_access(name) and any(map(allows, documents)):
            yield "FullAWSAccess is attached first, if it is not there"

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Attach what is missing, then detach what is too much; where no slot is free, one is freed first.

        FullAWSAccess stays where all that is ours goes: no target may be without an SCP.
        """
        stays = {FULL_ACCESS} if change.after is None else set()
        target = aws.tree.target_id(change.address.name)
        change = self._with_full_access(organization, aws, change, target)
        types = {key: policy.type for key, policy in aws.tree.policies.items()}
        with aws.writing:
            carriers = Carriers(organization, aws, change.address.name, target, policies_of(change.after))
            swap(
                change,
                types,
                attach=lambda key, must: self._attach(aws, key, target, must=must),
                detach=lambda key: None if key in stays else self._detach(aws, key, target),
                spare=carriers.free,
            )
            carriers.restore()
            last = change.after is not None and BEST_EFFORT not in change.after
            if last and change.before is None and not organization.full_access(change.address.name):
                self._detach_full_access(aws, target)

    def _with_full_access(self, organization: Organization, aws: Aws, change: Change, target: str) -> Change:
        """The change with FullAWSAccess among what it leads to, at an account that loses an SCP and is without it."""
        name, after = change.address.name, policies_of(change.after)
        gone = (aws.tree.policies.get(key) for key in policies_of(change.before) - after)
        if (
            not name.startswith("account/")
            or not organization.full_access(name)
            or not any(policy is not None and policy.type == SCP for policy in gone)
            or aws.tree.full_access(target)
        ):
            return change
        return replace(change, after={**(change.after or {}), "policies": sorted(after | {FULL_ACCESS})})

    def _detach_full_access(self, aws: Aws, target: str) -> None:
        """From a target that is new, or whose organization had no SCPs: there AWS has attached it by itself."""
        if aws.tree.policy_types.get(SCP) == "ENABLED" and aws.tree.full_access(target):
            self._detach(aws, FULL_ACCESS, target)

    def _attach(self, aws: Aws, key: str, target: str, *, must: bool) -> bool:
        """Whether it is attached now; False when no slot is free, which is an error if it `must` be."""
        policy = aws.tree.policies[key]
        full = () if must else ("ConstraintViolationException",)
        with unless("DuplicatePolicyAttachmentException", *full) as answer:
            aws.client("organizations").attach_policy(PolicyId=policy.id, TargetId=target)
        aws.tree.forget_policy(policy.id, target)
        return answer.code not in full

    def _detach(self, aws: Aws, key: str, target: str) -> None:
        policy = aws.tree.policies.get(key)
        if policy is None:
            return
        with unless("PolicyNotAttachedException"):
            aws.client("organizations").detach_policy(PolicyId=policy.id, TargetId=target)
        aws.tree.forget_policy(policy.id, target)


class Carriers:
    """Policies that carry statements of others at one target without a free slot, until these are attached."""

    def __init__(self, organization: Organization, aws: Aws, node: str, target: str, after: Collection[str]) -> None:
        self._organization = organization
        self._aws, self._node, self._target = aws, node, target
        self._after = frozenset(after)
        self._texts: dict[str, str] = {}

    def free(self, candidates: Sequence[str], attached: Collection[str]) -> str:
        """The policy to detach; raises ApplyFailed when a guardrail would be nowhere for a moment."""
        wanted = set(self._organization.guarded.get(self._node, ()))
        missing = self._after - set(attached)
        holds = partial(_guardrails, self._aws)
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

    def restore(self) -> None:
        """Give them their own text again, when everything is attached."""
        for key, text in self._texts.items():
            self._write(key, text)

    def _fits(self, carrier: str, carried: tuple[str, ...]) -> bool:
        policy = self._aws.tree.policies.get(carrier)
        if policy is None or policy.aws_managed or set(self._aws.tree.targets(policy)) != {self._target}:
            return False
        if not all(denies_only(json.loads(self._text(key))) for key in (carrier, *carried)):
            return False
        both = self._both(carrier, carried)
        return len(both) <= size_limit(self._organization.limits, policy.type)

    def _both(self, carrier: str, carried: tuple[str, ...]) -> str:
        return compact(merged(json.loads(self._text(key)) for key in (carrier, *carried)))

    def _text(self, key: str) -> str:
        return self._aws.tree.content(self._aws.tree.policies[key])

    def _write(self, key: str, text: str) -> None:
        policy_id = self._aws.tree.policies[key].id
        self._aws.client("organizations").update_policy(PolicyId=policy_id, Content=text)
        self._aws.tree.forget_policy(policy_id)


def _guardrails(aws: Aws, key: str) -> tuple[str, ...]:
    """The guardrails that a live policy has all of."""
    policy = aws.tree.policies.get(key)
    return policy.holds or (key,) if policy else ()
