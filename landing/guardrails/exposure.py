"""Which changes let more requests through than before, or leave a service weaker: they take nothing away, and weaken
all the same.

It is worked out from the changes and the config, so that it holds for a saved plan whatever that says of itself.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Any

from landing.core import references
from landing.core.errors import UnsafePlan
from landing.core.model import Action, Address, Attributes, Change
from landing.engine.order.phases import Known, Phase, opened, stages_of
from landing.guardrails.in_force import Documents, ids_for, levels, made_up, requests_at
from landing.guardrails.settings_lost import settings_lost
from landing.organization import ROOT, Held, Organization, node_of
from landing.organization.resources import ATTACHMENTS, HOLDS, POLICY, POLICY_TYPE, RELEASE, STACK, moves, policies_of
from landing.policy import RCP, SCP, catalog, effect
from landing.policy.direction import Document, allows, bare, blocked_beside, common, covers, let_through, passing
from landing.policy.testing.suite import FULL_ACCESS, Levels, statements_of
from landing.services.base import Kinds
from landing.services.registry import KINDS

SENTENCES = 5
"""So many things that protect less are named of one change."""

MANY_DELETES = 20
"""More deletions than this in one plan need a word of their own."""


def exposures(organization: Organization, changes: Iterable[Change]) -> dict[Address, str]:
    """What passes once a change is made, in words, by the change; only of changes that let more through.

    What a detached policy blocked, and a guardrail that a pack loses, has a word of its own and is not among it.
    """
    known = list(changes)
    found = [change for change in known if change.action is Action.UPDATE]
    each = {**_loosened(organization, found, known), **_opened(organization, known), **_moved(organization, known)}
    return {address: words for address, words in each.items() if words}


def dangers(
    organization: Organization, changes: Iterable[Change], kinds: Kinds = KINDS
) -> dict[Address, dict[str, str]]:
    """What must be allowed by name, by the change: the words, each with what more is to be said of it."""
    known = list(changes)
    words = {change.address: dict.fromkeys(kinds[change.address.kind].dangers(change), "") for change in known}
    for change in known:
        if found := list(kinds[change.address.kind].weakened(organization, change)):
            words[change.address]["weaken"] = _in_short(found)
    for address, passes in (*settings_lost(organization, known).items(), *exposures(organization, known).items()):
        words[address]["weaken"] = passes
    return {address: each for address, each in words.items() if each}


def by_allowance(found: Mapping[Address, Collection[str]], changes: Iterable[Change]) -> dict[str, tuple[Address, ...]]:
    """What must be allowed by name, in the order of the words, each with the changes that want it.

    `found` is what `dangers` says of the changes; of many deletions it is not said which.
    """
    words = sorted({word for each in found.values() for word in each})
    wanted = {word: tuple(sorted(address for address, each in found.items() if word in each)) for word in words}
    many = sum(change.action is Action.DELETE for change in changes) > MANY_DELETES
    return dict(sorted({**wanted, **({"many-deletes": ()} if many else {})}.items()))


def allowances(found: Mapping[Address, Collection[str]], changes: Iterable[Change]) -> list[str]:
    """What must be allowed by name for all of the changes, of which `found` is what `dangers` says."""
    return [*by_allowance(found, changes)]


def refuse_unsafe(
    organization: Organization, changes: Collection[Change], allowed: Collection[str], kinds: Kinds = KINDS
) -> None:
    """Raise UnsafePlan unless everything dangerous in the changes was allowed by name."""
    lines = []
    found = dangers(organization, changes, kinds)
    for change in changes:
        missing = {word: more for word, more in found.get(change.address, {}).items() if word not in allowed}
        if missing:
            at = f" ({change.source})" if change.source else ""
            more = "".join(f": {each}" for each in missing.values() if each)
            lines.append(f"  {change.address}{at} needs --allow {' --allow '.join(missing)}{more}")
    deletes = sum(change.action is Action.DELETE for change in changes)
    if deletes > MANY_DELETES and "many-deletes" not in allowed:
        lines.append(f"  {deletes} deletions in one plan need --allow many-deletes")
    if lines:
        raise UnsafePlan(
            "This plan removes protection or resources, which must be allowed by name:\n" + "\n".join(lines)
        )


def _in_short(sentences: list[str]) -> str:
    more = f"; and {len(sentences) - SENTENCES} more" if len(sentences) > SENTENCES else ""
    return "; ".join(sentences[:SENTENCES]) + more


def _loosened(organization: Organization, updates: Iterable[Change], changes: list[Change]) -> dict[Address, str]:
    """What each text lets through; nothing where it is in force nowhere, or others block it all the while."""
    found: dict[Address, str] = {}
    beside, arriving = None, _arriving(organization, changes)
    for change in updates:
        if change.address.kind != POLICY or not change.before or not change.after or "content" not in change.before:
            continue
        before, after = _but_for_the_lost(organization, change)
        words = let_through(_followed(before, after, arriving), after, change.after["type"])
        if words and organization.held is not None:
            beside = beside or _Beside(organization, organization.held, changes)
            words = "" if beside.blocks(change.address.name, {**change.before, "content": before}) else words
        found[change.address] = words
    return found


def _but_for_the_lost(organization: Organization, change: Change) -> tuple[Document, Document]:
    """Both texts of a policy without the difference that the guardrails make which a pack loses.

    The text of one that the config still has is in both. Of another it cannot be told for certain what was its: not a
    statement whose Sid stays, nor one that stood amid those of a guardrail that stays, nor one about what a guardrail
    that stays has in another form now.
    """
    assert change.before is not None
    assert change.after is not None
    before, after = change.before["content"], change.after["content"]
    lost = {*change.before.get(HOLDS, ())} - {*change.after.get(HOLDS, ())}
    names = {entry.partition(":")[0] for entry in lost}
    if not names or "Statement" not in before or "Statement" not in after:
        return before, after
    known = [organization.guardrails[name].document for name in sorted(names) if name in organization.guardrails]
    theirs = [statement for document in known for statement in statements_of(document)]
    if not names - {*organization.guardrails}:
        return before, {**after, "Statement": [*statements_of(after), *theirs]}
    pack = organization.packs.get(change.address.name)
    whose = (
        [origins[0].rpartition("/")[0] for origins in pack.origins]
        if pack and pack.document == after
        else [""] * len(statements_of(after))
    )
    there = {"", *(entry.partition(":")[0] for entry in change.before[HOLDS])}
    new = [(each, owner) for each, owner in zip(statements_of(after), whose, strict=False) if owner in there]
    stay = list(_of_those_that_stay(statements_of(before), new))
    return {**before, "Statement": stay}, {**after, "Statement": [*statements_of(after), *theirs]}


def _of_those_that_stay(
    old: Sequence[Mapping[str, Any]], new: Sequence[tuple[Mapping[str, Any], str]]
) -> Iterator[Mapping[str, Any]]:
    """The old statements of a pack that may be those of guardrails that stay: of the `new` ones, each with its own.

    A pack has its statements in the order of its guardrails.
    """
    owners = {bare(each): owner for each, owner in new}
    sids = {each["Sid"] for each, _ in new if "Sid" in each}
    there = [bare(each) for each in old]
    rewritten = {action for each, _ in new if bare(each) not in there for action in _about(each)}
    for number, statement in enumerate(old):
        sides = (reversed(there[:number]), there[number + 1 :])
        above, below = (next((owners[each] for each in side if each in owners), "") for side in sides)
        same = there[number] in owners or statement.get("Sid") in sids
        if same or (above and above == below) or not rewritten.isdisjoint(_about(statement)):
            yield statement


def _about(statement: Mapping[str, Any]) -> set[str]:
    """The actions that a statement is about: all, where it says which ones not."""
    listed = statement.get("Action", "*")
    texts = [listed] if isinstance(listed, str) else listed
    return {action.lowered for text in texts for action in catalog.expand(text)}


def _arriving(organization: Organization, changes: Iterable[Change]) -> set[str]:
    """The tokens of accounts that take up the log archive or the security tooling: their own stack is made there."""
    holders = {organization.log_archive, organization.security_tooling}
    made = [each.address for each in changes if each.action is Action.CREATE and each.address.kind == STACK]
    known = {key: each for key, each in organization.deployments.items() if not each.remembered}  # no `stacks`
    arriving = [each.scope.account for each in made if each.name in known and len(known[each.name].accounts) == 1]
    return {references.account_id(key) for key in arriving if key in holders}


def _followed(before: Document, after: Document, arriving: Collection[str]) -> Document:
    """The old text as it would be of the account that takes up the role: it protects what the role has, as before."""
    old, new = (set(references.tokens_in(dict(text))) for text in (before, after))
    gone, come = old - new, new - old
    moved = len(gone) == len(come) == 1 and come <= {*arriving}
    return references.resolve(dict(before), {gone.pop(): come.pop()}) if moved else before


class _Beside:
    """What is in force at nodes, come what may, once all that tightens is done: no text is loosened earlier."""

    def __init__(self, organization: Organization, held: Held, changes: list[Change]) -> None:
        self._held, self._policies = held, {**organization.guardrails, **organization.policies}
        self._changes = {change.address: change for change in changes}
        self._stages = stages_of(changes, Known.of(organization))

    def blocks(self, name: str, before: Attributes) -> bool:
        """Whether what a policy blocks stays blocked with the new texts, wherever it is attached now."""
        content, policy_type = before["content"], before["type"]
        return all(
            blocked_beside(content, list(self._texts(node, policy_type, name)), policy_type)
            for node in self._held.nodes(name)
        )

    def _texts(self, node: str, policy_type: str, loosened: str) -> Iterator[Document]:
        """What the policies at a node say from then on: of one that takes its new text later, what both texts say."""
        for name in sorted(self._attached(node)):
            address = Address(POLICY, name)
            if change := self._changes.get(address):
                late = name != loosened and Phase.SWITCH in {stage.phase for stage in self._stages[address]}
                if change.after is not None and change.after["type"] == policy_type:
                    yield (
                        common(change.before["content"], change.after["content"])
                        if late and change.before
                        else (change.after["content"])
                    )
            elif name in self._held.as_declared and name in self._policies:
                policy = self._policies[name]
                yield from [policy.document] if policy.type == policy_type else []

    def _attached(self, node: str) -> set[str]:
        """The policies that are attached to a node from then on."""
        address = Address(ATTACHMENTS, node)
        change = self._changes.get(address)
        if change is None:
            return set(self._held.attached.get(node, ()))
        if {stage.phase for stage in self._stages[address]} == {Phase.TIGHTEN}:
            return policies_of(change.after)
        return policies_of(change.before) & policies_of(change.after)


def _opened(organization: Organization, changes: list[Change]) -> dict[Address, str]:
    """Before policies of the type are in force, everything passes anyway: AWS attaches FullAWSAccess with the type.

    Leave to detach a list of what is allowed is leave for FullAWSAccess in its place.
    """
    if any(change.address == Address(POLICY_TYPE, SCP) and change.before is None for change in changes):
        return {}
    known = Known.of(organization)
    texts = {**known.documents, **{c.address.name: c.before.get("content", {}) for c in changes if c.before}}
    lists = {name for name, text in texts.items() if allows(text)}
    gone = {
        change.address: policies_of(change.before) - policies_of(change.after)
        for change in changes
        if change.address.kind == ATTACHMENTS
    }
    return {
        address: f"what {', '.join(sorted(names))} allows passes"
        for address, names in opened(changes, known).items()
        if names != {FULL_ACCESS} or not gone[address] & lists
    }


def _moved(organization: Organization, changes: list[Change]) -> dict[Address, str]:
    """What an account that moves gets through: the guardrails of the config on both ways to it compared.

    Not where it leaves quarantine: that the config asks for, under its condition.
    """
    places = _Places(organization, changes)
    told: dict[object, str] = {}
    found: dict[Address, str] = {}
    for change in changes:
        if change.action is not Action.UPDATE or not moves(change) or change.address.kind == RELEASE:
            continue
        assert change.before is not None
        assert change.after is not None
        account, before, after = change.address.name, change.before.get("unit"), change.after.get("unit")
        node = f"account/{account}"
        theirs = tuple(policy.id for policy in organization.foreign_at.get(node, ()))
        own = account if places.names(account) else ""
        alike = (before, after, own, organization.guarded.get(node), organization.full_access(node), theirs)
        if alike not in told:
            told[alike] = next(places.passing(account, str(before), str(after)), "")
        found[change.address] = told[alike]
    return found


class _Places:
    """The guardrails of the config at their nodes, compared as if an account were here or there."""

    def __init__(self, organization: Organization, changes: list[Change]) -> None:
        self._organization = organization
        held = organization.held.attached if organization.held is not None else {}
        coming = {
            change.address.name: policies_of(change.after) for change in changes if change.address.kind == ATTACHMENTS
        }
        self._left_behind = {node: {*policies} & coming.get(node, {*policies}) for node, policies in held.items()}
        self._there = {**{node: {*policies} for node, policies in held.items()}, **coming}
        changed = {change.address.name for change in changes if change.address.kind == POLICY}
        self._otherwise = (organization.held.otherwise if organization.held is not None else frozenset()) - changed
        self._as_declared = {
            change.address.name for change in changes if change.address.kind == POLICY and change.after
        }
        self._as_declared |= organization.held.as_declared if organization.held is not None else frozenset()
        ids, self._account_ids = ids_for(organization, {})
        self._documents = Documents(ids)
        self._policies = {
            key: {"type": each.type, "content": each.document} for key, each in organization.guardrails.items()
        }
        texts = [
            *(each["content"] for each in self._policies.values()),
            *(each.document for each in organization.foreign),
        ]
        self._written = json.dumps(texts, default=dict)

    def names(self, account: str) -> bool:
        """Whether a policy, of ours or of others, is about one account by its id, so that no other is treated alike."""
        return account in self._organization.named_in_policies or self._account_ids.get(account, "") in self._written

    def passing(self, account: str, before: str, after: str) -> Iterator[str]:
        """What passes in one unit and not in the other."""
        unknown = [unit for unit in (before, after) if unit not in (ROOT, *self._organization.units)]
        if unknown:
            yield f"it cannot be told what blocks in {unknown[0]}, which the config does not have"
            return
        known = self._organization
        yield from self._lost(before, after)
        # What is on both ways is there as much before as after.
        unsure = {*known.path(after)} - {*known.path(before)} if account in known.named_in_policies else ()
        for policy_type in (SCP, RCP):
            old = self._levels(account, before, policy_type)
            new = self._levels(account, after, policy_type, unsure=set(map(node_of, unsure)))
            if not covers(new, old):
                scope = requests_at(self._account_ids.get(account), policy_type)
                if words := passing(effect(old, new, scope, policy_type)):
                    yield references.symbolic(words, made_up(self._organization, {}))

    def _lost(self, before: str, after: str) -> Iterator[str]:
        """What is in force on the one way in AWS and not on the other, of which the config does not have the text."""
        was, will = (set(map(node_of, self._organization.path(unit))) for unit in (before, after))
        kept = {name for node in will for name in self._there.get(node, ())}
        for node in sorted(was - will):
            if FULL_ACCESS not in self._there.get(node, {FULL_ACCESS}) and self._organization.full_access(node):
                yield f"what is not allowed at {node} may pass"
            for name in sorted(self._left_behind.get(node, set()) - kept - {FULL_ACCESS}):
                if name in self._otherwise or name not in self._organization.attached.get(node, ()):
                    yield f"what {name} blocks at {node} may pass"

    def _levels(self, account: str, unit: str, policy_type: str, *, unsure: Collection[str] = ()) -> Levels:
        """With what is to be attached; where that is not waited for, with what surely is."""
        known = self._organization
        nodes = [*map(node_of, known.path(unit)), f"account/{account}"]
        attached = {
            node: (
                *((FULL_ACCESS,) if known.full_access(node) else ()),
                *(key for key in known.guarded.get(node, ()) if node not in unsure or self._is_there(node, key)),
            )
            for node in nodes
        }
        return levels(
            known, nodes, attached, policy_type=policy_type, policies=self._policies, documents=self._documents
        )

    def _is_there(self, node: str, guardrail: str) -> bool:
        """Whether all that has something of a guardrail is at a node with its text, or will be by the changes."""
        packs, there = self._organization.packs, self._there.get(node, set()) & self._as_declared
        return all(
            policy in there
            for policy in self._organization.attached[node]
            if policy == guardrail or (policy in packs and guardrail in packs[policy].guardrails)
        )
