"""Stacks that an account keeps when it leaves the targets of a stack set, and that are in the way when it comes back.

Automatic deployment lets them go with all that is in them (RetainStacksOnAccountRemoval), and makes new ones as soon as
the account is back, of which all fails that has a name.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from landing.aws import Aws, unless
from landing.core.errors import OperationFailed
from landing.services.stacks.cloudformation import CloudFormationKind, unmarked
from landing.services.stacks.stack import NOTHING_TO_DO

EXISTS = re.compile(r"already ?exists", re.IGNORECASE)
"""In the reason of an instance whose stack could not be made (Troubleshooting CloudFormation)."""
MOST_IMPORTED = 10
"""Stacks that ImportStacksToStackSet takes in a call."""
UNBUILT = ("CREATE_FAILED", "DELETE_COMPLETE", "REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
WHOLE = (
    "CREATE_COMPLETE", "IMPORT_COMPLETE", "IMPORT_ROLLBACK_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE",
)  # fmt: skip
"""Statuses of a stack that takes an update (UpdateStack)."""
UUID = "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def left_stack(aws: Aws, client: Any, stack_set: str, stack: str, stacks: CloudFormationKind, *, declared: bool) -> str:
    """The id of the one stack that an earlier instance has left in the account of `client`; none if there is none.

    `stack`: the id of the stack of the instance that there is now, which must be none that was ever built. What was
    left has our tag too. Raises OperationFailed where there are several, or one that takes no update; and of a stack
    set that is `declared` to be there, whose stacks have no tag: another stack set of its name may have made it.
    """
    name = re.compile(f"StackSet-{re.escape(stack_set)}-{UUID}")
    there = _stacks(aws, client)
    if there.get(stack, {}).get("StackStatus", "DELETE_COMPLETE") not in UNBUILT:
        return ""
    named = [id_ for id_, each in there.items() if name.fullmatch(each["StackName"])]
    if any(there[id_]["StackStatus"].endswith("_IN_PROGRESS") for id_ in named):
        for id_ in named:
            stacks.settled(aws, client, id_)
        there = _stacks(aws, client)
    found = {
        id_: there[id_]["StackStatus"]
        for id_ in named
        if id_ in there and there[id_]["StackStatus"] not in UNBUILT and (declared or not unmarked(there[id_]))
    }
    names = ", ".join(sorted(there[id_]["StackName"] for id_ in found))
    if not found:
        return ""
    if declared:
        raise OperationFailed(
            f"{names} is in the way there, and may be of another stack set of this name: it is left alone. Import it "
            "(aws cloudformation import-stacks-to-stack-set) or delete it, and run landing apply again"
        )
    if len(found) > 1:
        raise OperationFailed(
            f"several stacks were left there when the account left: {names}. Delete all but one in the account "
            "(aws cloudformation delete-stack), and run landing apply again: it takes over that one"
        )
    ((left, status),) = found.items()
    if status not in WHOLE:
        raise OperationFailed(
            f"{names} was left there when the account left, and takes no update as it is {status}. Bring it out of "
            "that in the account (aws cloudformation continue-update-rollback), or delete it; then run landing apply"
        )
    return left


def _stacks(aws: Aws, client: Any) -> dict[str, Mapping[str, Any]]:
    """The stacks that are there, by id, as DescribeStacks shows them."""
    return {each["StackId"]: each for each in aws.listed(client, "describe_stacks", "Stacks")}


def bring_up_to_date(aws: Aws, client: Any, stack: str, wanted: Mapping[str, Any], stacks: CloudFormationKind) -> None:
    """Give a stack that was left the template of its stack set, as DescribeStackSet shows it: an import wants it."""
    given = {part: wanted[part] for part in ("Capabilities", "Parameters", "Tags", "TemplateBody") if part in wanted}
    with unless("ValidationError") as refused:
        client.update_stack(StackName=stack, **given)
    if refused.code:
        if NOTHING_TO_DO in refused.message:
            return
        refused.again()
    stacks.wait_for_stack(aws, client, stack)
