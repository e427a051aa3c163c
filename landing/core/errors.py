"""What can go wrong, as exceptions whose text is written for people; `exit_code` is the process's answer."""

from __future__ import annotations

from collections.abc import Sequence

from landing.core.model import Problem, Scope


class LandingError(Exception):
    """The root of all errors that the user can do something about."""

    exit_code = 1


class ConfigError(LandingError):
    """The config or the library is wrong; carries every problem that was found in one run."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = tuple(problems)


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


class AwsError(LandingError):
    """A call to AWS was refused or failed; `code` is AWS's own error code."""

    def __init__(
        self, code: str, message: str, *, operation: str = "", scope: Scope | None = None, request_id: str = ""
    ) -> None:
        where = f" in {scope}" if scope and str(scope) else ""
        tail = f" (request {request_id})" if request_id else ""
        super().__init__(f"{operation or 'AWS'}{where}: {code}: {message}{tail}")
        self.code = code
        self.reason = message
        self.operation = operation
        self.scope = scope


class CannotRead(AwsError):
    """A scope that cannot be read (access denied, region not opted in, throttled out): becomes a gap."""


class NotThere(AwsError):
    """The account or the organization of a scope does not exist yet: nothing lives there."""


class ApplyFailed(LandingError):
    """Part of an apply failed; it is safe to run it again."""

    exit_code = 4
