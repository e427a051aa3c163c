"""Cases for an imported policy: for each statement a request that it decides, found by the prover and tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from landing.importing.yaml_values import comment, inline
from landing.library import Policy
from landing.policy import RCP, SCP, catalog
from landing.policy.catalog import Action
from landing.policy.prover import REFUTED
from landing.policy.testing import Attached, Estate, Suite
from landing.policy.testing.case_file import parse
from landing.policy.testing.claims import proof_in
from landing.policy.testing.requests import CaseError, asks
from landing.policy.testing.suite import statements_of
from landing.policy.testing.trial import DENIED, Outcome, Runner, complaint, prepare

TYPES = (SCP, RCP)
TRIED = 12
"""Actions of a statement for which a request is looked for, one after the other."""
COMMON = (
    "ec2:RunInstances", "s3:PutObject", "s3:GetObject", "iam:CreateUser", "kms:Decrypt", "sts:AssumeRole",
    "secretsmanager:GetSecretValue", "sqs:SendMessage", "lambda:CreateFunction20150331", "dynamodb:PutItem",
)  # fmt: skip
"""Actions that people know, for statements about very many."""


def cases_of(policy: Policy, suite: Suite, estate: Estate) -> tuple[str, list[str]]:
    """The text of `cases.yaml`, and the statements for which no request was found, by Sid or ``#number``.

    `suite` is the policy alone at the root, as `landing test` tries it.
    """
    if policy.type not in TYPES:
        return "", []
    lines = [comment("Made by `landing import`: a request for each statement. Say in more of them what is meant.")]
    bare = []
    for number, statement in enumerate(statements_of(suite.policies[0].document), 1):
        name = str(statement.get("Sid") or f"#{number}")
        found = next(_cases(suite, estate, number - 1, name), None)
        if found is None:
            bare.append(name)
            lines.append(comment(f"{name}: no request was found that it alone decides. Write one."))
        else:
            lines += found
    return "\n".join(lines) + "\n", bare


def few(estate: Estate, texts: str) -> Estate:
    """The estate with few of its accounts: those that a policy at the root may tell apart from any other."""
    special = {estate.management, *estate.roles.values(), *re.findall(r"\d{12}", texts), *list(estate.accounts)[:3]}
    kept = {account: path for account, path in estate.accounts.items() if account in special}
    return replace(estate, accounts=kept, keys={key: each for key, each in estate.keys.items() if each in kept})


def _cases(suite: Suite, estate: Estate, index: int, name: str) -> Iterator[list[str]]:
    """The lines of a case, one for each action of a statement for which there is one."""
    policy = suite.policies[0]
    statement = statements_of(policy.document)[index]
    allows = statement.get("Effect") == "Allow"
    alone = _alone(policy, index, allows=allows)
    account = next((each for each in estate.accounts if each != estate.management), "")
    for action in _actions(statement):
        form: dict[str, Any] = {
            "deny" if allows else "allow": [action.text],
            "context": {},
            "partition": estate.partition,
        }
        try:
            proof = proof_in(account, form, alone, estate, policy.type)
        except ValueError:
            continue
        if proof.result == REFUTED and proof.counterexample is not None:
            for tried in _spelled(proof.counterexample, action, account, estate):
                case = {**tried, "expect": "not-denied" if allows else "denied"}
                for more in ({},) if allows else ({"by": [name]}, {"by": sorted(_deciding(case, suite, estate))}):
                    if _holds({**case, **more}, suite, estate, index):
                        yield [f"- {key}: {inline(value)}" if not n else f"  {key}: {inline(value)}"
                               for n, (key, value) in enumerate({**case, **more}.items())]  # fmt: skip


def _alone(policy: Attached, index: int, *, allows: bool) -> Suite:
    """The policy with one of its statements."""
    document = {**policy.document, "Statement": [statements_of(policy.document)[index]]}
    return Suite(policy.name, Path(), (Attached(policy.name, document, policy.type, policy.at, allows),))


def _actions(statement: Mapping[str, Any]) -> list[Action]:
    """Some actions that a statement is about: those that people know, then the first of each of its patterns."""
    patterns = _listed(statement.get("Action"))
    if patterns:
        meant = {action.text: action for pattern in patterns for action in _expanded(pattern)}
        firsts = [next(iter(found)) for pattern in patterns if (found := _expanded(pattern))]
    else:
        spared = {action.text for pattern in _listed(statement.get("NotAction")) for action in _expanded(pattern)}
        meant = {action.text: action for action in _expanded("*") if action.text not in spared}
        firsts = []
    known = [meant[text] for text in COMMON if text in meant]
    chosen = {action.text: action for action in (*known, *firsts, *meant.values())}
    return list(chosen.values())[:TRIED]


def _expanded(pattern: str) -> Sequence[Action]:
    try:
        return catalog.expand(pattern)
    except ValueError:
        return ()


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [each for each in value or () if isinstance(each, str)]


def _spelled(request: Mapping[str, Any], action: Action, account: str, estate: Estate) -> Iterator[dict[str, Any]]:
    """The request as a case has it; what follows from the organization is left to follow."""
    context = {
        key: _placed(value, account)
        for key, value in (request.get("context") or {}).items()
        if not (key.lower() in ("aws:principalorgid", "aws:resourceorgid") and value == estate.id)
        and not (key.lower() in ("aws:resourceaccount", "aws:principalaccount") and value == account)
    }
    case: dict[str, Any] = {"try": action.text}
    who = re.sub(rf"^arn:[\w-]+:iam::{account}:(role|user)/", r"\1/", str(request["principal"]))
    case["as"] = "root" if who.endswith(f"::{account}:root") else _placed(who, account)
    resource = str(request.get("resource") or "*")
    rest = {"with": context} if context else {}
    if resource != "*":
        yield {**case, "on": _placed(resource, account), **rest}
    yield {**case, **rest}


def _placed(value: Any, account: str) -> Any:
    """With the account of the request for its id."""
    if isinstance(value, list):
        return [_placed(item, account) for item in value]
    return str(value).replace(account, "{{ account }}")


def _outcomes(case: Mapping[str, Any], suite: Suite, estate: Estate) -> Iterator[tuple[Any, Outcome]]:
    """What becomes of each request of a case, as `landing test` finds it; nothing where it cannot be tried."""
    read = parse(f"- {inline(case)}", "cases.yaml")
    runner = Runner(suite.policies)
    for each in read.cases:
        try:
            for ask in asks(each, suite, estate):
                yield each, runner.outcome(prepare(each, ask, estate.organization))
        except CaseError:
            return


def _deciding(case: Mapping[str, Any], suite: Suite, estate: Estate) -> Iterable[str]:
    """The statements that deny a case, by Sid or number."""
    found = {place for _, outcome in _outcomes(case, suite, estate) for place in outcome.denies}
    return {place.sid or f"#{place.statement + 1}" for place in found}


def _holds(case: Mapping[str, Any], suite: Suite, estate: Estate, index: int) -> bool:
    """Whether a case passes, and the statement decides it."""
    found = list(_outcomes(case, suite, estate))
    if not found or any(complaint(each, outcome) for each, outcome in found):
        return False
    if case["expect"] != DENIED:
        return True
    return any(place.statement == index for _, outcome in found for place in outcome.denies)
