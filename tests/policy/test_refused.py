"""What is no hierarchy, no request, no claim and no organization is refused, and the message says why."""

from typing import Any

import pytest

from landing.policy import covered, evaluate, prove
from tests.policy.build import deny, level, policy, request

LEVELS = [level(deny("s3:*"))]
ORGANIZATION: dict[str, Any] = {"managementAccount": "111111111111", "accounts": {"111122223333": "workloads"}}


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (None, "are no levels"),
        ({}, "are no levels"),
        ("root", "are no levels"),
        ([], "are no levels"),
        ([{"name": "p", "policy": policy()}], "level 0 is no list of policies"),
        ([[], "p"], "level 1 is no list of policies"),
        ([["p"]], "level 0 has an entry"),
        ([[{"name": "p"}]], "level 0 has an entry"),
        ([[policy(deny())]], "level 0 has an entry"),
    ],
)
def test_what_are_no_levels_is_said(levels: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        evaluate(levels, request())
    with pytest.raises(ValueError, match=said):
        prove(levels, {"deny": "s3:GetObject"})


def test_a_type_of_policy_that_is_not_evaluated_is_refused() -> None:
    with pytest.raises(ValueError, match="TAG_POLICY"):
        evaluate(LEVELS, request(), "TAG_POLICY")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (None, "is no request"),
        ("s3:GetObject", "is no request"),
        ({"principal": ""}, "has no action: it has principal"),
        ({}, "has no action: it has nothing"),
        *(({"action": action}, "is no action") for action in ("", "s3", "s3:", ":Get", None, 5, ["s3:Get"])),
        *(({"action": action}, "is no action") for action in ("*", "s3:*", "s3:Get?bject")),
        (request(principal={"arn": "x"}), "principal is no text"),  # type: ignore[arg-type]
        (request(principal=5), "principal is no text"),  # type: ignore[arg-type]
        (request(resource=["a"]), "resource is no text"),  # type: ignore[arg-type]
        (request(resourceAccount=111122223333), "resourceAccount is no text"),
        ({**request(), "context": [1]}, "no mapping of condition keys"),
        ({**request(), "context": "aws:SourceIp"}, "no mapping of condition keys"),
        (request(context={1: "a"}), "a condition key that is no text: 1"),  # type: ignore[dict-item]
        (request(context={"aws:SourceIp": "10.0.0.1", "aws:sourceip": "10.0.0.2"}), "twice"),
    ],
)
def test_what_is_no_request_is_said(asked: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        evaluate(LEVELS, asked)
    with pytest.raises(ValueError, match=said):
        covered(ORGANIZATION, asked)


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        (None, "is no claim"),
        ({}, "one of deny and allow"),
        ({"deny": "s3:*", "allow": "s3:*"}, "one of deny and allow"),
        ({"deny": []}, "one action or more"),
        ({"deny": 5}, "deny: 5"),
        ({"deny": [5]}, "deny: 5"),
        ({"deny": "nosuchservice:*"}, "names no action"),
        ({"deny": "s3:NoSuch*"}, "names no action"),
        ({"deny": "s3[admin]"}, "no access level"),
        ({"deny": "s3:*", "principal": "x"}, "'principal' is no part of a claim"),
        ({"deny": "s3:*", 5: "x"}, "'5' is no part of a claim"),
        ({"deny": "s3:*", "principals": ["role/Admin"]}, "pattern of an ARN"),
        ({"deny": "s3:*", "resources": ["data"]}, "pattern of an ARN"),
        ({"deny": "s3:*", "resources": {"a": 1}}, "neither text nor a list"),
        ({"deny": "s3:*", "account": "12"}, "no account id"),
        ({"deny": "s3:*", "partition": 5}, "partition: 5"),
        ({"deny": "s3:*", "context": ["a"]}, "no mapping of condition keys"),
        ({"deny": "s3:*", "context": {5: "a"}}, "no mapping of condition keys"),
        (
            {"deny": "s3:*", "keysAlwaysPresent": ["aws:SourceVpc"], "keysNeverPresent": ["AWS:sourcevpc"]},
            "both always and never",
        ),
    ],
)
def test_what_is_no_claim_is_said(claim: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        prove(LEVELS, claim)


@pytest.mark.parametrize(
    ("organization", "said"),
    [
        (None, "is no organization"),
        ([], "is no organization"),
        ({}, "managementAccount"),
        ({"managementAccount": "111111111111"}, "accounts"),
        ({**ORGANIZATION, "managementAccount": "main"}, "'main' is neither an id"),
        ({**ORGANIZATION, "accounts": ["222222222222"]}, "mapping of account ids"),
        ({**ORGANIZATION, "accounts": {"222222222222": None}}, "does not say its units"),
        ({**ORGANIZATION, "accounts": {"prod": []}}, "no id of 12 digits"),
    ],
)
def test_what_is_no_organization_is_said(organization: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        covered(organization, request())
