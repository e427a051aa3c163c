"""The operations of one stack set: started under ids of ours, joined when they run already, waited for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.aws import Aws, unless
from landing.core.errors import OperationFailed, TimedOut
from landing.services.stacks.cloudformation import operation_id

OURS = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""What `operation_id` makes: UUIDs of version 5. AWS makes them of version 4, and people whatever they like."""

ATTEMPTS = 100
ACTIVE = ("RUNNING", "QUEUED", "STOPPING")
OWN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?<!\d)\d{12}(?!\d)")
"""What is of one instance alone in the reason of its failure: the id of a request or of the account."""
NAMED = 5
"""How many of the instances that failed are named."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An instance on which an operation failed; `account` is a key, or an id that the organization does not know."""

    account: str
    region: str
    reason: str
    unit: str = ""
    """The id of the unit by which it is deployed to."""

    def __str__(self) -> str:
        return f"{self.account}/{self.region}: {self.reason}"


class Operations:
    """What runs on a stack set, and what is to run."""

    def __init__(self, aws: Aws, client: Any, name: str) -> None:
        self.aws, self.client, self.name = aws, client, name

    def active(self) -> list[Mapping[str, Any]]:
        """What runs or is queued: ours from an earlier run, AWS's own for accounts that joined, or somebody's."""
        listed = self.aws.listed(self.client, "list_stack_set_operations", "Summaries", StackSetName=self.name)
        return [operation for operation in listed if operation["Status"] in ACTIVE]

    def settle(self) -> bool:
        """Wait until nothing runs; whether anything did."""
        busy = self.active()
        waited = bool(busy)
        while busy:
            self.wait(busy[-1]["OperationId"])
            busy = self.active()
        return waited

    def detect_drift(self) -> None:
        """Have AWS compare every instance with its template (DetectStackSetDrift)."""
        operation = ""
        for _ in self.aws.poll(f"the turn of drift detection on stack set {self.name}", "drift_detection"):
            with unless("OperationInProgressException"):
                operation = self.client.detect_stack_set_drift(StackSetName=self.name)["OperationId"]
                break
            self.settle()
        self._check(operation, self.wait(operation, "drift_detection"))

    def run(self, call: str, about: object, **parameters: Any) -> list[Failure]:
        """Start an operation under an id made of what it is about, join it when it runs already, and wait for it.

        Returns the instances on which it failed; raises OperationFailed when they were too many to go on. An operation
        that has ended is history: the next attempt has another id, as AWS wants it.
        """
        for attempt in range(ATTEMPTS):
            wanted = operation_id(self.name, call, about, attempt)
            status = self._status(wanted)
            if status not in ("", *ACTIVE):
                continue
            if not status:
                self._start(call, wanted, parameters)
            ended = self.wait(wanted)
            self._check(wanted, ended)
            details = ended.get("StatusDetails") or {}
            return list(self._failures(wanted)) if details.get("FailedStackInstancesCount") else []
        raise TimedOut(f"{call} was tried {ATTEMPTS} times", operation=f"stack set {self.name}")

    def wait(self, operation: str, deadline: str = "stack_set") -> Mapping[str, Any]:
        """The operation, once it has ended."""
        found: Mapping[str, Any] = {}
        for _ in self.aws.poll(self._called(operation), deadline):
            with unless("OperationNotFoundException"):  # started a moment ago, and not seen everywhere
                found = self.client.describe_stack_set_operation(StackSetName=self.name, OperationId=operation)[
                    "StackSetOperation"
                ]
                if found["Status"] not in ACTIVE:
                    break
        return found

    def _called(self, operation: str) -> str:
        whose = "" if OURS.fullmatch(operation) else ", which this tool did not start,"
        return f"operation {operation}{whose} of stack set {self.name}"

    def _status(self, operation: str) -> str:
        with unless("OperationNotFoundException"):
            found = self.client.describe_stack_set_operation(StackSetName=self.name, OperationId=operation)
            return str(found["StackSetOperation"]["Status"])
        return ""

    def _start(self, call: str, operation: str, parameters: Mapping[str, Any]) -> None:
        """Have it start as soon as nothing is in its way; it may have started although no answer came."""
        for _ in self.aws.poll(f"the turn of {call} on stack set {self.name}", "stack_set"):
            with unless(
                "OperationIdAlreadyExistsException", "OperationInProgressException", "StaleRequestException"
            ) as refused:
                getattr(self.client, call)(StackSetName=self.name, OperationId=operation, **parameters)
            if refused.code in ("", "OperationIdAlreadyExistsException"):
                return
            self.settle()

    def _check(self, operation: str, ended: Mapping[str, Any]) -> None:
        if ended["Status"] != "SUCCEEDED":
            why = named(list(self._failures(operation))) or ended.get("StatusReason") or "AWS gives no reason"
            raise OperationFailed(why, operation=f"stack set {self.name}", aws_code=ended["Status"])

    def _failures(self, operation: str) -> Iterator[Failure]:
        """Which account and region failed, and why."""
        keys = self.aws.tree.account_keys
        for one in self.aws.listed(
            self.client,
            "list_stack_set_operation_results",
            "Summaries",
            StackSetName=self.name,
            OperationId=operation,
            Filters=[{"Name": "OPERATION_RESULT_STATUS", "Values": "FAILED"}],
        ):
            account = keys.get(one["Account"], one["Account"])
            yield Failure(account, one["Region"], one.get("StatusReason") or "AWS gives no reason")


def named(failures: list[Failure]) -> str:
    """The first few that failed for one reason and how many more there are, then the reason: each reason once."""
    places: dict[str, list[str]] = {}
    reasons: dict[str, str] = {}
    for each in failures:
        alike = OWN.sub("", each.reason.replace(each.region, ""))
        places.setdefault(alike, []).append(f"{each.account}/{each.region}")
        reasons.setdefault(alike, each.reason)
    said = []
    for alike, where in places.items():
        more = f" and {len(where) - NAMED} more" if len(where) > NAMED else ""
        said.append(f"{', '.join(where[:NAMED])}{more}: {reasons[alike]}")
    rest = f"; and {len(said) - NAMED} other reasons" if len(said) > NAMED else ""
    return "; ".join(said[:NAMED]) + rest
