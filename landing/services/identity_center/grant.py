"""Giving and withdrawing a permission set: account by account, awaited."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from typing import Any

from landing.aws import Aws, unless
from landing.core.errors import OperationFailed
from landing.organization import ASSIGNED_TAG
from landing.services.identity_center.directory import TYPES, Instance, Principal, principal_of
from landing.services.identity_center.holders import assignments_of, memory
from landing.services.identity_center.live import Row, retag

AT_ONCE = 10
"""Accounts in which one assignment is changed at once; of all, AWS takes 15 ("IAM Identity Center quotas")."""
SHOWN = 5
"""So many failures are told."""


class Grant:
    """The assignments of one principal and one permission set."""

    def __init__(self, aws: Aws, where: Instance, row: Row, principal: Principal, id_: str) -> None:
        self.aws, self.where, self.row, self.what = aws, where, row, f"permission set {row.name} of {principal}"
        self.principal = {"PrincipalType": TYPES[principal.type], "PrincipalId": id_}

    @property
    def client(self) -> Any:
        """Of the instance."""
        return self.where.client("sso-admin", self.aws)

    def present(self, planned: Collection[str]) -> set[str]:
        """Where it is now; of a principal whom the identity store has no more, where the plan has seen it."""
        kind, id_ = self.principal["PrincipalType"], self.principal["PrincipalId"]
        rows = assignments_of(self.aws, self.where, kind, id_)
        found = {each["AccountId"] for each in rows if each["PermissionSetArn"] == self.row.arn}
        return found | set(planned) if not rows and planned and self._is_gone(kind, id_) else found

    def _is_gone(self, kind: str, id_: str) -> bool:
        return principal_of(self.aws, self.where, kind, id_, {}).name == id_

    def remember(self) -> None:
        """Before the first assignment is made."""
        if tags := memory(self.row, [(self.principal["PrincipalType"], self.principal["PrincipalId"])]):
            at = {"InstanceArn": self.where.arn, "ResourceArn": self.row.arn}
            self.client.tag_resource(**at, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])
            retag(self.aws, self.where, self.row.name, tags)

    def forget(self) -> None:
        """The tag goes when the last assignment has gone."""
        tag = ASSIGNED_TAG + self.principal["PrincipalId"]
        if tag in self.row.tags:
            at = {"InstanceArn": self.where.arn, "ResourceArn": self.row.arn}
            self.client.untag_resource(**at, TagKeys=[tag])
            retag(self.aws, self.where, self.row.name, {}, [tag])

    def make(self, accounts: Collection[str]) -> None:
        """CreateAccountAssignment, which provisions the permission set too."""
        self._run(
            accounts,
            f"giving {self.what}",
            lambda **what: self.client.create_account_assignment(**what)["AccountAssignmentCreationStatus"],
            lambda request: self.client.describe_account_assignment_creation_status(
                InstanceArn=self.where.arn, AccountAssignmentCreationRequestId=request
            )["AccountAssignmentCreationStatus"],
        )

    def withdraw(self, accounts: Collection[str]) -> None:
        """DeleteAccountAssignment."""
        self._run(
            accounts,
            f"withdrawing {self.what}",
            lambda **what: self.client.delete_account_assignment(**what)["AccountAssignmentDeletionStatus"],
            lambda request: self.client.describe_account_assignment_deletion_status(
                InstanceArn=self.where.arn, AccountAssignmentDeletionRequestId=request
            )["AccountAssignmentDeletionStatus"],
        )

    def _run(
        self,
        accounts: Collection[str],
        doing: str,
        begin: Callable[..., Mapping[str, Any]],
        ask: Callable[[str], Mapping[str, Any]],
    ) -> None:
        """Begin so many at once, and ask after each until it has ended; OperationFailed when some have failed."""
        waiting = deque(sorted(accounts))
        running: dict[str, str] = {}
        failed: dict[str, str] = {}
        for _ in self.aws.poll(doing, "identity_center") if waiting else ():
            for account, request in list(running.items()):
                status = ask(request)
                if status["Status"] != "IN_PROGRESS":
                    del running[account]
                if status["Status"] == "FAILED":
                    failed[account] = status.get("FailureReason") or "AWS does not say why"
            while waiting and len(running) < AT_ONCE:
                with unless("ConflictException") as busy:  # another request is at this account, or too many are
                    status = begin(
                        InstanceArn=self.where.arn,
                        TargetId=waiting[0],
                        TargetType="AWS_ACCOUNT",
                        PermissionSetArn=self.row.arn,
                        **self.principal,
                    )
                if busy.code:
                    waiting.rotate(-1)
                    break
                running[waiting.popleft()] = status["RequestId"]
            if not waiting and not running:
                break
        if failed:
            keys = self.aws.tree.account_keys
            told = [f"{keys.get(account, account)}: {reason}" for account, reason in sorted(failed.items())]
            more = f"; and {len(told) - SHOWN:,} more" if len(told) > SHOWN else ""
            raise OperationFailed("; ".join(told[:SHOWN]) + more, aws_code="FAILED", operation=doing)
