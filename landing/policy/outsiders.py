"""Whom resource control policies let through though they are outside the organization.

An RCP holds for whoever comes to a resource, people of other organizations too. These name their roles, users, sessions
and tags as they like, and what is theirs besides: where an RCP lets through by such a name and does not say whose it
must be, it lets them through. So it does where it spares a value that everybody has something of: an account, a
network or an organization by a pattern, a request by way of a service, a name at a provider of identities. An SCP holds
for principals of members alone (AWS Organizations user guide, "Service control policies (SCPs)"): there is nobody
outside to whom it could matter.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from landing.policy import RCP, Effect, Proof, catalog, effect
from landing.policy.exemptions import exemptions
from landing.policy.operators import Use, parse_use
from landing.policy.prover import PROVED, REFUTED, UNDETERMINED, all_within_rcps, within_rcps
from landing.policy.testing import Attached, Estate, Suite
from landing.policy.testing.resources import example_of
from landing.policy.testing.suite import levels, statements_of
from landing.policy.traits import State, example, traits

Statement = Mapping[str, Any]

_ANOTHER = "o-outside0000"
_PATHS = (f"{_ANOTHER}/r-outs/ou-outs-00000000/",)
_OF_SERVICES = (
    "aws:SourceAccount",
    "aws:SourceArn",
    "aws:SourceOrgID",
    "aws:SourceOrgPaths",
    "aws:PrincipalServiceName",
    "aws:PrincipalServiceNamesList",
)
"""What only a request of a service has."""
_OF_PEOPLE = (
    "aws:PrincipalArn",
    "aws:PrincipalAccount",
    "aws:PrincipalType",
    "aws:PrincipalOrgID",
    "aws:PrincipalOrgPaths",
    "aws:PrincipalTag/*",
    "aws:userid",
    "aws:username",
)
"""What only a request of somebody has who is no service."""
_OF_MEMBERS = ("aws:principalorgid", "aws:principalorgpaths")
"""What nobody has who is of an account in no organization."""


@dataclass(frozen=True, slots=True)
class Admission:
    """A statement of an RCP, as ``policy/Sid``, and the names by which it lets through on the resources of an account.

    Of the names those are listed that somebody outside may have.
    """

    account: str
    guard: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Stranger:
    """Somebody outside, as the scope of an effect."""

    principals: tuple[str, ...]
    context: tuple[tuple[str, str | tuple[str, ...]], ...]
    lacking: tuple[str, ...]

    def having(self, key: str, value: str) -> _Stranger:
        """The same with a value of a key, alone or in the list that the key has."""
        listed = key.lower() in ("aws:calledvia", "aws:principalorgpaths", "aws:sourceorgpaths")
        others = tuple(each for each in self.context if each[0].lower() != key.lower())
        return replace(self, context=(*others, (key, (value,) if listed else value)))

    def scope(self, account: str, estate: Estate) -> dict[str, Any]:
        owner = {"aws:ResourceAccount": account, "aws:ResourceOrgID": estate.id}
        return {
            "partition": estate.partition,
            "context": {**owner, **dict(self.context)},
            "keysNeverPresent": list(self.lacking),
            **({"principals": list(self.principals)} if self.principals else {}),
        }


def admissions(policies: Iterable[Attached], estate: Estate, place: str) -> Iterator[tuple[Admission, Proof]]:
    """Each such statement, with the proof that somebody outside is blocked by the RCPs of the path in spite of it.

    It is refuted by a request that passes, and that would not if the statement let nobody through by a name. RCPs do
    not hold for resources of the management account. Raises UnknownPlaceError on a place that there is not.
    """
    suite = Suite("", Path(), tuple(policy for policy in policies if policy.type == RCP))
    meant = [account for account in estate.place(place) if account != estate.management]
    told: set[tuple[str, ...]] = set()
    for account in suite.accounts(estate, meant):
        path = set(estate.path(account))
        here = tuple(policy for policy in suite.policies if path & set(policy.at))
        if (names := tuple(policy.name for policy in here)) not in told:
            told.add(names)
            for policy in here:
                yield from _admitted(policy, here, estate, account)


def _admitted(
    policy: Attached, here: Sequence[Attached], estate: Estate, account: str
) -> Iterator[tuple[Admission, Proof]]:
    """The admissions of one policy, beside the others of the path."""
    taken = {*estate.accounts, *re.findall(r"\d{12}", json.dumps([other.document for other in here]))}
    listed = statements_of(policy.document)
    for number, statement in enumerate(listed):
        strict, found = _without_names(statement, taken, estate)
        if not found:
            continue
        document = {**policy.document, "Statement": [*listed[:number], strict, *listed[number + 1 :]]}
        stricter = [replace(other, document=document) if other is policy else other for other in here]
        old, new = (json.dumps(levels(each, estate.path(account), RCP), sort_keys=True) for each in (stricter, here))
        strangers = dict.fromkeys(stranger for _, some in found for stranger in some)
        effects = [
            _effect(old, new, json.dumps(stranger.scope(account, estate), sort_keys=True)) for stranger in strangers
        ]
        guard = f"{policy.name}/{statement.get('Sid') or f'#{number + 1}'}"
        yield Admission(account, guard, tuple(dict.fromkeys(name for name, _ in found))), _proof(effects, statement)


@lru_cache(maxsize=256)
def _effect(before: str, after: str, scope: str) -> Effect:
    return effect(json.loads(before), json.loads(after), json.loads(scope), RCP)


def _proof(effects: Sequence[Effect], statement: Statement) -> Proof:
    """What effects say together; the statement is for the number of actions that it is about."""
    passing = [changed for each in effects for changed in each.permitted]
    unknown = [open_ for each in effects for open_ in each.undetermined]
    return Proof(
        result=REFUTED if passing else UNDETERMINED if unknown else PROVED,
        counterexample=passing[0].example if passing else None,
        assumptions=(),
        reason=unknown[0].reason if unknown else None,
        actions=_number(statement),
        failing=tuple(sorted({action for changed in passing for action in changed.actions})),
        doubtful=tuple(sorted({action for open_ in unknown for action in open_.actions})),
    )


def _number(statement: Statement) -> int:
    """How many actions within RCPs a statement is about."""
    listed = statement.get("Action", statement.get("NotAction", []))
    texts = [listed] if isinstance(listed, str) else listed
    named = {action.lowered for text in texts for action in catalog.expand(text) if within_rcps(action)}
    return len(named) if "Action" in statement else len(all_within_rcps()) - len(named)


_Found = tuple[str, tuple[_Stranger, ...]]


def _without_names(statement: Statement, taken: set[str], estate: Estate) -> tuple[Statement, list[_Found]]:
    """A statement that lets nobody outside through by a name, and the names by which it does, with who has them."""
    conditions: dict[str, dict[str, Any]] = {}
    found: list[_Found] = []
    for operator, lines in (statement.get("Condition") or {}).items() if statement.get("Effect") == "Deny" else ():
        for key, values in lines.items():
            kept = []
            for value in values if isinstance(values, list | tuple) else [values]:
                names = list(_names(operator, key, value, taken, estate))
                found += names
                kept += [] if names else [value]
            if kept:
                conditions.setdefault(operator, {})[key] = kept
    rest = {name: part for name, part in statement.items() if name != "Condition"}
    return {**rest, **({"Condition": conditions} if conditions else {})}, found


def _names(operator: str, key: str, value: Any, taken: set[str], estate: Estate) -> Iterator[_Found]:
    """By what a value of a condition lets through somebody outside, and who that is."""
    alone = {"Statement": {"Effect": "Deny", "Condition": {operator: {key: value}}}}
    named = [(pattern, pattern) for exemption in exemptions(alone) for pattern in exemption.patterns]
    named += [(str(trait), _owned(trait.key, trait.value)) for trait in traits(alone) if trait.state is State.NAMED]
    for name, owned in named:
        if outside := _account(owned, taken):
            yield name, _people(outside, estate)
    use = parse_use(operator)
    spares = key.lower() in _OF_MEMBERS and isinstance(use, Use) and _is_for_those_with_it(use, value)
    if spares and (outside := _account("", taken)):
        yield f"{key} absent", _people(outside, estate)
    if key.lower() == "aws:sourcearn" and isinstance(use, Use) and use.operator.negated:
        pattern = _VARIABLE.sub("*", str(value))
        if (outside := _account(pattern, taken)) and set(pattern) & set("*?"):
            yield f"{key} {pattern}", _services(pattern, outside)
    elif isinstance(use, Use) and (like := _spared(use, value)) is not None:
        yield from _by_its_kind(key, like, taken, estate)


def _spared(use: Use, value: Any) -> str | None:
    """A pattern of the values that a condition of a Deny spares, where it spares some: with Null any; else None."""
    words = str(value).lower() if isinstance(value, bool) else str(value)
    match use.operator.family:
        case "null":
            return "*" if words.lower() == "true" else None
        case "bool":
            return "true" if words.lower() == "false" else None
        case "string" if use.operator.negated and use.operator.relation != "like":
            return re.sub(r"[*?]", "-", words)
        case "string" | "arn" | "ip" if use.operator.negated:
            return _VARIABLE.sub("*", words)
    return None


def _by_its_kind(key: str, pattern: str, taken: set[str], estate: Estate) -> Iterator[_Found]:
    """Who outside has a value of a key that fits a pattern, though it is no name: an account, a network, a way."""
    lowered, wild = key.lower(), set("*?")
    first = pattern.partition("/")[0]
    value = example(pattern)
    owner = f"::::{pattern}:" if lowered in _ACCOUNTS else pattern if lowered.endswith("arn") else ""
    outside = _account(owner, taken)
    if outside is None:
        return
    if lowered == "aws:sourceaccount" and set(pattern) & wild:
        yield f"{key} {pattern}", _services("", outside)
    elif lowered == "aws:principalaccount" and set(pattern) & wild:
        yield f"{key} {pattern}", _people(outside, estate)
    elif lowered in _ORGANIZATIONS and set(first) & wild and not value.startswith(estate.id):
        theirs = _services("", outside) if lowered.startswith("aws:source") else _people(outside, estate)
        yield f"{key} {pattern}", tuple(each.having(key, value) for each in theirs if key not in each.lacking)
    elif lowered in _NETWORKS and set(pattern) & wild:
        own = outside if lowered in _ACCOUNTS else example_of(pattern, outside) if ":" in pattern else value
        yield f"{key} {pattern}", tuple(each.having(key, own) for each in _people(outside, estate))
    elif lowered in _OF_ANYBODY:
        given = "10.0.0.1" if pattern == "*" and lowered == "aws:vpcsourceip" else pattern.partition("/")[0]
        yield f"{key} {pattern}", tuple(each.having(key, given) for each in _people(outside, estate))
    elif _PROVIDER.match(lowered) and set(first) & wild:
        yield f"{key} {pattern}", (_vouched_for(key, value),)


_ACCOUNTS = ("aws:principalaccount", "aws:sourceaccount", "aws:vpceaccount")
_ORGANIZATIONS = ("aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths")
_NETWORKS = ("aws:ec2instancesourcevpc", "aws:sourcevpc", "aws:sourcevpcarn", "aws:sourcevpce", "aws:vpceaccount")
"""Of whose values each is somebody's, and a pattern or any of them is that of people outside as well."""
_OF_ANYBODY = (
    "aws:calledvia",
    "aws:calledviafirst",
    "aws:calledvialast",
    "aws:viaawsmcpservice",
    "aws:viaawsservice",
    "aws:vpcsourceip",
)
"""Whatever the value, anybody comes by it: by a service that everybody may use, or in a network of their own."""
_PROVIDER = re.compile(r"(?:[\w-]+\.)+[\w./-]+:(?!aud$|amr$|azp$)[\w-]+\Z")
"""A claim of a provider of identities: who it is said of stands before the first slash (`repo:OWNER/NAME:…`)."""


def _vouched_for(key: str, value: str) -> _Stranger:
    """Somebody for whom a provider vouches that everybody may use; they are nobody of AWS yet."""
    return _Stranger((), ((key, value), ("aws:PrincipalIsAWSService", "false")), (*_OF_SERVICES, *_OF_PEOPLE))


def _is_for_those_with_it(use: Use, value: Any) -> bool:
    """Whether a condition that is not about a value of its own spares whoever lacks the key."""
    if use.operator.family == "null":
        return str(value).lower() == "false"
    return use.quantifier == "ForAnyValue" and use.operator.negated and not use.if_exists


_VARIABLE = re.compile(r"\$\{[^{}]*\}")


def _owned(key: str, value: str) -> str:
    """A value as far as it says whose it is, as an ARN does: of a user id that is what stands before its colon."""
    if key.lower() != "aws:userid":
        return value
    owner = value.partition(":")[0]
    return f"arn:aws:iam::{'*' if set(owner) & set('*?$') else owner}:"


def _account(pattern: str, taken: set[str]) -> str | None:
    """An account that is none of those taken and that may have a value like this; None where there is no such."""
    parts = _VARIABLE.sub("*", pattern).split(":", 5)
    owner = (parts[4] if len(parts) == 6 else "") or "*"
    for digit in "9876543210" if set(owner) & set("*?") else "":
        text = owner.replace("?", digit)
        text = text.replace("*", digit * (12 - len(text.replace("*", ""))), 1).replace("*", "")
        if re.fullmatch(r"\d{12}", text) and text not in taken:
            return text
    return None


def _people(account: str, estate: Estate) -> tuple[_Stranger, ...]:
    """Anybody of an account of another organization, and of one that is in none."""
    anybody = tuple(f"arn:{estate.partition}:{service}::{account}:*" for service in ("iam", "sts"))
    human = ("aws:PrincipalIsAWSService", "false")
    return (
        _Stranger(anybody, (human, ("aws:PrincipalOrgID", _ANOTHER), ("aws:PrincipalOrgPaths", _PATHS)), _OF_SERVICES),
        _Stranger(anybody, (human,), (*_OF_SERVICES, "aws:PrincipalOrgID", "aws:PrincipalOrgPaths")),
    )


def _services(pattern: str, account: str) -> tuple[_Stranger, ...]:
    """A service that acts for something of an account of another organization, which is named as it needs to be."""
    source = {"aws:SourceArn": example_of(pattern, account)} if pattern.count(":") >= 5 else {}
    service = {"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": account, **source}
    return (
        _Stranger((), (*service.items(), ("aws:SourceOrgID", _ANOTHER), ("aws:SourceOrgPaths", _PATHS)), _OF_PEOPLE),
        _Stranger((), tuple(service.items()), (*_OF_PEOPLE, "aws:SourceOrgID", "aws:SourceOrgPaths")),
    )
