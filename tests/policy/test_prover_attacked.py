"""Proofs under attack: no request disproves what is proved, and every counterexample is one."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landing.policy import evaluate, prove
from landing.policy.arn import arn_regexes
from landing.policy.pattern import full_match, parse
from tests.policy.generated import claims, hierarchies, requests

UNHURRIED = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def like(patterns: list[str], text: str) -> bool:
    arns = full_match(arn_regexes((parse(item) for item in patterns if item != "*"), fold=True))
    return "*" in patterns or arns(text)


def is_of(claim: dict[str, Any], request: dict[str, Any]) -> bool:
    """Whether a request is one of those that a claim speaks of."""
    present = {key.lower() for key in request["context"]}
    return (
        request["action"] in claim.get("deny", claim.get("allow"))
        and ("principals" not in claim or like(claim["principals"], request["principal"]))
        and not like(claim.get("exceptPrincipals", []), request["principal"])
        and ("resources" not in claim or like(claim["resources"], request["resource"]))
        and all(key.lower() in present for key in claim["keysAlwaysPresent"])
        and not any(key.lower() in present for key in claim["keysNeverPresent"])
        and all(request["context"].get(key) == value for key, value in claim.get("context", {}).items())
    )


@UNHURRIED
@given(levels=hierarchies(), claim=claims(), data=st.data())
def test_a_proof_stands_against_random_requests(levels: list[Any], claim: dict[str, Any], data: st.DataObject) -> None:
    proof = prove(levels, claim)
    if proof.result == "refuted":
        request = proof.counterexample
        assert request is not None
        assert is_of(claim, request), (claim, request)
        assert evaluate(levels, request).blocked is ("allow" in claim)
        assert request["action"] in proof.failing
        return
    attacks = [data.draw(requests(claim)) for _ in range(12 if proof.result == "proved" else 0)]
    for attack in attacks:
        if is_of(claim, attack):
            verdict = evaluate(levels, attack)
            assert verdict.blocked is ("deny" in claim), (attack, verdict, proof)


@UNHURRIED
@given(levels=hierarchies(), request=requests(), kind=st.sampled_from(("deny", "allow")))
def test_what_a_request_disproves_is_never_proved(levels: list[Any], request: dict[str, Any], kind: str) -> None:
    claim = {kind: request["action"], "account": "111122223333"}
    blocked = evaluate(levels, request).blocked
    result = prove(levels, claim).result
    if blocked is None or blocked is (kind == "allow"):
        assert result != "proved"
