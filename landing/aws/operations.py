"""What AWS goes on with by itself once it was asked: StackSets operations and the creation of accounts."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from botocore.session import Session

STARTS = frozenset({"CreateStackInstances", "UpdateStackInstances", "DeleteStackInstances", "UpdateStackSet"})
GOES_ON = frozenset({"RUNNING", "QUEUED", "STOPPING", "IN_PROGRESS"})


class Operations:
    """Known from AWS's own answers, by way of botocore's events; may be read at any time from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, str] = {}

    @property
    def running(self) -> tuple[str, ...]:
        """What AWS was last heard to be at: the call that began it, and the id by which AWS knows it."""
        with self._lock:
            return tuple(f"{call} {identity}" for identity, call in sorted(self._running.items()))

    def listen(self, session: Session) -> None:
        """Hear what is answered by way of a session."""
        session.register("after-call.cloudformation", self._answered)
        session.register("after-call.organizations", self._answered)

    def _answered(self, **event: Any) -> None:
        call, answer = event["model"].name, event["parsed"] or {}
        if call in STARTS and "OperationId" in answer:
            self._note(answer["OperationId"], call, "RUNNING")
        elif operation := answer.get("StackSetOperation"):
            self._note(operation.get("OperationId", ""), "", operation.get("Status", ""))
        elif creation := answer.get("CreateAccountStatus"):
            self._note(creation.get("Id", ""), "CreateAccount", creation.get("State", ""))

    def _note(self, identity: str, call: str, status: str) -> None:
        with self._lock:
            if status not in GOES_ON:
                self._running.pop(identity, None)
            elif call:
                self._running[identity] = call
