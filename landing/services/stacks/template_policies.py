"""What policies in a template let through more than another's: those of identities and resources, and whom roles trust.

They are read as CloudFormation would fill them in, as far as that is known here: what is not known of a value is some
value, the same wherever the same is written. Then the policy engine is asked, which tells a statement that is merely
written otherwise from one that lets through more. What cannot be read or told counts as letting through more.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any
from zlib import crc32

from landing.blueprint import CONTEXT_PARAMETERS
from landing.policy import SCP, catalog
from landing.policy.direction import bare, let_through
from landing.services.strength import UNTOLD, text

Resource = Mapping[str, Any]


class Subject(Enum):
    """Whose a policy is."""

    IDENTITY = "what it may do"
    RESOURCE = "who may do what to it"
    TRUST = "who may become it"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a type has policies: the property with a document, or a list with one each in `PolicyDocument`.

    Without a property all of them together say what a statement would (see `_statement_of`).
    """

    path: str
    subject: Subject


PLACES: Mapping[str, tuple[Place, ...]] = {
    "AWS::IAM::Role": (Place("Policies", Subject.IDENTITY), Place("AssumeRolePolicyDocument", Subject.TRUST)),
    **dict.fromkeys(("AWS::IAM::User", "AWS::IAM::Group"), (Place("Policies", Subject.IDENTITY),)),
    **dict.fromkeys(
        (
            "AWS::IAM::GroupPolicy",
            "AWS::IAM::ManagedPolicy",
            "AWS::IAM::Policy",
            "AWS::IAM::RolePolicy",
            "AWS::IAM::UserPolicy",
        ),
        (Place("PolicyDocument", Subject.IDENTITY),),
    ),
    **dict.fromkeys(
        (
            "AWS::Logs::ResourcePolicy",
            "AWS::S3::BucketPolicy",
            "AWS::S3Express::BucketPolicy",
            "AWS::S3ObjectLambda::AccessPointPolicy",
            "AWS::SNS::TopicInlinePolicy",
            "AWS::SNS::TopicPolicy",
            "AWS::SQS::QueueInlinePolicy",
            "AWS::SQS::QueuePolicy",
            "AWS::XRay::ResourcePolicy",
        ),
        (Place("PolicyDocument", Subject.RESOURCE),),
    ),
    **dict.fromkeys(("AWS::KMS::Key", "AWS::KMS::ReplicaKey"), (Place("KeyPolicy", Subject.RESOURCE),)),
    **dict.fromkeys(
        ("AWS::ApiGateway::RestApi", "AWS::Events::EventBus", "AWS::MSK::ClusterPolicy", "AWS::VpcLattice::AuthPolicy"),
        (Place("Policy", Subject.RESOURCE),),
    ),
    **dict.fromkeys(
        ("AWS::DynamoDB::Table", "AWS::Kinesis::ResourcePolicy"), (Place("ResourcePolicy", Subject.RESOURCE),)
    ),
    **dict.fromkeys(
        ("AWS::Elasticsearch::Domain", "AWS::OpenSearchService::Domain"), (Place("AccessPolicies", Subject.RESOURCE),)
    ),
    **dict.fromkeys(
        ("AWS::CodeArtifact::Domain", "AWS::CodeArtifact::Repository"),
        (Place("PermissionsPolicyDocument", Subject.RESOURCE),),
    ),
    **dict.fromkeys(
        ("AWS::Events::EventBusPolicy", "AWS::Lambda::LayerVersionPermission", "AWS::Lambda::Permission"),
        (Place("", Subject.RESOURCE),),
    ),
    "AWS::Backup::BackupVault": (Place("AccessPolicy", Subject.RESOURCE),),
    "AWS::ECR::RegistryPolicy": (Place("PolicyText", Subject.RESOURCE),),
    "AWS::Logs::Destination": (Place("DestinationPolicy", Subject.RESOURCE),),
    "AWS::SSO::PermissionSet": (Place("InlinePolicy", Subject.IDENTITY),),
    "AWS::EC2::VPCEndpoint": (Place("PolicyDocument", Subject.RESOURCE),),
    "AWS::ECR::Repository": (Place("RepositoryPolicyText", Subject.RESOURCE),),
    "AWS::EFS::FileSystem": (Place("FileSystemPolicy", Subject.RESOURCE),),
    "AWS::S3::AccessPoint": (Place("Policy", Subject.RESOURCE),),
    "AWS::SecretsManager::ResourcePolicy": (Place("ResourcePolicy", Subject.RESOURCE),),
}
"""By type, with the CloudFormation template reference for the paths."""

HOLDERS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"), ("Roles", "Users", "Groups")),
    "AWS::Events::EventBusPolicy": ("EventBusName",),
    "AWS::IAM::GroupPolicy": ("GroupName",),
    "AWS::IAM::InstanceProfile": ("Roles",),
    "AWS::IAM::RolePolicy": ("RoleName",),
    "AWS::IAM::UserPolicy": ("UserName",),
    "AWS::IAM::UserToGroupAddition": ("Users",),
    "AWS::Kinesis::ResourcePolicy": ("ResourceArn",),
    "AWS::Lambda::LayerVersionPermission": ("LayerVersionArn",),
    "AWS::Lambda::Permission": ("FunctionName",),
    "AWS::MSK::ClusterPolicy": ("ClusterArn",),
    "AWS::S3::AccessPoint": ("Bucket",),
    "AWS::S3::BucketPolicy": ("Bucket",),
    "AWS::S3Express::BucketPolicy": ("Bucket",),
    "AWS::S3ObjectLambda::AccessPointPolicy": ("ObjectLambdaAccessPoint",),
    "AWS::SNS::TopicInlinePolicy": ("TopicArn",),
    "AWS::SNS::TopicPolicy": ("Topics",),
    "AWS::SQS::QueueInlinePolicy": ("Queue",),
    "AWS::SQS::QueuePolicy": ("Queues",),
    "AWS::SecretsManager::ResourcePolicy": ("SecretId",),
    "AWS::VpcLattice::AuthPolicy": ("ResourceIdentifier",),
}
"""Of types that are nothing but a policy, or a way in: the properties that say whose it is."""

OF_ACCOUNT = ("AWS::ECR::RegistryPolicy", "AWS::Logs::ResourcePolicy", "AWS::XRay::ResourcePolicy")
"""Types that are a policy for whatever there is in the account."""

INSIDE = ("AWS::EC2::VPCEndpoint",)
"""Types whose policies are for those alone who are in a network of ours."""


def more_passes(before: Resource, after: Resource, types: Mapping[str, str]) -> Iterator[str]:
    """What the policies of a resource let through that they did not, a sentence for each place that has some.

    `types` are those of all resources of the templates, by logical id.
    """
    old, new = before.get("Properties") or {}, after.get("Properties") or {}
    for place in PLACES.get(str(after.get("Type")), ()):
        was, will = (_at(side, place, types) for side in (old, new))
        if was == will:
            continue
        try:
            both = [statement for statement in _statements(was) if statement in list(_statements(will))]
            one, other = (_document(side, both, place.subject, types) for side in (was, will))
            words = let_through(one, other, SCP, "it" if place.subject is Subject.IDENTITY else "")
        except _UntoldError as error:
            words = f"of {text(error.value)} it is not known what it is{UNTOLD}"
        if words:
            yield f"{place.path or 'it'} lets through as not before: {words}"


def outsiders(resource: Resource, types: Mapping[str, str]) -> Iterator[str]:
    """What of a resource that is new lets in somebody who is not of the organization, a sentence for each place.

    An account whose id is written out is taken for one of another organization, and so is whom a provider of identities
    vouches for. A service may become a role.
    """
    for place in PLACES.get(str(resource.get("Type")), ()) if resource.get("Type") not in INSIDE else ():
        if place.subject is Subject.IDENTITY:
            continue
        try:
            policy = _document(_at(resource.get("Properties") or {}, place, types), [], place.subject, types)
            words = let_through(_for_ours(policy, place.subject), policy, SCP)
        except _UntoldError as error:
            words = f"of {text(error.value)} it is not known what it is{UNTOLD}"
        if words:
            yield f"{place.path or 'it'} lets in from outside: {words}"


def _for_ours(policy: Mapping[str, Any], subject: Subject) -> dict[str, Any]:
    """A policy that allows as much as another may, to whoever is of the organization, and to no other."""
    accounts, organization = sorted(_OURS), _some("OrganizationId")
    of_accounts = ("aws:PrincipalAccount", "aws:SourceAccount", "kms:CallerAccount")
    conditions: list[dict[str, dict[str, Any]]] = [
        *({"StringEquals": {key: accounts}} for key in of_accounts),
        *({"StringEquals": {key: organization}} for key in ("aws:PrincipalOrgID", "aws:SourceOrgID")),
        {"StringLike": {"aws:PrincipalOrgPaths": f"{organization}/*"}},
        {"ArnLike": {"aws:PrincipalArn": [f"arn:aws:*::{account}:*" for account in accounts]}},
        {"ArnLike": {"aws:SourceArn": [f"arn:aws:*:*:{account}:*" for account in accounts]}},
        *([{"StringLike": {"aws:PrincipalServiceName": "*"}}] if subject is Subject.TRUST else []),
    ]
    actions = sorted({action for each in policy["Statement"] for action in _listed(each.get("Action", "*"))})
    allowed = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    return {**policy, "Statement": [{**allowed, "Condition": condition} for condition in conditions]}


def _at(properties: Resource, place: Place, types: Mapping[str, str]) -> Any:
    """The policy, or the policies, at a place; None where there is none."""
    if place.path or not properties:
        return properties.get(place.path)
    return {"Statement": [_statement_of(properties, types)]}


def _statement_of(properties: Resource, types: Mapping[str, str]) -> Any:
    """A permission that is written as properties, as the statement that AWS makes of it.

    Of a function, of a version of a layer, or on an event bus in its older form.
    """
    if "Statement" in properties:
        written = properties["Statement"]
        return json.loads(written) if isinstance(written, str) else written
    condition: dict[str, dict[str, Any]] = {
        _GIVEN[name][0]: {_GIVEN[name][1]: value} for name, value in properties.items() if name in _GIVEN
    }
    own = properties.get("Condition")
    if isinstance(own, Mapping):
        condition = {str(own.get("Type")): {str(own.get("Key")): own.get("Value")}}
    who = properties.get("Principal")
    named = _text(who, types)
    kind = "Service" if "." in named and not named.startswith("arn:") else "AWS"
    statement = {"Effect": "Allow", "Action": properties.get("Action", "*"), "Resource": "*", "Principal": {kind: who}}
    return {**statement, **({"Condition": condition} if condition else {})}


_GIVEN: Mapping[str, tuple[str, str]] = {
    "FunctionUrlAuthType": ("StringEqualsIgnoreCase", "lambda:FunctionUrlAuthType"),
    "OrganizationId": ("ForAnyValue:StringEquals", "aws:PrincipalOrgID"),
    "PrincipalOrgID": ("StringLike", "aws:PrincipalOrgID"),
    "SourceAccount": ("StringEquals", "aws:SourceAccount"),
    "SourceArn": ("ArnLike", "aws:SourceArn"),
}
"""Properties that are conditions: an operator, each its own, and a key."""


def belongs_to_another(resource: Resource, known: Mapping[str, Any]) -> bool:
    """Whether a policy that is new in a template is one of something that was there before.

    `known` are the resources that were there. What is not of the template was there.
    """
    properties = resource.get("Properties") or {}
    if resource.get("Type") in OF_ACCOUNT:
        return True
    if resource.get("Type") == "AWS::Events::EventBusPolicy" and "EventBusName" not in properties:
        return True  # of the default one
    holders = [properties.get(name) for name in HOLDERS.get(str(resource.get("Type")), ())]
    named = [item for holder in holders if holder for item in (holder if isinstance(holder, list) else [holder])]
    return any(not (own := _logical(item)) or own in known for item in named)


def _logical(value: Any) -> str:
    """The logical id that a `Ref` or `Fn::GetAtt` is of; nothing of anything else."""
    if isinstance(value, Mapping) and len(value) == 1:
        if isinstance(name := value.get("Ref"), str):
            return name
        attribute = value.get("Fn::GetAtt")
        if attribute:
            return str(attribute.partition(".")[0] if isinstance(attribute, str) else attribute[0])
    return ""


class _UntoldError(Exception):
    """Something in a policy of which it cannot be told what it says."""

    def __init__(self, value: Any) -> None:
        super().__init__(str(value))
        self.value = value


def _document(value: Any, both: list[Any], subject: Subject, types: Mapping[str, str]) -> dict[str, Any]:
    """All statements there as those of one document, which the engine reads: without principals.

    One of `both` sides of which it cannot be told what it says is left out.
    """
    statements: dict[str, dict[str, Any]] = {}
    for statement in _statements(value):
        try:
            statements |= {bare(each): each for each in _read(statement, subject, types)}
        except _UntoldError:
            if statement not in both:
                raise
    return {"Version": "2012-10-17", "Statement": list(statements.values())}


def _read(statement: Any, subject: Subject, types: Mapping[str, str]) -> Iterator[dict[str, Any]]:
    """A statement as the engine takes it; none for one that is not looked at."""
    if not isinstance(statement, Mapping) or "Effect" not in statement:
        raise _UntoldError(statement)
    filled = {name: _filled(part, types, whole=name in _RESOURCES) for name, part in statement.items()}
    if not (subject is Subject.RESOURCE and _acts_for_us(filled)):
        yield from _without_principal(filled, subject)


_RESOURCES = ("Resource", "NotResource")


def _statements(value: Any) -> Iterator[Any]:
    """The statements of a document, or of the documents of a list, as they are written."""
    for one in _listed(value):
        found = one
        if isinstance(found, str):
            try:
                found = json.loads(found)
            except ValueError:
                raise _UntoldError(one) from None
        if isinstance(found, Mapping) and "PolicyDocument" in found:
            found = found["PolicyDocument"]
        if not isinstance(found, Mapping) or "Statement" not in found:
            raise _UntoldError(found)
        yield from _listed(found["Statement"])


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _filled(value: Any, types: Mapping[str, str], *, whole: bool) -> Any:
    """A value with texts in the places of functions; `whole` where a text is to be an ARN."""
    if isinstance(value, list):
        return [_filled(item, types, whole=whole) for item in value]
    if not isinstance(value, Mapping):
        return value
    if not (len(value) == 1 and (next(iter(value)) == "Ref" or next(iter(value)).startswith("Fn::"))):
        return {key: _filled(item, types, whole=False) for key, item in value.items()}
    written = _arn(_logical(value), types) if whole and "Ref" in value else _text(value, types)
    if whole and written != "*" and not written.startswith("arn:"):
        raise _UntoldError(value)
    return written


def _text(value: Any, types: Mapping[str, str]) -> str:
    """What a function gives, as a text."""
    if not isinstance(value, Mapping):
        return str(value)
    name, given = next(iter(value.items()), ("", ""))
    match name, given:
        case "Ref", str():
            return _PSEUDO.get(given) or _some(given)
        case "Fn::GetAtt", str() | list():
            parts = given.split(".") if isinstance(given, str) else [str(part) for part in given]
            return _arn(parts[0], types) if parts[1:] == ["Arn"] else _some(".".join(parts))
        case "Fn::Join", [str(between), [*parts]]:
            return between.join(_text(part, types) for part in parts)
        case "Fn::Sub", str() | [str(), {}]:
            pattern, names = (given, {}) if isinstance(given, str) else given
            return _NAME.sub(lambda found: _named(found[1], names, types), pattern).replace("${!", "${")
    raise _UntoldError(value)


_NAME = re.compile(r"\$\{\s*([^!{}][^{}]*?)\s*\}")
_PSEUDO: Mapping[str, str] = {
    "AWS::AccountId": "123456789012",
    "AWS::Partition": "aws",
    "AWS::Region": "eu-west-1",
    "AWS::URLSuffix": "amazonaws.com",
}


def _named(name: str, names: Mapping[str, Any], types: Mapping[str, str]) -> str:
    """What a name in braces stands for."""
    if name in names:
        return _text(names[name], types)
    return _text({"Fn::GetAtt": name} if "." in name else {"Ref": name}, types)


def _some(name: str) -> str:
    """Some value that a name stands for: it may be an account id, or a part of the name of a bucket."""
    return f"9{crc32(name.encode()) % 10**11:011d}"


def _arn(name: str, types: Mapping[str, str]) -> str:
    """The ARN of a resource of the template, as far as it is known: it ends with what stands for its name."""
    service = types.get(name, "").lower().split("::")[1:2]
    if not service or not catalog.service_actions(service[0]):
        raise _UntoldError({"Ref": name})
    owner = "*" if service[0] in _WITHOUT_OWNER else _PSEUDO["AWS::AccountId"]
    return f"arn:aws:{service[0]}:*:{owner}:*{_some(name)}"


_WITHOUT_OWNER = ("apigateway", "s3")
"""Services whose ARNs do not say whose something is."""


def _without_principal(statement: Mapping[str, Any], subject: Subject) -> Iterator[dict[str, Any]]:
    """A statement, one for each kind of principals, who are a condition: the engine knows nothing of Principal."""
    plain = {key: value for key, value in statement.items() if key != "Principal"}
    if subject is not Subject.IDENTITY and not {"Resource", "NotResource"} & set(plain):
        plain["Resource"] = "*"
    principal = statement.get("Principal")
    if "NotPrincipal" in statement:
        raise _UntoldError({"NotPrincipal": statement["NotPrincipal"]})
    if subject is Subject.IDENTITY or principal == "*":
        yield plain
        return
    if not isinstance(principal, Mapping):
        raise _UntoldError({"Principal": principal})
    for (operator, key), values in _by_key(principal).items():
        # The statement's own condition may have the same operator and key: both are to hold. Operators have no case.
        own = {operator: {key: values}} if values != ["*"] else {}
        yield {**plain, "Condition": {**(plain.get("Condition") or {}), **own}}


def _by_key(principal: Mapping[str, Any]) -> dict[tuple[str, str], list[str]]:
    """Principals by the operator and the condition key that tell them."""
    found: dict[tuple[str, str], list[str]] = {}
    for kind, values in principal.items():
        for value in _listed(values):
            if kind == "AWS" and value == "*":
                found[("", "")] = ["*"]
            elif kind == "AWS" and (account := _ACCOUNT.fullmatch(str(value))):
                found.setdefault(("stringequals", "aws:PrincipalAccount"), []).append(account[1])
            elif kind == "AWS" and _PRINCIPAL.match(str(value)):
                found.setdefault(("arnlike", "aws:PrincipalArn"), []).append(str(value))
            elif kind == "Service":
                found.setdefault(("stringequals", "aws:PrincipalServiceName"), []).append(str(value))
            elif kind == "Federated":
                found.setdefault(("stringequals", "aws:FederatedProvider"), []).append(str(value))
            else:
                raise _UntoldError({kind: value})
    return found


_ACCOUNT = re.compile(r"(?:arn:[\w-]+:iam::)?(\d{12})(?::root)?")
_PRINCIPAL = re.compile(r"arn:[\w-]+:iam:[^:]*:[^:]+:")


def _acts_for_us(statement: Mapping[str, Any]) -> bool:
    """Whether a statement lets in services alone, and these for an account or organization that is ours by reference.

    These are how services deliver to what is theirs, and come and go with what is switched on. For anybody else a
    service may read as well: a CloudFront distribution of another account, say.
    """
    principal = statement.get("Principal")
    if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping) or set(principal) != {"Service"}:
        return False
    for operator, lines in (statement.get("Condition") or {}).items():
        if operator.lower() in _BINDING and isinstance(lines, Mapping):
            for key, values in lines.items():
                if key.lower() in _SOURCES and all(_is_ours(str(value)) for value in _listed(values)):
                    return True
    return False


_BINDING = ("stringequals", "stringlike", "arnequals", "arnlike")
_SOURCES = ("aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid", "aws:sourceorgpaths")


def _is_ours(source: str) -> bool:
    """Whether it says whose the source is, and that is the stack's own account, or one that CloudFormation is given."""
    parts = source.split(":", 5)
    owner = parts[4] if len(parts) == 6 else source.partition("/")[0]
    return owner in _OURS


_OURS = {_PSEUDO["AWS::AccountId"], *map(_some, CONTEXT_PARAMETERS)}
