"""How a change of a stack set is carried out: operations that may each have been made already, one after another."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Any

from landing.aws import Aws, batched, cause_of, translated, unless
from landing.core.errors import AwsError, InstancesFailed, NoCredentials, NotOurs, OperationFailed
from landing.core.model import Attributes, Change, Scope
from landing.core.partitions import OPT_IN_REGIONS
from landing.core.quotas import UNITS_PER_STACK_SET_CALL
from landing.organization import Organization
from landing.services.stacks import existing_recorders
from landing.services.stacks.cloudformation import ROLLBACK_FAILED, CloudFormationKind, unmarked
from landing.services.stacks.instances import BUSY, FAILED
from landing.services.stacks.left_stacks import EXISTS, MOST_IMPORTED, bring_up_to_date, left_stack
from landing.services.stacks.operations import Failure, Operations, named
from landing.services.stacks.opt_in import OptIn
from landing.services.stacks.shards import is_declared, name_of, stack_sets
from landing.services.stacks.waves import UPDATED, inside, so_far

SETTINGS = ("template", "parameters", "auto_deployment", "managed_execution")

CURES = {
    "missing": "create",
    "drifted": "revert",
    "deleted": "rebuild",
    "inoperable": "let go",
    "unexpected": "remove",
    "taken": "replace",
}
"""What mends an instance, by the word that its exception begins with; anything else is updated again."""

UPDATE_FAILED = (FAILED, "cancelled:")
"""How it is told of an instance that the last update has not changed."""

Look = Callable[[], Attributes]
"""What the stack set is by now, as the kind reads it."""


class Rollout:
    """One change of one stack set. What failed on single instances is told at the end, after all that can be done."""

    def __init__(self, organization: Organization, aws: Aws, client: Any, change: Change, look: Look) -> None:
        self.aws, self.client, self.change, self.look = aws, client, change, look
        self.organization, self.name = organization, name_of(organization, change.address.name)
        self.operations = Operations(aws, client, self.name)
        self.opt_in = OptIn(organization, aws)
        self.failures: list[Failure] = []
        """Told when all that can be done is done."""
        self._looked: set[tuple[str, str]] = set()
        """Account and Region where it was looked for stacks that were left."""
        deployment = stack_sets(organization).get(change.address.name)
        self.reach = (
            so_far(organization, deployment, change.through, aws.tree.account_ids)
            if deployment and change.through is not None
            else None
        )
        """What of its targets the waves so far reach; None when all of it is reached."""
        self.tolerance = deployment.failure_tolerance if deployment else 5
        self.existing = deployment.existing if deployment else ""
        self.preferences: Mapping[str, Any] = {
            "RegionConcurrencyType": "PARALLEL",
            "ConcurrencyMode": "SOFT_FAILURE_TOLERANCE",
            "MaxConcurrentCount": deployment.max_concurrent if deployment else 50,
            "FailureToleranceCount": self.tolerance,
        }

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
            changed = any(before.get(part) != after[part] for part in (UPDATED if self.reach else SETTINGS))
            skipped = self._continue_rollbacks(self._reached(before.get("instances", {})), stacks)
            if changed:
                self.run("update_stack_set", "settings", self.for_all(), **settings, **self._first(before, after))
                if self.reach:
                    before = self._without_failed(self.look())
            if before:
                if not self.reach and self._withdraw(before, after):
                    before = self.look()
                instances = self._reached(before["instances"])
                updated = changed and not self.reach
                if self.organization.waves and not updated:
                    instances = self._repair_units(instances, after)
                self._repair(instances, after, stacks, updated=updated)
        else:
            with unless("NameAlreadyExistsException"):  # made already, and the answer was lost
                self.client.create_stack_set(StackSetName=self.name, **settings)
            self._exists()
            before = {}
        self._extend(before, after)
        self._take_over_failed(stacks)
        for account, region in skipped:
            self._restore(account, region, stacks)
        self._tell()

    def _reached(self, instances: Mapping[str, str]) -> Mapping[str, str]:
        """Those of the waves so far."""
        if self.reach is None:
            return instances
        return {site: what for site, what in instances.items() if self._is_reached(site.partition("/")[0])}

    def _without_failed(self, before: Attributes) -> Attributes:
        """Without the instances on which the update has just failed: these are told of, not tried again at once."""
        instances = {site: what for site, what in before["instances"].items() if not what.startswith(UPDATE_FAILED)}
        return {**before, "instances": instances}

    def _is_reached(self, account: str) -> bool:
        """By where it is, or by its wave: an account that is still to move belongs to that of its new unit."""
        assert self.reach is not None
        assert self.change.through is not None
        if account in self.reach.accounts or self.organization.wave_at(f"account/{account}") <= self.change.through:
            return True
        return account in self.aws.tree.accounts and bool({*self.reach.units} & {*self.path(account)})

    def _first(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
        """The instances of the waves so far, for UpdateStackSet, which leaves all others OUTDATED; else the whole set.

        The first of them, where they are more units than a call takes, or single accounts besides: the others are
        brought after it like instances that are outdated.
        """
        old = before.get("regions", ())
        regions = [region for region in after["regions"] if region in old] or self.opt_in.usable(old)
        there = before.get("targets") or {"units": [], "accounts": []}
        if self.reach is None or not regions or not (there["units"] or there["accounts"]):
            return {}
        units = [unit for unit in self.reach.units if inside(unit, there["units"]) or self._holds_some(unit, there)]
        if units:
            ids = [self.aws.tree.node_id(unit) for unit in units[:UNITS_PER_STACK_SET_CALL]]
            return {
                "DeploymentTargets": {"OrganizationalUnitIds": ids, "AccountFilterType": "NONE"},
                "Regions": regions,
            }
        accounts = [
            key for key in self.reach.accounts if key in there["accounts"] or self._is_below(key, there["units"])
        ]
        homes = {self.path(key)[-2] for key in accounts}
        targets = {
            "OrganizationalUnitIds": [self.aws.tree.node_id(unit) for unit in sorted(homes)[:UNITS_PER_STACK_SET_CALL]],
            "Accounts": sorted(self.aws.tree.account_ids[key] for key in accounts),
            "AccountFilterType": "INTERSECTION",
        }
        return {"DeploymentTargets": targets, "Regions": regions}

    def _holds_some(self, unit: str, there: Mapping[str, Sequence[str]]) -> bool:
        below = (key for key in there["accounts"] if key in self.aws.tree.accounts)
        return any(inside(each, [unit]) for each in there["units"]) or any(unit in self.path(key) for key in below)

    def _is_below(self, account: str, units: Sequence[str]) -> bool:
        return account in self.aws.tree.accounts and bool({*units} & {*self.path(account)})

    def _repair_units(self, exceptions: Mapping[str, str], after: Mapping[str, Any]) -> Mapping[str, str]:
        """Have units updated as such of which no instance is current, and return what is left: instances one by one.

        A unit of the targets of which every instance in a Region is missing, but for those of earlier waves, is created
        as such too, so that automatic deployment goes there.
        """
        places = ((*site.partition("/")[::2], site) for site in exceptions if site != BUSY)
        cures = {site: self._cure(account, region, exceptions[site], after) for account, region, site in places}
        units = self.reach.units if self.reach else self._rest()
        self._as_units("update", {unit: self._members.get(unit, set()) for unit in units}, cures, after["regions"])
        if not self.reach:
            late = {unit: set(filter(self._is_late, self._members.get(unit, ()))) for unit in after["targets"]["units"]}
            self._as_units("create", late, cures, after["regions"])
        return {site: what for site, what in exceptions.items() if site == BUSY or site in cures}

    def _as_units(
        self, verb: str, units: Mapping[str, Collection[str]], cures: dict[str, str], regions: Sequence[str]
    ) -> None:
        """An operation on units of which all these accounts need it; what it mends is taken out of `cures`."""
        alike: dict[tuple[str, ...], list[str]] = {}
        for unit, accounts in units.items():
            needed = (region for region in regions if all(cures.get(f"{key}/{region}") == verb for key in accounts))
            if accounts and (places := tuple(needed)):
                alike.setdefault(places, []).append(unit)
        for places, some in sorted(alike.items()):
            self.on_units(verb, some, places)
            for site in [f"{key}/{region}" for unit in some for key in units[unit] for region in places]:
                cures.pop(site, None)

    def _is_late(self, account: str) -> bool:
        return self.organization.wave_at(f"account/{account}") == self.organization.last_wave

    def _rest(self) -> tuple[str, ...]:
        """The units that the last wave reaches whole."""
        deployment = stack_sets(self.organization).get(self.change.address.name)
        if deployment is None:
            return ()
        return self.organization.in_waves(self.organization.cover(deployment.target))[-1].units

    @cached_property
    def _members(self) -> Mapping[str, set[str]]:
        """The accounts below each unit that stack sets reach."""
        found: dict[str, set[str]] = {}
        for key, account in self.aws.tree.accounts.items():
            if account.state == "ACTIVE" and key != self.organization.management:
                for unit in self.aws.tree.path(account.unit):
                    found.setdefault(unit, set()).add(key)
        return found

    def mend(self, stacks: CloudFormationKind) -> None:
        """Repair the instances of a change that is narrowed, and touch nothing else: not the set, nor its targets."""
        after, before = self.change.after, self.change.before
        assert after is not None
        assert before is not None
        if not self._exists():
            raise OperationFailed("it is gone: plan again", operation=f"stack set {self.name}")
        if self.operations.settle() or BUSY in before["instances"]:
            before = self.look()
        skipped = self._continue_rollbacks(before["instances"], stacks)
        usable = {**after, "regions": self.opt_in.usable(after["regions"])}
        self._repair(before["instances"], usable, stacks, updated=False)
        self._take_over_failed(stacks)
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
            with self._telling(account, region, "its rollback"):
                client, stack = self._stack(account, region)
                if stack and stacks.settled(self.aws, client, stack) == ROLLBACK_FAILED:
                    skipped += [(account, region)] if stacks.continue_rollback(self.aws, client, stack) else []
        return skipped

    def _restore(self, account: str, region: str, stacks: CloudFormationKind) -> None:
        """Put right what a rollback has skipped, unless the update after it failed: then that is told of."""
        if any((each.account, each.region) == (account, region) for each in self.failures):
            return
        with self._telling(account, region, "its rollback"):
            stacks.restore(self.aws, *self._stack(account, region))

    @contextmanager
    def _telling(self, account: str, region: str, about: str) -> Iterator[None]:
        """What goes wrong at one place is told at the end, with the rest."""
        try:
            with translated(Scope(account, region)):
                yield
        except NoCredentials:
            raise
        except AwsError as error:
            self.failures.append(Failure(account, region, f"{about}: {error}"))

    def remove(self) -> None:
        """Delete the instances with their stacks, then the set."""
        if not self._exists():
            return
        self.operations.settle()
        found = self.client.describe_stack_set(StackSetName=self.name)["StackSet"]
        for units in batched(found.get("OrganizationalUnitIds") or [], UNITS_PER_STACK_SET_CALL):
            self.on_instances("delete", found["Regions"], units, RetainStacks=False)
            self.let_go(found["Regions"], units)
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
            reason = not_ours(found, declared=is_declared(self.organization, self.name))
            if found["Status"] == "ACTIVE" and reason:
                raise NotOurs(reason, operation=f"stack set {self.name}")
            return bool(found["Status"] == "ACTIVE")
        return False

    def _automatic(self, settings: Mapping[str, Any]) -> dict[str, Any]:
        """For CreateStackSet and UpdateStackSet; without `DependsOn`, accounts that join get all sets at once."""
        if not settings["enabled"]:
            return {"Enabled": False}
        names = [name_of(self.organization, key) for key in settings["after"]]
        others = [self.client.describe_stack_set(StackSetName=name)["StackSet"] for name in names]
        return {
            "Enabled": True,
            "RetainStacksOnAccountRemoval": settings["retain"],
            **({"DependsOn": [other["StackSetARN"] for other in others]} if others else {}),
        }

    def _tell(self) -> None:
        if self.failures:
            reasons = named(self.failures)
            cause = cause_of("cloudformation", "", reasons)
            raise InstancesFailed(reasons, operation=f"stack set {self.name}", cause=cause)

    def _extend(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Instances for units, accounts and regions that are new."""
        targets, old = after["targets"], before.get("targets") or {"units": [], "accounts": []}
        units, accounts = targets["units"], targets["accounts"]
        if self.reach:
            units, accounts = list(self.reach.units), list(self.reach.accounts)
        there = [unit for unit in old["units"] if self.reach or inside(unit, units)]  # the others were withdrawn
        regions = lost(after["regions"], before.get("regions") or ())
        new = [unit for unit in units if not inside(unit, there)]
        single = [key for key in accounts if key not in old["accounts"] and not self._is_below(key, there)]
        self.on_units("create", new, after["regions"])
        self.on_accounts("create", single, after["regions"])
        if regions:
            self.on_units("create", [unit for unit in units if unit not in new], regions)
            self.on_accounts("create", [key for key in accounts if key not in single], regions)

    def _withdraw(self, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        """No more instances where the config asks for none; of what came since the plan, nothing. Whether any went."""
        planned = self.change.before or before
        regions = [each for each in lost(before["regions"], after["regions"]) if each in planned["regions"]]
        regions = self.opt_in.usable(regions)
        targets = before["targets"]
        if regions:
            self.on_units("delete", targets["units"], regions, RetainStacks=False)
            self.on_accounts("delete", targets["accounts"], regions, RetainStacks=False)
        left = [region for region in before["regions"] if region in after["regions"]]
        if left:
            gone = {unit for unit in targets["units"] if not inside(unit, after["targets"]["units"])}
            units = gone & set(planned["targets"]["units"])
            accounts = set(lost(targets["accounts"], after["targets"]["accounts"])) & set(
                planned["targets"]["accounts"]
            )
            self.on_units("delete", sorted(units), left, RetainStacks=False)
            self.on_accounts("delete", sorted(accounts), left, RetainStacks=False)
            return bool(regions or units or accounts)
        return bool(regions)

    def _repair(
        self, exceptions: Mapping[str, str], after: Mapping[str, Any], stacks: CloudFormationKind, *, updated: bool
    ) -> None:
        """Single instances that are missing, failed, drifted or too many, and no others.

        `updated`: the whole set was just updated, and with it all that an update mends.
        """
        cures = self._cures(exceptions, after, updated=updated)
        for (cure, region), accounts in sorted(cures.items()):
            match cure:
                case "revert":
                    for account in accounts:
                        stacks.revert_drift(self.aws, *self._stack(account, region))
                case "replace":
                    for account in accounts:
                        with self._telling(account, region, "its recorder"):
                            existing_recorders.remove(self.aws.client("config", Scope(account, region)))
                    self.on_accounts("update", accounts, [region])
                case "rebuild":
                    self._rebuild(accounts, region)
                case "remove":
                    self.on_accounts("delete", accounts, [region], RetainStacks=False)
                case "take over":
                    rest = self._take_over(accounts, region, stacks)
                    self.on_accounts("update", rest, [region])
                case _:
                    self.on_accounts(cure, accounts, [region])
        if any(cure == "revert" for cure, _ in cures):
            self.operations.detect_drift()

    def _cures(
        self, exceptions: Mapping[str, str], after: Mapping[str, Any], *, updated: bool
    ) -> Mapping[tuple[str, str], list[str]]:
        """What to do where: cure and Region, and the accounts."""
        cures: dict[tuple[str, str], list[str]] = {}
        for site, what in exceptions.items():
            account, _, region = site.partition("/")
            cure = self._cure(account, region, what, after)
            if cure == "let go":
                cure = "rebuild" if self._is_gone(account, region, what) else ""
            if cure and not (updated and cure == "update"):
                cures.setdefault((cure, region), []).append(account)
        return cures

    def _take_over(self, accounts: Sequence[str], region: str, stacks: CloudFormationKind) -> list[str]:
        """Make instances of stacks that were left there when the accounts left; the accounts in which nothing was left.

        The new stack, of which nothing could be made, goes first: an account has one instance in a Region.
        """
        declared, left, rest = is_declared(self.organization, self.name), dict[str, str](), list[str]()
        wanted = self.client.describe_stack_set(StackSetName=self.name)["StackSet"]
        for account in accounts:
            self._looked.add((account, region))
            with self._telling(account, region, "what was left there of this stack set"):
                client, stack = self._stack(account, region)
                if found := left_stack(self.aws, client, self.name, stack, stacks, declared=declared):
                    bring_up_to_date(self.aws, client, found, wanted, stacks)
                    left[account] = found
                else:
                    rest.append(account)
        if left:
            self.failures = [each for each in self.failures if each.region != region or each.account not in left]
            self.on_accounts("delete", sorted(left), [region], RetainStacks=False)
        kept = {each.account for each in self.failures if each.region == region}
        for some in batched(sorted(left.keys() - kept), MOST_IMPORTED):
            ids = [left[account] for account in some]
            units = sorted({self.aws.tree.node_id(self._home(account)) for account in some})
            about = {"StackIds": ids, "OrganizationalUnitIds": units}
            self.run("import_stacks_to_stack_set", about, self.preferences, **about)
        return rest

    def _take_over_failed(self, stacks: CloudFormationKind) -> None:
        """Where a stack could not be made now because something of it is there, what is left there is taken over."""
        sites: dict[str, list[str]] = {}
        for each in self.failures:
            place = (each.account, each.region)
            if EXISTS.search(each.reason) and place not in self._looked and each.account in self.aws.tree.accounts:
                sites.setdefault(each.region, []).append(each.account)
        for region, accounts in sorted(sites.items()):
            self._take_over(sorted(set(accounts)), region, stacks)

    def _rebuild(self, accounts: Sequence[str], region: str) -> None:
        """Instances anew, where others have given them parameters of their own with those."""
        alike: dict[str, list[str]] = {}
        for account in accounts:
            alike.setdefault(self._overrides(account, region), []).append(account)
        self.on_accounts("delete", accounts, [region], RetainStacks=True)
        for given, some in sorted(alike.items()):
            self.on_accounts("create", some, [region], **json.loads(given))

    def _overrides(self, account: str, region: str) -> str:
        """What an instance of a set that is not ours was given in the place of the set's parameters, as JSON."""
        if not is_declared(self.organization, self.name):
            return "{}"
        about = {"StackInstanceAccount": self.aws.tree.account_ids[account], "StackInstanceRegion": region}
        found = self.client.describe_stack_instance(StackSetName=self.name, **about)["StackInstance"]
        given = found.get("ParameterOverrides") or []
        return json.dumps({"ParameterOverrides": given} if given else {}, sort_keys=True)

    def _cure(self, account: str, region: str, what: str, after: Mapping[str, Any]) -> str:
        """What to do about an instance, or nothing."""
        if account not in self.aws.tree.accounts:
            return ""  # it has left the organization: no operation reaches it
        cure = CURES.get(what.split(":", 1)[0], "update")
        if cure == "update" and what.startswith(FAILED) and EXISTS.search(what):
            cure = "take over"
        planned = (self.change.before or {}).get("instances", {})
        if cure == "replace" and not planned.get(f"{account}/{region}", "").startswith(existing_recorders.TAKEN):
            return ""  # it came to light only now, and nobody was asked
        targets = {*after["targets"]["units"], *after["targets"]["accounts"]}
        if region in after["regions"] and targets & {*self.path(account)}:
            # What is unexpected was moved away, and is back by now: automatic deployment may have removed it.
            return "create" if cure == "remove" else cure
        if cure != "remove":
            return ""  # none is to be there any more
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
                self.failures.append(Failure(account, region, f"{what}. {advice}"))
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

    def on_units(self, verb: str, units: Sequence[str], regions: Sequence[str], **more: Any) -> None:
        """An operation on whole units, with those below them."""
        for batch in batched([self.aws.tree.node_id(unit) for unit in units], UNITS_PER_STACK_SET_CALL):
            self.on_instances(verb, regions, batch, **more)
            if verb == "delete":
                self.let_go(regions, batch)

    def on_accounts(self, verb: str, accounts: Sequence[str], regions: Sequence[str], **more: Any) -> None:
        """An operation on single accounts: filtered out of the units that they are in.

        Never out of the root: what is filtered becomes a target of the set, and automatic deployment takes targets
        whole ("Enable or disable automatic deployments" in the CloudFormation User Guide).
        """
        homes = {key: self._home(key) for key in accounts}
        for units in batched(sorted(set(homes.values())), UNITS_PER_STACK_SET_CALL):
            ids = sorted(self.aws.tree.account_ids[key] for key, unit in homes.items() if unit in units)
            self.on_instances(verb, regions, [self.aws.tree.node_id(unit) for unit in units], ids, **more)

    def _home(self, account: str) -> str:
        """The unit by which a single account is meant: the target that it is in, or else its own."""
        targets = set(self.change.after["targets"]["units"] if self.change.after else ())
        path = self.path(account)
        return next((step for step in path if step in targets), path[-2])

    def path(self, account: str) -> tuple[str, ...]:
        """From the root to the account itself, where it is now."""
        return *self.aws.tree.path(self.aws.tree.accounts[account].unit), account

    def on_instances(
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
        """Opt-in Regions last and apart: accounts that have not enabled them fail there, which must not stop others.

        Nor must accounts with a recorder of their own, wherever they are.
        """
        anyone = {name: value for name, value in self.preferences.items() if name != "FailureToleranceCount"}
        anyone["FailureTolerancePercentage"] = 100
        if always := [region for region in regions if region not in OPT_IN_REGIONS]:
            yield always, anyone if self.existing else self.preferences
        if perhaps := [region for region in regions if region in OPT_IN_REGIONS]:
            yield perhaps, anyone

    def for_all(self) -> Mapping[str, Any]:
        """The preferences of an operation on the whole set: accounts that cannot take part in a Region do not count."""
        regions = self.change.after["regions"] if self.change.after else ()
        if not self.existing and not OPT_IN_REGIONS.intersection(regions):
            return self.preferences
        off = Counter(failure.region for failure in self._listed("FAILED") if self.explained(failure))
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
                self.on_instances("delete", [region], [unit], ids, RetainStacks=True)

    def run(self, call: str, step: object, preferences: Mapping[str, Any], **parameters: Any) -> None:
        """An operation; failures that are no surprise are not noted."""
        about = [step, self.change.before, self.change.after]
        failures = self.operations.run(call, about, OperationPreferences=preferences, **parameters)
        self.failures += [failure for failure in failures if not self.explained(failure)]

    def explained(self, failure: Failure) -> bool:
        """Whether it is no surprise: a Region that is not enabled, or a recorder, which the next look tells."""
        known = bool(self.existing) and existing_recorders.explains(failure.reason)
        return known or self.opt_in.explains(failure.account, failure.region, failure.reason)


def not_ours(found: Mapping[str, Any], *, declared: bool) -> str:
    """Why a stack set is left alone; nothing when it is ours: marked, or declared by its name."""
    if found.get("PermissionModel") != "SERVICE_MANAGED":
        return "its permissions are self-managed: it belongs to something else, and is left alone"
    return "" if declared else unmarked(found)


def lost(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """What was there and is not wanted any more."""
    return sorted(set(before) - set(after))


def name_in(arn: str) -> str:
    """That of a stack set: arn:aws:cloudformation:REGION:ACCOUNT:stackset/NAME:UUID."""
    return arn.rpartition("/")[2].partition(":")[0]
