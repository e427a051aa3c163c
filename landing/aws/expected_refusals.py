"""Letting an expected refusal of AWS pass."""

from __future__ import annotations

from typing import NoReturn

from landing.aws.causes import IAM_SAYS, cause_of
from landing.aws.faults import service_of

SERVICE_DENIES = "AccessDeniedException by the service"
"""AccessDeniedException that says in what state a service is; one that a policy decides is not meant."""


def unless(*codes: str) -> _Unless:
    """A context that lets errors with these codes of AWS, or of these causes, pass; its attributes say which one."""
    return _Unless(codes)


class _Unless:
    def __init__(self, codes: tuple[str, ...]) -> None:
        self._codes = codes
        self._error: BaseException | None = None
        self.code = self.reason = self.message = ""

    def __enter__(self) -> _Unless:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is None:
            return False
        from botocore.exceptions import ClientError

        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", ""))
            says = SERVICE_DENIES if code == "AccessDeniedException" and IAM_SAYS not in str(error) else code
            self._error = error
            self.message = str(error.response.get("Error", {}).get("Message", ""))
            cause = cause_of(service_of(error), code, self.message)
            self.code = code if {code, says, cause} & set(self._codes) else ""
            self.reason = str(error.response.get("Reason", ""))
        return bool(self.code)

    def again(self) -> NoReturn:
        """Raise the error that was let pass: it was not what was expected."""
        assert self._error is not None
        raise self._error
