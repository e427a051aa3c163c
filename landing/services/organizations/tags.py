"""Tags of accounts, units, policies and the root: written, and remembered, since the bulk answer lags behind."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Iterable, Mapping
from hashlib import sha256

from landing.aws import Aws
from landing.organization import TAG, TAGS_TAG

NAME = 5
"""Characters of the fingerprint of a tag's name: 50 of them fit into the value of a tag."""


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """As AWS Organizations takes them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def tag(aws: Aws, resource_id: str, tags: Mapping[str, str]) -> None:
    """TagResource: those named, beside what it has."""
    aws.client("organizations").tag_resource(ResourceId=resource_id, Tags=listed(tags))
    aws.tree.tagged(resource_id, tags)


def untag(aws: Aws, resource_id: str, *names: str) -> None:
    """UntagResource, of all at once."""
    aws.client("organizations").untag_resource(ResourceId=resource_id, TagKeys=list(names))
    aws.tree.untagged(resource_id)


def fingerprint(text: str, length: int) -> str:
    """So many letters that stand for a text, of those that the value of a tag may have."""
    return urlsafe_b64encode(sha256(text.encode()).digest()).decode()[:length]


def remembered(names: Iterable[str]) -> str:
    """Which tags are ours, as the value of one: it is as long for long names as for short ones."""
    return "".join(sorted(fingerprint(name, NAME) for name in names))


def ours(tags: Mapping[str, str]) -> dict[str, str]:
    """Those tags of an account that the config has given it."""
    value = tags.get(TAGS_TAG, "")
    known = {value[at : at + NAME] for at in range(0, len(value), NAME)}
    return {name: text for name, text in tags.items() if fingerprint(name, NAME) in known}


def with_marks(key: str, tags: Mapping[str, str]) -> dict[str, str]:
    """The tags of an account of ours: those of the config, whose it is, and which of them are ours."""
    return {**tags, TAG: key, **({TAGS_TAG: remembered(tags)} if tags else {})}
