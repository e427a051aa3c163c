"""Whether somebody who is not let through by a guardrail can become somebody who is.

A guardrail that lets roles through by their names is worth as much as what protects those names: whoever can make such
a role, change whom it trusts, or hand it to something that acts for them, is let through as well.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from itertools import groupby
from pathlib import Path
from typing import Any

from landing.organization import Organization
from landing.policy import RCP, SCP, Proof, compile_levels
from landing.policy.declared import declared, estate_of
from landing.policy.exemptions import exemptions
from landing.policy.testing import Attached, Estate, Suite
from landing.policy.testing.claims import proof_in
from landing.policy.testing.resources import example_of
from landing.policy.testing.suite import levels

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

ASSUMPTIONS = (
    "who may assume a role that exists is what its trust policy says; what already acts as one is not looked at",
    "IAM Identity Center makes its roles (aws-reserved/…) from the management account or its delegated administrator",
    "guardrails that let through by other keys than aws:PrincipalArn (tags, organization paths) are not looked at",
)


@dataclass(frozen=True, slots=True)
class Way:
    """Patterns of principals that guardrails let through in an account, and whether nobody else can become one.

    `account` is an id, `guards` are the statements that let through, as ``policy/Sid``; `but` are patterns of those who
    are let through by all of them anyway.
    """

    account: str
    patterns: tuple[str, ...]
    guards: tuple[str, ...]
    but: tuple[str, ...]

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
            for pattern in [each for each in way.patterns if each not in told and _kinds(each) == ("role",)]:
                role = example_of(_in(pattern, account), account)
                who = f"arn:{estate.partition}:iam::{account}:role/anybody"
                for action in BECOME["role"]:
                    request = {"principal": who, "action": action, "resource": role, "context": {}}
                    if compiled is not None and compiled.evaluate(request).blocked is False:
                        told.add(pattern)
                        yield way, pattern, f"role/anybody with {action} on {role} in {names[account]}"
                        break


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
