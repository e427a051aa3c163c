"""Organization policies: SCPs, RCPs and whatever type comes next; the type is data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from landing.aws import EVALUATED, Aws
from landing.aws.live_names import LivePolicy
from landing.aws.packs import surplus_tags, tags_of
from landing.core import forms, references
from landing.core.model import MARK, Action, Address, Attributes, Change, Resource, Scope, Severity, UniqueName
from landing.organization import TAG, Cover, Organization, Pack
from landing.organization.owners import owner_of
from landing.organization.resources import HOLDS, NODES, OWNER, POLICY, POLICY_TYPE
from landing.policy.canonical import canonical
from landing.policy.limits import compact
from landing.policy.size import size_in_words
from landing.services.base import Kind, Ownership, between, required_account, temporary_name
from landing.services.organizations.tags import listed, tag, untag
from landing.services.strength import UNTOLD, Weaker, neutral


class OrganizationPolicy(Kind):
    """A policy of the organization (CreatePolicy, UpdatePolicy), one for each guardrail."""

    name = POLICY
    title = "Organization policy"
    ownership = Ownership.TAG
    severity = Severity.HIGH
    cosmetic = (*Kind.cosmetic, HOLDS)
    controls = ("cis-aws-7.0:2.1.2", "nist-csf-2.0:PR.AA-05")
    canonical: ClassVar[Mapping[str, forms.Form]] = {"content": canonical, HOLDS: forms.unordered}
    help_uri = "https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html"
    weaker: ClassVar[Mapping[str, Weaker]] = dict.fromkeys(
        ("type", "content", HOLDS), neutral
    )  # `dangers` and guardrails.exposure tell
    parallel = 1
    unknown = ("id",)
    ahead = ("contents", "targets", "accounts", "units")
    reads = (
        "organizations:ListPolicies",
        "organizations:DescribePolicy",
        "organizations:ListTargetsForPolicy",
        "tag:GetResources",
        "organizations:ListTagsForResource",
    )
    writes = (
        "organizations:CreatePolicy",
        "organizations:UpdatePolicy",
        "organizations:DeletePolicy",
        "organizations:TagResource",
        "organizations:UntagResource",
    )

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """One for each guardrail that is not in packs only, and one for each pack."""
        for key, policy in organization.policies.items():
            attributes = {
                "type": policy.type,
                "name": policy.name,
                "description": policy.description,
                "content": policy.document,
                MARK: True,
                **({HOLDS: list(policy.entries)} if isinstance(policy, Pack) else {}),
            }
            needs = [Address(POLICY_TYPE, policy.type), *map(required_account, organization.accounts_in_policy(key))]
            yield Resource(self.address(key), attributes, tuple(needs), source=policy.source)

    def controls_of(self, organization: Organization, address: Address) -> Sequence[str]:
        """Those of its guardrail, too."""
        policy = organization.policies.get(address.name)
        return tuple(dict.fromkeys((*self.controls, *(policy.controls if policy else ()))))

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource]:
        """All customer policies; of others with what they are attached to.

        The text (2 requests a second) is asked for of ours, and of what else decides over requests somewhere.
        """
        for policy in aws.tree.policies.values():
            if policy.aws_managed:
                continue
            known = aws.tree.concerns(policy)
            nodes = () if known else aws.tree.nodes(policy)
            decides = known or (nodes and policy.type in EVALUATED)
            attributes = {
                "type": policy.type,
                "name": policy.name,
                "description": policy.description,
                "content": _as_declared(organization, aws, policy) if decides else {},
                MARK: policy.marked,
                HOLDS: list(policy.holds),
                **({} if known else {"id": policy.id, NODES: sorted(nodes)}),
                **({OWNER: owner.title} if (owner := owner_of(policy.name, aws.tree.tags_of(policy.id))) else {}),
            }
            needs = (Address(POLICY_TYPE, policy.type),)
            yield Resource(self.address(policy.key), attributes, needs, policy.marked)

    def severity_of(self, organization: Organization, change: Change) -> Severity:
        """That of the guardrail, or of the worst one in the pack."""
        mildest = super().severity_of(organization, change)
        policy = organization.policies.get(change.address.name)
        return mildest if policy is None or mildest is Severity.LOW else Severity(policy.severity)

    def dangers(self, change: Change) -> Iterable[str]:
        """Deleting, and taking guardrails out of a pack."""
        yield from super().dangers(change)
        if _lost(change):
            yield "detach"

    def weakened(self, organization: Organization, change: Change) -> Iterable[str]:
        """A new text that a service evaluates, not IAM: those of SCPs and RCPs are compared (guardrails.exposure)."""
        before, after = change.before, change.after
        if before and after and after["type"] not in EVALUATED and before.get("content") != after["content"]:
            yield f"the content of a {after['type']} changes{UNTOLD}"

    def unique_names(self, address: Address, attributes: Attributes) -> Iterable[UniqueName]:
        """One among those of its type (CreatePolicy: DuplicatePolicyException)."""
        if "name" in attributes:
            yield UniqueName(f"policies of type {attributes['type']}", forms.name(attributes["name"]))

    def renamed(self, address: Address, attributes: Attributes) -> Attributes:
        """By UpdatePolicy; it stays attached where it is."""
        return {**attributes, "name": temporary_name(address), MARK: True}

    def begun(self, change: Change, present: Attributes) -> bool:
        """It is changed, then marked; or the other way round."""
        return change.action is Action.UPDATE and between(change, present)

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Create, mark, update or delete; the compact text is what is sent and what is measured.

        What the change does not change is not sent: a run that was cut off may have left it more strict. A temporary
        name is given to what is marked already, since under that name only the mark tells what it is.
        """
        client = aws.client("organizations")
        key = change.address.name
        live = aws.tree.policies.get(key)
        with aws.writing:
            if change.action is Action.DELETE:
                if live is not None:
                    client.delete_policy(PolicyId=live.id)
                    aws.tree.drop_policy(key)
                return
            if change.action is Action.FORGET:
                if live is not None:
                    untag(aws, live.id, TAG)
                return
            assert change.after is not None
            wanted = {
                "Name": change.after["name"],
                "Description": change.after["description"],
                "Content": compact(aws.resolve(change.after["content"])),
            }
            holds = tuple(change.after.get(HOLDS, ()))
            tags = {TAG: key, **tags_of(holds)}
            if live is None:
                created = client.create_policy(**wanted, Type=change.after["type"], Tags=listed(tags))["Policy"]
                policy_id = created["PolicySummary"]["Id"]
                aws.tree.tagged(policy_id, tags)
                aws.tree.add_policy(
                    LivePolicy(
                        policy_id, key, wanted["Name"], change.after["type"], wanted["Description"], False, True, holds
                    )
                )
                return
            changed = {key for key, value in change.after.items() if value != (change.before or {}).get(key)}
            if change.after["name"] == temporary_name(change.address) and not live.marked:
                live = self._tagged(aws, live, {TAG: key}, live.holds)
            sent = {name: value for name, value in wanted.items() if name.lower() in changed}
            if sent:
                client.update_policy(PolicyId=live.id, **sent)
                aws.tree.forget_policy(live.id)
            live = replace(live, name=sent.get("Name", live.name))
            if not live.marked or live.holds != holds:
                live = self._tagged(aws, live, tags | surplus_tags(live.holds, holds), holds)
            aws.tree.add_policy(live)

    def _tagged(self, aws: Aws, live: LivePolicy, tags: Mapping[str, str], holds: tuple[str, ...]) -> LivePolicy:
        tag(aws, live.id, tags)
        return replace(live, marked=True, holds=holds)

    def notes(self, organization: Organization, change: Change) -> Iterable[str]:
        """How much of the limit the text uses; that it is new in all waves at once; of a pack, whose policy it was."""
        if change.after is not None:
            yield f"size: {size_in_words(organization, change.after['content'])}"
        yield from _at_once(organization, change)
        if change.before and HOLDS in (change.after or {}) and not change.before.get(MARK):
            yield f"takes over the policy {change.before['name']}, so that no second slot is needed on the way"


def _at_once(organization: Organization, change: Change) -> Iterator[str]:
    """A new text that no wave can have before others: a policy has one, wherever it is attached (UpdatePolicy)."""
    before, after = change.before, change.after
    if not organization.waves or before is None or after is None or before["content"] == after["content"]:
        return
    nodes = [node for node, keys in organization.attached.items() if change.address.name in keys]
    units = tuple(node.removeprefix("unit/") for node in nodes if not node.startswith("account/"))
    accounts = tuple(node.removeprefix("account/") for node in nodes if node.startswith("account/"))
    reach = organization.in_waves(Cover(units, accounts))
    *early, last = [number for number, part in enumerate(reach) if part.units or part.accounts] or [0]
    if early:
        first, all_of_it = ", ".join(map(organization.wave_name, early)), organization.wave_name(last)
        guardrail = organization.guardrails.get(change.address.name)
        rest = "what follows from other settings or from its file comes everywhere at once"
        if guardrail is not None and guardrail.parameters:
            other = f"to try other parameters in {first} first, attach the `policy` there by a guardrail of another key"
            rest = f"{other}; {rest}"
        yield f"waves: a policy has one text, so the new one comes to all nodes at once, in {all_of_it}: {rest}"


def _as_declared(organization: Organization, aws: Aws, policy: LivePolicy) -> Attributes:
    """The text of a policy; in the words of the config where these say the same: an id may stand there as it is."""
    document: Attributes = aws.tree.document(policy.id)
    wanted = organization.policies.get(policy.key)
    if wanted is None:
        return document
    same = canonical(references.resolve(dict(wanted.document), aws.tree.ids))
    return wanted.document if same == canonical(references.resolve(dict(document), aws.tree.ids)) else document


def _lost(change: Change) -> set[str]:
    if change.after is None:
        return set()
    return set((change.before or {}).get(HOLDS, ())) - set(change.after.get(HOLDS, ()))
