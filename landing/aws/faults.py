"""The one place where botocore's exceptions become ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from landing.core.errors import AwsError, CannotRead
from landing.core.model import Scope

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

ATTEMPTS = 10
"""How often a call is made at the most, the first time included."""

THROTTLED = frozenset({
    "Throttling", "ThrottlingException", "ThrottledException", "TooManyRequestsException", "RequestLimitExceeded",
    "RequestThrottled", "RequestThrottledException", "SlowDown", "BandwidthLimitExceeded", "EC2ThrottledException",
})  # fmt: skip
"""Answers that say that calls come too fast, as botocore's standard retry mode knows them."""

UNREADABLE = frozenset({
    "AccessDenied", "AccessDeniedException", "AccessDeniedFault", "UnauthorizedOperation", "AuthFailure",
    "OptInRequired", "SubscriptionRequiredException", "UnrecognizedClientException", "InvalidClientTokenId",
    "InvalidAccessException",
    "Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded", "RegionDisabledException",
})  # fmt: skip
"""Answers that say that a scope cannot be seen, not that nothing is there."""

QUOTAS = frozenset({"cloudformation", "kms"})
"""Services in which LimitExceededException means a quota, by their API references; botocore takes it for throttling
everywhere. Security Hub means either ("beyond the current account or throttling limits"): there it is tried again."""

OUT_OF_QUOTA = re.compile(r"(Limit|Quota)Exceeded(Exception)?$|^MaximumNumberOf|^MaxNumberOf")
"""Codes that say that there may be no more of something, unless they are of THROTTLED."""

EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "InvalidIdentityToken"})

NOT_READY = frozenset({"OptInRequired", "SubscriptionRequiredException"})
"""What services answer in an account that was created minutes ago."""

STILL_EXPIRED = "refreshed credentials are still expired"
"""What botocore's RefreshableCredentials says when a new login brings old credentials; it has no exception for it."""

CONCURRENT = frozenset({"ConcurrentModificationException", "PolicyChangesInProgressException",
                        "FinalizingOrganizationException", "ConditionalRequestConflict"})  # fmt: skip
"""Answers that ask to try again in a moment, which botocore does not count as retryable by itself."""


class NoCredentials(AwsError):
    """There are no usable credentials: the run ends here."""


@contextmanager
def translated(scope: Scope, doing: str = "") -> Iterator[None]:
    """Let only our own errors out: CannotRead where the scope cannot be seen, NoCredentials without a login."""
    try:
        yield
    except Exception as error:
        ours = translation(error, scope, doing)
        if ours is None:
            raise
        raise ours from error


def translation(error: Exception, scope: Scope, doing: str = "") -> AwsError | None:
    """Our error for one of botocore's; botocore is there already when it has raised something."""
    from botocore import exceptions

    if isinstance(error, exceptions.ClientError):
        return _client_error(error, scope)
    if isinstance(error, RuntimeError) and STILL_EXPIRED in str(error):
        return NoCredentials("ExpiredToken", "the credentials have expired; log in and run the command again")
    logins = (
        exceptions.NoCredentialsError,
        exceptions.PartialCredentialsError,
        exceptions.ProfileNotFound,
        exceptions.SSOError,
        exceptions.TokenRetrievalError,
        exceptions.CredentialRetrievalError,
        exceptions.RefreshWithMFAUnsupportedError,
        exceptions.LoginError,
    )
    if isinstance(error, logins):
        return NoCredentials("NoCredentials", f"{error}. Log in, or set AWS_PROFILE, or try --sandbox")
    if isinstance(error, exceptions.EndpointConnectionError):
        return CannotRead("EndpointConnectionError", str(error), operation=doing, scope=scope)
    if isinstance(error, exceptions.BotoCoreError):
        return AwsError(type(error).__name__, str(error), operation=doing, scope=scope)
    return None


def code_of(error: ClientError) -> str:
    """AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def _client_error(error: ClientError, scope: Scope) -> AwsError:
    code = code_of(error)
    answer = error.response
    message = str(answer.get("Error", {}).get("Message", ""))
    reason = answer.get("Reason") or answer.get("Error", {}).get("Reason")
    if reason:
        message = f"{message} [{reason}]"
    request_id = str(answer.get("ResponseMetadata", {}).get("RequestId", ""))
    if code in EXPIRED:
        return NoCredentials(code, "the credentials have expired; log in and run the command again",
                             operation=error.operation_name, scope=scope)  # fmt: skip
    if error.operation_name == "AssumeRole" and code == "AccessDenied":
        message += (
            ". Accounts that were invited, not created, have no such role: make it there, trusting the management "
            "account, or name the role that there is as `access.member_role`"
        )
    if OUT_OF_QUOTA.search(code) and code not in THROTTLED:
        message = f"{message.rstrip('.')}. Have the quota raised (Service Quotas), or remove what nobody needs"
    kind = CannotRead if code in UNREADABLE else AwsError
    return kind(code, message, operation=error.operation_name, scope=scope, request_id=request_id)
