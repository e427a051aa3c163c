"""Whether a role's trust policy lets a caller assume it (IAM User Guide, "AWS JSON policy elements")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from landing.policy import resource_policy
from landing.sandbox.protocol.documents import listed
from landing.sandbox.world import Identity


def admits(
    document: str, caller: Identity, action: str, context: Mapping[str, str], *, resource: str | None = None
) -> bool:
    """An Allow statement matches and no Deny does. `context` holds the condition keys in lower case."""
    return effects(document, caller, action, context, resource=resource) == {"Allow"}


def effects(
    document: str,
    caller: Identity,
    action: str,
    context: Mapping[str, object],
    *,
    resource: str | None = None,
    directly: bool = False,
) -> set[str]:
    """Allow or Deny, or nothing: what `landing.policy` says of the statements that name the caller.

    Without `resource` it is about whatever the document belongs to: a trust policy has no Resource. `directly`: of
    the statements that name the caller itself, and not only its account.
    """
    found = resource_policy.said(
        json.loads(document), lambda each: _names(each, caller, directly=directly), action, context, resource=resource
    )
    return {found} if found else set()


def _names(principal: Any, caller: Identity, *, directly: bool) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    if ":oidc-provider/" in caller.principal:  # of nobody's account, though the provider is in one
        return caller.principal in listed(principal.get("Federated", []))
    if caller.principal in listed(principal.get("Service", [])):
        return True
    named = listed(principal.get("AWS", []))
    partition = caller.arn.split(":")[1]
    whole_account = () if directly else (caller.account, f"arn:{partition}:iam::{caller.account}:root")
    return any(name == "*" or name in (*whole_account, caller.arn, caller.principal) for name in named)
