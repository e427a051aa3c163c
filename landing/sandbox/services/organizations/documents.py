"""What is accepted as the document of a policy (User Guide, "SCP syntax", "RCP syntax", "Policy syntax")."""

from __future__ import annotations

import json
import re
from typing import Any

from landing.policy.declarative.shape import authored
from landing.policy.declarative.shapes import SHAPES
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.organizations.refusals import violated
from landing.sandbox.services.organizations.types import RCP, SCP, TYPES

VERSION = "2012-10-17"
ACTION = re.compile(r"\*|[A-Za-z0-9*?-]+:[A-Za-z0-9*?]+")
ELEMENTS = {
    SCP: {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"},
    RCP: {"Sid", "Effect", "Principal", "Action", "Resource", "NotResource", "Condition"},
}
OPERATORS = frozenset({"@@assign", "@@append", "@@remove", "@@operators_allowed_for_child_policies"})


def check(policy_type: str, content: str) -> None:
    """Refuse a document that is too long as it was sent, or that does not follow the syntax of its type."""
    if len(content) > TYPES[policy_type].size:
        raise violated("POLICY_CONTENT_LIMIT_EXCEEDED", "You have exceeded the maximum policy size.")
    try:
        document = json.loads(content)
    except ValueError:
        raise _malformed("it is not JSON") from None
    if not isinstance(document, dict):
        raise _malformed("it is not an object")
    if policy_type in ELEMENTS:
        _check_statements(policy_type, document)
    else:
        _check_declarative(policy_type, document)


def _malformed(why: str) -> Refusal:
    return Refusal(
        "MalformedPolicyDocumentException",
        f"The provided policy document does not meet the requirements of the specified policy type: {why}.",
    )


def _check_statements(policy_type: str, document: dict[str, Any]) -> None:
    if set(document) - {"Version", "Id", "Statement"}:
        raise _malformed("it has an unknown element")
    if document.get("Version") != VERSION:
        raise _malformed(f"Version must be {VERSION}")
    statements = document.get("Statement")
    statements = [statements] if isinstance(statements, dict) else statements
    if not isinstance(statements, list) or not statements:
        raise _malformed("it has no Statement")
    for statement in statements:
        if not isinstance(statement, dict):
            raise _malformed("a Statement is not an object")
        _check_statement(policy_type, statement)
        if policy_type == RCP:
            _check_rcp(statement)


def _check_statement(policy_type: str, statement: dict[str, Any]) -> None:
    if unknown := set(statement) - ELEMENTS[policy_type]:
        raise _malformed(f"it does not support the element {sorted(unknown)[0]}")
    if statement.get("Effect") not in ("Allow", "Deny"):
        raise _malformed("Effect must be Allow or Deny")
    for one, other in (("Action", "NotAction"), ("Resource", "NotResource")):
        if (one in statement) == (other in statement):
            raise _malformed(f"a statement needs either {one} or {other}")
        values = _strings(statement.get(one, statement.get(other)))
        if one == "Action" and not all(ACTION.fullmatch(value) for value in values):
            raise _malformed("an action is not of the form service:action")
    conditions = statement.get("Condition", {})
    if not isinstance(conditions, dict) or not all(isinstance(block, dict) for block in conditions.values()):
        raise _malformed("Condition must map operators to condition keys")


def _strings(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(item, str) and item for item in values):
        raise _malformed("an element must be a string or a list of strings")
    return values


def _check_rcp(statement: dict[str, Any]) -> None:
    if statement["Effect"] != "Deny":
        raise _malformed("Effect must be Deny")
    if statement.get("Principal") not in ("*", ["*"]):
        raise _malformed('Principal must be "*"')
    if "*" in _strings(statement["Action"]):
        raise _malformed("Action must name a service")


def _check_declarative(policy_type: str, document: dict[str, Any]) -> None:
    key = TYPES[policy_type].key
    if not document:
        raise _malformed("it is empty")
    if key is not None and set(document) - OPERATORS != {key}:
        raise _malformed(f"it must begin with {key}")
    _check_operators(document)
    if shape := SHAPES.get(policy_type):
        for fault in authored(document, shape):
            raise _malformed(f"{fault.message} (at {'.'.join(map(str, fault.where))})")


def _check_operators(node: Any) -> None:
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key.startswith("@@") and key not in OPERATORS:
            raise _malformed(f"there is no operator {key}")
        _check_operators(value)
