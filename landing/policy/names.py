"""The names that resources can have, where AWS documents them: a part of an ARN's format, as automata."""

from dataclasses import dataclass

from landing.policy.glob_steps import Some, Step, Steps, literal, several


@dataclass(frozen=True, slots=True)
class Name:
    """What may stand for a placeholder: any text of one of `forms`.

    `example` reads well. `unborn` is whether AWS asks on ``*`` in its place where the resource is yet to be
    made: the message of a refused ec2:RunInstances names ``instance/*``.
    """

    forms: tuple[Steps, ...]
    example: str
    unborn: bool = False


def _hex(length: int) -> Steps:
    return (Step(Some.HEX),) * length


def _id(*kinds: str) -> Name:
    """An id of EC2: 8 or 17 hexadecimal digits behind its kind (EC2 user guide, "Resource IDs")."""
    forms = tuple((*literal(f"{kind}-"), *_hex(length)) for kind in kinds for length in (8, 17))
    return Name(forms, f"{kinds[0]}-0123456789abcdef0", unborn=True)


# What buckets made before March 2018 in us-east-1 may have; today's names are narrower (S3 user guide,
# "General purpose bucket naming rules").
_BUCKET = Name((several(Some.WORD),), "example")

# A UUID, or that of a multi-Region key (KMS developer guide, "Key identifiers").
_UUID = tuple(step for length in (8, 4, 4, 4, 12) for step in (*literal("-"), *_hex(length)))[1:]
_KEY = Name((_UUID, (*literal("mrk-"), *_hex(32))), "01234567-89ab-cdef-0123-456789abcdef")

# By the service in the ARN's format, its resource type, and the placeholder.
_NAMES = {
    ("s3", "", "BucketName"): _BUCKET,
    ("kms", "key/", "KeyId"): _KEY,
    ("ec2", "image/", "ImageId"): _id("ami", "aki", "ari"),
    ("ec2", "instance/", "InstanceId"): _id("i"),
    ("ec2", "network-interface/", "NetworkInterfaceId"): _id("eni"),
    ("ec2", "security-group/", "SecurityGroupId"): _id("sg"),
    ("ec2", "snapshot/", "SnapshotId"): _id("snap"),
    ("ec2", "subnet/", "SubnetId"): _id("subnet"),
    ("ec2", "volume/", "VolumeId"): _id("vol"),
    ("ec2", "vpc/", "VpcId"): _id("vpc"),
}

# No list, as regions are added: us-east-1, us-isob-east-1, eusc-de-east-1.
REGION: Steps = (
    *(Step(Some.LOWER), *several(Some.LOWER), *literal("-")),
    *(Step(Some.WORD, many=True), *several(Some.LOWER), *literal("-"), *several(Some.DIGIT)),
)


def name_of(service: str, kind: str, placeholder: str) -> Name | None:
    """What may stand for a placeholder of a format; none where any text may.

    `kind` is what stands before it in the sixth part, `placeholder` its name without ``${}``.
    """
    return _NAMES.get((service, kind, placeholder))
