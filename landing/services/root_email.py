"""The e-mail address of an account's root user: AWS changes it when a code comes back that it has sent there.

StartPrimaryEmailUpdate sends the code, AcceptPrimaryEmailUpdate takes it; both from the management account, and for
members only (Account Management API reference). No call tells of an update that was started, so the account carries the
fingerprint of the address until a person has given the code back (`landing email`).
"""

from __future__ import annotations

from collections.abc import Mapping

from landing.aws import Aws, unless
from landing.aws.live_names import LiveAccount
from landing.core import forms
from landing.core.errors import OperationFailed
from landing.organization import EMAIL_TAG
from landing.services.organizations.tags import fingerprint, tag, untag

ACTIONS = (
    "account:AcceptPrimaryEmailUpdate",
    "account:StartPrimaryEmailUpdate",
    "organizations:TagResource",
    "organizations:UntagResource",
)
"""What is called here: IAM actions."""
LENGTH = 32
"""Characters of the fingerprint of an address."""
USED = "another account has it, or it was started twice at once: choose another address, or run it again"
TOLD = {
    "ConflictException": USED,
    "ValidationException": "AWS does not take it as an address, or has it for another account: correct the config",
}
REFUSED = ("ValidationException", "ResourceNotFoundException", "ConflictException")


def awaits_code(tags: Mapping[str, str], email: str) -> bool:
    """Whether a code was sent to this address, as the account's tags say."""
    return bool(email) and tags.get(EMAIL_TAG) == _mark(email)


def send_code(aws: Aws, live: LiveAccount, email: str) -> None:
    """Have AWS send a code to the new address, and remember that; each call sends another, and ends the last one."""
    with aws.writing:
        with unless(*TOLD) as refused:
            aws.client("account").start_primary_email_update(AccountId=live.id, PrimaryEmail=email)
        if refused.code:
            raise OperationFailed(
                f"account {live.key}: its root user was not given the address {email}: {TOLD[refused.code]}",
                operation="StartPrimaryEmailUpdate",
                aws_code=refused.code,
            )
        tag(aws, live.id, {EMAIL_TAG: _mark(email)})


def accept_code(aws: Aws, live: LiveAccount, email: str, code: str) -> None:
    """Give the code back; raises OperationFailed when AWS does not take it. The code itself is told to nobody else."""
    with aws.writing:
        with unless(*REFUSED) as refused:
            aws.client("account").accept_primary_email_update(AccountId=live.id, PrimaryEmail=email, Otp=code)
        if refused.code:
            raise OperationFailed(
                f"account {live.key}: AWS does not take the code for {email}: it is wrong, has expired, or was "
                f"replaced by a later one. `landing email {live.key} --resend` has another sent",
                operation="AcceptPrimaryEmailUpdate",
                aws_code=refused.code,
            )
        untag(aws, live.id, EMAIL_TAG)


def is_changed(live: LiveAccount, email: str) -> bool:
    """Whether the account has another address than this."""
    return bool(email) and forms.email(live.email) != forms.email(email)


def _mark(email: str) -> str:
    return fingerprint(str(forms.email(email)), LENGTH)
