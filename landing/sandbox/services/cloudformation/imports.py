"""Resources that are there already, and that a change set takes into its stack (`ImportExistingResources`).

CloudFormation User Guide, "Import AWS resources into a CloudFormation stack automatically".
"""

from __future__ import annotations

from collections.abc import Mapping

from botocore.exceptions import ClientError

from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import references, resources, schema
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.lookup import outline, site, symbolic
from landing.sandbox.services.cloudformation.state import Stack, Wanted, state_of
from landing.sandbox.services.cloudformation.template import Declared
from landing.sandbox.services.cloudformation.types.base import ABSENT
from landing.sandbox.world import World

KEPT = ("Retain", "RetainExceptOnCreate")


def check(call: Call, wanted: Wanted) -> None:
    """What a change set of type IMPORT must name: everything in its template, by its identifier, and no outputs.

    CloudFormation User Guide, "Import AWS resources into a CloudFormation stack manually".
    """
    if call.get("ChangeSetType") != "IMPORT":
        return
    declared, named = wanted.template.resources, {one["LogicalResourceId"]: one for one in call["ResourcesToImport"]}
    if missing := sorted(set(declared) - set(named)):
        raise wrong(f"Resources [{', '.join(missing)}] is missing from ResourceToImport list")
    if wanted.template.outputs:
        raise wrong("As part of the import operation, you cannot modify or add [Outputs]")
    for name, one in named.items():
        if name not in declared or declared[name].type != one["ResourceType"]:
            raise wrong(f"Resource [{name}] of type {one['ResourceType']} is not in the template")
        if set(one["ResourceIdentifier"]) != schema.of(one["ResourceType"]).identifiers:
            raise wrong(f"Invalid ResourceIdentifier for {one['ResourceType']}")
        if len(one["ResourceIdentifier"]) != 1:
            raise unsupported("cloudformation", "CreateChangeSet", "ResourceIdentifier of several properties")


def existing(world: World, stack: Stack, wanted: Wanted, declared: Declared) -> str | None:
    """The physical id of what a declared resource means by its custom name, if that is there.

    What AWS gives an id is not found, nor what is named after another resource.
    """
    names = schema.of(declared.type).identifiers
    if len(names) != 1 or not names <= set(declared.properties):
        return None
    (name,) = names
    value = declared.properties[name]
    if set(references.names(value)) & set(wanted.template.resources):
        return None
    identifier = str(outline(symbolic(world, stack, wanted), value))
    return identifier if _there(world, stack, declared, identifier) else None


def _there(world: World, stack: Stack, declared: Declared, identifier: str) -> bool:
    kind, place = resources.supported(declared.type), site(world, stack, declared.logical_id)
    try:
        return kind.read(place, identifier, {}) is not None
    except ClientError as error:
        if ABSENT.search(error.response["Error"]["Code"]):
            return False
        raise


def problem(world: World, stack: Stack, wanted: Wanted, found: Mapping[str, str]) -> str:
    """Why what was found, by logical id, cannot be taken in; nothing when it can."""
    declared = wanted.template.resources
    gone = [name for name, identifier in found.items() if not _there(world, stack, declared[name], identifier)]
    if gone:
        return f"Resources {gone} do not exist"
    unkept = sorted(name for name in found if declared[name].deletion_policy not in KEPT)
    if unkept:
        named = ", ".join(f"{name} ({found[name]})" for name in unkept)
        return (
            "CloudFormation is attempting to import some resources because they already exist in your account. The "
            "resources must have the DeletionPolicy attribute set to 'Retain' or 'RetainExceptOnCreate' in the "
            f"template for successful import. The affected resources are {named}"
        )
    owned = {
        (resource.type, resource.physical_id): other.id
        for other in state_of(world, stack.account, stack.region).stacks.values()
        for resource in other.resources.values()
        if other.is_live and other is not stack and resource.status not in (resources.GONE, "DELETE_SKIPPED")
    }
    taken = {name: owned.get((declared[name].type, identifier)) for name, identifier in found.items()}
    return "; ".join(f"{found[name]} already exists in stack {owner}" for name, owner in taken.items() if owner)
