"""How an account is closed: asked for once, and again while AWS is closing as many as it closes at a time."""

from __future__ import annotations

from landing.aws import Aws, unless
from landing.aws.live_names import LiveAccount
from landing.core.errors import OperationFailed

AT_ONCE = "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED"
"""Three are being closed ("Quotas and service limits for AWS Organizations"): the next one waits."""
WHAT_TO_DO = {
    "CLOSE_ACCOUNT_QUOTA_EXCEEDED": "AWS closes no more accounts in these 30 days: run landing apply again later",
    "CANNOT_CLOSE_MANAGEMENT_ACCOUNT": "the management account is closed by its own root user, and last",
}
CLOSED_ALREADY = ("AccountAlreadyClosedException", "ConflictException")


def close(aws: Aws, live: LiveAccount) -> None:
    """CloseAccount; an account that is closed, or being closed, is left as it is. OperationFailed says what to do."""
    for _ in aws.poll(f"closing account {live.key}", "account"):
        with aws.writing, unless(*CLOSED_ALREADY, "ConstraintViolationException") as refused:
            aws.client("organizations").close_account(AccountId=live.id)
        if refused.code != "ConstraintViolationException":
            return
        if refused.reason != AT_ONCE:
            raise OperationFailed(
                f"account {live.key} was not closed: {WHAT_TO_DO.get(refused.reason) or refused.message}",
                operation="CloseAccount",
                aws_code=refused.reason,
            )
