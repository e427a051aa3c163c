"""Outputs of a stack, and what it exports to the other stacks of its account and Region."""

from __future__ import annotations

from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation.document import wrong
from landing.sandbox.services.cloudformation.intrinsics import Resolver
from landing.sandbox.services.cloudformation.state import CloudFormationState, Stack, state_of
from landing.sandbox.world import World


def publish(world: World, stack: Stack, resolver: Resolver) -> None:
    """Resolve the outputs and replace the exports; refused where another stack is in the way."""
    found: dict[str, dict[str, str]] = {}
    for name, output in resolver.template.outputs.items():
        if "Condition" in output and not resolver.condition(output["Condition"]):
            continue
        entry = {"OutputKey": name, "OutputValue": resolver.text(output["Value"], "Output")}
        if "Description" in output:
            entry["Description"] = output["Description"]
        if "Export" in output:
            entry["ExportName"] = resolver.text(output["Export"]["Name"], "Export")
        found[name] = entry
    state = state_of(world, stack.account, stack.region)
    exports = {entry["ExportName"]: entry["OutputValue"] for entry in found.values() if "ExportName" in entry}
    _check(state, stack, exports)
    forget(world, stack)
    state.exports |= {name: (stack.id, value) for name, value in exports.items()}
    stack.outputs = found


def _check(state: CloudFormationState, stack: Stack, exports: dict[str, str]) -> None:
    for name in exports:
        owner = state.exports.get(name, (stack.id, ""))[0]
        if owner != stack.id:
            raise wrong(f"Export with name {name} is already exported by stack {state.stacks[owner].name}.")
    for name, (owner, value) in state.exports.items():
        if owner == stack.id and exports.get(name) != value and (users := importers(state, name)):
            verb = "delete" if name not in exports else "update"
            raise wrong(f"Cannot {verb} export {name} as it is in use by {', '.join(users)}.")


def forget(world: World, stack: Stack) -> None:
    """The stack exports nothing any more."""
    exports = state_of(world, stack.account, stack.region).exports
    for name in [name for name, (owner, _) in exports.items() if owner == stack.id]:
        del exports[name]


def importers(state: CloudFormationState, name: str) -> list[str]:
    """Names of the live stacks that use an export."""
    return [stack.name for stack in state.stacks.values() if stack.is_live and name in stack.imports]


def check_unused(state: CloudFormationState, stack: Stack) -> None:
    """Refuse to delete a stack whose exports others use (User Guide, "Get exported outputs")."""
    for name, (owner, _) in state.exports.items():
        if owner == stack.id and (users := importers(state, name)):
            raise wrong(f"Export {name} cannot be deleted as it is in use by {', '.join(users)}")


def list_exports(call: Call) -> dict[str, Any]:
    """Of the caller's account and Region (API reference, ListExports)."""
    exports = sorted(state_of(call.world, call.account, call.region).exports.items())
    return call.page(
        "Exports", exports, show=lambda item: {"ExportingStackId": item[1][0], "Name": item[0], "Value": item[1][1]}
    )


def list_imports(call: Call) -> dict[str, Any]:
    """Refused for an export that nobody uses (API reference, ListImports)."""
    users = importers(state_of(call.world, call.account, call.region), call["ExportName"])
    if not users:
        raise wrong(f"Export '{call['ExportName']}' is not imported by any stack.")
    return call.page("Imports", users)
