"""Whether the guardrails let a request through, what decides that, and on which absent keys it depends."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from landing.policy import RCP, SCP, arn, prove
from landing.policy.catalog import Action
from landing.policy.levels import Place
from landing.policy.principals import parse_principal
from landing.policy.testing import Attached, Estate
from landing.policy.testing.model import Case, Position
from landing.policy.testing.requests import Ask, CaseError, actions_of, owner_of, principals_of
from landing.policy.testing.resources import example_of, examples
from landing.policy.testing.suite import levels, statements_of
from landing.policy.testing.trial import RESULTS, Outcome, Prepared, Runner, prepare

UNKNOWN_CASE = Case(Position("", 1, 1), (), "")


@dataclass(frozen=True, slots=True)
class Flip:
    """An absent key, a value of it, and what the request on the resource would become with it."""

    key: str
    value: Any
    outcome: Outcome
    resource: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a request in an account (by its id).

    `paths` go from the root to the account: by policy type, of the policies that the request meets. `decided` are
    the nodes with the statements there that deny. `others` are resources of other types, of which the outcome is
    another. `assumed` are condition keys that nobody gave and that only seem likely; `notes` say what else was.
    """

    account: str
    request: Mapping[str, Any]
    outcome: Outcome
    paths: Mapping[str, tuple[str, ...]]
    decided: tuple[tuple[str, Place], ...]
    others: tuple[tuple[str, Outcome], ...]
    assumed: Mapping[str, Any]
    notes: tuple[str, ...]
    flips: tuple[Flip, ...] = ()


class Oracle:
    """Answers for one organization and its policies; what was compiled is kept between questions."""

    def __init__(self, policies: Iterable[Attached], estate: Estate) -> None:
        self.policies = tuple(policies)
        self.estate = estate
        self._runner = Runner(self.policies)
        self._types = {policy.type for policy in self.policies}

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

        Without a resource it is about one of each type that the action has, and of the one that is worst off: AWS
        asks about each resource that a request touches, and one that is blocked blocks it all.
        """
        if not all(action.partition(":")) or set(action) & set("*?[]"):
            raise CaseError(f"`{action}` is no action: service:Name is the form, and one at a time")
        [known] = actions_of((action,), ())
        if resource not in ("", "*") and not arn.is_arn(resource):
            raise CaseError(f"`{resource}` is no resource: it is * or an ARN of six parts")
        who = example_of(principals_of(principal, account, self.estate)[0], account)
        read = parse_principal(who)
        if read.kind == "unknown":
            raise CaseError(f"{read.note}; role/NAME and user/NAME are enough")
        given = (resource,) if resource else self._examples(known, account, context)
        tried = [self._tried(who, action, text, account, context) for text in given]
        prepared, outcome = min(tried, key=lambda item: RESULTS.index(item[1].result))
        paths = self._paths(prepared)
        asked = self._asked(node for path in paths.values() for node in path)
        assumed = {
            key: prepared.request["context"].get(key) for key in prepared.coverage.assumed if key.lower() in asked
        }
        answer = Answer(
            account=account,
            request=prepared.request,
            outcome=outcome,
            paths=paths,
            decided=tuple((self._node(place, paths), place) for place in outcome.denies),
            others=tuple((p.request["resource"], o) for p, o in tried if o.result != outcome.result),
            assumed=assumed,
            notes=self._notes(prepared, read.note),
        )
        if not flips or not who.startswith("arn:"):
            return answer
        any_resource = not resource and not answer.others
        return replace(answer, flips=tuple(self._flips(answer, prepared, asked, any_resource=any_resource)))

    def _examples(self, known: Action, account: str, context: Mapping[str, Any]) -> tuple[str, ...]:
        region = str(context.get("aws:RequestedRegion") or self.estate.home_region)
        place = {"partition": self.estate.partition, "region": region, "account": account}
        return examples(known, **place)

    def _tried(
        self, who: str, action: str, resource: str, account: str, context: Mapping[str, Any]
    ) -> tuple[Prepared, Outcome]:
        request = {
            "principal": who,
            "action": action,
            "resource": resource,
            "resourceAccount": owner_of(resource) or account,
            "context": dict(context),
        }
        prepared = prepare(UNKNOWN_CASE, Ask(request), self.estate.organization)
        return prepared, self._runner.outcome(prepared)

    def _paths(self, prepared: Prepared) -> dict[str, tuple[str, ...]]:
        met = {SCP: prepared.coverage.scp_path, RCP: prepared.coverage.rcp_path}
        return {kind: path for kind, path in met.items() if path is not None and kind in self._types}

    def _node(self, place: Place, paths: Mapping[str, tuple[str, ...]]) -> str:
        """Where a statement denies: its level, on the path of its type."""
        here = (policy for policy in self.policies if policy.name == place.policy and policy.type in paths)
        nodes = ((paths[policy.type][place.level], policy) for policy in here)
        return next(node for node, policy in nodes if node in policy.at)

    def _notes(self, prepared: Prepared, of_principal: str | None) -> tuple[str, ...]:
        """Why no SCP or no RCP applies, and how the principal was read."""
        met = prepared.coverage
        why = [met.scp_reason] if met.scp_path is None and SCP in self._types else []
        why += [met.rcp_reason] if met.rcp_path is None and RCP in self._types else []
        return (*why, *([of_principal] if of_principal else []))

    def _flips(
        self, answer: Answer, prepared: Prepared, asked: Mapping[str, str], *, any_resource: bool
    ) -> Iterator[Flip]:
        """A proof for each absent key that a policy asks for: with it alone added, is it ever otherwise?"""
        sure = {key: value for key, value in prepared.request["context"].items() if key not in answer.assumed}
        context = {key: value for key, value in sure.items() if isinstance(value, str | list)}
        present = {key.lower() for key in sure}
        assumed = {key: value for key, value in answer.assumed.items() if isinstance(value, str | list)}
        keys = sorted(key for lower, key in asked.items() if lower not in present)
        hierarchies = {kind: levels(self.policies, path, kind) for kind, path in answer.paths.items()}
        principal = parse_principal(answer.request["principal"])
        for key in keys:
            claim = {
                "deny" if answer.outcome.result == "denied" else "allow": answer.request["action"],
                "principals": [principal.arn or principal.text],
                "partition": self.estate.partition,
                "keysAlwaysPresent": [key],
                "keysNeverPresent": [other for other in keys if other != key and other not in assumed],
            }
            if not any_resource:
                claim["resources"] = [answer.request["resource"]]
            claim["context"] = context | {other: value for other, value in assumed.items() if other != key}
            for kind, hierarchy in hierarchies.items():
                whose = {"account": principal.account} if kind == SCP else {}
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
                    yield Flip(key, value, outcome, without["resource"])
                    break

    def _outcome(self, request: Mapping[str, Any], prepared: Prepared) -> Outcome:
        return self._runner.outcome(Prepared(UNKNOWN_CASE, request, prepared.coverage))

    def _asked(self, path: Iterable[str]) -> dict[str, str]:
        """The condition keys of the policies on a path, as first written, by themselves in lower case."""
        nodes = set(path)
        found: dict[str, str] = {}
        for policy in self.policies:
            if nodes.intersection(policy.at):
                for statement in statements_of(policy.document):
                    for block in (statement.get("Condition") or {}).values():
                        found.update((key.lower(), key) for key in block if key.lower() not in found)
        return found


def _value(counterexample: Mapping[str, Any] | None, key: str) -> Any:
    given = (counterexample or {}).get("context") or {}
    return next((value for name, value in given.items() if name.lower() == key.lower()), None)
