"""Stack sets themselves: created, changed, described, deleted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landing.sandbox.protocol.constraints import Problem
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import capabilities, parameters, sections, support
from landing.sandbox.services.cloudformation import requests as stack_requests
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.stack_sets import operations, requests, roles, targets
from landing.sandbox.services.cloudformation.stack_sets.state import SERVICE_MANAGED, StackSet
from landing.sandbox.services.cloudformation.state import stack_of, state_of
from landing.sandbox.services.cloudformation.template import Template

NAME = re.compile(r"[a-zA-Z][-a-zA-Z0-9]{0,127}")
MOST_SETS = 1_000
NESTED = "AWS::CloudFormation::Stack"


def create_stack_set(call: Call) -> dict[str, Any]:
    """A set without instances (API reference, CreateStackSet)."""
    name = call["StackSetName"]
    if not NAME.fullmatch(name):
        raise wrong(str(Problem("pattern", "stackSetName", name, NAME.pattern)))
    owner, token = requests.owner(call), call.get("ClientRequestToken", "")
    live = [one for one in requests.sets_of(call.world, owner, call.region) if one.status == "ACTIVE"]
    for other in live:
        if other.name == name and token and other.token == token:
            return {"StackSetId": other.id}
        if other.name == name:
            raise Refusal("NameAlreadyExistsException", f"StackSet {name} already exists")
    if len(live) >= MOST_SETS:
        raise Refusal("LimitExceededException", f"There are {MOST_SETS} stack sets already")
    model = call.get("PermissionModel", "SELF_MANAGED")
    _check_model(call, model, owner)
    body = _body(call)
    stack_set = StackSet(f"{name}:{call.world.uuid()}", name, owner, call.region, body, {}, model, token=token)
    _set_template(call, stack_set, body)
    _set_rest(call, stack_set)
    state_of(call.world, owner, call.region).stack_sets[stack_set.id] = stack_set
    return {"StackSetId": stack_set.id}


def _check_model(call: Call, model: str, owner: str) -> None:
    if model == SERVICE_MANAGED:
        if not accounts.is_management(call.world, owner):
            raise wrong("Service managed stack sets are for the management account and delegated administrators")
        requests.check_access(call.world, owner)
        if "AutoDeployment" not in call:
            raise wrong("AutoDeployment is required for SERVICE_MANAGED permission model")
        if "AdministrationRoleARN" in call or "ExecutionRoleName" in call:
            raise wrong("Roles are not allowed for SERVICE_MANAGED permission model")
    elif "AutoDeployment" in call or call.get("CallAs") == "DELEGATED_ADMIN":
        raise wrong("AutoDeployment and CallAs are only for SERVICE_MANAGED permission model")


def _body(call: Call) -> str:
    found = stack_requests.body(call)
    if "StackId" in call:
        if found is not None:
            raise wrong("You can specify a template or a StackId, but not both")
        return stack_requests.live(call, call["StackId"]).wanted.body
    if found is None:
        raise wrong("Either Template URL or Template Body must be specified.")
    return found


def _set_template(call: Call, stack_set: StackSet, body: str) -> None:
    """Template, parameters and capabilities, once they go together."""
    found = sections.read(body)
    if stack_set.is_service_managed:
        _check_flat(found)
    support.check(found)
    given = call.get("Parameters", [])
    if "StackId" in call and not given:
        own = stack_of(call.world, stack_requests.live(call, call["StackId"]).id).wanted.parameters
        given = [{"ParameterKey": name, "ParameterValue": value} for name, value in own.items()]
    values = parameters.values(found, given, stack_set.parameters)
    capabilities.check(found, call.get("Capabilities", []))
    stack_set.body, stack_set.parameters = body, values
    stack_set.capabilities = tuple(call.get("Capabilities", ()))


def _check_flat(found: Template) -> None:
    """User Guide, "Considerations when using service-managed permissions"."""
    if found.transforms:
        raise wrong("Transforms are not supported in StackSets with SERVICE_MANAGED permission model")
    if any(resource.type == NESTED for resource in found.resources.values()):
        raise wrong("Nested stacks are not supported in StackSets with SERVICE_MANAGED permission model")


def _set_rest(call: Call, stack_set: StackSet) -> None:
    """Everything else that create and update both set; what a call does not name stays."""
    stack_set.description = call.get("Description", stack_set.description)
    if "Tags" in call:
        stack_set.tags = stack_requests.tags(call["Tags"])
    if "AutoDeployment" in call:
        _set_automatic(call, stack_set, call["AutoDeployment"])
    if "ManagedExecution" in call:
        stack_set.managed_execution = call["ManagedExecution"].get("Active", False)
    if not stack_set.is_service_managed:
        partition = call.partition
        default = f"arn:{partition}:iam::{stack_set.account}:role/{roles.ADMINISTRATION}"
        stack_set.administration_role = call.get("AdministrationRoleARN", stack_set.administration_role or default)
        stack_set.execution_role = call.get("ExecutionRoleName", stack_set.execution_role or roles.EXECUTION)


def _set_automatic(call: Call, stack_set: StackSet, settings: Mapping[str, Any]) -> None:
    enabled = settings.get("Enabled", False)
    if not enabled and "RetainStacksOnAccountRemoval" in settings and settings["RetainStacksOnAccountRemoval"]:
        raise wrong("RetainStacksOnAccountRemoval must only be specified if AutoDeployment is enabled")
    depends_on = []
    for arn in settings.get("DependsOn", ()):
        identifier = arn.rpartition("stackset/")[2]
        if identifier not in state_of(call.world, stack_set.account, stack_set.region).stack_sets:
            raise wrong(f"StackSet {arn} of DependsOn does not exist")
        depends_on.append(identifier)
    if len(depends_on) > 10:
        raise wrong("A StackSet can depend on at most 10 others")
    stack_set.automatic, stack_set.depends_on = enabled, tuple(depends_on)
    stack_set.retains = settings.get("RetainStacksOnAccountRemoval", False)


def update_stack_set(call: Call) -> dict[str, Any]:
    """The set is changed whatever becomes of its instances (API reference, UpdateStackSet).

    With a template or parameters all instances are OUTDATED, then those that are named are updated; without, the others
    stay as they are.
    """
    stack_set = requests.active(call)
    if call.get("PermissionModel", stack_set.permission_model) != stack_set.permission_model:
        raise wrong("The permission model of a StackSet cannot be changed")
    operations.check_free(call, stack_set)
    busy = [*stack_set.running(), *stack_set.queued()]
    if busy and call.get("ManagedExecution", {}).get("Active", True) != stack_set.managed_execution:
        raise operations.in_progress(busy[0])
    body = stack_requests.body(call)
    if (body is None) != bool(call.get("UsePreviousTemplate")):
        raise wrong("Either a template or UsePreviousTemplate must be specified")
    chosen = list(stack_set.instances)
    if "DeploymentTargets" in call or "Accounts" in call or "Regions" in call:
        chosen = targets.chosen(call, stack_set)
        if not chosen:
            raise Refusal("StackInstanceNotFoundException", "None of the specified stack instances exist")
    _set_template(call, stack_set, stack_set.body if body is None else body)
    _set_rest(call, stack_set)
    known = stack_set.parameters
    for instance in stack_set.instances.values():
        instance.overrides = {name: value for name, value in instance.overrides.items() if name in known}
        named = body is not None or "Parameters" in call or instance.site in chosen
        if named and instance.status == "CURRENT":
            instance.status = "OUTDATED"
    operable = [site for site in chosen if stack_set.instances[site].status != "INOPERABLE"]
    return operations.begin(call, stack_set, "UPDATE", "deploy", operable, whole_set=True)


def delete_stack_set(call: Call) -> dict[str, Any]:
    """Only without instances and operations; deleting it again changes nothing (API reference, DeleteStackSet)."""
    stack_set = requests.stack_set(call)
    busy = [*stack_set.running(), *stack_set.queued()]
    if busy:
        raise operations.in_progress(busy[0])
    if stack_set.instances:
        raise Refusal("StackSetNotEmptyException", "StackSet is not empty")
    stack_set.status = "DELETED"
    return {}


def describe_stack_set(call: Call) -> dict[str, Any]:
    """A deleted one by its id (API reference, DescribeStackSet)."""
    stack_set = requests.stack_set(call)
    arn = f"arn:{call.partition}:cloudformation:{stack_set.region}:{stack_set.account}:stackset/{stack_set.id}"
    shown: dict[str, Any] = {
        "StackSetName": stack_set.name,
        "StackSetId": stack_set.id,
        "StackSetARN": arn,
        "Description": stack_set.description or None,
        "Status": stack_set.status,
        "TemplateBody": stack_set.body,
        "Parameters": parameters.shown(stack_set.template, stack_set.parameters, {}),
        "Capabilities": list(stack_set.capabilities),
        "Tags": stack_requests.tag_list(stack_set.tags),
        "PermissionModel": stack_set.permission_model,
        "ManagedExecution": {"Active": stack_set.managed_execution},
        "StackSetDriftDetectionDetails": stack_set.drift or {"DriftStatus": "NOT_CHECKED"},
        "Regions": stack_set.regions,
    }
    if stack_set.is_service_managed:
        units = {instance.unit for instance in stack_set.instances.values() if instance.unit} | set(stack_set.targets)
        shown |= {"AutoDeployment": _automatic(call, stack_set), "OrganizationalUnitIds": sorted(units)}
    else:
        shown |= {"AdministrationRoleARN": stack_set.administration_role, "ExecutionRoleName": stack_set.execution_role}
    return {"StackSet": shown}


def _automatic(call: Call, stack_set: StackSet) -> dict[str, Any]:
    if not stack_set.automatic:
        return {"Enabled": False}
    arn = f"arn:{call.partition}:cloudformation:{stack_set.region}:{stack_set.account}:stackset/"
    depends_on = [arn + identifier for identifier in stack_set.depends_on]
    return {
        "Enabled": True,
        "RetainStacksOnAccountRemoval": stack_set.retains,
        **({"DependsOn": depends_on} if depends_on else {}),
    }


def list_stack_sets(call: Call) -> dict[str, Any]:
    """Deleted ones too, unless Status says otherwise (API reference, ListStackSets)."""
    wanted = call.get("Status")
    found = [one for one in requests.visible(call) if wanted in (None, one.status)]

    def one(stack_set: StackSet) -> dict[str, Any]:
        return {
            "StackSetName": stack_set.name,
            "StackSetId": stack_set.id,
            "Description": stack_set.description or None,
            "Status": stack_set.status,
            "PermissionModel": stack_set.permission_model,
            "ManagedExecution": {"Active": stack_set.managed_execution},
            "AutoDeployment": _automatic(call, stack_set) if stack_set.is_service_managed else None,
            "DriftStatus": stack_set.drift.get("DriftStatus", "NOT_CHECKED"),
            "LastDriftCheckTimestamp": stack_set.drift.get("LastDriftCheckTimestamp"),
        }

    return call.page("Summaries", found, show=one)
