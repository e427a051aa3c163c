"""By what else than their ARN statements let somebody through, and how somebody comes by it.

The keys are those of the IAM user guide, "AWS global condition context keys" (reference_policies_condition-keys.html);
of keys of services it is taken that they are about the request.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from landing.policy.keys import find_key
from landing.policy.operators import Use, parse_use


class Origin(Enum):
    """Where the value of a key is from, and so what letting through by it is worth."""

    AWS = "AWS sets it; nobody chooses it"
    GIVEN = "an action of IAM or STS gives it"
    WRITTEN = "whoever asks writes it as they like"
    UNKNOWN = "it is of what somebody acts by, and who that may be cannot be told from guardrails"
    REQUEST = "no identity: it is about the request, its way, its time, or the resource"


_NAMES: Mapping[Origin, tuple[str, ...]] = {
    Origin.AWS: (
        "aws:AssumedRoot",
        "aws:PrincipalAccount",
        "aws:PrincipalIsAWSService",
        "aws:PrincipalOrgID",
        "aws:PrincipalOrgPaths",
        "aws:PrincipalServiceName",
        "aws:PrincipalServiceNamesList",
        "aws:SourceAccount",
        "aws:SourceArn",
        "aws:SourceOrgID",
        "aws:SourceOrgPaths",
        "identitystore:UserId",
    ),
    Origin.GIVEN: (
        "aws:FederatedProvider",
        "aws:PrincipalArn",  # see landing.policy.exemptions
        "aws:PrincipalTag/${TagKey}",
        "aws:SourceIdentity",
        "aws:userid",
        "aws:username",
    ),
    Origin.WRITTEN: ("aws:UserAgent", "aws:referer"),
    Origin.UNKNOWN: (
        "aws:ChatbotSourceArn",
        "aws:SignInSessionArn",
        "codebuild:BuildArn",
        "codebuild:ProjectArn",
        "ec2:SourceInstanceArn",
        "glue:CredentialIssuingService",
        "glue:RoleAssumedBy",
        "lambda:SourceFunctionArn",
        "ssm:SourceInstanceArn",
    ),
    Origin.REQUEST: (
        "aws:CalledVia",
        "aws:CalledViaAWSMCP",
        "aws:CalledViaFirst",
        "aws:CalledViaLast",
        "aws:CurrentTime",
        "aws:Ec2InstanceSourcePrivateIPv4",
        "aws:Ec2InstanceSourceVpc",
        "aws:EpochTime",
        "aws:IsMcpServiceAction",
        "aws:MultiFactorAuthAge",
        "aws:MultiFactorAuthPresent",
        "aws:PrincipalType",  # whoever is of one type may become one of another by assuming a role: nobody is meant
        "aws:RequestTag/${TagKey}",
        "aws:RequestedRegion",
        "aws:ResourceAccount",
        "aws:ResourceOrgID",
        "aws:ResourceOrgPaths",
        "aws:ResourceTag/${TagKey}",
        "aws:SecureTransport",
        "aws:SourceIp",
        "aws:SourceVpc",
        "aws:SourceVpcArn",
        "aws:SourceVpce",
        "aws:TagKeys",
        "aws:TokenIssueTime",
        "aws:ViaAWSMCPService",
        "aws:ViaAWSService",
        "aws:VpcSourceIp",
        "aws:VpceAccount",
        "aws:VpceOrgID",
        "aws:VpceOrgPaths",
        "ec2:RoleDelivery",
    ),
}
ORIGINS: Mapping[str, Origin] = {name.lower(): origin for origin, names in _NAMES.items() for name in names}
"""By global key, in lower case."""


def origin_of(key: str) -> Origin:
    """Where the value of a condition key is from."""
    found = find_key(key)
    return ORIGINS.get(found.name.lower(), Origin.REQUEST) if found else Origin.REQUEST


class State(Enum):
    """What of a key lets through: a value that is named, any other, or that there is none."""

    NAMED = "="
    OTHER = "other than"
    ABSENT = "absent"


@dataclass(frozen=True, slots=True)
class Trait:
    """What lets somebody through in a statement: a state of a key; `value` is as the policy has it, a pattern maybe."""

    statement: str
    key: str
    state: State
    value: str

    def __str__(self) -> str:
        return f"{self.key} {self.state.value}{f' {self.value}' if self.state is not State.ABSENT else ''}"


@dataclass(frozen=True, slots=True)
class Making:
    """Actions by which somebody comes by a trait.

    `names` is what they are done to, below ``arn:…:iam::ACCOUNT:``, or anything; `context` are the keys of such a
    request, `lacking` keys that whoever does it has not.
    """

    actions: tuple[str, ...]
    names: tuple[str, ...] = ()
    context: Mapping[str, Any] = field(default_factory=dict)
    lacking: tuple[str, ...] = ()


def traits(document: Mapping[str, Any]) -> Iterator[Trait]:
    """The traits by which a policy document lets through, from what a Deny blocks and to what an Allow permits.

    Those that AWS sets are none, nor is what is no identity.
    """
    listed = document.get("Statement") or []
    for number, statement in enumerate([listed] if isinstance(listed, Mapping) else listed, 1):
        conditions = statement.get("Condition") or {}
        for operator, lines in conditions.items():
            use = parse_use(str(operator))
            for key, values in lines.items() if isinstance(use, Use) else ():
                if isinstance(use, str):
                    continue
                sid = str(statement.get("Sid") or f"#{number}")
                texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in _list(values)]
                states = list(_states(use, texts, permits=statement.get("Effect") == "Allow"))
                for name, state, value in (
                    *((str(key), state, value) for state, value in states),
                    *((name, State.NAMED, "*") for text in texts for name in _VARIABLE.findall(text) if states),
                ):
                    if _counts(name, state):
                        yield Trait(sid, name, state, value)


_VARIABLE = re.compile(r"\$\{\s*([^{}*?$,\s]+)[^{}]*\}")
"""A key in whose value another is compared with: whoever chooses the one chooses what the other must be."""


def _counts(key: str, state: State) -> bool:
    """Whether letting through by a state of a key is for this module to judge; of ARNs the exemptions are."""
    origin = origin_of(key)
    if key.lower() == "aws:principalarn" or origin in (Origin.AWS, Origin.REQUEST):
        return False
    return origin is Origin.GIVEN or state is State.NAMED


def _list(values: Any) -> list[Any]:
    return list(values) if isinstance(values, list | tuple) else [values]


def _states(use: Use, values: Sequence[str], *, permits: bool) -> Iterator[tuple[State, str]]:
    """The states of a key in which somebody is let through, each with the value that it is about."""
    if use.operator.family == "null":
        wanted = {value.lower() for value in values}
        holds = {State.ABSENT: "true" in wanted, State.NAMED: "false" in wanted, State.OTHER: "false" in wanted}
        values = ["*"]
    else:
        negated = use.operator.negated
        absent = {"ForAllValues": True, "ForAnyValue": False}.get(use.quantifier or "", negated or use.if_exists)
        holds = {State.ABSENT: absent, State.NAMED: not negated, State.OTHER: negated}
    through = {state for state, holding in holds.items() if holding is permits}
    if State.NAMED in through:
        yield from ((State.NAMED, value) for value in values)
    for state in (State.OTHER, State.ABSENT):
        if state in through and not (state is State.OTHER and State.NAMED in through) and values:
            yield state, values[0]


def example(value: str) -> str:
    """A value that a pattern fits; what a variable stands for is anything."""
    return re.sub(r"[*?]", "x", re.sub(r"\$\{[^{}]*\}", "x", value))


ANOTHER = "landing-another"
"""A value that no policy names."""

GIVE_TAGS = ("iam:TagRole", "iam:TagUser", "iam:CreateRole", "iam:CreateUser", "sts:TagSession")
"""Attach a tag to a principal (IAM user guide, "Tagging IAM resources", "Pass session tags in AWS STS")."""
TAKE_OVER = ("iam:UpdateAssumeRolePolicy", "iam:CreateAccessKey", "iam:CreateLoginProfile", "iam:UpdateLoginProfile")
"""Make somebody act as a principal that has a tag; of iam:PassRole AWS says that tags do not work there reliably."""
_ID = re.compile(r"[A-Z0-9]{16,}\b")
_ACCOUNT = re.compile(r"\d{12}\Z")


def makings(trait: Trait, users: Sequence[str], providers: Sequence[str]) -> tuple[Making, ...] | None:
    """How somebody comes by a trait; None where that cannot be told.

    `users` are the actions that make one into a user, `providers` those that make an identity provider.
    """
    key, _, tag = trait.key.partition("/")
    match key.lower():
        case "aws:principaltag":
            return tuple(_tagging(trait, tag))
        case "aws:username" if trait.state is State.NAMED:
            return (Making(tuple(users), (f"user/{trait.value}", f"user/*/{trait.value}")),)
        case "aws:username":
            return (Making(("iam:UpdateUser",), (f"user/{trait.value}", f"user/*/{trait.value}")),)
        case "aws:sourceidentity" if trait.state is State.NAMED:
            context = {"sts:SourceIdentity": example(trait.value)}
            return (Making(("sts:SetSourceIdentity",), (), context, ("aws:SourceIdentity",)),)
        case "aws:federatedprovider":
            return (Making(tuple(providers)),)
        case "aws:userid" if trait.state is State.NAMED:
            return _session(trait.value)
    return None


def _tagging(trait: Trait, tag: str) -> Iterator[Making]:
    """The keys of tags are one to IAM in whatever case, and a request may give several tags."""
    own, value = f"aws:PrincipalTag/{tag}", example(trait.value)
    lists = [list(names) for names in dict.fromkeys(((tag,), (tag.swapcase(),), (tag, ANOTHER)))]
    if trait.state is State.NAMED:
        for keys in lists:
            yield Making(GIVE_TAGS, (), {f"aws:RequestTag/{tag}": value, "aws:TagKeys": keys}, (own,))
        yield Making(TAKE_OVER, (), {f"{service}:ResourceTag/{tag}": value for service in ("aws", "iam")}, (own,))
    for keys in lists if trait.state is not State.NAMED else ():
        if trait.state is State.OTHER:
            context = {f"aws:RequestTag/{tag}": ANOTHER, "aws:TagKeys": keys, own: value}
            yield Making(("iam:TagRole", "iam:TagUser", "sts:TagSession"), (), context)
        else:
            yield Making(("iam:UntagRole", "iam:UntagUser"), (), {"aws:TagKeys": keys, own: value})


def _session(value: str) -> tuple[Making, ...] | None:
    """A user id: AWS's own of a user, a role or an account, and of a session the name that whoever begins it gives it.

    Of an id it cannot be told which role that is, and so not who may change whom it trusts. Root's is the account.
    """
    owner, colon, name = value.partition(":")
    if not colon:
        return () if _ACCOUNT.match(value) else None
    if _ID.match(owner) or not set(owner) & set("*?"):
        return None
    context = {"sts:RoleSessionName": example(name)}
    return (Making(("sts:AssumeRole",), (), context), Making(("sts:GetFederationToken",)))
