"""Whether the policy of a bucket or a key lets those in who deliver logs, and nobody in their place.

A service is to be let in for what it acts for: `aws:SourceArn`, `aws:SourceAccount` or `aws:SourceOrgID` says so (IAM
User Guide, "The confused deputy problem").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any

from landing.aws import Aws
from landing.blueprint.resource_names import INVENTORY, RECORDER_ROLE, TRAIL
from landing.organization import Delivery, Organization
from landing.policy.resource_policy import listed, said
from landing.services.cloudtrail.settings import CloudTrailSettings

OWNER_CONTROL = {"s3:x-amz-acl": "bucket-owner-full-control"}
STRANGER = "000000000000"
SOURCE_ARN = "aws:sourcearn"


@dataclass(frozen=True, slots=True)
class Writer:
    """Who delivers: a service on behalf of a resource, or a role.

    `context` has condition keys in lower case. `sources` are patterns of the ARNs that the service acts for, where
    which one it will be is AWS's to say: the policy may name any.
    """

    title: str
    names: frozenset[str]
    context: Mapping[str, str]
    sources: tuple[str, ...] = ()

    def as_stranger(self) -> Writer:
        """The same of another organization."""
        ours = (self.context.get("aws:sourceaccount") or self.context.get("aws:principalaccount")) or "-"
        ids = {"aws:sourceorgid": "o-0000000000", "aws:principalorgid": "o-0000000000"}
        context = {name: ids.get(name, value.replace(ours, STRANGER)) for name, value in self.context.items()}
        role = "aws:principalarn" in self.context
        return replace(self, names=frozenset({context["aws:principalarn"]}) if role else self.names, context=context)


@dataclass(frozen=True, slots=True)
class Ask:
    """What a writer must be let do: an action, an object key in the bucket, more condition keys."""

    writer: Writer
    action: str
    key: str = ""
    context: Mapping[str, str] = field(default_factory=dict)


def of_bucket(organization: Organization, aws: Aws, purpose: str) -> Iterator[Ask]:
    """What is asked of the bucket for a purpose; nothing where nothing delivers there."""
    ids, home = aws.tree.account_ids, organization.home_region
    if purpose == "access-logs":
        for logged in sorted({*organization.log_buckets} - {purpose, *organization.existing_log_buckets}):
            source = f"arn:{organization.partition}:s3:::{aws.resolve(organization.log_bucket(logged))}"
            who = _service(organization, aws, "logging.s3.amazonaws.com", ids[organization.log_archive], (source,))
            yield Ask(who, "s3:PutObject", f"{logged}/log")
        return
    delivery = next((each for each in _deliveries(organization) if each.purpose == purpose), None)
    if delivery is None:
        return
    who = writer(organization, aws, delivery)
    if purpose == "cloudtrail":
        yield Ask(who, "s3:GetBucketAcl")
        for owner in (ids[organization.management], _organization_id(aws)):
            yield Ask(who, "s3:PutObject", f"AWSLogs/{owner}/CloudTrail/{home}/log.json.gz", OWNER_CONTROL)
        return
    tooling = ids[organization.security_tooling]
    if delivery.members:
        yield Ask(who, "s3:GetBucketAcl")
        key = f"{purpose}/AWS:Application/accountid={tooling}/region={home}/x.json"
        key = key if purpose == INVENTORY else f"AWSLogs/{tooling}/{purpose}/{home}/log.gz"
        yield Ask(who, "s3:PutObject", key, OWNER_CONTROL)
        return
    if purpose == "config":
        yield Ask(who, "s3:GetBucketAcl")
        yield Ask(who, "s3:PutObject", f"AWSLogs/{tooling}/Config/{home}/log.json.gz", OWNER_CONTROL)
        return
    yield Ask(who, "s3:GetBucketLocation")
    name = {"guardduty": "GuardDuty", "macie": "Macie"}.get(purpose, purpose)
    yield Ask(who, "s3:PutObject", f"AWSLogs/{tooling}/{name}/{home}/log.json.gz")


def of_key(organization: Organization, aws: Aws) -> Iterator[Ask]:
    """What is asked of the key; recorders use it where their bucket is ours, which is encrypted with it."""
    for delivery in _deliveries(organization):
        who = writer(organization, aws, delivery)
        if delivery.purpose == "cloudtrail":
            encrypting = {"kms:encryptioncontext:aws:cloudtrail:arn": who.context[SOURCE_ARN]}
            yield Ask(who, "kms:GenerateDataKey", context=encrypting)
            yield Ask(who, "kms:DescribeKey")
        elif delivery.purpose != "config" or "config" not in organization.existing_log_buckets:
            yield Ask(who, "kms:GenerateDataKey")


def _deliveries(organization: Organization) -> tuple[Delivery, ...]:
    """Those of ours, and that of a trail of others that the config names."""
    return (*organization.deliveries, *((Delivery("cloudtrail"),) if _existing_trail(organization) else ()))


def _existing_trail(organization: Organization) -> str:
    service = organization.service(CloudTrailSettings)
    return service.settings.existing if service else ""


def writer(organization: Organization, aws: Aws, delivery: Delivery) -> Writer:
    """Who makes a delivery."""
    ids, partition, home = aws.tree.account_ids, organization.partition, organization.home_region
    tooling = ids[organization.security_tooling]
    if delivery.purpose == "cloudtrail":
        management = ids[organization.management]
        trail = f"arn:{partition}:cloudtrail:{home}:{management}:trail/{_existing_trail(organization) or TRAIL}"
        return _service(organization, aws, "cloudtrail.amazonaws.com", management, (trail,))
    if delivery.purpose == "config":
        arn = f"arn:{partition}:iam::{tooling}:role/{RECORDER_ROLE}"
        context = {
            "aws:principalaccount": tooling,
            "aws:principalarn": arn,
            "aws:principalorgid": _organization_id(aws),
            "aws:principalisawsservice": "false",
        }
        names = frozenset({arn, tooling, f"arn:{partition}:iam::{tooling}:root"})
        return Writer(f"the roles {RECORDER_ROLE} of all accounts", names, _over_tls(context))
    principal = delivery.principal or f"{delivery.purpose}.amazonaws.com"
    ends = delivery.sources or ("guardduty:*:{account}:detector/*",)
    patterns = tuple(f"arn:{partition}:{end.replace('{account}', tooling)}" for end in ends)
    return _service(organization, aws, principal, tooling, patterns)


def _service(organization: Organization, aws: Aws, principal: str, account: str, sources: tuple[str, ...]) -> Writer:
    context = {
        "aws:sourceaccount": account,
        SOURCE_ARN: sources[0].replace("*", organization.home_region, 1).replace("*", "1"),
        "aws:sourceorgid": _organization_id(aws),
        "aws:principalisawsservice": "true",
        "aws:principalservicename": principal,
    }
    return Writer(principal, frozenset({principal}), _over_tls(context), sources)


def _over_tls(context: Mapping[str, str]) -> dict[str, str]:
    return {**context, "aws:securetransport": "true"}


def _organization_id(aws: Aws) -> str:
    return str((aws.tree.description or {}).get("Id", ""))


def lacks(document: Mapping[str, Any], arn: str, asks: Iterable[Ask]) -> Iterator[str]:
    """What is wrong with a policy, in words: who is kept out, and who is let in for anybody."""
    anybody: dict[tuple[str, str], list[str]] = {}
    for ask in asks:
        on = f"{arn}/{ask.key}" if ask.key else arn
        if not any(_lets(document, each, ask, on) for each in _as_named(document, ask.writer)):
            yield f"does not let {ask.writer.title} do {ask.action}{f' on {ask.key}' if ask.key else ''}"
        elif _lets(document, ask.writer.as_stranger(), ask, on):
            condition = "aws:PrincipalOrgID" if "aws:principalorgid" in ask.writer.context else "aws:SourceArn"
            anybody.setdefault((ask.writer.title, condition), []).append(ask.action)
    for (writer, condition), actions in anybody.items():
        yield f"lets {writer} do {' and '.join(dict.fromkeys(actions))} for anybody ({condition} is not asked for)"


def keeps_out_without_tls(document: Mapping[str, Any], arn: str) -> bool:
    """Whether a bucket denies everybody what does not come by TLS."""
    context = {"aws:securetransport": "false"}
    return said(document, _is_everybody, "s3:GetObject", context, resource=f"{arn}/key") == "Deny"


def _as_named(document: Mapping[str, Any], who: Writer) -> Iterator[Writer]:
    """The writer, and as one that acts for each resource that a policy names and that fits."""
    yield who
    for statement in listed(document.get("Statement", [])):
        for keys in (statement.get("Condition") or {}).values():
            for name, values in keys.items():
                for value in listed(values) if name.lower() == SOURCE_ARN else ():
                    if any(fnmatchcase(value, pattern) for pattern in who.sources):
                        yield replace(who, context={**who.context, SOURCE_ARN: value})


def _lets(document: Mapping[str, Any], who: Writer, ask: Ask, resource: str) -> bool:
    def is_named(principal: Any) -> bool:
        named = principal if isinstance(principal, Mapping) else {}
        return _is_everybody(principal) or any(
            each in who.names for kind in ("Service", "AWS") for each in listed(named.get(kind, []))
        )

    return said(document, is_named, ask.action, {**who.context, **ask.context}, resource=resource) == "Allow"


def _is_everybody(principal: Any) -> bool:
    return principal == "*" or (isinstance(principal, Mapping) and "*" in listed(principal.get("AWS", [])))
