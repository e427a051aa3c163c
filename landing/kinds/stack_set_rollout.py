"""How a change of a stack set is carried out: operations that may each have been made already, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from landing.aws import Aws, unless
from landing.errors import AwsError
from landing.kinds.cloudformation import operation_id
from landing.kinds.stack_set_shards import stack_sets
from landing.model import Change, Scope
from landing.quotas import UNITS_PER_STACK_SET_CALL

ATTEMPTS = 100
SETTINGS = ("template", "parameters", "auto_deployment", "managed_execution")

CURES = {
    "missing": "create",
    "drifted": "revert",
    "deleted": "rebuild",
    "inoperable": "rebuild",
    "unexpected": "remove",
}
"""What mends an instance, by the word that its exception begins with; anything else is updated again."""

Revert = Callable[[Aws, Any, str], None]


class Operations:
    """The operations of one stack set: started under ids of ours, joined when they run already, waited for."""

    def __init__(self, aws: Aws, client: Any, name: str) -> None:
        self.aws, self.client, self.name = aws, client, name

    def settle(self) -> None:
        """Wait for whatever runs: ours from an earlier run, or AWS's own deployment to accounts that joined."""
        for operation in self.client.list_stack_set_operations(StackSetName=self.name, MaxResults=20)["Summaries"]:
            if operation["Status"] in ("RUNNING", "QUEUED", "STOPPING"):
                self.wait(operation["OperationId"], strict=False)

    def detect_drift(self) -> None:
        """Have AWS compare every instance with its template (DetectStackSetDrift)."""
        with unless("OperationInProgressException") as busy:
            operation = self.client.detect_stack_set_drift(StackSetName=self.name)["OperationId"]
        if busy.code:
            self.settle()
            operation = self.client.detect_stack_set_drift(StackSetName=self.name)["OperationId"]
        self.wait(operation)

    def run(self, call: str, about: object, **parameters: Any) -> None:
        """Start an operation under an id made of what it is about, join it when it runs already, and wait for it."""
        for attempt in range(ATTEMPTS):
            wanted = operation_id(self.name, call, about, attempt)
            with unless("OperationIdAlreadyExistsException") as known:
                getattr(self.client, call)(StackSetName=self.name, OperationId=wanted, **parameters)
            if known.code:
                earlier = self.client.describe_stack_set_operation(StackSetName=self.name, OperationId=wanted)
                if earlier["StackSetOperation"]["Status"] not in ("RUNNING", "QUEUED"):
                    continue
            self.wait(wanted)
            return
        raise AwsError("TooManyAttempts", f"{call} was tried {ATTEMPTS} times", operation=f"stack set {self.name}")

    def wait(self, operation: str, *, strict: bool = True) -> None:
        """Until the operation has ended; with `strict` raises AwsError when it did not end well."""
        for _ in self.aws.poll(f"operation {operation} of stack set {self.name}", "stack_set"):
            found = self.client.describe_stack_set_operation(StackSetName=self.name, OperationId=operation)
            status = found["StackSetOperation"]["Status"]
            if status in ("SUCCEEDED", "FAILED", "STOPPED"):
                break
        if strict and status != "SUCCEEDED":
            raise AwsError(status, self._reasons(operation), operation=f"stack set {self.name}")

    def _reasons(self, operation: str) -> str:
        """Which account and region failed, and why."""
        keys = {account.id: key for key, account in self.aws.tree.accounts.items()}
        failed = self.aws.listed(
            self.client,
            "list_stack_set_operation_results",
            "Summaries",
            StackSetName=self.name,
            OperationId=operation,
            Filters=[{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}],
        )
        lines = [
            f"{keys.get(one['Account'], one['Account'])}/{one['Region']}: {one.get('StatusReason', 'no reason')}"
            for one in failed
        ]
        more = f"; and {len(lines) - 5} more" if len(lines) > 5 else ""
        return "; ".join(lines[:5]) + more


class Rollout:
    """One change of one stack set."""

    def __init__(self, aws: Aws, client: Any, name: str, change: Change) -> None:
        self.aws, self.client, self.name, self.change = aws, client, name, change
        self.operations = Operations(aws, client, name)
        deployment = stack_sets(aws.organization).get(change.address.name)
        self.preferences = {
            "RegionConcurrencyType": "PARALLEL",
            "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
            "MaxConcurrentCount": deployment.max_concurrent if deployment else 50,
            "FailureToleranceCount": deployment.failure_tolerance if deployment else 5,
        }

    def roll_out(self, sent: Mapping[str, Any], revert: Revert) -> None:
        """Create or update the set, then its instances; `sent` is the template with all that goes with it."""
        after, before = self.change.after, self.change.before or {}
        assert after is not None
        exists = self._exists()
        settings: dict[str, Any] = {
            **sent,
            "AutoDeployment": _automatic(after["auto_deployment"]),
            "ManagedExecution": {"Active": after["managed_execution"]},
            "PermissionModel": "SERVICE_MANAGED",
        }
        if not exists:
            self.client.create_stack_set(StackSetName=self.name, **settings)
            before = {}
        else:
            self.operations.settle()
            if any(before.get(part) != after[part] for part in SETTINGS):
                self._run("update_stack_set", "settings", **settings)
        if before:
            self._withdraw(before, after)
            self._repair(before["instances"], after, revert)
        self._extend(before, after)

    def remove(self) -> None:
        """Delete the instances with their stacks, then the set."""
        if not self._exists():
            return
        self.operations.settle()
        found = self.client.describe_stack_set(StackSetName=self.name)["StackSet"]
        for units in batched(found.get("OrganizationalUnitIds") or [], UNITS_PER_STACK_SET_CALL):
            self._instances("delete", found["Regions"], units, RetainStacks=False)
        self.client.delete_stack_set(StackSetName=self.name)

    def _exists(self) -> bool:
        with unless("StackSetNotFoundException"):
            return bool(self.client.describe_stack_set(StackSetName=self.name)["StackSet"]["Status"] == "ACTIVE")
        return False

    def _extend(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Instances for units, accounts and regions that are new."""
        targets, old = after["targets"], before.get("targets") or {"units": [], "accounts": []}
        same_regions = set(after["regions"]) <= set(before.get("regions") or ())
        units = [unit for unit in targets["units"] if not same_regions or unit not in old["units"]]
        accounts = [key for key in targets["accounts"] if not same_regions or key not in old["accounts"]]
        self._units("create", units, after["regions"])
        self._accounts("create", accounts, after["regions"])

    def _withdraw(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """No more instances where the config asks for none."""
        regions = lost(before["regions"], after["regions"])
        if regions:
            self._units("delete", before["targets"]["units"], regions, RetainStacks=False)
            self._accounts("delete", before["targets"]["accounts"], regions, RetainStacks=False)
        left = [region for region in before["regions"] if region in after["regions"]]
        if left:
            units = lost(before["targets"]["units"], after["targets"]["units"])
            accounts = lost(before["targets"]["accounts"], after["targets"]["accounts"])
            self._units("delete", units, left, RetainStacks=False)
            self._accounts("delete", accounts, left, RetainStacks=False)

    def _repair(self, exceptions: Mapping[str, str], after: Mapping[str, Any], revert: Revert) -> None:
        """Single instances that are missing, failed, drifted or too many."""
        targets = {*after["targets"]["units"], *after["targets"]["accounts"]}
        sites: dict[tuple[str, str], list[str]] = {}
        for site, what in exceptions.items():
            account, _, region = site.partition("/")
            cure = CURES.get(what.split(":", 1)[0], "update")
            if cure == "remove" and region in after["regions"] and targets & set(self._path(account)):
                cure = "create"  # it was moved away, and is back by now: automatic deployment may have removed it
            if region in after["regions"] or cure == "remove":
                sites.setdefault((cure, region), []).append(account)
        for (cure, region), accounts in sorted(sites.items()):
            match cure:
                case "revert":
                    for account in accounts:
                        self._revert(account, region, revert)
                case "rebuild":
                    self._accounts("delete", accounts, [region], RetainStacks=True)
                    self._accounts("create", accounts, [region])
                case "remove":
                    self._accounts("delete", accounts, [region], RetainStacks=False)
                case _:
                    self._accounts(cure, accounts, [region])
        if any(cure == "revert" for cure, _ in sites):
            self.operations.detect_drift()

    def _revert(self, account: str, region: str, revert: Revert) -> None:
        instance = self.client.describe_stack_instance(
            StackSetName=self.name, StackInstanceAccount=self.aws.tree.account_ids[account], StackInstanceRegion=region
        )["StackInstance"]
        revert(self.aws, self.aws.client("cloudformation", Scope(account, region)), instance["StackId"])

    def _units(self, verb: str, units: Sequence[str], regions: Sequence[str], **more: Any) -> None:
        for batch in batched([self.aws.tree.node_id(unit) for unit in units], UNITS_PER_STACK_SET_CALL):
            self._instances(verb, regions, batch, **more)

    def _accounts(self, verb: str, accounts: Sequence[str], regions: Sequence[str], **more: Any) -> None:
        """An operation on single accounts: filtered out of the units that they are in.

        Never out of the root: what is filtered becomes a target of the set, and automatic deployment takes targets
        whole ("Enable or disable automatic deployments" in the CloudFormation User Guide).
        """
        targets = set(self.change.after["targets"]["units"] if self.change.after else ())
        homes: dict[str, str] = {}
        for key in accounts:
            path = self._path(key)
            homes[key] = next((step for step in path if step in targets), path[-2])
        for units in batched(sorted(set(homes.values())), UNITS_PER_STACK_SET_CALL):
            ids = sorted(self.aws.tree.account_ids[key] for key, unit in homes.items() if unit in units)
            self._instances(verb, regions, [self.aws.tree.node_id(unit) for unit in units], ids, **more)

    def _path(self, account: str) -> tuple[str, ...]:
        """From the root to the account itself, where it is now."""
        return *self.aws.tree.path(self.aws.tree.accounts[account].unit), account

    def _instances(
        self, verb: str, regions: Sequence[str], units: list[str], accounts: list[str] | None = None, **more: Any
    ) -> None:
        targets: dict[str, Any] = {"OrganizationalUnitIds": units, "AccountFilterType": "NONE"}
        if accounts:
            targets |= {"Accounts": accounts, "AccountFilterType": "INTERSECTION"}
        about = [list(regions), targets]
        self._run(f"{verb}_stack_instances", about, DeploymentTargets=targets, Regions=list(regions), **more)

    def _run(self, call: str, step: object, **parameters: Any) -> None:
        about = [step, self.change.before, self.change.after]
        self.operations.run(call, about, OperationPreferences=self.preferences, **parameters)


def lost(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What was there and is not wanted any more."""
    return sorted(set(before) - set(after))


def _automatic(settings: Mapping[str, bool]) -> dict[str, bool]:
    if not settings["enabled"]:
        return {"Enabled": False}
    return {"Enabled": True, "RetainStacksOnAccountRemoval": settings["retain"]}


def batched(things: Sequence[str], size: int) -> Iterator[list[str]]:
    """In order, at most so many at a time."""
    for start in range(0, len(things), size):
        yield list(things[start : start + size])
