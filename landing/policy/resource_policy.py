"""What the policy of a resource says to somebody: of the statements that name them, and of no others.

IAM User Guide, "AWS JSON policy elements: Principal". A trust policy is one, too: it has no Resource.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from landing.policy.evaluation import ALLOWED, EXPLICITLY_DENIED, CompiledLevels, compile_levels


def said(
    document: Mapping[str, Any],
    is_named: Callable[[Any], bool],
    action: str,
    context: Mapping[str, object],
    *,
    resource: str | None = None,
) -> str:
    """Allow or Deny; nothing where no statement says either, or it cannot be told.

    `is_named` is asked with each Principal. `context` holds the condition keys in lower case. Without `resource` it is
    about whatever the document belongs to.
    """
    statements = []
    for each in listed(document.get("Statement", [])):
        if is_named(each.get("Principal")):
            kept = {name: value for name, value in each.items() if name not in ("Principal", "NotPrincipal")}
            if resource is None or not {"Resource", "NotResource"} & set(kept):
                kept.pop("NotResource", None)
                kept["Resource"] = "*"
            statements.append(kept)
    if not statements:
        return ""
    request = {"action": action, "resource": resource or "*", "context": context}
    result = _compiled(json.dumps(statements)).evaluate(request).result
    return {ALLOWED: "Allow", EXPLICITLY_DENIED: "Deny"}.get(result, "")


def listed(value: Any) -> list[Any]:
    """One or several, as a list."""
    return value if isinstance(value, list) else [value]


@lru_cache(maxsize=1024)
def _compiled(statements: str) -> CompiledLevels:
    policy = {"Version": "2012-10-17", "Statement": json.loads(statements)}
    return compile_levels([[{"name": "", "policy": policy}]])
