"""Whether somebody who is not let through by a guardrail can become somebody who is.

A guardrail that lets roles through by their names is worth as much as what protects those names: whoever can make such
a role, change whom it trusts, or hand it to something that acts for them, is let through as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

from landing.organization import Organization
from landing.policy import RCP, SCP, CompiledLevels, Proof, catalog, compile_levels
from landing.policy.declared import declared, estate_of
from landing.policy.exemptions import Caught, caught, exemptions
from landing.policy.outsiders import admissions
from landing.policy.prover import PROVED
from landing.policy.testing import Attached, Estate, Suite
from landing.policy.testing.claims import proof_in
from landing.policy.testing.requests import in_words
from landing.policy.testing.resources import example_of, examples
from landing.policy.testing.suite import levels
from landing.policy.traits import Making, Origin, Trait, makings, origin_of, traits

BECOME: Mapping[str, tuple[str, ...]] = {
    "role": (
        "iam:CreateRole",
        "iam:UpdateAssumeRolePolicy",
        "iam:PassRole",
        "iam:AttachRolePolicy",
        "iam:PutRolePolicy",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutRolePermissionsBoundary",
    ),
    "user": (
        "iam:CreateUser",
        "iam:CreateAccessKey",
        "iam:CreateLoginProfile",
        "iam:UpdateLoginProfile",
        "iam:UpdateUser",  # another is given the name: AWS asks for leave on both
        "iam:CreateServiceSpecificCredential",
        "iam:ResetServiceSpecificCredential",
        "iam:UploadSigningCertificate",
        "iam:UploadSSHPublicKey",
    ),
    "federated-user": ("sts:GetFederationToken",),
}
"""What makes one into a principal of a kind, or makes such a principal able to do more; by the type in its ARN."""

FEDERATE = (
    "iam:AddClientIDToOpenIDConnectProvider",
    "iam:CreateOpenIDConnectProvider",
    "iam:CreateSAMLProvider",
    "iam:UpdateOpenIDConnectProviderThumbprint",
    "iam:UpdateSAMLProvider",
    "rolesanywhere:CreateTrustAnchor",
    "rolesanywhere:EnableTrustAnchor",
    "rolesanywhere:UpdateTrustAnchor",
)
"""What makes one into anybody whom the roles of the account trust a provider for."""

RENAME = (("role", "iam:CreateRole"), ("user", "iam:CreateUser"))
"""What makes a principal of another name, with its type; one that is there already may be anybody's."""

ASSUMPTIONS = (
    "who may assume a role that exists is what its trust policy says; what already acts as one is not looked at",
    "IAM Identity Center makes its roles (aws-reserved/…) from the management account or its delegated administrator",
    "tags, session names and source identities that an identity provider gives are as its administrators want them",
    "who may pass a role that has a tag (iam:PassRole) is not looked at: AWS does not look at its tags reliably",
    "whoever is outside the organization has whatever names and tags they like, but no account that a policy names",
)


@dataclass(frozen=True, slots=True)
class Way:
    """Patterns of principals that guardrails let through in an account, and whether nobody else can become one.

    `account` is an id, `guards` are the statements that let through, as ``policy/Sid``; `but` are patterns of those who
    are let through by all of them anyway. With a `trait` they are let through by that and not by their ARNs. Of
    `outsiders` the patterns are all that is theirs to choose: ARNs, and traits in words.
    """

    account: str
    patterns: tuple[str, ...]
    guards: tuple[str, ...]
    but: tuple[str, ...]
    trait: Trait | None = None
    outsiders: bool = False

    def claim(self, estate: Estate, actions: Sequence[str] = (), *, anywhere: bool = False) -> dict[str, Any]:
        """That nobody else does any of the actions: those that make one into such a principal unless said otherwise."""
        kinds = {kind for pattern in self.patterns for kind in _kinds(pattern)}
        wanted = actions or tuple(action for kind in BECOME if kind in kinds for action in BECOME[kind])
        claim: dict[str, Any] = {
            "deny": list(wanted),
            "partition": estate.partition,
            "exceptPrincipals": list(self.but),
            "context": {},
        }
        if not anywhere and "federated-user" not in kinds:
            claim["resources"] = [_in(pattern, self.account) for pattern in self.patterns]
        return claim

    def made(self, making: Making, estate: Estate) -> dict[str, Any]:
        """The claim that nobody else comes by the trait so."""
        names = [f"arn:{estate.partition}:iam::{self.account}:{name}" for name in making.names]
        return {
            "deny": list(making.actions),
            "partition": estate.partition,
            "exceptPrincipals": list(self.but),
            "context": dict(making.context),
            "keysNeverPresent": list(making.lacking),
            **({"resources": names} if names else {}),
        }


def ways(organization: Organization, place: str = "anywhere") -> Iterator[tuple[Way, Proof]]:
    """Each way to be let through, with the proof that it is shut; in one of the accounts that guardrails treat alike.

    Raises UnknownPlaceError on a place that there is not.
    """
    estate = estate_of(organization)
    policies = declared(organization, estate)
    suite = _scps(policies)
    for account in suite.accounts(estate, estate.place(place)):
        found = list(_ways(policies, estate, account))
        for way in found:
            yield way, proof_in(account, way.claim(estate), suite, estate)
        if roles := [way for way in found if any("role" in _kinds(pattern) for pattern in way.patterns)]:
            guards = tuple(dict.fromkeys(guard for way in roles for guard in way.guards))
            patterns = tuple(pattern for way in roles for pattern in way.patterns)
            way = Way(account, patterns, guards, tuple(estate.exempt_roles))
            yield way, proof_in(account, way.claim(estate, FEDERATE, anywhere=True), suite, estate)
        for way in _by_traits(policies, estate, account):
            yield from ((way, proof) for proof in _proofs(way, suite, estate))
    for admission, proof in admissions(policies, estate, place):
        yield Way(admission.account, admission.names, (admission.guard,), (), outsiders=True), proof


def _proofs(way: Way, suite: Suite, estate: Estate) -> Iterator[Proof]:
    """What is known of a trait: of each way to come by it, or why nothing is."""
    assert way.trait is not None
    found = _makings(way.trait)
    if origin_of(way.trait.key) is Origin.WRITTEN:
        yield Proof("refuted", None, (), f"{way.trait}: {Origin.WRITTEN.value}", 0, (), ())
    elif found is None:
        yield Proof("undetermined", None, (), f"{way.trait.key}: {Origin.UNKNOWN.value}", 0, (), ())
    else:
        yield from (proof_in(way.account, way.made(making, estate), suite, estate) for making in found)


def _makings(trait: Trait) -> tuple[Making, ...] | None:
    return makings(trait, BECOME["user"], FEDERATE)


def open_ways(organization: Organization) -> Iterator[tuple[Way, str, str]]:
    """(way, pattern, words for a request that passes) for each pattern that anybody can become: those seen at once.

    Somebody with an ordinary name is asked about, once for all accounts: what is not found here is not proved.
    """
    estate = estate_of(organization)
    policies = declared(organization, estate)
    names = {account: key for key, account in estate.keys.items()}
    told: set[str] = set()
    for account in _scps(policies).accounts(estate, estate.place("anywhere")):
        found = [way for way in _ways(policies, estate, account) if set(way.patterns) - told]
        compiled = compile_levels(levels(policies, estate.path(account), SCP)) if found else None
        for way in found:
            for pattern in [each for each in way.patterns if each not in told and len(_kinds(each)) == 1]:
                somebody = example_of(_in(pattern, account), account)
                who = f"arn:{estate.partition}:iam::{account}:role/anybody"
                for action in BECOME[_kinds(pattern)[0]]:
                    request = {"principal": who, "action": action, "resource": somebody, "context": {}}
                    if compiled is not None and compiled.evaluate(request).blocked is False:
                        told.add(pattern)
                        yield way, pattern, f"role/anybody with {action} on {somebody} in {names[account]}"
                        break


def open_traits(organization: Organization) -> Iterator[tuple[Way, str, bool]]:
    """(way, words, whether it is sure) for each trait that anybody can come by, as far as is seen at once.

    Not sure is what cannot be told.
    """
    estate = estate_of(organization)
    policies = declared(organization, estate)
    names = {account: key for key, account in estate.keys.items()}
    told: set[Trait] = set()
    for account in _scps(policies).accounts(estate, estate.place("anywhere")):
        found = [way for way in _by_traits(policies, estate, account) if way.trait not in told]
        compiled = compile_levels(levels(policies, estate.path(account), SCP)) if found else None
        for way in found:
            assert way.trait is not None
            assert compiled is not None
            made = _makings(way.trait)
            said: tuple[str, bool] | None = None
            if origin_of(way.trait.key) is Origin.WRITTEN:
                said = f"{way.trait}: {Origin.WRITTEN.value}", True
            elif made is None:
                said = f"{way.trait.key}: {Origin.UNKNOWN.value}", False
            else:
                said = next(_passing(way, made, compiled, estate, names[account]), None)
            if said:
                told.add(way.trait)
                yield way, *said


def open_escapes(organization: Organization) -> Iterator[tuple[str, str, str]]:
    """(guard, pattern, words for a request) for each name of which a Deny is, and that those who have it can lay down.

    They make a role or a user that is called otherwise, and act as it. Each is said once, for the first account.
    """
    estate = estate_of(organization)
    policies = declared(organization, estate)
    names = {account: key for key, account in estate.keys.items()}
    found = [
        (policy, each, names_caught)
        for policy in policies
        if policy.type in (SCP, RCP) and (names_caught := tuple(caught(policy.document)))
        for each in names_caught
    ]
    told: set[tuple[str, str]] = set()
    for account in _scps(policies).accounts(estate, estate.place("anywhere")) if found else ():
        path, compiled = {*estate.path(account)}, compile_levels(levels(policies, estate.path(account), SCP))
        for policy, each, alike in found:
            guard, here = f"{policy.name}/{each.statement}", policy.type == RCP or path & {*policy.at}
            if here and (guard, each.pattern) not in told and _reaches(each.pattern, account):
                others = [other for other in alike if other.statement == each.statement]
                if words := next(_laid_down(each, others, compiled, f"arn:{estate.partition}:iam::{account}"), ""):
                    told.add((guard, each.pattern))
                    yield guard, each.pattern, f"{words} in {names[account]}"


def _laid_down(each: Caught, caught_too: Iterable[Caught], compiled: CompiledLevels, account: str) -> Iterator[str]:
    """Requests of somebody with a name that make a principal of none of the names, in words; `account` begins ARNs."""
    who = f"{account}:{each.kind}/{re.sub('[*?]', 'x', each.name)}"
    for kind, action in RENAME:
        names = [other.name for other in caught_too if other.kind == kind]
        free = (name for name in ("other", "anybody", "x") if not any(fnmatchcase(name, each) for each in names))
        for name in list(free)[:1]:
            request = {"principal": who, "action": action, "resource": f"{account}:{kind}/{name}", "context": {}}
            if compiled.evaluate(request).blocked is False:
                yield in_words(request)


def open_to_outsiders(organization: Organization) -> Iterator[tuple[Way, str, bool]]:
    """(way, words for a request, whether it is sure to pass) for each statement that lets outsiders through.

    Each is said once, for the first account whose resources it is about.
    """
    estate = estate_of(organization)
    told: set[str] = set()
    for admission, proof in admissions(declared(organization, estate), estate, "anywhere"):
        if proof.result != PROVED and admission.guard not in told:
            told.add(admission.guard)
            way = Way(admission.account, admission.names, (admission.guard,), (), outsiders=True)
            sure = proof.counterexample is not None
            yield way, in_words(proof.counterexample) if proof.counterexample else str(proof.reason), sure


def _passing(
    way: Way, made: Iterable[Making], compiled: CompiledLevels, estate: Estate, name: str
) -> Iterator[tuple[str, bool]]:
    """Requests of somebody with an ordinary name by which they come by the trait, in words; sure ones first."""
    doubtful = []
    for making in made:
        for action in making.actions:
            request = {
                "principal": f"arn:{estate.partition}:iam::{way.account}:role/anybody",
                "action": action,
                "resource": _target(making, action, way.account, estate),
                "context": dict(making.context),
            }
            verdict = compiled.evaluate(request).blocked
            if verdict is False:
                yield f"{in_words(request)} in {name} is not blocked", True
            elif verdict is None:
                doubtful.append((f"it cannot be told whether {in_words(request)} in {name} is blocked", False))
    yield from doubtful


def _target(making: Making, action: str, account: str, estate: Estate) -> str:
    """An example of what an action is done to."""
    service, _, verb = action.partition(":")
    if making.names:
        return example_of(f"arn:{estate.partition}:iam::{account}:{making.names[0]}", account)
    if action == "sts:GetFederationToken":
        return f"arn:{estate.partition}:sts::{account}:federated-user/anybody"
    if service == "rolesanywhere" or action in FEDERATE:
        return next(
            iter(
                examples(
                    catalog.expand(action)[0], partition=estate.partition, region=estate.home_region, account=account
                )
            )
        )
    user = any(word in verb for word in ("User", "AccessKey", "LoginProfile"))
    return f"arn:{estate.partition}:iam::{account}:{'user' if user else 'role'}/another"


def _by_traits(policies: Sequence[Attached], estate: Estate, account: str) -> Iterator[Way]:
    """What is let through in an account by other keys than the ARN."""
    path = set(estate.path(account))
    found: dict[Trait, list[tuple[str, frozenset[str]]]] = {}
    for policy in policies:
        if policy.type not in (SCP, RCP) or not (policy.type == RCP or path & set(policy.at)):
            continue
        spared: dict[str, frozenset[str]] = {}
        for exemption in exemptions(policy.document):
            spared[exemption.statement] = spared.get(exemption.statement, frozenset()) | {*exemption.patterns}
        for trait in traits(policy.document):
            guard = f"{policy.name}/{trait.statement}"
            but = frozenset(filter(_is_pattern, spared.get(trait.statement, ())))
            alike = replace(trait, statement="")
            found.setdefault(alike, []).append((guard, but))
    for trait, guards in found.items():
        but = frozenset.intersection(*(each for _, each in guards)) | set(estate.exempt_roles)
        names = tuple(dict.fromkeys(guard for guard, _ in guards))
        yield Way(account, (str(trait),), names, tuple(sorted(but)), trait)


def _scps(policies: Sequence[Attached]) -> Suite:
    return Suite("", Path(), tuple(policy for policy in policies if policy.type == SCP))


def _ways(policies: Sequence[Attached], estate: Estate, account: str) -> Iterator[Way]:
    """What is let through in an account: by the SCPs above it, and by all RCPs, as those are for whoever comes."""
    path = set(estate.path(account))
    lists: list[tuple[str, frozenset[str]]] = [
        (f"{policy.name}/{exemption.statement}", frozenset(filter(_is_pattern, exemption.patterns)))
        for policy in policies
        if policy.type == RCP or path & set(policy.at)
        for exemption in exemptions(policy.document)
    ]
    found = []
    for pattern in sorted({pattern for _, patterns in lists for pattern in patterns if _reaches(pattern, account)}):
        guards = [(guard, patterns) for guard, patterns in lists if pattern in patterns]
        but = frozenset.intersection(*(patterns for _, patterns in guards)) | set(estate.exempt_roles)
        if _kinds(pattern):
            found.append((tuple(sorted(but)), _kinds(pattern), pattern, tuple(guard for guard, _ in guards)))
    for (but_, _), group in groupby(sorted(found), key=lambda each: each[:2]):
        members = list(group)
        guards_ = tuple(dict.fromkeys(guard for *_, names in members for guard in names))
        yield Way(account, tuple(pattern for *_, pattern, _ in members), guards_, but_)


def _is_pattern(text: str) -> bool:
    """Whether a text may fit the ARN of a principal at all."""
    return text == "*" or (text.startswith("arn:") and text.count(":") >= 5)


def _kinds(pattern: str) -> tuple[str, ...]:
    """The types of principals that a pattern of ARNs may fit, of those that somebody can become."""
    parts = pattern.split(":", 5)
    kind = parts[5].partition("/")[0] if len(parts) == 6 else "*"
    kind = re.sub(r"\*.*", "*", kind)
    return tuple(each for each in BECOME if fnmatchcase(each, kind.replace("[", "[[]")))


def _reaches(pattern: str, account: str) -> bool:
    """Whether a pattern of ARNs may fit a principal of an account."""
    parts = pattern.split(":", 5)
    return len(parts) != 6 or fnmatchcase(account, parts[4])


def _in(pattern: str, account: str) -> str:
    """A pattern of ARNs as far as it is of one account."""
    parts = pattern.split(":", 5)
    return pattern if len(parts) != 6 else ":".join((*parts[:4], account, parts[5]))
