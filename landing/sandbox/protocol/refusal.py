"""What a service answers when it says no."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

UNSUPPORTED = "SandboxUnsupported"
UNSUPPORTED_STATUS = 501
"""Not Implemented: no AWS client retries it."""


class Refusal(Exception):
    """An error as AWS models it; `members` are its further fields (Reason...)."""

    def __init__(self, code: str, message: str, status: int | None = None, **members: Any) -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members

    @classmethod
    def of(cls, code: str, **members: Any) -> Callable[[str], Refusal]:
        """All that a service answers with one code and the same members; what they say differs."""
        return partial(cls, code, **members)


def unsupported(service: str, operation: str, why: str = "") -> Refusal:
    """The refusal of what AWS has and the sandbox has not."""
    message = f"the sandbox does not support {service}:{operation}" + (f" ({why})" if why else "")
    return Refusal(UNSUPPORTED, message, UNSUPPORTED_STATUS)
