"""Custom actions: what a person may choose for findings in the console."""

from __future__ import annotations

import re
from typing import Any

from landing.sandbox.services.call import Call
from landing.sandbox.services.securityhub.state import absent, conflict, invalid, own_hub

LONGEST = 20
"""Characters of an id and of a name (API reference, CreateActionTarget)."""


def create_action_target(call: Call) -> dict[str, Any]:
    """An id is given once, and is letters and digits (API reference, CreateActionTarget)."""
    identifier, actions = call["Id"], own_hub(call).held().actions
    if not re.fullmatch(rf"[A-Za-z0-9]{{1,{LONGEST}}}", identifier):
        raise invalid(f"Invalid parameter 'Id'. It has up to {LONGEST} alphanumeric characters.")
    _check_name(call["Name"])
    arn = call.arn(f"action/custom/{identifier}")
    if arn in actions:
        raise conflict("The resource already exists.")
    actions[arn] = {"ActionTargetArn": arn, "Name": call["Name"], "Description": call["Description"]}
    return {"ActionTargetArn": arn}


def _check_name(name: str) -> None:
    if len(name) > LONGEST:
        raise invalid(f"Invalid parameter 'Name'. It has up to {LONGEST} characters.")


def describe_action_targets(call: Call) -> dict[str, Any]:
    """All of them, or those that are named (API reference, DescribeActionTargets)."""
    actions, wanted = own_hub(call).held().actions, call.get("ActionTargetArns")
    for arn in wanted or ():
        _there(actions, arn)
    found = [action for arn, action in actions.items() if not wanted or arn in wanted]
    return call.page("ActionTargets", found, whole=dict)


def update_action_target(call: Call) -> None:
    """What is not named stays (API reference, UpdateActionTarget)."""
    action = _there(own_hub(call).held().actions, call["ActionTargetArn"])
    if "Name" in call:
        _check_name(call["Name"])
    action |= {name: call[name] for name in ("Name", "Description") if name in call}


def delete_action_target(call: Call) -> dict[str, Any]:
    """API reference, DeleteActionTarget."""
    actions, arn = own_hub(call).held().actions, call["ActionTargetArn"]
    _there(actions, arn)
    del actions[arn]
    return {"ActionTargetArn": arn}


def _there(actions: dict[str, dict[str, Any]], arn: str) -> dict[str, Any]:
    if arn not in actions:
        raise absent("The action target does not exist.")
    return actions[arn]
