"""Proofs of claims about one level, for tests."""

from typing import Any

from landing.policy import Proof, evaluate, prove
from tests.policy.build import ACCOUNT, level

ADMIN = "arn:aws:iam::*:role/SecurityAdmin"
BUT_ADMIN = {"ArnNotLike": {"aws:PrincipalArn": [ADMIN]}}
DETECTOR = "guardduty:DeleteDetector"


def proof(*statements: Any, **claim: Any) -> Proof:
    """The proof of a claim about one level; a counterexample is checked to be one."""
    levels = [level(*statements)]
    found = prove(levels, {"account": ACCOUNT, **claim})
    if found.counterexample is not None:
        assert evaluate(levels, found.counterexample).blocked is ("allow" in claim)
    assert (found.result == "refuted") is (found.counterexample is not None)
    return found
