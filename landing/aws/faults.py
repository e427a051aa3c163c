"""The one place where botocore's exceptions become ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from landing.aws.causes import cause_of
from landing.core.errors import HIDING, AwsError, CallFailed, CannotRead, Cause, NoCredentials, Unreachable
from landing.core.model import Scope

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from botocore.session import Session

ATTEMPTS = 10
"""How often a call is made at the most, the first time included."""

STILL_EXPIRED = "refreshed credentials are still expired"
"""What botocore's RefreshableCredentials says when a new login brings old credentials; it has no exception for it."""

LOG_IN_AGAIN = "the credentials have expired; log in and run the command again"
RAISE_QUOTA = "Have the quota raised (Service Quotas), or remove what nobody needs"
INVITED = (
    "Accounts that were invited, not created, have no such role: make it there, trusting the management "
    "account, or name the role that there is as `access.member_role`"
)
NO_READ_ROLE = (
    "The role {} (`access.read_role`) is not in these accounts yet, or does not trust who asks; `landing apply`, which "
    "enters by `access.member_role`, deploys the baseline that makes it"
)
NOT_ASSUMED = "Look whether the role of --role-arn is there, and trusts who asks"

NO_ANSWER = "look at the network, the proxy (HTTPS_PROXY), and whether the account has the region; then run it again"
NOT_ACTIVATED = (
    "STS answers in a Region only for accounts that have it: enable the home Region in that account, or activate STS "
    "for it there (IAM console, Account settings)"
)

SERVICE = "LandingService"
"""Where an answer says which service it is of: botocore's errors have the name of the operation only."""

ADVICE = "LandingAdvice"
"""Where the refusal of a role says what to do about that role."""


def listen(session: Session) -> None:
    """Note with each answer whose it is."""
    session.register("after-call", _answered)


def _answered(**event: Any) -> None:
    event["parsed"].setdefault("ResponseMetadata", {})[SERVICE] = event["model"].service_model.service_name


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
        return NoCredentials(LOG_IN_AGAIN)
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
        return NoCredentials(f"{error}. Log in, or set AWS_PROFILE, or try --sandbox")
    if isinstance(error, exceptions.ConnectionError | exceptions.HTTPClientError):
        return Unreachable(str(error), help=NO_ANSWER, operation=doing, scope=scope)
    if isinstance(error, exceptions.BotoCoreError):
        return CallFailed(str(error), operation=doing, scope=scope)
    return None


def code_of(error: ClientError) -> str:
    """AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", "Unknown"))


def service_of(error: ClientError) -> str:
    """The service that has answered; empty for an error that did not come by way of the door."""
    return str(error.response.get("ResponseMetadata", {}).get(SERVICE, ""))


def _client_error(error: ClientError, scope: Scope) -> AwsError:
    code, answer = code_of(error), error.response
    about: dict[str, Any] = {**answer.get("ResponseMetadata", {})}
    message = said = str(answer.get("Error", {}).get("Message", ""))
    cause = cause_of(service_of(error), code, said)
    if reason := answer.get("Reason") or answer.get("Error", {}).get("Reason"):
        message = f"{said} [{reason}]"
    advice = RAISE_QUOTA if cause in (Cause.QUOTA, Cause.QUOTA_OR_RATE) else ""
    if error.operation_name == "AssumeRole" and code == "AccessDenied":
        advice = str(about.get(ADVICE) or (INVITED if scope.account else NOT_ASSUMED))
    if error.operation_name == "AssumeRoot" and code == "RegionDisabledException":
        advice = NOT_ACTIVATED
    kind: type[AwsError] = CannotRead if cause in HIDING else AwsError
    if cause is Cause.CREDENTIALS:
        kind, message = NoCredentials, LOG_IN_AGAIN
    return kind(
        message,
        help=advice,
        operation=error.operation_name,
        scope=scope,
        aws_code=code,
        cause=cause,
        status=int(about.get("HTTPStatusCode", 0)),
        request_id=str(about.get("RequestId", "")),
    )
