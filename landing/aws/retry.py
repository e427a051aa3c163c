"""Which calls are made again, beyond what botocore's standard retry mode repeats, and which are not."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from landing.aws.causes import cause_of
from landing.aws.faults import ATTEMPTS
from landing.core.errors import Cause

if TYPE_CHECKING:
    from botocore.session import Session


FEW_ATTEMPTS = 4
"""How often a call is made of which a service says with the status 400 that it has failed itself."""

NOT_READY_PAUSE = 15
"""Seconds between two tries of a call that a new account is not ready for."""


class Repeats:
    """For the sessions of one account: whether this run has made it, and how many seconds it may take to be ready.

    `pace` shortens every pause; `closed` is set when nobody waits for an answer any more.

    Of all that listen to `needs-retry`, botocore takes the first answer: seconds to wait, or False to give up.
    """

    def __init__(
        self, *, is_new: Callable[[], bool], patience: Callable[[], float], pace: float, closed: threading.Event
    ) -> None:
        self._is_new, self._patience, self._pace, self._closed = is_new, patience, pace, closed

    def listen(self, session: Session) -> None:
        """Be asked for every call by way of a session."""
        session.register("needs-retry.*.*", self._in_vain)  # the most specific is asked first
        for service in ("organizations", "s3"):
            session.register(f"needs-retry.{service}", self._concurrent)
        session.register("needs-retry", self._not_ready)
        session.register("needs-retry", self._failed)

    def _in_vain(self, **event: Any) -> Any:
        """Nobody waits for the answer any more, or a quota is used up."""
        return False if _cause(event) is Cause.QUOTA or self._closed.is_set() else None

    def _concurrent(self, **event: Any) -> Any:
        """Another writer is at it: AWS serialises changes of the tree."""
        attempts = event["attempts"]
        if attempts >= ATTEMPTS or _cause(event) is not Cause.BEING_CHANGED:
            return None
        return min(0.2 * 2**attempts, 10.0) * self._pace

    def _failed(self, **event: Any) -> Any:
        """AWS has failed, with a status that is none of a server's: botocore repeats these alone.

        "The operation failed because of a system problem, even though the request was valid. Retry your request"
        (Firewall Manager API reference, InternalErrorException).
        """
        attempts = event["attempts"]
        if attempts >= FEW_ATTEMPTS or _cause(event) is not Cause.INTERNAL or event["response"][0].status_code >= 500:
            return None
        return 0.5 * 2**attempts * self._pace

    def _not_ready(self, **event: Any) -> Any:
        """The services of a new account come after the account itself; what they answer until then passes."""
        if not self._is_new() or _cause(event) is not Cause.NOT_READY:
            return None
        most = self._patience() / NOT_READY_PAUSE
        return NOT_READY_PAUSE * self._pace if event["attempts"] <= most else None


def _cause(event: dict[str, Any]) -> Cause | None:
    """Why AWS refused; None when there was no answer, or a good one."""
    if event["response"] is None or event["caught_exception"] is not None:
        return None
    error = (event["response"][1] or {}).get("Error", {})
    return cause_of(event["operation"].service_model.service_name, error["Code"]) if error.get("Code") else None
