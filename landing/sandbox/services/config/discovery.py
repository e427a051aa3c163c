"""How the resources of each type are found, as configuration items.

Only what exists already is looked at: an account whose EC2 nobody has used yet has its default VPC in AWS, and
here from the first call on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from moto import backends

from landing.sandbox.services.cloudtrail.state import of_account
from landing.sandbox.services.config.state import recorder_of
from landing.sandbox.world import World

Item = dict[str, Any]
GLOBAL = frozenset({"AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"})
RECORDER = "AWS::Config::ConfigurationRecorder"
OF_PARTITION = ("iam", "s3", "s3control")
"""Services whose backend in moto is one for all Regions."""


@dataclass(frozen=True, slots=True)
class Found:
    """A resource, as far as its service tells."""

    id: str
    arn: str
    """Or what is behind the account in it: `ec2:vpc/vpc-...`."""
    configuration: Mapping[str, Any]
    name: str | None = None
    created: Any = None
    tags: Mapping[str, str] = field(default_factory=dict)
    supplementary: Mapping[str, Any] = field(default_factory=dict)


Finder = Callable[[World, str, str], Iterable[Found]]


def backend(service: str, world: World, account: str, region: str) -> Any | None:
    """moto's backend, if it has been used."""
    by_account: Any = backends.get_backend(service)
    by_region = dict.get(by_account, account)
    return None if by_region is None else dict.get(by_region, world.partition if service in OF_PARTITION else region)


def items(world: World, account: str, region: str, kind: str) -> Iterator[Item]:
    """The resources of a type as configuration items."""
    for found in FINDERS[kind](world, account, region):
        yield item(world, account, region, kind, found)


def item(world: World, account: str, region: str, kind: str, found: Found) -> Item:
    """A resource as a configuration item, with the properties that queries know."""
    where = "global" if kind in GLOBAL else region
    service, _, resource = found.arn.partition(":")
    arn = found.arn if service == "arn" else f"arn:{world.partition}:{service}:{region}:{account}:{resource}"
    return {
        "accountId": account,
        "arn": arn,
        "availabilityZone": "Not Applicable" if where == "global" else "Regional",
        "awsRegion": where,
        "configuration": found.configuration,
        "configurationItemCaptureTime": _time(world.now),
        "configurationItemStatus": "OK",
        "resourceCreationTime": _time(found.created),
        "resourceId": found.id,
        "resourceName": found.name,
        "resourceType": kind,
        "supplementaryConfiguration": found.supplementary,
        "tags": [{"key": k, "value": v, "tag": f"{k}={v}"} for k, v in found.tags.items()],
        "version": "1.3",
    }


def _time(moment: Any) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") if isinstance(moment, datetime) else moment


def _recorder(world: World, account: str, region: str) -> Iterator[Found]:
    """A recorder is an item of its own, recording or not (Developer Guide, "Drift detection for the recorder")."""
    recorder = recorder_of(world, account, region)
    if recorder is None:
        return
    group = recorder.group
    configuration = {
        "Name": recorder.name,
        "RoleARN": recorder.role,
        "Recording": recorder.is_recording,
        "RecordingGroup": {
            "AllSupported": group["allSupported"],
            "IncludeGlobalResourceTypes": group["includeGlobalResourceTypes"],
            "ResourceTypes": group["resourceTypes"],
            "ExclusionByResourceTypes": {"ResourceTypes": group["exclusionByResourceTypes"]["resourceTypes"]},
            "RecordingStrategy": {"UseOnly": group["recordingStrategy"]["useOnly"]},
        },
        "RecordingMode": {"RecordingFrequency": recorder.mode["recordingFrequency"]},
    }
    yield Found(recorder.name, f"config:configuration-recorder/{recorder.name}", configuration, recorder.name)


def _trails(world: World, account: str, region: str) -> Iterator[Found]:
    """In their home Region, by their owner."""
    for trail in list(of_account(world, account).trails.values()):
        if trail.home == region:
            arn = trail.arn(world.partition)
            settings = {name[:1].lower() + name[1:]: value for name, value in trail.settings.items()}
            configuration = {"name": trail.name, "trailARN": arn, "homeRegion": trail.home, **settings}
            yield Found(trail.name, arn, configuration, trail.name, tags=trail.tags)


def _buckets(world: World, account: str, region: str) -> Iterator[Found]:
    found = backend("s3", world, account, region)
    if found is None:
        return
    for bucket in list(found.buckets.values()):
        if bucket.region_name == region:
            block = bucket.public_access_block
            yield Found(
                bucket.name,
                f"arn:{world.partition}:s3:::{bucket.name}",
                {"name": bucket.name, "creationDate": _time(bucket.creation_date)},
                bucket.name,
                bucket.creation_date,
                found.tagger.get_tag_dict_for_resource(bucket.arn),
                {
                    "BucketVersioningConfiguration": {"status": bucket.versioning_status or "Off"},
                    "BucketPolicy": {"policyText": bucket.policy.decode() if bucket.policy else None},
                    "ServerSideEncryptionConfiguration": bucket.encryption or {},
                    "PublicAccessBlockConfiguration": {} if block is None else block.to_config_dict(),
                },
            )


def _moto(service: str, find_all: Callable[[Any], Iterable[Any]], describe: Callable[[Any], Found]) -> Finder:
    """Of what moto has in a backend."""

    def find(world: World, account: str, region: str) -> Iterator[Found]:
        found = backend(service, world, account, region)
        return map(describe, () if found is None else list(find_all(found)))

    return find


def _iam(kind: str) -> Callable[[Any], Found]:
    def describe(thing: Any) -> Found:
        attached = {} if kind == "Policy" else thing.managed_policies
        configuration = {
            "arn": thing.arn,
            "path": thing.path,
            f"{kind.lower()}Name": thing.name,
            "attachedManagedPolicies": [{"policyArn": arn, "policyName": arn.rpartition("/")[2]} for arn in attached],
        }
        if kind == "Role":
            configuration["assumeRolePolicyDocument"] = thing.assume_role_policy_document
        tags = getattr(thing, "tags", None) or {}
        tags = {tag["Key"]: tag["Value"] for tag in tags.values()} if isinstance(tags, dict) else {}
        return Found(thing.id, thing.arn, configuration, thing.name, thing.create_date, tags)

    return describe


def _key(key: Any) -> Found:
    configuration = {
        "keyId": key.id,
        "arn": key.arn,
        "enabled": key.enabled,
        "keyManager": key.key_manager,
        "keyState": key.key_state,
        "origin": key.origin,
        "awsaccountId": key.account_id,
    }
    more = {"KeyRotationStatus": key.key_rotation_status, "Policy": key.policy}
    return Found(key.id, key.arn, configuration, key.id, datetime.fromtimestamp(key.creation_date, tz=UTC), {}, more)


def _topic(topic: Any) -> Found:
    configuration = {"TopicArn": topic.arn, "TopicName": topic.name, "KmsMasterKeyId": topic.kms_master_key_id}
    return Found(topic.arn, topic.arn, configuration, topic.name)


def _ec2(kind: str, find_all: Callable[[Any], Iterable[Any]], **members: str) -> Finder:
    """`members`: of the configuration, and where they are in moto's thing."""

    def describe(thing: Any) -> Found:
        configuration = {name: getattr(thing, attribute) for name, attribute in members.items()}
        tags = {tag["key"]: tag["value"] for tag in thing.get_tags()}
        return Found(thing.id, f"ec2:{kind}/{thing.id}", configuration, configuration.get("groupName"), tags=tags)

    return _moto("ec2", find_all, describe)


FINDERS: Mapping[str, Finder] = {
    RECORDER: _recorder,
    "AWS::CloudTrail::Trail": _trails,
    "AWS::EC2::SecurityGroup": _ec2(
        "security-group",
        lambda found: (group for groups in found.groups.values() for group in groups.values()),
        groupId="id",
        groupName="name",
        vpcId="vpc_id",
        description="description",
    ),
    "AWS::EC2::Subnet": _ec2(
        "subnet",
        lambda found: (subnet for zone in found.subnets.values() for subnet in zone.values()),
        subnetId="id",
        vpcId="vpc_id",
        cidrBlock="cidr_block",
    ),
    "AWS::EC2::VPC": _ec2(
        "vpc",
        lambda found: found.vpcs.values(),
        vpcId="id",
        cidrBlock="cidr_block",
        isDefault="is_default",
        state="state",
    ),
    "AWS::EC2::Volume": _ec2(
        "volume",
        lambda found: found.volumes.values(),
        volumeId="id",
        encrypted="encrypted",
        size="size",
        state="status",
    ),
    "AWS::IAM::Group": _moto("iam", lambda found: found.groups.values(), _iam("Group")),
    "AWS::IAM::Policy": _moto("iam", lambda found: found.managed_policies.values(), _iam("Policy")),
    "AWS::IAM::Role": _moto("iam", lambda found: found.roles.values(), _iam("Role")),
    "AWS::IAM::User": _moto("iam", lambda found: found.users.values(), _iam("User")),
    "AWS::KMS::Key": _moto("kms", lambda found: found.keys.values(), _key),
    "AWS::S3::Bucket": _buckets,
    "AWS::SNS::Topic": _moto("sns", lambda found: found.topics.values(), _topic),
}
"""The types whose resources are found; all others have none."""
