"""The live organization: units, accounts, policies, tags; read once a run, in pages, and shared by all kinds.

Live objects are given the names of the config: by the ownership tag first, then by what a person would
recognise (an account's e-mail, a unit's name under its parent, a policy's name and type).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from landing import references
from landing.aws.faults import UNREADABLE
from landing.aws.unless import unless
from landing.organization import ROOT, TAG

if TYPE_CHECKING:
    from landing.aws.door import Aws

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class LiveUnit:
    """A unit of AWS under the key of the config, or, when the config does not know it, under a key made of names."""

    id: str
    key: str
    name: str
    parent: str
    marked: bool


@dataclass(frozen=True, slots=True)
class LiveAccount:
    """An account of AWS; `key` is its id when the config does not know it. `unit` is a unit key or `root`."""

    id: str
    key: str
    name: str
    email: str
    state: str
    unit: str
    marked: bool


@dataclass(frozen=True, slots=True)
class LivePolicy:
    """A policy of AWS; AWS's own ones have `aws_managed`."""

    id: str
    key: str
    name: str
    type: str
    description: str
    aws_managed: bool
    marked: bool


class Tree:
    """Lazy, thread-safe, and told by the kinds what they create."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._values: dict[str, Any] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._guard = threading.Lock()
        self._forgotten: Counter[str] = Counter()
        self.newcomers: set[str] = set()
        """The accounts that this run has created."""

    def forget(self) -> None:
        """Read everything anew when it is next asked for."""
        self._forget(*self._locks)

    def forget_root(self) -> None:
        """The root's policy types are changing."""
        self._forget("root", "policies")

    def _forget(self, *names: str) -> None:
        with self._guard:
            self._forgotten.update(names)
            for name in names:
                self._values.pop(name, None)

    def _once(self, name: str, read: Callable[[], T]) -> T:
        """What was read, or read now; again when somebody made it untrue while it was being read."""
        with self._guard:
            lock = self._locks.setdefault(name, threading.RLock())
        with lock:
            while True:
                with self._guard:
                    if name in self._values:
                        value: T = self._values[name]
                        return value
                    begun = self._forgotten[name]
                found = read()
                with self._guard:
                    if self._forgotten[name] == begun:
                        self._values[name] = found

    @property
    def organization(self) -> Mapping[str, Any] | None:
        """What DescribeOrganization says, or None when the account is in no organization."""
        return self._once("organization", self._read_organization)

    @property
    def root(self) -> Mapping[str, Any] | None:
        """The root with its policy types."""
        if self.organization is None:
            return None
        root: Mapping[str, Any] = self._once("root", lambda: next(self._listed("list_roots", "Roots")))
        return root

    @property
    def policy_types(self) -> Mapping[str, str]:
        """Status (ENABLED, PENDING_ENABLE, PENDING_DISABLE) by policy type."""
        root = self.root
        return {entry["Type"]: entry["Status"] for entry in root["PolicyTypes"]} if root else {}

    @property
    def units(self) -> dict[str, LiveUnit]:
        """Units by key."""
        return self._once("units", lambda: {unit.key: unit for unit in self._read_units()})

    @property
    def accounts(self) -> dict[str, LiveAccount]:
        """Accounts by key, the management account among them."""
        return self._once("accounts", lambda: {account.key: account for account in self._read_accounts()})

    @property
    def policies(self) -> dict[str, LivePolicy]:
        """Policies by key."""
        return self._once("policies", lambda: {policy.key: policy for policy in self._read_policies()})

    @property
    def tags(self) -> Mapping[str, Mapping[str, str]]:
        """Tags by the id of the account, unit or policy."""
        return self._once("tags", self._read_tags)

    @property
    def account_ids(self) -> Mapping[str, str]:
        """Id by account key."""
        wanted = self._aws.organization
        if self.organization is None:
            return {wanted.management: self._aws.caller[0]}
        return {key: account.id for key, account in self.accounts.items()}

    @property
    def ids(self) -> Mapping[str, str]:
        """Id by token, for everything that exists."""
        found = {references.account_id(key): value for key, value in self.account_ids.items()}
        if self.organization and self.root:
            found[references.ORGANIZATION_ID] = self.organization["Id"]
            found[references.ROOT_ID] = self.root["Id"]
        return found

    @property
    def tokens(self) -> Mapping[str, str]:
        """Token by id, for everything that the config knows."""
        known = {references.account_id(key) for key in self._aws.organization.accounts}
        known |= {references.ORGANIZATION_ID, references.ROOT_ID}
        return self._once("tokens", lambda: {value: token for token, value in self.ids.items() if token in known})

    def node_id(self, unit: str) -> str:
        """The id of a unit, or of the root."""
        if unit == ROOT:
            assert self.root is not None
            return str(self.root["Id"])
        return self.units[unit].id

    def node_key(self, node_id: str) -> str:
        """The key of the unit or root with this id; the id itself when it is unknown."""
        if self.root and node_id == self.root["Id"]:
            return ROOT
        keys = self._once("unit keys", lambda: {unit.id: unit.key for unit in self.units.values()})
        return keys.get(node_id, node_id)

    def path(self, unit: str) -> tuple[str, ...]:
        """Root first, the unit itself last."""
        steps = [unit]
        while steps[-1] in self.units:
            steps.append(self.units[steps[-1]].parent)
        return tuple(reversed(steps))

    def add_unit(self, unit: LiveUnit) -> None:
        """A unit was created, renamed or marked."""
        self.units[unit.key] = unit
        self._forget("unit keys")

    def add_account(self, account: LiveAccount) -> None:
        """An account was created, moved or marked."""
        if account.key not in self.accounts:
            self.newcomers.add(account.key)
        self.accounts[account.key] = account
        self._forget("tokens")

    def add_policy(self, policy: LivePolicy) -> None:
        """A policy was created."""
        self.policies[policy.key] = policy

    def move_account(self, key: str, unit: str) -> None:
        """An account was moved."""
        self.add_account(replace(self.accounts[key], unit=unit))

    def content(self, policy: LivePolicy) -> str:
        """The text of a policy (DescribePolicy, 2 a second: asked once each)."""
        return self._once(
            f"content {policy.id}",
            lambda: str(self._client.describe_policy(PolicyId=policy.id)["Policy"]["Content"]),
        )

    def targets(self, policy: LivePolicy) -> tuple[str, ...]:
        """The ids of the root, units and accounts that a policy is attached to."""
        return self._once(
            f"targets {policy.id}",
            lambda: tuple(
                t["TargetId"] for t in self._listed("list_targets_for_policy", "Targets", PolicyId=policy.id)
            ),
        )

    def forget_policy(self, policy_id: str) -> None:
        """A policy was written, attached or detached."""
        self._forget(f"content {policy_id}", f"targets {policy_id}")

    @property
    def _client(self) -> Any:
        return self._aws.client("organizations")

    def _listed(self, operation: str, key: str, **parameters: str) -> Iterator[Any]:
        return self._aws.listed(self._client, operation, key, **parameters)

    def _read_organization(self) -> Mapping[str, Any] | None:
        with unless("AWSOrganizationsNotInUseException"):
            found: Mapping[str, Any] = self._client.describe_organization()["Organization"]
            return found
        return None

    def _read_units(self) -> Iterator[LiveUnit]:
        root = self.root
        if root is None:
            return
        wanted = self._aws.organization
        waiting = [(root["Id"], ROOT)]
        while waiting:
            parent_id, parent = waiting.pop(0)
            found = list(
                self._listed("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=parent_id)
            )
            below = {key: wanted.units[key] for key in wanted.children.get(parent, ())}
            marks = {ou["Id"]: self.tags.get(ou["Id"], {}).get(TAG, "") for ou in found}
            names = {unit.name: key for key, unit in below.items() if key not in marks.values()}
            for ou in found:
                mark = marks[ou["Id"]]
                key = mark if mark in below else names.get(ou["Name"], "")
                if not key:
                    path = ou["Name"] if parent == ROOT else f"{parent}/{ou['Name']}"
                    key = ou["Id"] if path in wanted.units else path
                # A mark that belongs under another parent was copied, not set by us: such a unit is not ours.
                ours = bool(mark) and mark.rpartition("/")[0] == ("" if parent == ROOT else parent)
                key = mark if ours and key not in below else key
                yield LiveUnit(ou["Id"], key, ou["Name"], parent, ours)
                waiting.append((ou["Id"], key))

    def _read_accounts(self) -> Iterator[LiveAccount]:
        organization = self.organization
        if organization is None:
            return
        wanted = self._aws.organization
        found = list(self._listed("list_accounts", "Accounts"))
        units = self._units_of(found)
        by_id = {account.id: key for key, account in wanted.accounts.items() if account.id}
        by_id[organization["MasterAccountId"]] = wanted.management
        by_mark: dict[str, str] = {}
        for live in found:
            mark = self.tags.get(live["Id"], {}).get(TAG, "")
            if mark and live["Id"] not in by_id:
                by_mark.setdefault(mark, live["Id"])
        by_email = {account.email.lower(): key for key, account in wanted.accounts.items() if key not in by_id.values()}
        for live in found:
            account_id = live["Id"]
            mark = self.tags.get(account_id, {}).get(TAG, "")
            ours = bool(mark) and by_mark.get(mark, account_id) == account_id
            key = by_id.get(account_id, "") or (mark if ours else "")
            if not key:
                key = by_email.get(live["Email"].lower(), "")
                key = account_id if not key or key in by_mark else key
            yield LiveAccount(
                account_id,
                key,
                live["Name"],
                live["Email"],
                _state(live),
                units[account_id],
                bool(mark) and mark == key,
            )

    def _units_of(self, accounts: list[Any]) -> Mapping[str, str]:
        """Unit key by account id: from the Paths that ListAccounts gives, else by one listing per unit."""
        if all(account.get("Paths") for account in accounts):
            return {
                account["Id"]: self.node_key(account["Paths"][0].rstrip("/").split("/")[-2]) for account in accounts
            }
        found: dict[str, str] = {}
        for unit in (ROOT, *self.units):
            for account in self._listed("list_accounts_for_parent", "Accounts", ParentId=self.node_id(unit)):
                found[account["Id"]] = unit
        return found

    def _read_policies(self) -> Iterator[LivePolicy]:
        wanted = self._aws.organization
        for kind, status in self.policy_types.items():
            if status != "ENABLED":
                continue
            found = list(self._listed("list_policies", "Policies", Filter=kind))
            marks = {p["Id"]: self.tags.get(p["Id"], {}).get(TAG, "") for p in found if not p["AwsManaged"]}
            names = {
                guardrail.name: key
                for key, guardrail in wanted.guardrails.items()
                if guardrail.type == kind and key not in marks.values()
            }
            for policy in found:
                mark = marks.get(policy["Id"], "")
                if mark in wanted.guardrails and wanted.guardrails[mark].type != kind:
                    mark = f"{mark}.{kind}"  # the guardrail changed its type: this one is to go
                key = mark or names.get(policy["Name"], "")
                if not key:
                    key = policy["Id"] if policy["Name"] in wanted.guardrails else policy["Name"]
                yield LivePolicy(
                    policy["Id"],
                    key,
                    policy["Name"],
                    kind,
                    policy.get("Description", ""),
                    policy["AwsManaged"],
                    bool(mark),
                )

    def _read_tags(self) -> Mapping[str, Mapping[str, str]]:
        """Tags of everything in the organization, 100 resources a page (Resource Groups Tagging API)."""
        tagging = self._aws.client("resourcegroupstaggingapi")
        found: dict[str, Mapping[str, str]] = {}
        with unless(*UNREADABLE, "InvalidParameterException"):
            for entry in self._aws.listed(
                tagging,
                "get_resources",
                "ResourceTagMappingList",
                ResourceTypeFilters=["organizations"],
                ResourcesPerPage=100,
            ):
                found[entry["ResourceARN"].rpartition("/")[2]] = {tag["Key"]: tag["Value"] for tag in entry["Tags"]}
        return found if found else _TagsOneByOne(self)

    def tags_of(self, resource_id: str) -> Mapping[str, str]:
        """Tags of one account, unit or policy (ListTagsForResource)."""
        return self._once(
            f"tags {resource_id}",
            lambda: {
                t["Key"]: t["Value"] for t in self._listed("list_tags_for_resource", "Tags", ResourceId=resource_id)
            },
        )


class _TagsOneByOne(Mapping[str, Mapping[str, str]]):
    """Where the tagging API does not answer for organizations: one paced call for each resource asked about."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __getitem__(self, resource_id: str) -> Mapping[str, str]:
        return self._tree.tags_of(resource_id)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def _state(account: Mapping[str, Any]) -> str:
    """State as AWS means it since September 2025; from Status where State is missing (SUSPENDED meant closed)."""
    if account.get("State"):
        return str(account["State"])
    status = str(account["Status"])
    return {"SUSPENDED": "CLOSED"}.get(status, status)
