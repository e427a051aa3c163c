"""What a permission set lets people do: policies of AWS's and of the accounts, an inline policy, a boundary."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable
from typing import Any

from landing.aws import Aws, unless
from landing.core.model import Attributes
from landing.policy.canonical import canonical
from landing.policy.limits import compact
from landing.services.identity_center.directory import ABSENT, Instance
from landing.services.identity_center.settings import minutes
from landing.services.strength import UNTOLD, text, told

_AWS_POLICY = re.compile(r"arn:[^:]+:iam::aws:policy/")
DENYING = re.compile("(AWSDeny|AWSCompromisedKeyQuarantine)")
"""Policies of AWS's that deny, by how their names begin."""


class Definition:
    """What a permission set lets people do: read, and brought to what is declared."""

    def __init__(self, aws: Aws, where: Instance, arn: str) -> None:
        self.aws, self.where = aws, where
        self.at = {"InstanceArn": where.arn, "PermissionSetArn": arn}

    @property
    def client(self) -> Any:
        """Of the instance."""
        return self.where.client("sso-admin", self.aws)

    @property
    def aws_managed(self) -> list[str]:
        """Policies of AWS's, by name with path."""
        listed = self.aws.listed(
            self.client, "list_managed_policies_in_permission_set", "AttachedManagedPolicies", **self.at
        )
        return sorted(_AWS_POLICY.sub("", each["Arn"]) for each in listed)

    @property
    def customer_managed(self) -> list[str]:
        """Policies that each account has."""
        listed = self.aws.listed(
            self.client,
            "list_customer_managed_policy_references_in_permission_set",
            "CustomerManagedPolicyReferences",
            **self.at,
        )
        return sorted(each.get("Path", "/") + each["Name"] for each in listed)

    @property
    def inline(self) -> dict[str, Any]:
        """The document, or an empty one."""
        written = self.client.get_inline_policy_for_permission_set(**self.at).get("InlinePolicy")
        return dict(json.loads(written)) if written else {}

    @property
    def boundary(self) -> str:
        """A policy of AWS's by its name, one of the accounts' own with its path, or nothing."""
        with unless(ABSENT):
            found = self.client.get_permissions_boundary_for_permission_set(**self.at).get("PermissionsBoundary") or {}
            if own := found.get("CustomerManagedPolicyReference"):
                return str(own.get("Path", "/") + own["Name"])
            return _AWS_POLICY.sub("", found.get("ManagedPolicyArn", ""))
        return ""

    def bring(self, after: Attributes) -> bool:
        """To what is declared, what binds first; whether something was changed."""
        changed = False
        if self.boundary != after["boundary"]:
            self._bound(after["boundary"])
            changed = True
        managed, customer = self.aws_managed, self.customer_managed
        for name in managed:
            if name not in after["aws_managed"]:
                with unless(ABSENT):
                    self.client.detach_managed_policy_from_permission_set(**self.at, ManagedPolicyArn=self._arn(name))
                changed = True
        for name in customer:
            if name not in after["customer_managed"]:
                with unless(ABSENT):
                    self.client.detach_customer_managed_policy_reference_from_permission_set(
                        **self.at, CustomerManagedPolicyReference=_reference(name)
                    )
                changed = True
        if canonical(self.inline) != canonical(after["inline"]):
            if after["inline"]:
                self.client.put_inline_policy_to_permission_set(**self.at, InlinePolicy=compact(after["inline"]))
            else:
                self.client.delete_inline_policy_from_permission_set(**self.at)
            changed = True
        for name in after["aws_managed"]:
            if name not in managed:
                with unless("ConflictException"):
                    self.client.attach_managed_policy_to_permission_set(**self.at, ManagedPolicyArn=self._arn(name))
                changed = True
        for name in after["customer_managed"]:
            if name not in customer:
                with unless("ConflictException"):
                    self.client.attach_customer_managed_policy_reference_to_permission_set(
                        **self.at, CustomerManagedPolicyReference=_reference(name)
                    )
                changed = True
        return changed

    def _bound(self, boundary: str) -> None:
        if not boundary:
            with unless(ABSENT):
                self.client.delete_permissions_boundary_from_permission_set(**self.at)
            return
        own = boundary.startswith("/")
        given: dict[str, Any] = (
            {"CustomerManagedPolicyReference": _reference(boundary)}
            if own
            else {"ManagedPolicyArn": self._arn(boundary)}
        )
        self.client.put_permissions_boundary_to_permission_set(**self.at, PermissionsBoundary=given)

    def _arn(self, name: str) -> str:
        return f"arn:{self.aws.context.partition}:iam::aws:policy/{name}"


def _reference(written: str) -> dict[str, str]:
    path, _, name = written.rpartition("/")
    return {"Name": name, "Path": f"{path}/"}


def longer(before: str, after: str) -> Iterable[str]:
    """A longer session."""
    if minutes(after) > minutes(before):
        yield f"{before} → {after}"


def more_managed(before: Collection[str], after: Collection[str]) -> Iterable[str]:
    """Policies of AWS's: another allows more, unless it is one that denies."""
    yield from (f"also {name}" for name in after if name not in before and not DENYING.match(name))
    yield from (f"no longer {name}" for name in before if name not in after and DENYING.match(name))


def other_policies(before: Collection[str], after: Collection[str]) -> Iterable[str]:
    """Policies of the accounts' own: nobody knows here what they say."""
    yield from (f"also {name}{UNTOLD}" for name in after if name not in before)
    yield from (f"no longer {name}{UNTOLD}" for name in before if name not in after)


def less_bound(before: str, after: str) -> Iterable[str]:
    """A boundary that is taken away, or is another."""
    if before and not after:
        yield f"{text(before)} → none"
    elif before:
        yield from told(before, after)
