"""What differs between AWS partitions and regions; data with its date.

Sources: botocore's partitions.json (1.44.5, November 2026) and the account management guide,
"Specify which AWS Regions your account can use" (September 2026).
"""

from __future__ import annotations

DEFAULT_REGIONS = frozenset({
    "us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1", "eu-central-1", "eu-west-1",
    "eu-west-2", "eu-west-3", "eu-north-1", "ap-south-1", "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-southeast-1", "ap-southeast-2",
})  # fmt: skip
"""Commercial regions that are on in every account and cannot be switched off."""

OPT_IN_REGIONS = frozenset({
    "af-south-1", "ap-east-1", "ap-east-2", "ap-south-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5",
    "ap-southeast-6", "ap-southeast-7", "ca-west-1", "eu-central-2", "eu-south-1", "eu-south-2", "il-central-1",
    "me-central-1", "me-south-1", "mx-central-1",
})  # fmt: skip

GOVERNMENT_REGIONS = frozenset({"us-gov-west-1", "us-gov-east-1"})
CHINA_REGIONS = frozenset({"cn-north-1", "cn-northwest-1"})
SOVEREIGN_REGIONS = frozenset({"eusc-de-east-1"})

REGIONS = {
    **dict.fromkeys(DEFAULT_REGIONS | OPT_IN_REGIONS, "aws"),
    **dict.fromkeys(GOVERNMENT_REGIONS, "aws-us-gov"),
    **dict.fromkeys(CHINA_REGIONS, "aws-cn"),
    **dict.fromkeys(SOVEREIGN_REGIONS, "aws-eusc"),
}
"""Partition by region."""

GLOBAL_REGION = {
    "aws": "us-east-1",
    "aws-us-gov": "us-gov-west-1",
    "aws-cn": "cn-northwest-1",
    "aws-eusc": "eusc-de-east-1",
}
"""Where Organizations, IAM and the Account API are signed for, and where their events and tags are."""

REGION_GROUPS = {
    "us": "americas", "ca": "americas", "mx": "americas", "sa": "americas",
    "eu": "europe", "eusc": "europe",
    "me": "middle-east-africa", "af": "middle-east-africa", "il": "middle-east-africa",
    "ap": "asia-pacific", "cn": "asia-pacific",
}  # fmt: skip


def region_group(region: str) -> str:
    """The part of the world a region is in; of at most nine regions each, and never another one later.

    >>> region_group("ap-southeast-2"), region_group("ap-east-1"), region_group("eu-west-1")
    ('asia-pacific-southeast', 'asia-pacific', 'europe')
    """
    first, direction = region.split("-")[:2]
    group = REGION_GROUPS.get(first, "other")
    return f"{group}-southeast" if (first, direction) == ("ap", "southeast") else group
