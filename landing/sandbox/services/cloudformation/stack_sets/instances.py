"""Stack instances: created, updated, deleted, listed, looked at for drift, adopted."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import drift
from landing.sandbox.services.cloudformation import requests as stack_requests
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.parameters import HIDDEN, is_hidden
from landing.sandbox.services.cloudformation.stack_sets import operations, requests, targets
from landing.sandbox.services.cloudformation.stack_sets.state import DETECT_DRIFT, Instance, Site, StackSet
from landing.sandbox.services.cloudformation.state import stack_of

MOST_INSTANCES = 100_000
MOST_IMPORTS = 10


def create_stack_instances(call: Call) -> dict[str, Any]:
    """For accounts and Regions; those that there are already are brought up to date (API reference)."""
    stack_set = requests.active(call)
    found = targets.accounts_of(call, stack_set, creating=True)
    regions = targets.checked_regions(call, stack_set)
    _check_overrides(call, stack_set)
    operations.check_free(call, stack_set)
    sites = [(account, region) for region in regions for account in found]
    if len(stack_set.instances) + len(sites) > MOST_INSTANCES:
        raise Refusal("LimitExceededException", f"A stack set can have at most {MOST_INSTANCES} instances")
    for unit in call.get("DeploymentTargets", {}).get("OrganizationalUnitIds", ()):
        stack_set.targets.setdefault(unit, {}).update(dict.fromkeys(regions))
    settings = {
        "overrides": call.get("ParameterOverrides", []),
        "units": {(account, region): unit for account, unit in found.items() for region in regions},
    }
    return operations.begin(call, stack_set, "CREATE", "deploy", sites, settings=settings)


def _check_overrides(call: Call, stack_set: StackSet) -> None:
    unknown = [
        entry["ParameterKey"]
        for entry in call.get("ParameterOverrides", ())
        if entry["ParameterKey"] not in stack_set.template.parameters
    ]
    if unknown:
        raise wrong(f"Parameters: [{', '.join(unknown)}] do not exist in the template")


def update_stack_instances(call: Call) -> dict[str, Any]:
    """Overrides of instances that exist, and another attempt at those that failed (API reference)."""
    stack_set = requests.active(call)
    chosen = targets.chosen(call, stack_set)
    _check_overrides(call, stack_set)
    operations.check_free(call, stack_set)
    if not chosen:
        raise Refusal("StackInstanceNotFoundException", "None of the specified stack instances exist")
    operable = [site for site in chosen if stack_set.instances[site].status != "INOPERABLE"]
    settings = {"overrides": call.get("ParameterOverrides", [])}
    return operations.begin(call, stack_set, "UPDATE", "deploy", operable, settings=settings)


def delete_stack_instances(call: Call) -> dict[str, Any]:
    """With their stacks, or without (API reference, DeleteStackInstances)."""
    stack_set = requests.active(call)
    chosen = targets.chosen(call, stack_set)
    operations.check_free(call, stack_set)
    _forget_targets(call, stack_set, chosen)
    return operations.begin(call, stack_set, "DELETE", "delete", chosen, retain=call["RetainStacks"])


def _forget_targets(call: Call, stack_set: StackSet, chosen: list[Site]) -> None:
    """A unit that is deleted whole is no target any more, nor are the units below it.

    One of which single accounts are deleted stays a target while there are others.
    """
    given = call.get("DeploymentTargets", {})
    units = set(given.get("OrganizationalUnitIds", ()))
    filtered = bool(given.get("Accounts") or "AccountsUrl" in given)
    below = targets.units_below(call.world, stack_set.account, units)
    for unit in list(stack_set.targets):
        if unit not in (units if filtered else below):
            continue
        for region in call["Regions"]:
            left = [
                s for s, one in stack_set.instances.items() if one.unit == unit and s[1] == region and s not in chosen
            ]
            if not (filtered and left):
                stack_set.targets[unit].pop(region, None)
        if not stack_set.targets[unit]:
            del stack_set.targets[unit]


def detect_stack_set_drift(call: Call) -> dict[str, Any]:
    """All instances that have a stack, one detection at a time (API reference, DetectStackSetDrift)."""
    stack_set = requests.active(call)
    operations.check_free(call, stack_set, detecting=True)
    sites = [site for site, instance in stack_set.instances.items() if instance.stack_id]
    return operations.begin(call, stack_set, DETECT_DRIFT, "detect", sites)


def _instance(call: Call, stack_set: StackSet) -> Instance:
    site = (call["StackInstanceAccount"], call["StackInstanceRegion"])
    if site not in stack_set.instances:
        raise Refusal(
            "StackInstanceNotFoundException",
            f"Stack instance for stack set {stack_set.name}, account {site[0]} and region {site[1]} not found",
        )
    return stack_set.instances[site]


def describe_stack_instance(call: Call) -> dict[str, Any]:
    """API reference, DescribeStackInstance."""
    stack_set = requests.stack_set(call)
    instance = _instance(call, stack_set)
    declared = stack_set.template.parameters
    overrides = [
        {"ParameterKey": name, "ParameterValue": HIDDEN if is_hidden(declared.get(name, {})) else value}
        for name, value in instance.overrides.items()
    ]
    return {"StackInstance": {**_shown(stack_set, instance), "ParameterOverrides": overrides}}


def _shown(stack_set: StackSet, instance: Instance) -> dict[str, Any]:
    return {
        "StackSetId": stack_set.id,
        "Account": instance.account,
        "Region": instance.region,
        "StackId": instance.stack_id or None,
        "Status": instance.status,
        "StatusReason": instance.reason or None,
        "StackInstanceStatus": {"DetailedStatus": instance.detailed},
        "OrganizationalUnitId": instance.unit or None,
        "DriftStatus": instance.drift,
        "LastDriftCheckTimestamp": instance.drift_checked,
        "LastOperationId": instance.operation or None,
    }


def list_stack_instances(call: Call) -> dict[str, Any]:
    """By account, Region and the filters (API reference, ListStackInstances)."""
    stack_set = requests.stack_set(call)
    account, region = call.get("StackInstanceAccount"), call.get("StackInstanceRegion")
    filters = {entry["Name"]: entry["Values"] for entry in call.get("Filters", ())}

    def matches(instance: Instance) -> bool:
        values = {
            "DETAILED_STATUS": instance.detailed,
            "LAST_OPERATION_ID": instance.operation,
            "DRIFT_STATUS": instance.drift,
        }
        return (
            account in (None, instance.account)
            and region in (None, instance.region)
            and all(values[name] == wanted for name, wanted in filters.items())
        )

    found = [instance for instance in stack_set.instances.values() if matches(instance)]
    return call.page("Summaries", found, show=lambda instance: _shown(stack_set, instance))


def list_stack_instance_resource_drifts(call: Call) -> dict[str, Any]:
    """What the last drift detection found; of a stack that is gone, nothing (API reference)."""
    stack_set = requests.stack_set(call)
    instance = _instance(call, stack_set)
    operation = requests.operation(call, stack_set)
    if operation.action != DETECT_DRIFT:
        raise Refusal("OperationNotFoundException", f"Operation {operation.id} is not a drift detection")
    rows = list(instance.drifts)
    if not rows and instance.drift == "IN_SYNC":
        stack = stack_of(call.world, instance.stack_id)
        rows = [drift.shown(stack, resource) for resource in stack.resources.values() if resource.drift is not None]
    wanted = call.get("StackInstanceResourceDriftStatuses")
    found = [row for row in rows if not wanted or row["StackResourceDriftStatus"] in wanted]
    return call.page("Summaries", found, whole=dict)


def list_stack_set_auto_deployment_targets(call: Call) -> dict[str, Any]:
    """Units and Regions (API reference, ListStackSetAutoDeploymentTargets)."""
    stack_set = requests.stack_set(call)
    return call.page(
        "Summaries",
        sorted(stack_set.targets.items()),
        show=lambda item: {"OrganizationalUnitId": item[0], "Regions": sorted(item[1])},
    )


def import_stacks_to_stack_set(call: Call) -> dict[str, Any]:
    """Up to ten stacks, wherever they are (API reference, ImportStacksToStackSet)."""
    stack_set = requests.active(call)
    identifiers = list(call.get("StackIds", ()))
    if "StackIdsUrl" in call:
        text = stack_requests.fetched(call, call["StackIdsUrl"])
        identifiers += targets.SEPARATORS.split(text.strip())
    elif len(identifiers) > MOST_IMPORTS:
        raise Refusal("LimitExceededException", f"At most {MOST_IMPORTS} stacks can be imported at once")
    operations.check_free(call, stack_set)
    found: dict[Site, str] = {}
    for identifier in identifiers:
        stack = stack_requests.anywhere(call.world, identifier)
        if (stack.account, stack.region) in stack_set.instances:
            raise wrong(f"Stack set {stack_set.name} has an instance in account {stack.account}, {stack.region}")
        found[stack.account, stack.region] = stack.id
    units = _import_units(call, stack_set, found)
    for unit in call.get("OrganizationalUnitIds", ()):
        stack_set.targets.setdefault(unit, {}).update({region: None for _, region in found})
    settings = {"stacks": found, "units": {site: units.get(site[0], "") for site in found}}
    return operations.begin(call, stack_set, "CREATE", "import", found, settings=settings)


def _import_units(call: Call, stack_set: StackSet, found: dict[Site, str]) -> dict[str, str]:
    if not stack_set.is_service_managed:
        return {}
    units = targets.below(call.world, stack_set.account, list(call.get("OrganizationalUnitIds", ())))
    outside = [account for account, _ in found if account not in units]
    if outside:
        raise wrong(f"Account {outside[0]} is not in the specified organizational units")
    return units
