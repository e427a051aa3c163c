"""Whether the guardrails let a request through, what decides that, and on which absent keys it depends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landing.policy import RCP, SCP, catalog, prove
from landing.policy.testing import Attached, Estate
from landing.policy.testing.model import Case, Position
from landing.policy.testing.requests import Ask, CaseError, principals_of
from landing.policy.testing.resources import examples
from landing.policy.testing.running import Outcome, Prepared, Runner, prepare
from landing.policy.testing.suite import levels

UNKNOWN_CASE = Case(Position("", 1, 1), (), "")


@dataclass(frozen=True, slots=True)
class Flip:
    """An absent key, a value of it, and what the request would become with it."""

    key: str
    value: Any
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a request in an account (by its id); `path` goes from the root to the account.

    `assumed` are condition keys that nobody gave and that only seem likely.
    """

    account: str
    request: Mapping[str, Any]
    outcome: Outcome
    path: tuple[str, ...]
    assumed: Mapping[str, Any]
    flips: tuple[Flip, ...] = ()


class Oracle:
    """Answers for one organization and its policies; what was compiled is kept between questions."""

    def __init__(self, policies: Iterable[Attached], estate: Estate) -> None:
        self.policies = tuple(policies)
        self.estate = estate
        self._runner = Runner(self.policies)

    def ask(
        self,
        principal: str,
        action: str,
        resource: str,
        account: str,
        context: Mapping[str, Any],
        *,
        flips: bool = True,
    ) -> Answer:
        """The answer; `principal` as in cases (``role/NAME``, ``root``, an ARN …). Raises CaseError.

        Without a resource it is about one of the first type that the action has, and flips about any.
        """
        if not all(action.partition(":")) or set(action) & set("*?[]"):
            raise CaseError(f"`{action}` is no action: service:Name is the form, and one at a time")
        who = principals_of(principal, account, self.estate)[0]
        known = catalog.action(action)
        free = not resource
        if free:
            region = str(context.get("aws:RequestedRegion") or self.estate.home_region)
            place = {"partition": self.estate.partition, "region": region, "account": account}
            resource = examples(known, **place)[0] if known else "*"
        request = {
            "principal": who,
            "action": action,
            "resource": resource,
            "resourceAccount": account,
            "context": dict(context),
        }
        prepared = prepare(UNKNOWN_CASE, Ask(request), self.estate.organization)
        path = self.estate.path(account)
        asked = self._asked(path)
        assumed = {
            key: prepared.request["context"].get(key) for key in prepared.coverage.assumed if key.lower() in asked
        }
        answer = Answer(account, prepared.request, self._runner.outcome(prepared), path, assumed)
        if not flips or not who.startswith("arn:"):
            return answer
        return replace(answer, flips=tuple(self._flips(answer, prepared, asked, any_resource=free)))

    def _flips(
        self, answer: Answer, prepared: Prepared, asked: Mapping[str, str], *, any_resource: bool
    ) -> Iterator[Flip]:
        """A proof for each absent key that a policy asks for: with it alone added, is it ever otherwise?"""
        sure = {key: value for key, value in prepared.request["context"].items() if key not in answer.assumed}
        context = {key: value for key, value in sure.items() if isinstance(value, str | list)}
        present = {key.lower() for key in sure}
        assumed = {key: value for key, value in answer.assumed.items() if isinstance(value, str | list)}
        keys = sorted(key for lower, key in asked.items() if lower not in present)
        hierarchies = {kind: levels(self.policies, answer.path, kind) for kind in (SCP, RCP)}
        for key in keys:
            claim = {
                "deny" if answer.outcome.result == "denied" else "allow": answer.request["action"],
                "principals": [answer.request["principal"]],
                "partition": self.estate.partition,
                "keysAlwaysPresent": [key],
                "keysNeverPresent": [other for other in keys if other != key and other not in assumed],
            }
            if not any_resource:
                claim["resources"] = [answer.request["resource"]]
            claim["context"] = context | {other: value for other, value in assumed.items() if other != key}
            for kind, hierarchy in hierarchies.items():
                whose = {"account": answer.account} if kind == SCP else {}
                proof = prove(hierarchy, {**claim, **whose}, kind)
                value = _value(proof.counterexample, key)
                if value is None:
                    continue
                without = {**prepared.request, "resource": (proof.counterexample or {})["resource"]}
                with_key = {**without, "context": {**prepared.request["context"], key: value}}
                outcome = self._outcome(with_key, prepared)
                if (
                    outcome.result != answer.outcome.result
                    and outcome.result != self._outcome(without, prepared).result
                ):
                    yield Flip(key, value, outcome)
                    break

    def _outcome(self, request: Mapping[str, Any], prepared: Prepared) -> Outcome:
        return self._runner.outcome(Prepared(UNKNOWN_CASE, request, prepared.coverage))

    def _asked(self, path: Iterable[str]) -> dict[str, str]:
        """The condition keys of the policies on a path, as first written, by themselves in lower case."""
        nodes = set(path)
        found: dict[str, str] = {}
        for policy in self.policies:
            if nodes.intersection(policy.at):
                for statement in policy.document.get("Statement") or ():
                    for block in (statement.get("Condition") or {}).values():
                        found.update((key.lower(), key) for key in block if key.lower() not in found)
        return found


def _value(counterexample: Mapping[str, Any] | None, key: str) -> Any:
    given = (counterexample or {}).get("context") or {}
    return next((value for name, value in given.items() if name.lower() == key.lower()), None)
