"""The live organization under the names of the config: read once a run, in pages, and shared by all kinds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from landing.aws import live_names, packs
from landing.aws.cache import Once
from landing.aws.connection import Connection
from landing.aws.declared_ids import Present, unheld
from landing.aws.live_names import Known, LiveAccount, LivePolicy, LiveUnit
from landing.aws.survey import EVALUATED, Survey
from landing.core import references
from landing.core.errors import ConfigError, NotThere
from landing.core.model import Address
from landing.organization import REGION_TAG, ROOT, SERVICE_TAG, SHIELD_TAG, STACKS_TAG, TAG, Organization, node_of
from landing.organization.resources import POLICY

T = TypeVar("T")


class Tree:
    """Lazy, thread-safe, and told by the kinds what they create and tag.

    It is made with the organization whose names it goes by: which account of AWS is whose key follows from all keys,
    marks, ids and e-mail addresses together, once for all that ask. Its `survey` knows no names.
    """

    def __init__(self, organization: Organization, aws: Connection, survey: Survey) -> None:
        self._wanted = organization
        self._aws = aws
        self._survey = survey
        self._named = Once()
        """What follows from the names of the config; what AWS has answered is the survey's."""

    @property
    def once(self) -> Once:
        """For what a kind asks for once a run; `forget` forgets it with all the rest."""
        return self._survey.once

    @property
    def newcomers(self) -> set[str]:
        """The accounts that this run has created."""
        return self._survey.newcomers

    @property
    def survey(self) -> Survey:
        """What AWS answers, in its own ids; shared with everything that goes by keys."""
        return self._survey

    def ahead(self, parts: Collection[str]) -> None:
        """Begin to read what will be asked for: `accounts`, `units`, `contents`, `targets`, `full_access`.

        The parts are limited by different rates of AWS; side by side they take as long as the slowest of them. It
        begins with what leads to all parts; each thing that is found begins what follows from it.
        """
        self._survey.ahead = frozenset(parts)
        if "accounts" in parts:
            self._survey.soon("accounts", lambda: self.accounts)
        if "units" in parts:
            self._survey.soon("units", lambda: self.units)
        if {"contents", "targets"} & set(parts):
            self._survey.soon("policies", self._policies_ahead)

    def _policies_ahead(self) -> None:
        """First those that have the name of one of ours; which others are ours is known when the tags are."""
        if self._survey.description is None:
            return
        names = {policy.name for policy in self._wanted.policies.values()}
        found = [policy for policies in self._survey.policies.values() for policy in policies]
        self._details_ahead(policy["Id"] for policy in found if policy["Name"] in names and not policy["AwsManaged"])
        self._details_ahead(policy.id for policy in self.policies.values() if self.concerns(policy))
        for policy in self.policies.values():
            if not policy.aws_managed and not self.concerns(policy):
                self._survey.soon("ListTargetsForPolicy", self._in_force_ahead, policy)

    def _details_ahead(self, policy_ids: Iterable[str]) -> None:
        for policy_id in policy_ids:
            if "contents" in self._survey.ahead:
                self._survey.soon("DescribePolicy", self._survey.content, policy_id)
            if "targets" in self._survey.ahead:
                self._survey.soon("ListTargetsForPolicy", self._survey.targets, policy_id)

    def _in_force_ahead(self, policy: LivePolicy) -> None:
        """Of others: the text counts only where the policy is in force."""
        if self._survey.targets(policy.id) and policy.type in EVALUATED:
            self._survey.soon("DescribePolicy", self._survey.content, policy.id)

    @property
    def backlog(self) -> Mapping[tuple[str, str], int]:
        """How much is still to be read, by (service, operation)."""
        return self._survey.backlog

    def rest(self) -> None:
        """Stop reading ahead."""
        self._survey.rest()

    def forget(self) -> None:
        """Read everything anew when it is next asked for."""
        self.once.forget_all()
        self._named.forget_all()

    def forget_root(self) -> None:
        """The root's policy types are changing."""
        self._survey.forget_root()
        self._named.forget("policies")

    @property
    def description(self) -> Mapping[str, Any] | None:
        """What DescribeOrganization says, or None when the account is in no organization."""
        return self._survey.description

    @property
    def root(self) -> Mapping[str, Any] | None:
        """The root with its policy types."""
        return None if self.description is None else self._survey.root

    @property
    def policy_types(self) -> Mapping[str, str]:
        """Status (ENABLED, PENDING_ENABLE, PENDING_DISABLE) by policy type."""
        root = self.root
        return {entry["Type"]: entry["Status"] for entry in root["PolicyTypes"]} if root else {}

    @property
    def trusted(self) -> tuple[str, ...]:
        """The service principals that have trusted access."""
        return () if self.description is None else self._survey.trusted

    def forget_trusted(self) -> None:
        """One more has it."""
        self._survey.once.forget("trusted")

    @property
    def administrators(self) -> tuple[tuple[str, str], ...]:
        """(service principal, account id) of every delegated administrator, whatever call has appointed it."""
        return () if self.description is None else self._survey.administrators

    def forget_administrators(self) -> None:
        """There is one more."""
        self._survey.once.forget("administrators")

    @property
    def units(self) -> Mapping[str, LiveUnit]:
        """Units by key."""
        return self._named("units", self._read_units)

    @property
    def accounts(self) -> Mapping[str, LiveAccount]:
        """Accounts by key, the management account among them; raises ConfigError when a declared id is none of them."""
        return self._named("accounts", self._read_accounts)

    @property
    def policies(self) -> Mapping[str, LivePolicy]:
        """Policies by key."""
        return self._named("policies", self._read_policies)

    def tags_of(self, resource_id: str) -> Mapping[str, str]:
        """Tags of an account, unit or policy, by its id."""
        return self._survey.tags(resource_id)

    @property
    def marked_regions(self) -> frozenset[str]:
        """The regions in which something of ours is, or was until lately."""
        return self._marked(REGION_TAG)

    @property
    def marked_services(self) -> frozenset[str]:
        """The services whose administrator and settings are ours, or were until lately."""
        return self._marked(SERVICE_TAG)

    @property
    def marked_accounts(self) -> frozenset[str]:
        """The accounts in which one of the config's `stacks` is, or was until lately."""
        return self._with_tag(STACKS_TAG)

    @property
    def subscribed_accounts(self) -> frozenset[str]:
        """The accounts that the config has subscribed to Shield Advanced."""
        return self._with_tag(SHIELD_TAG)

    def _with_tag(self, name: str) -> frozenset[str]:
        active = {key: each.id for key, each in self.accounts.items() if each.state == "ACTIVE"}  # no other is entered
        return frozenset(key for key, account_id in active.items() if name in self.tags_of(account_id))

    def _marked(self, beginning: str) -> frozenset[str]:
        tags = self._survey.root_tags() if self.description else {}
        return frozenset(tag.removeprefix(beginning) for tag in tags if tag.startswith(beginning))

    @property
    def has_marks(self) -> bool:
        """Whether any of it is marked as ours: an apply was here before."""
        found: list[LiveUnit | LiveAccount | LivePolicy] = [*self.units.values(), *self.accounts.values()]
        found += self.policies.values()
        return bool(self.marked_regions or self.marked_services) or any(each.marked for each in found)

    def concerns(self, policy: LivePolicy) -> bool:
        """Whether it is ours, or has the name of one of ours; other policies are only counted."""
        wanted = self._wanted
        ours = policy.marked and not wanted.lets_go(Address(POLICY, policy.key))
        return not policy.aws_managed and (ours or policy.key in wanted.policies)

    @property
    def account_ids(self) -> Mapping[str, str]:
        """Id by account key."""
        if self.description is None:
            return Known("account", [(self._wanted.management, self._aws.caller[0])])
        return self._named(
            "account ids", lambda: Known("account", ((key, account.id) for key, account in self.accounts.items()))
        )

    def account_id(self, key: str) -> str | None:
        """The id of one account, or None when there is none yet.

        The security services wait for no more than the ids of the accounts with a role; to list 10,000 accounts
        takes a minute. So those are looked up by their mark, as long as nothing is listed. An id in the config is
        believed when the mark says the same, or else when it is on the list.
        """
        wanted = self._wanted
        special = {*wanted.roles.values()} - {wanted.management}
        if key in special and self.description is not None and not self._named.knows("accounts"):
            found = self._named("special", lambda: self._survey.accounts_tagged(TAG, special)).get(key)
            if found and wanted.accounts[key].id in ("", found):
                return found
        return self.account_ids.get(key)

    @property
    def account_keys(self) -> Mapping[str, str]:
        """Account key by id."""
        return self._named("account keys", lambda: {account.id: key for key, account in self.accounts.items()})

    @property
    def ids(self) -> Mapping[str, str]:
        """Id by token, for everything that exists."""
        return self._named("ids", self._read_ids)

    def _read_ids(self) -> Mapping[str, str]:
        invited = ((key, account.id) for key, account in self._wanted.invited.items())
        found = {references.account_id(key): value for key, value in (*invited, *self.account_ids.items())}
        if self.description and self.root:
            found[references.ORGANIZATION_ID] = self.description["Id"]
            found[references.ROOT_ID] = self.root["Id"]
        return found

    @property
    def tokens(self) -> Mapping[str, str]:
        """Token by id, for everything that the config knows."""
        known = {references.account_id(key) for key in (*self._wanted.accounts, *self._wanted.invited)}
        known |= {references.ORGANIZATION_ID, references.ROOT_ID}
        return self._named("tokens", lambda: {value: token for token, value in self.ids.items() if token in known})

    def node_id(self, unit: str) -> str:
        """The id of a unit, or of the root."""
        if unit == ROOT:
            if self.root is None:
                raise NotThere("the organization does not exist, or AWS does not show it yet")
            return str(self.root["Id"])
        return self.units[unit].id

    def node_key(self, node_id: str) -> str:
        """The key of the unit or root with this id; the id itself when it is unknown."""
        if self.root and node_id == self.root["Id"]:
            return ROOT
        keys = self._named("unit keys", lambda: {unit.id: unit.key for unit in self.units.values()})
        return keys.get(node_id, node_id)

    def path(self, unit: str) -> tuple[str, ...]:
        """Root first, the unit itself last."""
        steps = [unit]
        while steps[-1] in self.units:
            steps.append(self.units[steps[-1]].parent)
        return tuple(reversed(steps))

    def add_unit(self, unit: LiveUnit) -> None:
        """A unit was created, renamed or marked."""
        self._named.amend("units", self._read_units, lambda units: {**units, unit.key: unit})
        self._named.forget("unit keys")

    def add_account(self, account: LiveAccount) -> None:
        """An account was created, moved or marked."""
        if account.key not in self.accounts:
            self.newcomers.add(account.key)
        self._named.amend("accounts", self._read_accounts, lambda accounts: {**accounts, account.key: account})
        self._named.forget("account ids", "account keys", "ids", "tokens", "special")

    def add_policy(self, policy: LivePolicy) -> None:
        """A policy was created."""
        self._named.amend("policies", self._read_policies, lambda policies: {**policies, policy.key: policy})

    def drop_unit(self, key: str) -> None:
        """A unit was deleted."""
        self._named.amend("units", self._read_units, lambda units: _without(units, key))
        self._named.forget("unit keys")

    def drop_policy(self, key: str) -> None:
        """A policy was deleted."""
        self._named.amend("policies", self._read_policies, lambda policies: _without(policies, key))

    def move_account(self, key: str, unit: str) -> None:
        """An account was moved."""
        self.add_account(replace(self.accounts[key], unit=unit))

    def tagged(self, resource_id: str, tags: Mapping[str, str]) -> None:
        """An account, unit or policy was created with these tags, or was given them."""
        self._survey.tagged(resource_id, tags)

    def untagged(self, resource_id: str) -> None:
        """Tags of it were taken away, or may have been written a moment ago: it is asked for them directly."""
        self._survey.untagged(resource_id)

    def content(self, policy: LivePolicy) -> str:
        """The text of a policy (DescribePolicy, 2 a second: asked once each)."""
        return self.content_of(policy.id)

    def content_of(self, policy_id: str) -> str:
        """The same, by its id."""
        return self._survey.content(policy_id)

    def document(self, policy_id: str) -> Any:
        """The text of a policy, parsed, with tokens in place of the ids that the config knows.

        Of a text that is no JSON, `{"text": …}`.
        """
        text = self.content_of(policy_id)
        try:
            found = json.loads(text)
        except ValueError:
            found = {"text": text}
        return references.symbolic(found, self.tokens)

    def targets(self, policy: LivePolicy) -> tuple[str, ...]:
        """The ids of the root, units and accounts that a policy is attached to."""
        return self._survey.targets(policy.id)

    def nodes(self, policy: LivePolicy) -> tuple[str, ...]:
        """What a policy is attached to, as `root`, `unit/KEY` or `account/KEY`."""
        return tuple(map(self._node, self.targets(policy)))

    def target_id(self, node: str) -> str:
        """The id of `root`, `unit/KEY` or `account/KEY`; raises NotThere."""
        kind, _, key = node.partition("/")
        return self.accounts[key].id if kind == "account" else self.node_id(key or ROOT)

    def _node(self, target_id: str) -> str:
        """Accounts have ids of digits: of nothing else all accounts must be listed."""
        if target_id.isdigit():
            return f"account/{self.account_keys.get(target_id, target_id)}"
        return node_of(self.node_key(target_id))

    def full_access(self, target_id: str) -> bool:
        """Whether FullAWSAccess is attached to a root, unit or account."""
        return self._survey.full_access(target_id)

    def forget_policy(self, policy_id: str, target_id: str = "") -> None:
        """A policy was written, or attached to or detached from a target."""
        self.once.forget(f"content {policy_id}", f"targets {policy_id}", f"full access {target_id}")

    def _marks(self, resource_ids: Collection[str]) -> dict[str, str]:
        """Our mark, or nothing, by id."""
        self._survey.read_tags(resource_ids)
        return {resource_id: self.tags_of(resource_id).get(TAG, "") for resource_id in resource_ids}

    def _read_units(self) -> dict[str, LiveUnit]:
        if self.description is None:
            return Known("unit", ())
        found = self._survey.units
        marks = self._marks([unit.id for unit in found])
        problems = tuple(live_names.marked_twice(self._wanted, self._survey.root["Id"], found, marks))
        if problems:
            raise ConfigError(problems)
        named = live_names.units(self._wanted, self._survey.root["Id"], found, marks)
        return Known("unit", ((unit.key, unit) for unit in named))

    def _read_accounts(self) -> dict[str, LiveAccount]:
        found = [] if self.description is None else self._survey.accounts
        marks = self._marks([account["Id"] for account in found]) if found else {}
        present = (
            Present(each["Id"], each["Name"], each["Email"], live_names.state(each), marks[each["Id"]])
            for each in found
        )
        problems = tuple(unheld(self._wanted, self.description, present))
        if problems:
            raise ConfigError(problems)
        if self.description is None:
            return Known("account", ())
        management = self.description["MasterAccountId"]
        named = live_names.accounts(self._wanted, management, found, marks, self._units_of(found))
        return Known("account", ((account.key, account) for account in named))

    def _units_of(self, accounts: list[Any]) -> Mapping[str, str]:
        """Unit key by account id."""
        nodes = (self.node_id(ROOT), *(unit.id for unit in self.units.values()))
        return {account: self.node_key(parent) for account, parent in self._survey.parents(accounts, nodes).items()}

    def _read_policies(self) -> dict[str, LivePolicy]:
        if self.description is None:
            return Known("policy", ())
        found = self._survey.policies
        own = [policy["Id"] for policies in found.values() for policy in policies if not policy["AwsManaged"]]
        marks = self._marks(own)
        becoming = packs.becoming(self._wanted, found, marks, self._only_at)
        holds = {policy_id: packs.held(self.tags_of(policy_id)) for policy_id in own}
        named = live_names.policies(self._wanted, found, marks, becoming, holds)
        return Known("policy", ((policy.key, policy) for policy in named))

    def _only_at(self, policy_id: str, node: str) -> bool:
        """Whether a policy is attached to one node only; `node` is `root`, `unit/KEY` or `account/KEY`."""
        kind, _, key = node.partition("/")
        if kind == "account":
            return key in self.accounts and self._survey.targets(policy_id) == (self.accounts[key].id,)
        unit = key or ROOT
        return (unit == ROOT or unit in self.units) and self._survey.targets(policy_id) == (self.node_id(unit),)


def _without(known: Mapping[str, T], key: str) -> Mapping[str, T]:
    return {other: value for other, value in known.items() if other != key}
