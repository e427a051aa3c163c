"""Whether a role's trust policy lets a caller assume it (IAM User Guide, "AWS JSON policy elements")."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from landing.policy import CompiledLevels, compile_levels
from landing.policy.evaluation import ALLOWED, EXPLICITLY_DENIED
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
    statements = []
    for each in listed(json.loads(document).get("Statement", [])):
        if _names(each.get("Principal"), caller, directly=directly):
            kept = {name: value for name, value in each.items() if name not in ("Principal", "NotPrincipal")}
            if resource is None or not {"Resource", "NotResource"} & set(kept):
                kept.pop("NotResource", None)
                kept["Resource"] = "*"
            statements.append(kept)
    if not statements:
        return set()
    request = {"action": action, "resource": resource or "*", "context": context}
    result = _compiled(json.dumps(statements)).evaluate(request).result
    return {ALLOWED: {"Allow"}, EXPLICITLY_DENIED: {"Deny"}}.get(result, set())


@lru_cache(maxsize=1024)
def _compiled(statements: str) -> CompiledLevels:
    policy = {"Version": "2012-10-17", "Statement": json.loads(statements)}
    return compile_levels([[{"name": "", "policy": policy}]])


def _names(principal: Any, caller: Identity, *, directly: bool) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    if caller.principal in listed(principal.get("Service", [])):
        return True
    named = listed(principal.get("AWS", []))
    partition = caller.arn.split(":")[1]
    whole_account = () if directly else (caller.account, f"arn:{partition}:iam::{caller.account}:root")
    return any(name == "*" or name in (*whole_account, caller.arn, caller.principal) for name in named)
