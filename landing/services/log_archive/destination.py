"""Buckets and a key of others, to which logs go because the config names them: checked, and never written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

from landing.aws import Aws, unless
from landing.blueprint.resource_names import FLOW_LOGS, LOG_KEY_ALIAS, bucket
from landing.core.model import Address, Change, Diagnostic, Gap, Level, Resource, Scope, Severity, Source
from landing.organization import Organization
from landing.services.base import LACKS, Kind, Ownership
from landing.services.log_archive import admission
from landing.services.log_archive.key import arn_of_alias
from landing.services.log_archive.received import RECEIVED
from landing.services.log_archive.settings import LogArchiveSettings
from landing.services.strength import Weaker

KEY = "key"
"""The name of the key; a bucket has that of what it is for."""
MENDED = "have whoever made it mend it, or let ours take its place (services.log_archive.existing)"
REFUSED = ("AccessDenied", "403", "AllAccessDisabled")


@dataclass(frozen=True, slots=True)
class Look:
    """What a bucket or key lacks, and what of it cannot be looked at, in words."""

    lacks: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


class LogDestination(Kind):
    """A bucket or key that `services.log_archive.existing` names: there, let in to, and shut to others.

    What it lacks is drift, which whoever has made it mends; what of it cannot be looked at is a gap.
    """

    name = "log_destination"
    title = "Log destination of others"
    ownership = Ownership.NONE
    level = Level.ACCOUNT
    severity = Severity.HIGH
    weaker: ClassVar[Mapping[str, Weaker]] = {}
    removal = ""
    help_uri = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html"
    reads = (
        "s3:GetBucketLocation",
        "s3:GetBucketPolicy",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketVersioning",
        "s3:GetEncryptionConfiguration",
        "kms:DescribeKey",
        "kms:GetKeyPolicy",
        "sts:AssumeRole",
    )

    def scopes(self, organization: Organization) -> Iterator[Scope]:
        """The log archive, in the home region."""
        if organization.existing_log_buckets or organization.log_key != LOG_KEY_ALIAS:
            yield Scope(organization.log_archive, organization.home_region)

    def check(self, organization: Organization) -> Iterable[Diagnostic]:
        """Buckets that lack or that nothing delivers to, and a key by an alias where a bucket of ours would need it."""
        yield from _lacking(organization)
        service = organization.service(LogArchiveSettings)
        if service is None:
            return
        path = ("existing", "buckets")
        for purpose in organization.existing_log_buckets:
            if purpose not in organization.log_buckets:
                message = f"nothing delivers to a bucket for `{purpose}`"
                yield service.problem(
                    "LZ377", message, f"one of: {', '.join(organization.log_buckets)}", *path, purpose
                )
        ours = [each for each in organization.log_buckets if each not in {*organization.existing_log_buckets}]
        encrypted = [each for each in ours if each != "access-logs"]
        if organization.log_key != LOG_KEY_ALIAS and not organization.log_key.startswith("arn:") and encrypted:
            message = (
                f"the buckets for {', '.join(encrypted)} are ours, and S3 looks for an alias in the account of who "
                "writes"
            )
            yield service.problem("LZ378", message, "give the ARN of the key", "existing", "key")

    def desired(self, organization: Organization) -> Iterable[Resource]:
        """None: they are others'."""
        return ()

    def read(self, organization: Organization, aws: Aws, scope: Scope) -> Iterable[Resource | Gap]:
        """Each, with what it lacks; a gap where it is not there, or may not be looked at."""
        regions, client = set(), aws.client("s3", scope)
        for purpose, name in organization.existing_log_buckets.items():
            about = {"Bucket": name, "ExpectedBucketOwner": aws.tree.account_ids[scope.account]}
            with unless("NoSuchBucket", *REFUSED) as absent:
                regions.add(client.get_bucket_location(**about).get("LocationConstraint") or "us-east-1")
            if absent.code == "NoSuchBucket":
                found = Look(unseen=["does not exist"])
            elif absent.code:
                found = Look(unseen=[f"is not in the account {scope.account}, or may not be read from there"])
            else:
                asks = admission.of_bucket(organization, aws, purpose)
                found = _bucket(client, f"arn:{organization.partition}:s3:::{name}", about, asks)
            yield self._result(scope, purpose, f"the bucket {name}", found)
        if organization.log_key != LOG_KEY_ALIAS:
            found = _key(organization, aws, regions or {organization.home_region})
            yield self._result(scope, KEY, f"the key {organization.log_key}", found)

    def _result(self, scope: Scope, name: str, what: str, found: Look) -> Resource | Gap:
        told = "; it ".join(dict.fromkeys((*found.unseen, *found.lacks)))
        lacks = f"{what} is used as it is, and it {told}: {MENDED}"
        if found.unseen:
            return Gap(self.name, scope, Diagnostic("", lacks), name)
        attributes = {LACKS: lacks if found.lacks else ""}
        return Resource(self.address(name, scope), attributes, owned=False, used=True)

    def named_at(self, organization: Organization, address: Address) -> Source | None:
        """The bucket, or the key."""
        service = organization.service(LogArchiveSettings)
        path = (KEY,) if address.name == KEY else ("buckets", address.name)
        return service.at("existing", *path) if service else organization.source

    def apply(self, organization: Organization, aws: Aws, change: Change) -> None:
        """Nothing declares it."""
        raise AssertionError(f"{change.address} is another's")


def _lacking(organization: Organization) -> Iterator[Diagnostic]:
    """Of baselines that send to a bucket of ours which the log archive does not have."""
    received = {each.purpose for each in organization.deliveries}
    for purpose in sorted({*RECEIVED} - received - {FLOW_LOGS}):  # the remediation of these tells it itself
        named = bucket(purpose, "${LogArchiveAccountId}", "${HomeRegion}")
        for key, deployment in organization.deployments.items():
            if named in json.dumps(deployment.template):
                message = f"`{key}` sends to the log archive, which receives no {purpose}"
                hint = f"services.log_archive: {{receives: [{purpose}]}}"
                yield Diagnostic("LZ354", message, deployment.source, hint)


def _bucket(client: Any, arn: str, about: Mapping[str, str], asks: Iterable[admission.Ask]) -> Look:
    """Of a bucket that is in the account."""
    found = Look()
    with unless("NoSuchBucketPolicy", *REFUSED) as none:
        document = json.loads(client.get_bucket_policy(**about)["Policy"])
    if none.code in REFUSED:
        found.unseen.append("has a policy that may not be read")
    else:
        policy: Mapping[str, Any] = {} if none.code else document
        found.lacks.extend(admission.lacks(policy, arn, asks))
        if not admission.keeps_out_without_tls(policy, arn):
            found.lacks.append("lets requests without TLS through (aws:SecureTransport is not asked for)")
    with unless("NoSuchPublicAccessBlockConfiguration", *REFUSED) as none:
        block = client.get_public_access_block(**about)["PublicAccessBlockConfiguration"]
    if none.code in REFUSED:
        found.unseen.append("may block public access or not, which may not be read")
    elif none.code or not all(block.values()):
        found.lacks.append("does not block all public access")
    with unless("ServerSideEncryptionConfigurationNotFoundError", *REFUSED) as none:
        client.get_bucket_encryption(**about)
    if none.code in REFUSED:
        found.unseen.append("has an encryption that may not be read")
    elif none.code:
        found.lacks.append("has no default encryption")
    with unless(*REFUSED) as none:
        versioning = client.get_bucket_versioning(**about).get("Status")
    if none.code:
        found.unseen.append("may keep versions or not, which may not be read")
    elif versioning != "Enabled":
        found.lacks.append("keeps no versions")
    return found


def _key(organization: Organization, aws: Aws, regions: set[str]) -> Look:
    """Of the key: in the Region of the buckets, enabled, its owner's, and open to who delivers."""
    found = Look()
    arn = arn_of_alias(organization, aws)
    region, owner = arn.split(":")[3:5]
    account = aws.tree.account_keys.get(owner)
    if regions - {region}:
        found.lacks.append(f"is in {region}, and the buckets are in {', '.join(sorted(regions))}")
    if account is None:
        found.unseen.append(f"is in {owner}, which is no account of the organization: its policy cannot be read")
        return found
    client = aws.client("kms", Scope(account, region))
    with unless("NotFoundException", "AccessDeniedException") as absent:
        key = client.describe_key(KeyId=arn)["KeyMetadata"]
    if absent.code:
        found.unseen.append("does not exist" if absent.code == "NotFoundException" else "may not be read")
        return found
    if key["KeyState"] != "Enabled":
        found.lacks.append(f"is in the state {key['KeyState']}")
    if key.get("KeyManager") == "AWS":
        found.lacks.append("is one of AWS's own, whose policy nobody can change")
        return found
    with unless("AccessDeniedException") as denied:
        document = json.loads(client.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"])
    if denied.code:
        found.unseen.append("has a policy that may not be read")
    else:
        found.lacks.extend(admission.lacks(document, key["Arn"], admission.of_key(organization, aws)))
    return found
