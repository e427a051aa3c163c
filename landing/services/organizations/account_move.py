"""How an account comes from one unit to another, and which accounts wait in quarantine."""

from __future__ import annotations

from landing.aws import Aws, unless
from landing.aws.live_names import LiveAccount
from landing.core.errors import AccountMoved
from landing.organization import NEW_TAG, Organization


def is_new(organization: Organization, aws: Aws, live: LiveAccount) -> bool:
    """Whether an account that we have made has not left quarantine yet, wherever it is.

    One in the quarantine unit without our mark is new as well: the bulk answer shows tags late. One with our mark alone
    was put there by somebody else.
    """
    if not organization.is_quarantined(live.key):
        return False
    return NEW_TAG in aws.tree.tags_of(live.id) or (live.unit == organization.quarantine and not live.marked)


def move(aws: Aws, live: LiveAccount, unit: str) -> None:
    """MoveAccount; raises AccountMoved when somebody else has moved it. The caller holds `aws.writing`."""
    with unless("DuplicateAccountException", "AccountNotFoundException") as moved:
        aws.client("organizations").move_account(
            AccountId=live.id,
            SourceParentId=aws.tree.node_id(live.unit),
            DestinationParentId=aws.tree.node_id(unit),
        )
    if moved.code:
        _check_parent(aws, live, unit)
    aws.tree.move_account(live.key, unit)


def _check_parent(aws: Aws, live: LiveAccount, unit: str) -> None:
    """A move was refused: either its answer was lost and it is done, or somebody else has moved the account."""
    (parent,) = aws.client("organizations").list_parents(ChildId=live.id)["Parents"]
    if parent["Id"] != aws.tree.node_id(unit):
        raise AccountMoved(
            f"account {live.key} is in {aws.tree.node_key(parent['Id'])} now, no more in {live.unit}; "
            "run landing apply again",
            operation="MoveAccount",
        )
