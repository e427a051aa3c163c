"""Letting an expected refusal of AWS pass."""

from __future__ import annotations


def unless(*codes: str) -> _Unless:
    """A context that lets AWS errors with these codes pass; `code` tells afterwards which one it was, if any."""
    return _Unless(codes)


class _Unless:
    def __init__(self, codes: tuple[str, ...]) -> None:
        self._codes = codes
        self.code = ""

    def __enter__(self) -> _Unless:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> bool:
        if error is None:
            return False
        from botocore.exceptions import ClientError

        if isinstance(error, ClientError):
            code = str(error.response.get("Error", {}).get("Code", ""))
            self.code = code if code in self._codes else ""
        return bool(self.code)
