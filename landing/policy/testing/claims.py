"""Proves the claims of a file, account by account, over the levels that each account's requests meet."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from landing.policy.evaluation import RCP, SCP
from landing.policy.prover import PROVED, REFUTED, Proof, prove
from landing.policy.testing.estate import Estate
from landing.policy.testing.model import Claim, Value
from landing.policy.testing.placeholders import fill, fill_all
from landing.policy.testing.report import FAILED, PASSED, SKIPPED, UNDETERMINED, Result
from landing.policy.testing.requests import CaseError, about, actions_of, check_keys, in_words, principals_of
from landing.policy.testing.suite import Suite, levels


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of a claim in an account: the prover's word, and why."""

    result: str
    words: str = ""


def judge(claim: Claim, suite: Suite, estate: Estate) -> Result:
    """The result of a claim: passed only if proved wherever the policies reach. Raises CaseError."""
    for part, keys in (("with", claim.context), ("present", claim.present), ("absent", claim.absent)):
        check_keys(keys, suite, part)
    with about(""):
        judged = list(_by_account(claim, suite, estate))
    words = tuple(dict.fromkeys(item.words for item in judged if item.words))
    results = {item.result for item in judged}
    if not results:
        status = SKIPPED
    elif results == {PROVED}:
        status = PASSED
    else:
        status = FAILED if REFUTED in results else UNDETERMINED
    return Result(claim.kind, claim.title, status, claim.position, len(judged), words)


def _by_account(claim: Claim, suite: Suite, estate: Estate) -> Iterator[Judged]:
    values = {**estate.names, **suite.values}
    with about("in"):
        meant = [account for text in fill_all(claim.places, values) for account in estate.place(text)]
    with about("but"):
        but = fill_all(claim.but, values)
    with about(claim.kind):
        actions = actions_of(fill_all(claim.actions, values), but)
    for account in suite.accounts(estate, meant):
        here = {**values, "account": account}
        with about("except" if claim.kind == "never" else "as"):
            texts = fill_all(claim.principals, here)
            who = [pattern for text in texts for pattern in principals_of(text, account, estate)]
        form: dict[str, Any] = {
            "deny" if claim.kind == "never" else "allow": [action.text for action in actions],
            "exceptPrincipals" if claim.kind == "never" else "principals": who,
            "partition": estate.partition,
            "keysAlwaysPresent": list(claim.present),
            "keysNeverPresent": list(claim.absent),
        }
        with about("with"):
            form["context"] = {key: _pinned(value, here) for key, value in claim.context.items()}
        if claim.on:
            with about("on"):
                form["resources"] = list(fill_all(claim.on, here))
        yield _combined(claim, [proof_in(account, form, suite, estate, kind) for kind in _kinds(suite)])


def _kinds(suite: Suite) -> list[str]:
    return [kind for kind in (SCP, RCP) if any(policy.type == kind for policy in suite.policies)]


def proof_in(account: str, form: Mapping[str, Any], suite: Suite, estate: Estate, kind: str = SCP) -> Proof:
    """A proof over one hierarchy: the SCPs on principals of the account, or the RCPs on its resources.

    `form` is a claim as `prove` takes it, with `context`; what every request of the account has is added.
    """
    if kind == SCP:
        known: dict[str, Any] = {"aws:PrincipalOrgID": estate.id}
        form = {**form, "account": account}
    else:
        known = {"aws:ResourceAccount": account, "aws:ResourceOrgID": estate.id}
    form = {**form, "context": {**known, **form["context"]}}
    return prove(levels(suite.policies, estate.path(account), kind), form, kind)


def _pinned(value: Value, values: Mapping[str, Any]) -> str | list[str]:
    """The one value that a key has in every request of a claim, or its list of values."""
    if value is None:
        raise CaseError("a key that no request has goes under `absent`")
    if isinstance(value, tuple):
        return list(fill_all(value, values))
    filled = fill(value, values)
    if len(filled) != 1:
        raise CaseError(f"`{value}` is not one value: a claim fixes a key to one")
    return filled[0]


def _combined(claim: Claim, proofs: list[Proof]) -> Judged:
    """Blocked by either hierarchy is blocked; let through is let through by both."""
    results = {proof.result for proof in proofs}
    words = "; ".join(_words(proof) for proof in proofs if proof.result != PROVED)
    if results == {PROVED} or (claim.kind == "never" and PROVED in results):
        return Judged(PROVED)
    if REFUTED in results and (claim.kind == "always" or len(proofs) == 1):
        return Judged(REFUTED, words)
    return Judged(UNDETERMINED, words)


def _words(proof: Proof) -> str:
    if proof.counterexample is None:
        return f"it cannot be told of {len(proof.doubtful)} actions: {proof.reason}"
    more = len(proof.failing) - 1
    others = f"; also {', '.join(proof.failing[1:6])}{' …' if more > 5 else ''}" if more else ""
    return in_words(proof.counterexample) + others
