"""Operations on the instances of a stack set: of whole units, of single accounts, of all; and what fails in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from landing.aws import Aws
from landing.core.model import Change
from landing.core.partitions import OPT_IN_REGIONS
from landing.core.quotas import UNITS_PER_STACK_SET_CALL
from landing.services.stacks.stack_set_operations import Failure, Operations
from landing.services.stacks.stack_set_regions import OptIn
from landing.services.stacks.stack_set_shards import stack_sets


class Reach:
    """Operations for one change of one stack set. `failures` are told when all that can be done is done."""

    def __init__(self, aws: Aws, client: Any, name: str, change: Change) -> None:
        self.aws, self.client, self.name, self.change = aws, client, name, change
        self.operations = Operations(aws, client, name)
        self.opt_in = OptIn(aws)
        self.failures: list[Failure] = []
        deployment = stack_sets(aws.organization).get(change.address.name)
        self.tolerance = deployment.failure_tolerance if deployment else 5
        self.preferences: Mapping[str, Any] = {
            "RegionConcurrencyType": "PARALLEL",
            "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
            "MaxConcurrentCount": deployment.max_concurrent if deployment else 50,
            "FailureToleranceCount": self.tolerance,
        }

    def units(self, verb: str, units: Sequence[str], regions: Sequence[str], **more: Any) -> None:
        """An operation on whole units, with those below them."""
        for batch in batched([self.aws.tree.node_id(unit) for unit in units], UNITS_PER_STACK_SET_CALL):
            self.instances(verb, regions, batch, **more)
            if verb == "delete":
                self.let_go(regions, batch)

    def accounts(self, verb: str, accounts: Sequence[str], regions: Sequence[str], **more: Any) -> None:
        """An operation on single accounts: filtered out of the units that they are in.

        Never out of the root: what is filtered becomes a target of the set, and automatic deployment takes targets
        whole ("Enable or disable automatic deployments" in the CloudFormation User Guide).
        """
        targets = set(self.change.after["targets"]["units"] if self.change.after else ())
        homes: dict[str, str] = {}
        for key in accounts:
            path = self.path(key)
            homes[key] = next((step for step in path if step in targets), path[-2])
        for units in batched(sorted(set(homes.values())), UNITS_PER_STACK_SET_CALL):
            ids = sorted(self.aws.tree.account_ids[key] for key, unit in homes.items() if unit in units)
            self.instances(verb, regions, [self.aws.tree.node_id(unit) for unit in units], ids, **more)

    def path(self, account: str) -> tuple[str, ...]:
        """From the root to the account itself, where it is now."""
        return *self.aws.tree.path(self.aws.tree.accounts[account].unit), account

    def instances(
        self, verb: str, regions: Sequence[str], units: list[str], accounts: list[str] | None = None, **more: Any
    ) -> None:
        """An operation on units by id, or on just these accounts in them."""
        targets: dict[str, Any] = {"OrganizationalUnitIds": units, "AccountFilterType": "NONE"}
        if accounts:
            targets |= {"Accounts": accounts, "AccountFilterType": "INTERSECTION"}
        for some, preferences in self._portions(regions):
            about = [some, targets]
            self.run(f"{verb}_stack_instances", about, preferences, DeploymentTargets=targets, Regions=some, **more)

    def _portions(self, regions: Sequence[str]) -> Iterator[tuple[list[str], Mapping[str, Any]]]:
        """Opt-in Regions last and apart: accounts that have not enabled them fail there, which must not stop others."""
        if always := [region for region in regions if region not in OPT_IN_REGIONS]:
            yield always, self.preferences
        if perhaps := [region for region in regions if region in OPT_IN_REGIONS]:
            anyone = {name: value for name, value in self.preferences.items() if name != "FailureToleranceCount"}
            yield perhaps, {**anyone, "FailureTolerancePercentage": 100}

    def for_all(self) -> Mapping[str, Any]:
        """The preferences of an operation on the whole set: accounts that cannot take part in a Region do not count."""
        if not OPT_IN_REGIONS.intersection(self.change.after["regions"] if self.change.after else ()):
            return self.preferences
        failed = self._listed("FAILED")
        off = Counter(f.region for f in failed if self.opt_in.explains(f.account, f.region, f.reason))
        return {**self.preferences, "FailureToleranceCount": self.tolerance + max(off.values(), default=0)}

    def _listed(self, status: str) -> Iterator[Failure]:
        """The instances with a detailed status."""
        keys = self.aws.tree.account_keys
        filters = [{"Name": "DETAILED_STATUS", "Values": status}]
        for one in self.aws.listed(
            self.client, "list_stack_instances", "Summaries", StackSetName=self.name, Filters=filters
        ):
            account = keys.get(one["Account"], one["Account"])
            yield Failure(account, one["Region"], one.get("StatusReason", ""), one.get("OrganizationalUnitId", ""))

    def let_go(self, regions: Sequence[str], units: list[str]) -> None:
        """Instances that AWS cannot delete, in suspended accounts and Regions that are off, leave without their stacks.

        Otherwise their unit would stay a target, and the set could never be deleted.
        """
        found: dict[tuple[str, str], list[str]] = {}
        for each in self._listed("SKIPPED_SUSPENDED_ACCOUNT"):
            found.setdefault((each.region, each.unit), []).append(each.account)
        if OPT_IN_REGIONS.intersection(regions):
            for each in self._listed("INOPERABLE"):
                if self.opt_in.explains(each.account, each.region, each.reason):
                    found.setdefault((each.region, each.unit), []).append(each.account)
        for (region, unit), accounts in sorted(found.items()):
            ids = sorted(self.aws.tree.account_ids[key] for key in accounts if key in self.aws.tree.accounts)
            if region in regions and unit in units and ids:
                self.instances("delete", [region], [unit], ids, RetainStacks=True)

    def run(self, call: str, step: object, preferences: Mapping[str, Any], **parameters: Any) -> None:
        """An operation; failures that are no surprise are not noted."""
        about = [step, self.change.before, self.change.after]
        failures = self.operations.run(call, about, OperationPreferences=preferences, **parameters)
        self.failures += [f for f in failures if not self.opt_in.explains(f.account, f.region, f.reason)]


def batched(things: Sequence[str], size: int) -> Iterator[list[str]]:
    """In order, at most so many at a time."""
    for start in range(0, len(things), size):
        yield list(things[start : start + size])
