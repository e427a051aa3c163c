"""What an operation does to one instance: create or update its stack, delete it, look at its drift, adopt it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.cloudformation import drift, lookup, parameters, removal, stacks, support
from landing.sandbox.services.cloudformation.stack_sets import roles
from landing.sandbox.services.cloudformation.stack_sets.state import Instance, Operation, Site, StackSet
from landing.sandbox.services.cloudformation.state import Stack, Wanted, stack_of, state_of
from landing.sandbox.world import World, regions

UNMADE = ("CREATE_FAILED", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
"""States of a stack that was never built; the next attempt begins anew."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went, and how many resources were handled."""

    succeeded: bool
    reason: str = ""
    resources: int = 0


@dataclass
class Worker:
    """Handles the instances of one operation; what they have in common is worked out once."""

    world: World
    stack_set: StackSet
    operation: Operation
    _shared: Wanted | None = field(default=None)

    def handle(self, site: Site) -> Outcome:
        """Do to the instance of a site what the operation is about."""
        instance = self.stack_set.instances.get(site)
        if instance is None:
            return Outcome(True)
        instance.operation = self.operation.id
        problem = "" if self.operation.retain else self._unreachable(instance)
        if problem == SUSPENDED:
            instance.detailed, instance.reason = "SKIPPED_SUSPENDED_ACCOUNT", problem
            return Outcome(True, problem)
        if problem:
            return self._told(instance, Outcome(False, problem))
        verbs = {"deploy": self._deploy, "delete": self._delete, "detect": self._detect, "import": self._import}
        return self._told(instance, verbs[self.operation.verb](instance))

    def _unreachable(self, instance: Instance) -> str:
        """Why StackSets cannot work in the instance's account and Region, or nothing."""
        world, stack_set = self.world, self.stack_set
        if not accounts.is_usable(world, instance.account):
            is_member = stack_set.is_service_managed and instance.account in world.accounts
            return SUSPENDED if is_member else f"Account {instance.account} is not accessible"
        if not regions.is_usable(world, instance.account, instance.region):
            return f"Region {instance.region} is not enabled in account {instance.account}"
        if self.operation.automatic and self.operation.verb == "delete":
            return ""
        return roles.problem(world, stack_set, instance.account)

    def _told(self, instance: Instance, outcome: Outcome) -> Outcome:
        """Note on the instance how it went."""
        if self.operation.verb == "detect":
            return outcome
        instance.reason = outcome.reason
        if outcome.succeeded:
            instance.status, instance.detailed = "CURRENT", "SUCCEEDED"
        elif self.operation.verb == "deploy":
            instance.status, instance.detailed = "OUTDATED", "FAILED"
        else:
            instance.status = "INOPERABLE"
            instance.detailed = "INOPERABLE" if self.operation.verb == "delete" else "FAILED_IMPORT"
        return outcome

    def _wanted(self, instance: Instance) -> Wanted:
        """What the stack of an instance is to be; the same object for all that do not differ."""
        template = self.stack_set.template
        if instance.overrides or lookup.has_stored(template):
            return self._of(instance, self.stack_set.parameters | instance.overrides)
        if self._shared is None:
            self._shared = self._of(instance, self.stack_set.parameters)
        return self._shared

    def _of(self, instance: Instance, given: dict[str, str]) -> Wanted:
        template = self.stack_set.template
        support.check(template)
        values = parameters.values(template, as_given(given), {})
        resolved = lookup.resolved_parameters(self.world, instance.account, instance.region, template, values)
        return Wanted(self.stack_set.body, values, resolved, self.stack_set.tags, self.stack_set.capabilities)

    def _deploy(self, instance: Instance) -> Outcome:
        """Create the stack, or update the one that there is."""
        try:
            wanted = self._wanted(instance)
        except Refusal as refusal:
            return Outcome(False, refusal.message)
        stack = stack_of(self.world, instance.stack_id) if instance.stack_id else None
        is_new = self.operation.action == "CREATE"
        if stack is not None and not stack.is_live and not is_new:
            return Outcome(False, f"Stack [{stack.id}] does not exist")
        if stack is not None and stack.is_live and stack.status in UNMADE:
            removal.delete(self.world, stack)
            stacks.release(self.world, stack)
        if stack is None or not stack.is_live:
            return self._create(instance, wanted)
        return self._update(instance, stack, wanted)

    def _create(self, instance: Instance, wanted: Wanted) -> Outcome:
        name = f"StackSet-{self.stack_set.name}-{self.world.uuid()}"
        stack = stacks.new(self.world, instance.account, instance.region, name, wanted)
        stack.stack_set, instance.stack_id = self.stack_set.id, stack.id
        instance.drift = "NOT_CHECKED"
        stacks.begin(self.world, stack, "CREATE")
        stacks.finish_create(self.world, stack.id)
        return _outcome(stack, "CREATE_COMPLETE")

    def _update(self, instance: Instance, stack: Stack, wanted: Wanted) -> Outcome:
        if stack.status not in stacks.UPDATABLE:
            return Outcome(False, f"Stack:{stack.id} is in {stack.status} state and can not be updated.")
        try:
            stacks.check_types(stack, wanted)
            if stack.wanted is wanted or stacks.is_same(self.world, stack, wanted):
                return Outcome(True, resources=1)
        except Refusal as refusal:
            return Outcome(False, refusal.message)
        stack.updated = self.world.now
        stacks.begin(self.world, stack, "UPDATE")
        stacks.finish_update(self.world, stack.id, replace(wanted))
        instance.drift = "NOT_CHECKED"
        return _outcome(stack, "UPDATE_COMPLETE")

    def _delete(self, instance: Instance) -> Outcome:
        """Delete the stack, or let it go; the instance is gone when that worked."""
        stack = stack_of(self.world, instance.stack_id) if instance.stack_id else None
        count = 0 if stack is None else len(stack.resources)
        if stack is not None and stack.is_live and not self.operation.retain:
            try:
                stacks.check_deletable(stack)
            except Refusal as refusal:
                return Outcome(False, refusal.message)
            self.world.clock.forget(("stack", stack.id))
            stacks.begin(self.world, stack, "DELETE")
            stacks.finish_delete(self.world, stack.id, ())
            if stack.is_live:
                return _outcome(stack, "DELETE_COMPLETE")
        elif stack is not None:
            stack.stack_set = None
        del self.stack_set.instances[instance.site]
        return Outcome(True, resources=count)

    def _detect(self, instance: Instance) -> Outcome:
        """Compare the live resources with the template. A stack that is gone has drifted, with no resource left."""
        instance.drift_checked, instance.drift_operation = self.world.now, self.operation.id
        instance.drifts = ()
        stack = stack_of(self.world, instance.stack_id) if instance.stack_id else None
        if stack is None or not stack.is_live:
            instance.drift = "DRIFTED"
            return Outcome(True, "" if stack is None else f"Stack [{stack.id}] does not exist")
        drift.look(self.world, stack)
        instance.drift = stack.drift_status
        if instance.drift == "DRIFTED":
            instance.drifts = tuple(drift.shown(stack, r) for r in stack.resources.values() if r.drift is not None)
        return Outcome(True, resources=len(stack.resources))

    def _import(self, instance: Instance) -> Outcome:
        """Adopt a stack that was made without the set; parameters that differ become overrides."""
        stack = stack_of(self.world, self.operation.settings["stacks"][instance.site])
        instance.stack_id = stack.id
        if stack.stack_set is not None:
            return Outcome(False, f"Stack {stack.id} belongs to a stack set already")
        if stack.status not in stacks.UPDATABLE:
            return Outcome(False, f"Stack {stack.id} is in {stack.status} state and cannot be imported")
        declared = stack.wanted.template.parameters
        if any(parameters.is_hidden(one) for one in declared.values()):
            return Outcome(False, f"Stack {stack.id} has parameters with NoEcho and cannot be imported")
        if stack.wanted.template.resources != self.stack_set.template.resources:
            return Outcome(False, f"The template of stack {stack.id} is not that of the stack set")
        own = self.stack_set.parameters
        instance.overrides = {name: value for name, value in stack.wanted.parameters.items() if own.get(name) != value}
        stack.stack_set = self.stack_set.id
        return Outcome(True, resources=len(stack.resources))


SUSPENDED = "The account is suspended"


def as_given(values: dict[str, str]) -> list[dict[str, Any]]:
    """Parameters in the form of a call."""
    return [{"ParameterKey": name, "ParameterValue": value} for name, value in values.items()]


def overridden(stack_set: StackSet, instance: Instance, given: Sequence[dict[str, Any]]) -> dict[str, str]:
    """The overrides of an instance after a call that gives some: what it does not name goes back to the set's value."""
    overrides = {}
    for entry in given:
        name = entry["ParameterKey"]
        if entry.get("UsePreviousValue"):
            if name in instance.overrides:
                overrides[name] = instance.overrides[name]
        else:
            overrides[name] = entry.get("ParameterValue", stack_set.parameters.get(name, ""))
    return overrides


def _outcome(stack: Stack, good: str) -> Outcome:
    count = len(stack.resources)
    if stack.status == good:
        return Outcome(True, resources=count)
    for event in stack.events[::-1]:
        if event.status.endswith("_FAILED") and event.reason and event.physical_id != stack.id:
            first = next(e for e in stack.events if e.logical_id == event.logical_id and e.status == event.status)
            reason = (
                f"ResourceLogicalId:{first.logical_id}, ResourceType:{first.type}, ResourceStatusReason:{first.reason}."
            )
            return Outcome(False, reason, count)
    return Outcome(False, stack.reason, count)


def forget_account(world: World, stack_set: StackSet, account: str) -> None:
    """The account is gone for good, and with it everything in it."""
    for site in [site for site in stack_set.instances if site[0] == account]:
        del stack_set.instances[site]
        state_of(world, *site).names.clear()
