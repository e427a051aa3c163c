"""Short ways to write policies and requests in tests."""

from typing import Any

from landing.policy import Verdict, evaluate

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Developer"
FULL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements: Any, version: str | None = "2012-10-17") -> dict[str, Any]:
    document: dict[str, Any] = {"Statement": list(statements)}
    return document if version is None else {"Version": version, **document}


def level(*statements: Any, name: str = "guardrail", full: bool = True) -> list[dict[str, Any]]:
    full_access = [{"name": "FullAWSAccess", "policy": policy(FULL)}] if full else []
    return [*full_access, {"name": name, "policy": policy(*statements)}]


def deny(action: Any = "*", **elements: Any) -> dict[str, Any]:
    names = {key: elements.pop(key) for key in list(elements) if key in ("NotAction", "NotResource")}
    statement = {"Sid": "Stop", "Effect": "Deny", "Action": action, "Resource": "*", **names, **elements}
    if "NotAction" in names:
        del statement["Action"]
    if "NotResource" in names:
        del statement["Resource"]
    return statement


def request(
    action: str = "s3:GetObject",
    resource: str = "*",
    principal: str = ROLE,
    context: dict[str, Any] | None = None,
    **others: Any,
) -> dict[str, Any]:
    return {
        "principal": principal,
        "action": action,
        "resource": resource,
        "context": context or {},
        **others,
    }


def verdict(statement: Any, **asked: Any) -> Verdict:
    """The verdict of one statement beside FullAWSAccess at one level."""
    return evaluate([level(statement)], request(**asked))


def denies(statement: Any, **asked: Any) -> bool | None:
    """Whether the one statement denies; none if that is undetermined."""
    return verdict(statement, **asked).blocked


def condition_holds(operator: str, key: str, values: Any, **context: Any) -> bool | None:
    """Whether a condition line holds for a context; ``present`` gives the value of the key."""
    given = dict(context.get("context", {}))
    if "present" in context:
        given[key] = context["present"]
    return denies(deny(Condition={operator: {key: values}}), context=given)
