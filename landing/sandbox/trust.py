"""Whether a role's trust policy lets a caller assume it (IAM User Guide, "AWS JSON policy elements")."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

from landing.sandbox.world import Identity


def admits(
    document: str, caller: Identity, action: str, context: Mapping[str, str], *, resource: str | None = None
) -> bool:
    """An Allow statement matches and no Deny does. `context` holds the condition keys in lower case."""
    return effects(document, caller, action, context, resource=resource) == {"Allow"}


def effects(
    document: str, caller: Identity, action: str, context: Mapping[str, str], *, resource: str | None = None
) -> set[str]:
    """Allow, Deny, both or nothing: what the matching statements say."""
    statements = _listed(json.loads(document).get("Statement", []))
    return {
        s.get("Effect")
        for s in statements
        if _matches(s, caller, action, context) and _covers(s.get("Resource"), resource)
    }


def _matches(statement: Mapping[str, Any], caller: Identity, action: str, context: Mapping[str, str]) -> bool:
    return (
        any(_like(action.lower(), pattern.lower()) for pattern in _listed(statement.get("Action", [])))
        and _names(statement.get("Principal"), caller)
        and all(
            _holds(operator, key.lower(), _listed(wanted), context)
            for operator, block in statement.get("Condition", {}).items()
            for key, wanted in block.items()
        )
    )


def _covers(patterns: Any, resource: str | None) -> bool:
    """A trust policy has no Resource: it is about the role that it belongs to."""
    return patterns is None or resource is None or any(_like(resource, p) for p in _listed(patterns))


def _names(principal: Any, caller: Identity) -> bool:
    if principal == "*":
        return True
    if not isinstance(principal, dict):
        return False
    if caller.principal in _listed(principal.get("Service", [])):
        return True
    named = _listed(principal.get("AWS", []))
    partition = caller.arn.split(":")[1]
    whole_account = (caller.account, f"arn:{partition}:iam::{caller.account}:root")
    return any(name == "*" or name in (*whole_account, caller.arn, caller.principal) for name in named)


def _holds(operator: str, key: str, wanted: list[str], context: Mapping[str, str]) -> bool:
    """One line of a Condition block. An operator that is not known here never holds."""
    name = operator.rpartition(":")[2].lower()
    optional = name.endswith("ifexists")
    name = name.removesuffix("ifexists")
    value = context.get(key)
    if name == "null":
        return (value is None) == (wanted == ["true"])
    negated = name.startswith(("stringnot", "arnnot"))
    if value is None:
        return optional or negated
    name = name.replace("not", "", 1) if negated else name
    return negated != _any_equal(name, value, wanted)


def _any_equal(operator: str, value: str, wanted: Iterable[str]) -> bool:
    if operator in ("stringlike", "arnlike", "arnequals"):
        return any(_like(value, pattern) for pattern in wanted)
    if operator in ("stringequalsignorecase", "bool"):
        return any(value.lower() == other.lower() for other in wanted)
    return operator == "stringequals" and value in wanted


def _like(value: str, pattern: str) -> bool:
    return fnmatchcase(value, pattern.replace("[", "[[]"))


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
