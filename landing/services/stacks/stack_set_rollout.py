"""How a change of a stack set is carried out: operations that may each have been made already, one after another."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from landing.aws import Aws, translated, unless
from landing.core.errors import AwsError, InstancesFailed, NoCredentials, NotOurs
from landing.core.model import Attributes, Change, Scope
from landing.core.quotas import UNITS_PER_STACK_SET_CALL
from landing.organization import PREFIX
from landing.services.stacks.cloudformation import ROLLBACK_FAILED, CloudFormationKind, unmarked
from landing.services.stacks.stack_set_operations import Failure, named
from landing.services.stacks.stack_set_reach import Reach, batched

SETTINGS = ("template", "parameters", "auto_deployment", "managed_execution")

CURES = {
    "missing": "create",
    "drifted": "revert",
    "deleted": "rebuild",
    "inoperable": "let go",
    "unexpected": "remove",
}
"""What mends an instance, by the word that its exception begins with; anything else is updated again."""

BUSY = "*"
"""In the place of an instance: an operation runs, and what it makes of the instances is not known yet."""

FAILED = "failed:"
"""So begins the exception of an instance on which the last operation failed: its rollback may have failed too."""

Look = Callable[[], Attributes]
"""What the stack set is by now, as the kind reads it."""


class Rollout:
    """One change of one stack set. What failed on single instances is told at the end, after all that can be done."""

    def __init__(self, aws: Aws, client: Any, name: str, change: Change, look: Look) -> None:
        self.aws, self.client, self.name, self.change, self.look = aws, client, name, change, look
        self.reach = Reach(aws, client, name, change)
        self.operations, self.opt_in = self.reach.operations, self.reach.opt_in

    def roll_out(self, sent: Mapping[str, Any], stacks: CloudFormationKind) -> None:
        """Create or update the set, then its instances; `sent` is the template with all that goes with it."""
        skipped: list[tuple[str, str]] = []
        after, before = self.change.after, self.change.before or {}
        assert after is not None
        after = {**after, "regions": self.opt_in.usable(after["regions"])}
        settings: dict[str, Any] = {
            **sent,
            "AutoDeployment": self._automatic(after["auto_deployment"]),
            "ManagedExecution": {"Active": after["managed_execution"]},
            "PermissionModel": "SERVICE_MANAGED",
        }
        if self._exists():
            if self.operations.settle() or BUSY in before.get("instances", ()):
                before = self.look()
            changed = any(before.get(part) != after[part] for part in SETTINGS)
            skipped = self._continue_rollbacks(before.get("instances", {}), stacks)
            if changed:
                self.reach.run("update_stack_set", "settings", self.reach.for_all(), **settings)
            if before:
                self._withdraw(before, after)
                self._repair(before["instances"], after, stacks, updated=changed)
        else:
            with unless("NameAlreadyExistsException"):  # made already, and the answer was lost
                self.client.create_stack_set(StackSetName=self.name, **settings)
            self._exists()
            before = {}
        self._extend(before, after)
        for account, region in skipped:
            self._restore(account, region, stacks)
        self._tell()

    def _continue_rollbacks(self, exceptions: Mapping[str, str], stacks: CloudFormationKind) -> list[tuple[str, str]]:
        """Free the stacks that no update reaches since a rollback failed; those of which resources were skipped.

        StackSets has no operation for it: it is done in the member. A member that cannot be entered is told of, and
        stops nothing: the update may succeed there.
        """
        skipped = []
        for site, what in exceptions.items():
            account, _, region = site.partition("/")
            if not what.startswith(FAILED) or account not in self.aws.tree.accounts:
                continue
            with self._telling(account, region):
                client, stack = self._stack(account, region)
                if stack and stacks.settled(self.aws, client, stack) == ROLLBACK_FAILED:
                    skipped += [(account, region)] if stacks.continue_rollback(self.aws, client, stack) else []
        return skipped

    def _restore(self, account: str, region: str, stacks: CloudFormationKind) -> None:
        """Put right what a rollback has skipped, unless the update after it failed: then that is told of."""
        if any((each.account, each.region) == (account, region) for each in self.reach.failures):
            return
        with self._telling(account, region):
            stacks.restore(self.aws, *self._stack(account, region))

    @contextmanager
    def _telling(self, account: str, region: str) -> Iterator[None]:
        """What goes wrong at one place is told at the end, with the rest."""
        try:
            with translated(Scope(account, region)):
                yield
        except NoCredentials:
            raise
        except AwsError as error:
            self.reach.failures.append(Failure(account, region, f"its rollback: {error}"))

    def remove(self) -> None:
        """Delete the instances with their stacks, then the set."""
        if not self._exists():
            return
        self.operations.settle()
        found = self.client.describe_stack_set(StackSetName=self.name)["StackSet"]
        for units in batched(found.get("OrganizationalUnitIds") or [], UNITS_PER_STACK_SET_CALL):
            self.reach.instances("delete", found["Regions"], units, RetainStacks=False)
            self.reach.let_go(found["Regions"], units)
        self._tell()
        for _ in self.aws.poll(f"deleting stack set {self.name}", "stack_set"):
            with unless("OperationInProgressException", "StackSetNotFoundException") as busy:
                self.client.delete_stack_set(StackSetName=self.name)
            if busy.code != "OperationInProgressException":
                return
            self.operations.settle()

    def _exists(self) -> bool:
        """Whether there is such a stack set; raises NotOurs when it is somebody else's."""
        with unless("StackSetNotFoundException"):
            found = self.client.describe_stack_set(StackSetName=self.name)["StackSet"]
            reason = not_ours(found)
            if found["Status"] == "ACTIVE" and reason:
                raise NotOurs(reason, operation=f"stack set {self.name}")
            return bool(found["Status"] == "ACTIVE")
        return False

    def _automatic(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """For CreateStackSet and UpdateStackSet; without `DependsOn`, accounts that join get all sets at once."""
        if not settings["enabled"]:
            return {"Enabled": False}
        others = [self.client.describe_stack_set(StackSetName=PREFIX + key)["StackSet"] for key in settings["after"]]
        return {
            "Enabled": True,
            "RetainStacksOnAccountRemoval": settings["retain"],
            **({"DependsOn": [other["StackSetARN"] for other in others]} if others else {}),
        }

    def _tell(self) -> None:
        if self.reach.failures:
            raise InstancesFailed(named(self.reach.failures), operation=f"stack set {self.name}")

    def _extend(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Instances for units, accounts and regions that are new."""
        targets, old = after["targets"], before.get("targets") or {"units": [], "accounts": []}
        regions = lost(after["regions"], before.get("regions") or ())
        self.reach.units("create", lost(targets["units"], old["units"]), after["regions"])
        self.reach.accounts("create", lost(targets["accounts"], old["accounts"]), after["regions"])
        if regions:
            self.reach.units("create", [unit for unit in targets["units"] if unit in old["units"]], regions)
            self.reach.accounts("create", [key for key in targets["accounts"] if key in old["accounts"]], regions)

    def _withdraw(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """No more instances where the config asks for none; of what came since the plan, nothing."""
        planned = self.change.before or before
        regions = [each for each in lost(before["regions"], after["regions"]) if each in planned["regions"]]
        regions = self.opt_in.usable(regions)
        targets = before["targets"]
        if regions:
            self.reach.units("delete", targets["units"], regions, RetainStacks=False)
            self.reach.accounts("delete", targets["accounts"], regions, RetainStacks=False)
        left = [region for region in before["regions"] if region in after["regions"]]
        if left:
            units = set(lost(targets["units"], after["targets"]["units"])) & set(planned["targets"]["units"])
            accounts = set(lost(targets["accounts"], after["targets"]["accounts"])) & set(
                planned["targets"]["accounts"]
            )
            self.reach.units("delete", sorted(units), left, RetainStacks=False)
            self.reach.accounts("delete", sorted(accounts), left, RetainStacks=False)

    def _repair(
        self, exceptions: Mapping[str, str], after: Mapping[str, Any], stacks: CloudFormationKind, *, updated: bool
    ) -> None:
        """Single instances that are missing, failed, drifted or too many, and no others.

        `updated`: the whole set was just updated, and with it all that an update mends.
        """
        cures: dict[tuple[str, str], list[str]] = {}
        for site, what in exceptions.items():
            account, _, region = site.partition("/")
            cure = self._cure(account, region, what, after)
            if cure == "let go":
                cure = "rebuild" if self._is_gone(account, region, what) else ""
            if cure and not (updated and cure == "update"):
                cures.setdefault((cure, region), []).append(account)
        for (cure, region), accounts in sorted(cures.items()):
            match cure:
                case "revert":
                    for account in accounts:
                        stacks.revert_drift(self.aws, *self._stack(account, region))
                case "rebuild":
                    self.reach.accounts("delete", accounts, [region], RetainStacks=True)
                    self.reach.accounts("create", accounts, [region])
                case "remove":
                    self.reach.accounts("delete", accounts, [region], RetainStacks=False)
                case _:
                    self.reach.accounts(cure, accounts, [region])
        if any(cure == "revert" for cure, _ in cures):
            self.operations.detect_drift()

    def _cure(self, account: str, region: str, what: str, after: Mapping[str, Any]) -> str:
        """What to do about an instance, or nothing."""
        if account not in self.aws.tree.accounts:
            return ""  # it has left the organization: no operation reaches it
        cure = CURES.get(what.split(":", 1)[0], "update")
        if cure != "remove":
            return cure if region in after["regions"] else ""
        targets = {*after["targets"]["units"], *after["targets"]["accounts"]}
        if region in after["regions"] and targets & set(self.reach.path(account)):
            return "create"  # it was moved away, and is back by now: automatic deployment may have removed it
        planned = (self.change.before or {}).get("instances", {})
        return cure if f"{account}/{region}" in planned else ""

    def _is_gone(self, account: str, region: str, what: str) -> bool:
        """Whether the stack of an inoperable instance is no more, so that a new one can be made.

        While it is there, letting it go would orphan it (CloudFormation User Guide, "Troubleshooting StackSets").
        """
        stack = self._instance(account, region).get("StackId")
        if not stack:
            return True
        client = self.aws.client("cloudformation", Scope(account, region))
        with unless("ValidationError"):
            if client.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"] != "DELETE_COMPLETE":
                advice = f"StackSets can do nothing with it any more. Delete the stack {stack} there by hand, and run "
                advice += "landing apply again: it makes a new one"
                self.reach.failures.append(Failure(account, region, f"{what}. {advice}"))
                return False
        return True

    def _instance(self, account: str, region: str) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.client.describe_stack_instance(
            StackSetName=self.name, StackInstanceAccount=self.aws.tree.account_ids[account], StackInstanceRegion=region
        )["StackInstance"]
        return found

    def _stack(self, account: str, region: str) -> tuple[Any, str]:
        """The door to an instance's place, and its stack there, if it has one."""
        return self.aws.client("cloudformation", Scope(account, region)), self._instance(account, region).get(
            "StackId", ""
        )


def not_ours(found: Mapping[str, Any]) -> str:
    """Why a stack set of our name is left alone; nothing when it is ours."""
    if found.get("PermissionModel") != "SERVICE_MANAGED":
        return "its permissions are self-managed: it belongs to something else, and is left alone"
    return unmarked(found)


def lost(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What was there and is not wanted any more."""
    return sorted(set(before) - set(after))


def key_of(arn: str) -> str:
    """Ours from the ARN of a stack set: arn:aws:cloudformation:REGION:ACCOUNT:stackset/NAME:UUID."""
    return arn.rpartition("/")[2].partition(":")[0].removeprefix(PREFIX)
