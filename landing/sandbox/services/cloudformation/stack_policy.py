"""Stack policies: what an update may do to which resources (User Guide, "Prevent updates to stack resources")."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from landing.sandbox.protocol.documents import listed, statements
from landing.sandbox.protocol.refusal import unsupported
from landing.sandbox.services.call import Call
from landing.sandbox.services.cloudformation import requests
from landing.sandbox.services.cloudformation.document import wrong


def set_stack_policy(call: Call) -> None:
    """A policy can be changed, not taken away (API reference, SetStackPolicy)."""
    if "StackPolicyURL" in call:
        raise unsupported("cloudformation", "SetStackPolicy", "StackPolicyURL")
    stack = requests.live(call, call["StackName"])
    stack.policy = checked(call.get("StackPolicyBody", ""))


def get_stack_policy(call: Call) -> dict[str, Any]:
    """Nothing if there is none (API reference, GetStackPolicy)."""
    return {"StackPolicyBody": requests.live(call, call["StackName"]).policy}


def checked(body: str) -> str:
    """The policy, if it is one."""
    try:
        found = statements(body)
    except ValueError:
        raise wrong("Error validating stack policy: Invalid stack policy") from None
    for statement in found:
        if not {"Effect", "Action", "Principal", "Resource"} <= set(statement) | {
            name.removeprefix("Not") for name in statement
        }:
            raise wrong("Error validating stack policy: Invalid stack policy")
    return body


def denial(policy: str | None, action: str, logical_id: str, kind: str) -> str:
    """Why the policy forbids `Update:Modify`, `Update:Replace` or `Update:Delete` of a resource, or nothing."""
    if policy is None:
        return ""
    effects = {s["Effect"] for s in statements(policy) if _matches(s, action, logical_id, kind)}
    if "Allow" in effects and "Deny" not in effects:
        return ""
    return f"Action denied by stack policy: Statement does not allow [{action}] for resource [{logical_id}]"


def _matches(statement: dict[str, Any], action: str, logical_id: str, kind: str) -> bool:
    kinds = statement.get("Condition", {})
    wanted = [one for test in kinds.values() for one in listed(test.get("ResourceType", []))]
    return (
        _one_of(action, statement, "Action")
        and _one_of(f"LogicalResourceId/{logical_id}", statement, "Resource")
        and (not kinds or any(fnmatchcase(kind, one) for one in wanted))
    )


def _one_of(value: str, statement: dict[str, Any], key: str) -> bool:
    if key in statement:
        return any(fnmatchcase(value, one) for one in listed(statement[key]))
    return not any(fnmatchcase(value, one) for one in listed(statement["Not" + key]))
