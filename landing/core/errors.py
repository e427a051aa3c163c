"""What can go wrong, as exceptions whose text is written for people; `exit_code` is the process's answer."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from landing.core.model import ORGANIZATION, Diagnostic, Scope


class LandingError(Exception):
    """The root of all errors that the user can do something about."""

    exit_code = 1


class ConfigError(LandingError):
    """The config or the library is wrong; carries every problem that was found in one run."""

    def __init__(self, problems: Sequence[Diagnostic]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


class WrongUsage(LandingError):
    """What a command was called with means nothing: nothing was done."""

    exit_code = 64


class NotSent(LandingError):
    """What was to be told to a register of findings was not, or not all of it; run it again."""

    exit_code = 3


class PlanError(LandingError):
    """A plan cannot be made, read or applied."""


class UnknownFormat(PlanError):
    """A plan file that is truncated, was edited, or was written by another version."""


class Refused(LandingError):
    """Nothing was done, on purpose: the message says what would have to change."""

    exit_code = 5


class StalePlan(Refused, PlanError):
    """AWS has changed since the plan was made."""


class WrongPlan(Refused, PlanError):
    """The plan is not what the config asks for, was made elsewhere, or is not the one that was reviewed."""


class UnsafePlan(Refused, PlanError):
    """The plan deletes, detaches, closes, switches off or locks out, and that was not allowed."""


class ImpossiblePlan(Refused, PlanError):
    """The plan has changes that AWS has no way to make, whatever is allowed."""


class WrongOrganization(Refused):
    """The credentials belong to another organization or account than the config says."""


class LockHeld(Refused):
    """Another run is applying."""


class Cause(StrEnum):
    """Why a call failed: what is decided by, whatever the code of the error is called."""

    THROTTLED = "throttled"
    ALREADY_THERE = "already there"
    NOT_THERE = "not there"
    CONFLICT = "in conflict"
    """Something is in a state that forbids it: still in use, not empty."""
    BEING_CHANGED = "being changed"
    NOT_YET_KNOWN = "not yet known"
    """An administrator whom the service does not know of yet."""
    NOT_READY = "not ready"
    """The service has not come to an account that is minutes old, or the account has not subscribed to it."""
    REFUSED = "refused"
    QUOTA = "quota"
    QUOTA_OR_RATE = "quota or rate"
    """The service has one code for both."""
    CREDENTIALS = "credentials"
    CONNECTION = "connection"
    INVALID = "invalid"
    """As it is asked, it is not possible here."""
    INTERNAL = "internal"
    """AWS failed."""
    UNKNOWN = "unknown"

    @property
    def passes(self) -> bool:
        """Whether it is "not as you think": another look, and the same again, may be the cure."""
        return self in _PASSES


_PASSES = frozenset({
    Cause.ALREADY_THERE, Cause.NOT_THERE, Cause.CONFLICT, Cause.BEING_CHANGED, Cause.NOT_YET_KNOWN,
})  # fmt: skip
HIDING = frozenset({Cause.THROTTLED, Cause.REFUSED, Cause.NOT_READY, Cause.NOT_YET_KNOWN})
"""A scope cannot be seen because of them, which does not mean that nothing is there."""


class AwsError(LandingError):
    """A call to AWS was refused or failed, or what AWS went on with by itself did not end well.

    `code` is ours, of the classes below; an answer of AWS has `aws_code`, and of `cause` what the door says of it.
    """

    code = ""
    cause = Cause.UNKNOWN

    def __init__(
        self,
        message: str,
        *,
        help: str = "",  # noqa: A002  # as the diagnostic has it
        operation: str = "",
        scope: Scope = ORGANIZATION,
        aws_code: str = "",
        cause: Cause | None = None,
        status: int = 0,
        request_id: str = "",
    ) -> None:
        self.diagnostic = Diagnostic(
            self.code,
            message,
            help=help,
            scope=scope,
            operation=operation,
            aws_code=aws_code,
            status=status,
            request_id=request_id,
        )
        self.cause = cause or self.cause
        super().__init__(str(self.diagnostic))


class CannotRead(AwsError):
    """A scope that cannot be read (access denied, region not opted in, throttled out): becomes a gap."""


class NoCredentials(AwsError):
    """There are no usable credentials: the run ends here."""

    code, cause = "LZ503", Cause.CREDENTIALS


class TimedOut(AwsError):
    """What was waited for took longer than it may."""

    code = "LZ504"


class Unreachable(CannotRead):
    """AWS's endpoint does not answer."""

    code, cause = "LZ505", Cause.CONNECTION


class CallFailed(AwsError):
    """A call that could not be sent, or whose answer could not be read."""

    code = "LZ506"


class OperationFailed(AwsError):
    """What AWS began for us has failed; `aws_code` is the status or the reason by which it says so."""

    code = "LZ507"


class NotOurs(AwsError):
    """What has the name that ours would have is somebody else's."""

    code = "LZ508"


class InstancesFailed(AwsError):
    """A stack set could not be deployed to some accounts or regions."""

    code = "LZ509"


class AccountMoved(AwsError):
    """Somebody else has moved an account meanwhile."""

    code = "LZ511"


class NotThere(AwsError):
    """Something (the account or the organization of a scope, a policy) does not exist yet, or AWS does not show it."""

    code, cause = "LZ512", Cause.NOT_THERE


class InvalidEffectivePolicy(AwsError):
    """What the declarative policies on the way to some accounts come to is not valid: AWS keeps what was before."""

    code = "LZ515"


class ApplyFailed(LandingError):
    """Part of an apply failed; it is safe to run it again."""

    exit_code = 4
