"""What RunInstances is about: many resources at once, each with condition keys of its own.

Service Authorization Reference, "Amazon EC2"; EC2 User Guide, "Example policies to control access using the AWS CLI".
What is made has no id yet: its ARN ends in ``*``. A launch template is a resource of the call; what it says is not
looked into.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from landing.sandbox.authorization import actions
from landing.sandbox.moto import upstream
from landing.sandbox.protocol.model import Operation
from landing.sandbox.world import Identity, World

TAG = "ec2:CreateTags"
Parameters = Mapping[str, Any]
Part = tuple[str, dict[str, object]]


def is_launch(operation: Operation) -> bool:
    """Whether a call is looked at here."""
    return (operation.service, operation.name) == actions.LAUNCH


def parts(world: World, caller: Identity, region: str, action: str, parameters: Parameters) -> list[Part]:
    """(ARN, condition keys) of each resource that the call needs the action on."""
    return list((_tagged if action == TAG else _launched)(world, caller, region, parameters))


def passed(world: World, caller: Identity, parameters: Parameters) -> Iterator[str]:
    """The role of the instance profile, which is passed to EC2."""
    profile = _profile(world, caller, parameters)
    yield from (role.arn for role in (profile.roles if profile is not None else ()))


def _arn(world: World, caller: Identity, region: str, kind: str, name: str, *, owned: bool = True) -> str:
    return f"arn:{world.partition}:ec2:{region}:{caller.account if owned else ''}:{kind}/{name}"


def _launched(world: World, caller: Identity, region: str, parameters: Parameters) -> Iterator[Part]:
    ec2 = upstream.backend("ec2", caller.account, region)
    tags = _tags(parameters)
    profile = _profile(world, caller, parameters)
    instance: dict[str, object] = {"ec2:InstanceType": parameters.get("InstanceType", "m1.small"), **tags("instance")}
    if profile is not None:
        instance["ec2:InstanceProfile"] = profile.arn
    if tokens := (parameters.get("MetadataOptions") or {}).get("HttpTokens"):
        instance["ec2:MetadataHttpTokens"] = tokens
    yield _arn(world, caller, region, "instance", "*"), instance
    if name := parameters.get("ImageId"):
        everywhere = (each for _, each in upstream.backends_in_use("ec2") if each.region_name == region)
        image = next((each.amis[name] for each in everywhere if name in each.amis), None)
        owner = {} if image is None else {"ec2:Owner": image.owner_alias or image.owner_id}
        yield _arn(world, caller, region, "image", name, owned=False), owner
    if template := parameters.get("LaunchTemplate"):
        known = ec2.launch_template_name_to_ids.get(template.get("LaunchTemplateName", ""), "*")
        name = template.get("LaunchTemplateId", known)
        yield _arn(world, caller, region, "launch-template", name), {}
    if key := parameters.get("KeyName"):
        yield _arn(world, caller, region, "key-pair", key), {}
    yield from _connected(world, caller, region, parameters, tags("network-interface"))
    yield from _stored(world, caller, region, parameters, tags("volume"))


def _connected(
    world: World, caller: Identity, region: str, parameters: Parameters, tags: Mapping[str, object]
) -> Iterator[Part]:
    """Subnets, security groups and the network interfaces that are made; the default subnet where none is named."""
    ec2 = upstream.backend("ec2", caller.account, region)
    subnets = {each.id: each for by_zone in ec2.subnets.values() for each in by_zone.values()}
    default = next((name for name, each in sorted(subnets.items()) if str(each.default_for_az).lower() == "true"), "")
    for interface in parameters.get("NetworkInterfaces") or [{}]:
        if existing := interface.get("NetworkInterfaceId"):
            network = getattr(getattr(ec2.enis.get(existing), "subnet", None), "vpc_id", "")
            vpc = {"ec2:Vpc": _arn(world, caller, region, "vpc", network)} if network else {}
            yield _arn(world, caller, region, "network-interface", existing), {**vpc}
            continue
        name = interface.get("SubnetId") or parameters.get("SubnetId") or default
        network = subnets[name].vpc_id if name in subnets else ""
        vpc = {"ec2:Vpc": _arn(world, caller, region, "vpc", network)} if network else {}
        subnet = _arn(world, caller, region, "subnet", name)
        public = interface.get("AssociatePublicIpAddress")
        made: dict[str, object] = {**vpc, "ec2:Subnet": subnet, **tags}
        if public is not None:
            made["ec2:AssociatePublicIpAddress"] = str(public).lower()
        yield subnet, dict(vpc)
        yield _arn(world, caller, region, "network-interface", "*"), made
        given = interface.get("Groups") or parameters.get("SecurityGroupIds") or ()
        groups = ec2.groups.get(network) or {}
        own = (each.id for each in groups.values() if each.name == "default")
        for group in given or own:
            yield _arn(world, caller, region, "security-group", group), dict(vpc)


def _stored(
    world: World, caller: Identity, region: str, parameters: Parameters, tags: Mapping[str, object]
) -> Iterator[Part]:
    """Volumes that are made, encrypted or not, and the snapshots that they are made of; the root's at least."""
    ec2 = upstream.backend("ec2", caller.account, region)
    default = bool(ec2.ebs_encryption_by_default)
    image = ec2.amis.get(parameters.get("ImageId", ""))
    root = "/dev/sda1" if image is None else image.root_device_name
    mappings = [each for each in parameters.get("BlockDeviceMappings") or () if "Ebs" in each]
    encrypted = {default} if root not in {each.get("DeviceName") for each in mappings} else set()
    for each in mappings:
        encrypted.add(bool(each["Ebs"].get("Encrypted", default)))
        if snapshot := each["Ebs"].get("SnapshotId"):
            yield _arn(world, caller, region, "snapshot", snapshot, owned=False), {}
    for state in sorted(encrypted):
        yield _arn(world, caller, region, "volume", "*"), {"ec2:Encrypted": str(state).lower(), **tags}


def _tagged(world: World, caller: Identity, region: str, parameters: Parameters) -> Iterator[Part]:
    tags = _tags(parameters)
    for specification in parameters.get("TagSpecifications") or ():
        kind = specification["ResourceType"]
        yield _arn(world, caller, region, kind, "*"), {"ec2:CreateAction": "RunInstances", **tags(kind)}


def _tags(parameters: Parameters) -> Callable[[str], dict[str, object]]:
    """The condition keys of the tags that a kind of resource is to have."""
    given = {
        each["ResourceType"]: {tag["Key"]: tag.get("Value", "") for tag in each.get("Tags") or ()}
        for each in parameters.get("TagSpecifications") or ()
    }

    def keys(kind: str) -> dict[str, object]:
        tags = given.get(kind) or {}
        named: dict[str, object] = {f"aws:RequestTag/{key}": value for key, value in tags.items()}
        return {**named, "aws:TagKeys": list(tags)} if tags else {}

    return keys


def _profile(world: World, caller: Identity, parameters: Parameters) -> Any:
    """moto's instance profile of the launch; none where it names none that is there."""
    given = parameters.get("IamInstanceProfile") or {}
    profiles = upstream.backend("iam", caller.account, world.home_region).instance_profiles.values()
    return next((each for each in profiles if given.get("Arn") == each.arn or given.get("Name") == each.name), None)
