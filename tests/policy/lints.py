"""Short ways to write what the lint is to find."""

from typing import Any

from landing.policy import SCP, lint
from tests.policy.build import deny, policy

ADMIN = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/x/*"}}


def stop(action: Any = "s3:PutObject", **elements: Any) -> dict[str, Any]:
    """A Deny of which nothing is to be said."""
    return {**deny(action, **{"Condition": ADMIN, **elements})}


def found(document: object, policy_type: str = SCP) -> list[tuple[str, str, str]]:
    return [(item.code, item.severity, item.pointer) for item in lint(document, policy_type)]


def of(statement: Any, policy_type: str = SCP) -> list[tuple[str, str, str]]:
    """What is found in a policy of one statement, with pointers into the statement."""
    prefix = "/Statement/0"
    return [(code, level, at.removeprefix(prefix)) for code, level, at in found(policy(statement), policy_type)]


def conditions(operator: str, key: str, values: Any, action: Any = "s3:PutObject") -> list[tuple[str, str, str]]:
    escaped = key.replace("~", "~0").replace("/", "~1")
    line = f"/Condition/{operator}/{escaped}"
    everything = of(deny(action, Condition={operator: {key: values}}))
    return [(code, level, at.removeprefix(line) if at != line else "") for code, level, at in everything]


def suggestion(statement: Any) -> str | None:
    [finding] = lint(policy(statement))
    return finding.suggestion
