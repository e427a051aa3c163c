"""How the resources of each type are found, as configuration items.

Only what exists already is looked at: an account whose EC2 nobody has used yet has its default VPC in AWS, and
here from the first call on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from moto import backends

from landing.sandbox.services.cloudtrail.state import of_account
from landing.sandbox.services.config.state import recorder_of
from landing.sandbox.world import World

Item = dict[str, Any]
Finder = Callable[[World, str, str], Iterator[Item]]
GLOBAL = frozenset({"AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"})
RECORDER = "AWS::Config::ConfigurationRecorder"


def backend(service: str, account: str, region: str) -> Any | None:
    """moto's backend, if it has been used."""
    by_account: Any = backends.get_backend(service)
    by_region = dict.get(by_account, account)
    return None if by_region is None else dict.get(by_region, region)


def item(
    world: World,
    account: str,
    region: str,
    kind: str,
    identifier: str,
    *,
    name: str | None,
    arn: str,
    configuration: Mapping[str, Any],
    created: Any = None,
    tags: Mapping[str, str] | None = None,
    supplementary: Mapping[str, Any] | None = None,
) -> Item:
    """A configuration item with the properties that queries know."""
    return {
        "accountId": account,
        "arn": arn,
        "availabilityZone": "Not Applicable" if region == "global" else "Regional",
        "awsRegion": region,
        "configuration": configuration,
        "configurationItemCaptureTime": _time(world.now),
        "configurationItemStatus": "OK",
        "resourceCreationTime": _time(created),
        "resourceId": identifier,
        "resourceName": name,
        "resourceType": kind,
        "supplementaryConfiguration": supplementary or {},
        "tags": [{"key": k, "value": v, "tag": f"{k}={v}"} for k, v in (tags or {}).items()],
        "version": "1.3",
    }


def _time(moment: Any) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z") if isinstance(moment, datetime) else moment


def _recorder(world: World, account: str, region: str) -> Iterator[Item]:
    """A recorder is an item of its own, recording or not (Developer Guide, "Drift detection for the recorder")."""
    recorder = recorder_of(world, account, region)
    if recorder is None:
        return
    group = recorder.group
    yield item(
        world,
        account,
        region,
        RECORDER,
        recorder.name,
        name=recorder.name,
        arn=f"arn:{world.partition}:config:{region}:{account}:configuration-recorder/{recorder.name}",
        configuration={
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
        },
    )


def _buckets(world: World, account: str, region: str) -> Iterator[Item]:
    found = backend("s3", account, world.partition)
    for bucket in () if found is None else list(found.buckets.values()):
        if bucket.region_name == region:
            block = bucket.public_access_block
            yield item(
                world,
                account,
                region,
                "AWS::S3::Bucket",
                bucket.name,
                name=bucket.name,
                arn=f"arn:{world.partition}:s3:::{bucket.name}",
                created=bucket.creation_date,
                configuration={"name": bucket.name, "creationDate": _time(bucket.creation_date)},
                tags=_tags(found, bucket),
                supplementary={
                    "BucketVersioningConfiguration": {"status": bucket.versioning_status or "Off"},
                    "BucketPolicy": {"policyText": bucket.policy.decode() if bucket.policy else None},
                    "ServerSideEncryptionConfiguration": bucket.encryption or {},
                    "PublicAccessBlockConfiguration": {} if block is None else block.to_config_dict(),
                },
            )


def _tags(found: Any, bucket: Any) -> dict[str, str]:
    tags: dict[str, str] = found.tagger.get_tag_dict_for_resource(bucket.arn)
    return tags


def _iam(kind: str, attribute: str) -> Finder:
    def find(world: World, account: str, region: str) -> Iterator[Item]:
        found = backend("iam", account, world.partition)
        named = {} if found is None else getattr(found, attribute)
        for thing in list(named.values()):
            yield item(
                world,
                account,
                "global",
                f"AWS::IAM::{kind}",
                thing.id,
                name=thing.name,
                arn=thing.arn,
                created=thing.create_date,
                configuration=_iam_configuration(kind, thing),
                tags=_iam_tags(thing),
            )

    return find


def _iam_configuration(kind: str, thing: Any) -> dict[str, Any]:
    attached = {} if kind == "Policy" else thing.managed_policies
    configuration = {
        "arn": thing.arn,
        "path": thing.path,
        f"{kind.lower()}Name": thing.name,
        "attachedManagedPolicies": [{"policyArn": arn, "policyName": arn.rpartition("/")[2]} for arn in attached],
    }
    if kind == "Role":
        configuration["assumeRolePolicyDocument"] = thing.assume_role_policy_document
    return configuration


def _iam_tags(thing: Any) -> dict[str, str]:
    tags = getattr(thing, "tags", None) or {}
    return {tag["Key"]: tag["Value"] for tag in tags.values()} if isinstance(tags, dict) else {}


def _keys(world: World, account: str, region: str) -> Iterator[Item]:
    found = backend("kms", account, region)
    for key in () if found is None else list(found.keys.values()):
        yield item(
            world,
            account,
            region,
            "AWS::KMS::Key",
            key.id,
            name=key.id,
            arn=key.arn,
            created=datetime.fromtimestamp(key.creation_date, tz=world.now.tzinfo),
            configuration={
                "keyId": key.id,
                "arn": key.arn,
                "enabled": key.enabled,
                "keyManager": key.key_manager,
                "keyState": key.key_state,
                "origin": key.origin,
                "awsaccountId": account,
            },
            supplementary={"KeyRotationStatus": key.key_rotation_status, "Policy": key.policy},
        )


def _ec2(kind: str, find_all: Callable[[Any], Any], describe: Callable[[Any], dict[str, Any]]) -> Finder:
    def find(world: World, account: str, region: str) -> Iterator[Item]:
        found = backend("ec2", account, region)
        for thing in () if found is None else list(find_all(found)):
            configuration = describe(thing)
            part = {"VPC": "vpc", "SecurityGroup": "security-group", "Subnet": "subnet", "Volume": "volume"}[kind]
            yield item(
                world,
                account,
                region,
                f"AWS::EC2::{kind}",
                thing.id,
                name=configuration.get("groupName"),
                arn=f"arn:{world.partition}:ec2:{region}:{account}:{part}/{thing.id}",
                configuration=configuration,
                tags={tag["key"]: tag["value"] for tag in thing.get_tags()},
            )

    return find


def _vpc(vpc: Any) -> dict[str, Any]:
    return {"vpcId": vpc.id, "cidrBlock": vpc.cidr_block, "isDefault": vpc.is_default, "state": vpc.state}


def _subnet(subnet: Any) -> dict[str, Any]:
    return {"subnetId": subnet.id, "vpcId": subnet.vpc_id, "cidrBlock": subnet.cidr_block}


def _security_group(group: Any) -> dict[str, Any]:
    return {"groupId": group.id, "groupName": group.name, "vpcId": group.vpc_id, "description": group.description}


def _volume(volume: Any) -> dict[str, Any]:
    return {"volumeId": volume.id, "encrypted": volume.encrypted, "size": volume.size, "state": volume.status}


def _topics(world: World, account: str, region: str) -> Iterator[Item]:
    found = backend("sns", account, region)
    for topic in () if found is None else list(found.topics.values()):
        yield item(
            world, account, region, "AWS::SNS::Topic", topic.arn,
            name=topic.name, arn=topic.arn,
            configuration={"TopicArn": topic.arn, "TopicName": topic.name, "KmsMasterKeyId": topic.kms_master_key_id},
        )  # fmt: skip


def _trails(world: World, account: str, region: str) -> Iterator[Item]:
    """In their home Region, by their owner."""
    for trail in list(of_account(world, account).trails.values()):
        if trail.home == region:
            arn = trail.arn(world.partition)
            settings = {name[:1].lower() + name[1:]: value for name, value in trail.settings.items()}
            yield item(
                world,
                account,
                region,
                "AWS::CloudTrail::Trail",
                trail.name,
                name=trail.name,
                arn=arn,
                configuration={"name": trail.name, "trailARN": arn, "homeRegion": trail.home, **settings},
                tags=trail.tags,
            )


FINDERS: Mapping[str, Finder] = {
    RECORDER: _recorder,
    "AWS::CloudTrail::Trail": _trails,
    "AWS::EC2::SecurityGroup": _ec2(
        "SecurityGroup",
        lambda found: (group for groups in found.groups.values() for group in groups.values()),
        _security_group,
    ),
    "AWS::EC2::Subnet": _ec2(
        "Subnet", lambda found: (s for zone in found.subnets.values() for s in zone.values()), _subnet
    ),
    "AWS::EC2::VPC": _ec2("VPC", lambda found: found.vpcs.values(), _vpc),
    "AWS::EC2::Volume": _ec2("Volume", lambda found: found.volumes.values(), _volume),
    "AWS::IAM::Group": _iam("Group", "groups"),
    "AWS::IAM::Policy": _iam("Policy", "managed_policies"),
    "AWS::IAM::Role": _iam("Role", "roles"),
    "AWS::IAM::User": _iam("User", "users"),
    "AWS::KMS::Key": _keys,
    "AWS::S3::Bucket": _buckets,
    "AWS::SNS::Topic": _topics,
}
"""The types whose resources are found; all others have none."""
