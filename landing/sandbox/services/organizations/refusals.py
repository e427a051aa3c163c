"""The two errors by which AWS Organizations says most of its refusals, each with a Reason (API reference)."""

from __future__ import annotations

from landing.sandbox.protocol.refusal import Refusal


def violated(reason: str, message: str) -> Refusal:
    """A quota, or the state of things, stands in the way."""
    return Refusal("ConstraintViolationException", message, Reason=reason)


def invalid(reason: str, message: str) -> Refusal:
    """The request cannot be meant so."""
    return Refusal("InvalidInputException", message, Reason=reason)
