"""AWS's policy simulator: what it says of actions on resources under a hierarchy of SCPs.

API reference: IAM, SimulateCustomPolicy. One result an action, whose decision is that of the strictest resource; the
decision of each resource is in ResourceSpecificResults, unless the resource is `*`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from landing.aws.faults import translated
from landing.core.model import ORGANIZATION

if TYPE_CHECKING:
    from landing.aws.door import Aws

ACTION = "iam:SimulateCustomPolicy"
"""The one permission that it needs."""

ALLOW_ALL = json.dumps(
    {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}, separators=(",", ":")
)
"""The identity policy of the caller: so that whatever is denied is denied by the SCPs."""


def simulate(
    aws: Aws,
    *,
    levels: Iterable[Sequence[str]],
    caller: str,
    context: Iterable[tuple[str, str, Sequence[str]]],
    actions: Sequence[str],
    resources: Sequence[str],
) -> dict[tuple[str, str], str]:
    """allowed, explicitDeny or implicitDeny by (action, resource); what AWS leaves out is left out.

    `levels` are the texts of the SCPs, the root first, `context` condition keys as (name, type, values). Do not mix
    `*` with other resources: AWS gives them one decision. Raises AwsError.
    """
    parameters = {
        "PolicyInputList": [ALLOW_ALL],
        "OrderedOrganizationPolicyInputList": [{"ServiceControlPolicyInputList": list(level)} for level in levels],
        "ActionNames": list(actions),
        "ResourceArns": list(resources),
        "CallerArn": caller,
        "ContextEntries": [
            {"ContextKeyName": name, "ContextKeyType": kind, "ContextKeyValues": list(values)}
            for name, kind, values in context
        ],
    }
    spelled = {action.lower(): action for action in actions}
    found: dict[tuple[str, str], str] = {}
    with translated(ORGANIZATION, "SimulateCustomPolicy"):
        for result in aws.listed(aws.client("iam"), "simulate_custom_policy", "EvaluationResults", **parameters):
            action = spelled.get(result["EvalActionName"].lower())
            if action is not None:
                found.update(((action, resource), decision) for resource, decision in _decisions(result, resources))
    return found


def _decisions(result: Mapping[str, Any], resources: Sequence[str]) -> Iterator[tuple[str, str]]:
    specific = result.get("ResourceSpecificResults") or ()
    for each in specific:
        yield each["EvalResourceName"], each["EvalResourceDecision"]
    if not specific and len(resources) == 1:
        yield resources[0], result["EvalDecision"]
