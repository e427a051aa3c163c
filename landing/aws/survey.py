"""What AWS Organizations answers, in its own ids: each thing asked for once a run, in pages.

Every operation has a rate of its own at AWS ("Quotas and service limits for AWS Organizations"), so each has threads
of its own here: a slow operation never holds up another.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Any, TypeVar

from landing.aws.cache import Once
from landing.aws.connection import Connection
from landing.aws.expected_refusals import unless
from landing.core.errors import HIDING
from landing.core.model import Scope

A = TypeVar("A")
B = TypeVar("B")

SCP = "SERVICE_CONTROL_POLICY"
EVALUATED = (SCP, "RESOURCE_CONTROL_POLICY")
"""The types of policies that decide over requests."""
FULL_ACCESS = "FullAWSAccess"
"""AWS's own SCP: on every new root, unit and account; without it, or another Allow, everything below is denied."""

INVITATIONS = "invitations"
AWAITED = ("OPEN", "REQUESTED")
"""States of an invitation that may still be accepted."""

AT_ONCE = 4
"""Threads an operation: with half a second an answer, still more than the 5 calls a second that AWS admits."""


@dataclass(frozen=True, slots=True)
class FoundUnit:
    """A unit by the ids of AWS."""

    id: str
    name: str
    parent_id: str


class Survey:
    """Lazy and thread-safe."""

    def __init__(self, aws: Connection) -> None:
        self._aws = aws
        self.once = Once()
        """Also for what a kind asks for once a run."""
        self.newcomers: set[str] = set()
        """The accounts that this run has created, by their keys."""
        self._lanes: dict[str, ThreadPoolExecutor] = {}
        self._guard = threading.Lock()
        self._written: dict[str, Mapping[str, str]] = {}
        self._untagged: set[str] = set()
        self.backlog: Counter[tuple[str, str]] = Counter()
        """What is still to be read, by (service, operation)."""
        self.ahead: frozenset[str] = frozenset()
        """What will be asked for later, and is therefore read on the way."""

    @property
    def description(self) -> Mapping[str, Any] | None:
        """What DescribeOrganization says, or None when the account is in no organization."""
        return self.once("description", self._read_description)

    @property
    def root(self) -> Mapping[str, Any]:
        """The root with its policy types; there must be an organization."""
        return self.once("root", lambda: next(self._listed("list_roots", "Roots")))

    @property
    def trusted(self) -> tuple[str, ...]:
        """The service principals that have trusted access."""
        listed = ("list_aws_service_access_for_organization", "EnabledServicePrincipals")
        return self.once("trusted", lambda: tuple(entry["ServicePrincipal"] for entry in self._listed(*listed)))

    @property
    def administrators(self) -> tuple[tuple[str, str], ...]:
        """(service principal, account id) of every delegated administrator: a call an account that is any."""
        return self.once("administrators", lambda: tuple(self._read_administrators()))

    def _read_administrators(self) -> Iterator[tuple[str, str]]:
        for account in self._listed("list_delegated_administrators", "DelegatedAdministrators"):
            services = ("list_delegated_services_for_account", "DelegatedServices")
            for service in self._listed(*services, AccountId=account["Id"]):
                yield service["ServicePrincipal"], account["Id"]

    @property
    def units(self) -> tuple[FoundUnit, ...]:
        """All units, parents first."""
        return self.once("found units", lambda: tuple(self._walk()))

    @property
    def accounts(self) -> list[Any]:
        """All accounts as ListAccounts gives them."""
        return self.once("found accounts", lambda: list(self._listed("list_accounts", "Accounts")))

    @property
    def invitations(self) -> list[Any]:
        """Invitations of accounts as AWS lists them, later ones first: open ones, and ended ones for a while."""
        return self.once(INVITATIONS, self._read_invitations)

    def _read_invitations(self) -> list[Any]:
        wanted: Any = {"ActionType": "INVITE"}
        found = self._listed("list_handshakes_for_organization", "Handshakes", Filter=wanted)
        return sorted(found, key=lambda each: (each["RequestedTimestamp"], each["Id"]), reverse=True)

    def forget_invitations(self) -> None:
        """There is one more."""
        self.once.forget(INVITATIONS)

    def stack_sets(self, region: str) -> tuple[str, ...]:
        """The names of everybody's stack sets in a region, which is the home region."""
        return self.once(f"stack sets {region}", lambda: tuple(self._read_stack_sets(region)))

    def _read_stack_sets(self, region: str) -> Iterator[str]:
        client = self._aws.client("cloudformation", Scope("", region))
        for each in self._aws.listed(client, "list_stack_sets", "Summaries", Status="ACTIVE"):
            yield each["StackSetName"]

    @property
    def policies(self) -> Mapping[str, list[Any]]:
        """Policies by type, as ListPolicies gives them; of the types that are enabled."""
        types = [entry["Type"] for entry in self.root["PolicyTypes"] if entry["Status"] == "ENABLED"]
        return {name: self._policies_of(name) for name in types}

    def _policies_of(self, policy_type: str) -> list[Any]:
        return self.once(
            f"policies {policy_type}", lambda: list(self._listed("list_policies", "Policies", Filter=policy_type))
        )

    def forget_root(self) -> None:
        """Policy types were enabled: which there are, and the policies of each, are to be read anew."""
        types = [entry["Type"] for entry in self.root["PolicyTypes"]]
        self.once.forget("root", *(f"policies {name}" for name in types))

    def content(self, policy_id: str) -> str:
        """The text of a policy (DescribePolicy, 2 a second)."""
        return self.once(
            f"content {policy_id}",
            lambda: str(self._client.describe_policy(PolicyId=policy_id)["Policy"]["Content"]),
        )

    def targets(self, policy_id: str) -> tuple[str, ...]:
        """The ids of the root, units and accounts that a policy is attached to."""
        return self.once(
            f"targets {policy_id}",
            lambda: tuple(
                target["TargetId"] for target in self._listed("list_targets_for_policy", "Targets", PolicyId=policy_id)
            ),
        )

    def full_access(self, target_id: str) -> bool:
        """Whether FullAWSAccess is attached to a root, unit or account."""
        return self.once(
            f"full access {target_id}",
            lambda: any(
                policy["Name"] == FULL_ACCESS and policy["AwsManaged"]
                for policy in self._listed("list_policies_for_target", "Policies", TargetId=target_id, Filter=SCP)
            ),
        )

    def in_unit(self, unit_id: str) -> tuple[str, ...]:
        """Ids of the accounts directly in a unit or the root."""
        return tuple(
            account["Id"] for account in self._listed("list_accounts_for_parent", "Accounts", ParentId=unit_id)
        )

    def parents(self, accounts: Collection[Any], nodes: Collection[str]) -> Mapping[str, str]:
        """The id of the unit or root of each account: from the Paths of ListAccounts, else by a listing a node."""
        if all(account.get("Paths") for account in accounts):
            return {account["Id"]: account["Paths"][0].rstrip("/").split("/")[-2] for account in accounts}
        listed = self.each("ListAccountsForParent", self.in_unit, nodes)
        return {account: node for node, inside in zip(nodes, listed, strict=True) for account in inside}

    def tags(self, resource_id: str) -> Mapping[str, str]:
        """Tags of an account, unit or policy: in bulk, but directly where this run has tagged and the bulk lags."""
        bulk = self._bulk_tags
        if bulk is None or resource_id in self._untagged:
            return self._own_tags(resource_id)
        found, written = bulk.get(resource_id, {}), self._written.get(resource_id, {})
        return found if written.items() <= found.items() else self._own_tags(resource_id)

    def root_tags(self) -> Mapping[str, str]:
        """Tags of the root: from the bulk, if that has been read and has any, else asked for directly."""
        root = str(self.root["Id"])
        return (self.tags(root) if self.once.knows("tags") else {}) or self._own_tags(root)

    def read_tags(self, resource_ids: Collection[str]) -> None:
        """Where tags cannot be read in bulk, ask for these side by side."""
        if self._bulk_tags is None:
            self.each("ListTagsForResource", self._own_tags, resource_ids)

    def accounts_tagged(self, key: str, values: Collection[str]) -> Mapping[str, str]:
        """Account id by the value of a tag, where just one account has it; one call. Nothing where it is refused."""
        found: dict[str, list[str]] = {}
        with unless(*HIDING, "InvalidParameterException"):
            filters = [{"Key": key, "Values": sorted(values)}]
            for account_id, tags in self._tagged("organizations:account", TagFilters=filters):
                found.setdefault(tags[key], []).append(account_id)
        return {value: ids[0] for value, ids in found.items() if len(ids) == 1}

    def tagged(self, resource_id: str, tags: Mapping[str, str]) -> None:
        """This run has written these tags: the bulk answer may take a while to show them."""
        self._written[resource_id] = {**self._written.get(resource_id, {}), **tags}
        self.once.forget(f"tags {resource_id}")

    def untagged(self, resource_id: str) -> None:
        """This run has taken tags away, or another has just written some: the bulk answer may show that late."""
        self._untagged.add(resource_id)
        self.once.forget(f"tags {resource_id}")

    def each(self, operation: str, function: Callable[[A], B], items: Iterable[A]) -> list[B]:
        """`function` of each item, side by side in the threads of the operation, in order."""
        return [future.result() for future in [self.soon(operation, function, item) for item in items]]

    def soon(self, operation: str, function: Callable[..., B], *arguments: object) -> Future[B]:
        """Call it in a thread of the operation; who needs the answer waits for it, or for its name in `Once`."""
        with self._guard:
            if operation not in self._lanes:
                self._lanes[operation] = ThreadPoolExecutor(AT_ONCE, operation)
            future = self._lanes[operation].submit(function, *arguments)
            self.backlog["organizations", operation] += 1
        future.add_done_callback(lambda _: self._done(operation))
        return future

    def _done(self, operation: str) -> None:
        with self._guard:
            self.backlog["organizations", operation] -= 1

    def rest(self) -> None:
        """Begin nothing any more of what was to be read ahead."""
        self.ahead = frozenset()
        with self._guard:
            lanes, self._lanes = self._lanes, {}
        for lane in lanes.values():
            lane.shutdown(wait=False, cancel_futures=True)

    @property
    def _client(self) -> Any:
        return self._aws.client("organizations")

    def _listed(self, operation: str, key: str, **parameters: str) -> Iterator[Any]:
        return self._aws.listed(self._client, operation, key, **parameters)

    def _read_description(self) -> Mapping[str, Any] | None:
        with unless("AWSOrganizationsNotInUseException"):
            found: Mapping[str, Any] = self._client.describe_organization()["Organization"]
            return found
        return None

    def _walk(self) -> Iterator[FoundUnit]:
        """Level by level, each unit's children as soon as it is known.

        `rest` ends a walk with CancelledError: who needs the units after that walks again.
        """
        lanes = self._lanes
        children: dict[str, list[FoundUnit]] = {}
        running: dict[Future[list[FoundUnit]], str] = {}
        ended: SimpleQueue[Future[list[FoundUnit]]] = SimpleQueue()  # hears of cancelled ones too, as `wait` does not

        def visit(node_id: str) -> None:
            if self._lanes is not lanes:
                raise CancelledError
            if "full_access" in self.ahead:
                self.soon("ListPoliciesForTarget", self.full_access, node_id)
            listing = self.soon("ListOrganizationalUnitsForParent", self._children, node_id)
            running[listing] = node_id
            listing.add_done_callback(ended.put)

        visit(self.root["Id"])
        while running:
            done = ended.get()
            found = children[running.pop(done)] = done.result()
            for unit in found:
                visit(unit.id)
        waiting = [self.root["Id"]]
        for node_id in waiting:
            yield from children[node_id]
            waiting += [unit.id for unit in children[node_id]]

    def _children(self, node_id: str) -> list[FoundUnit]:
        listed = self._listed("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=node_id)
        return [FoundUnit(unit["Id"], unit["Name"], node_id) for unit in listed]

    @property
    def _bulk_tags(self) -> Mapping[str, Mapping[str, str]] | None:
        """Tags by id, 100 resources a page (Resource Groups Tagging API); None where that may not be asked."""
        return self.once("tags", self._read_bulk_tags)

    def _read_bulk_tags(self) -> Mapping[str, Mapping[str, str]] | None:
        with unless(*HIDING, "InvalidParameterException"):
            return dict(self._tagged("organizations"))
        return None

    def _tagged(self, resource_type: str, **parameters: object) -> Iterator[tuple[str, dict[str, str]]]:
        """Id and tags of everything of a type, 100 a page (Resource Groups Tagging API)."""
        client = self._aws.client("resourcegroupstaggingapi")
        wanted = {"ResourceTypeFilters": [resource_type], "ResourcesPerPage": 100, **parameters}
        for entry in self._aws.listed(client, "get_resources", "ResourceTagMappingList", **wanted):
            yield entry["ResourceARN"].rpartition("/")[2], {tag["Key"]: tag["Value"] for tag in entry["Tags"]}

    def _own_tags(self, resource_id: str) -> Mapping[str, str]:
        return self.once(
            f"tags {resource_id}",
            lambda: {
                tag["Key"]: tag["Value"]
                for tag in self._listed("list_tags_for_resource", "Tags", ResourceId=resource_id)
            },
        )
