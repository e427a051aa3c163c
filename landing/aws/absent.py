"""Letting an expected refusal of AWS pass."""

from __future__ import annotations

SERVICE_DENIES = "AccessDeniedException by the service"
"""AccessDeniedException that says in what state a service is; one that a policy decides is not meant: IAM's own
always names what the caller "is not authorized to perform" (IAM User Guide, "Access denied error messages")."""

IAM_SAYS = "not authorized to perform"


def unless(*codes: str) -> _Unless:
    """A context that lets AWS errors with these codes pass; `code`, `reason` and `message` say which one."""
    return _Unless(codes)


class _Unless:
    def __init__(self, codes: tuple[str, ...]) -> None:
        self._codes = codes
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
            self.code = code if {code, says} & set(self._codes) else ""
            self.reason = str(error.response.get("Reason", ""))
            self.message = str(error.response.get("Error", {}).get("Message", ""))
        return bool(self.code)
