"""Tags of accounts, units, policies and the root: written, and remembered, since the bulk answer lags behind."""

from __future__ import annotations

from collections.abc import Mapping

from landing.aws import Aws


def listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """As AWS Organizations takes them."""
    return [{"Key": name, "Value": value} for name, value in tags.items()]


def tag(aws: Aws, resource_id: str, tags: Mapping[str, str]) -> None:
    """TagResource: those named, beside what it has."""
    aws.client("organizations").tag_resource(ResourceId=resource_id, Tags=listed(tags))
    aws.tree.tagged(resource_id, tags)


def untag(aws: Aws, resource_id: str, name: str) -> None:
    """UntagResource."""
    aws.client("organizations").untag_resource(ResourceId=resource_id, TagKeys=[name])
    aws.tree.untagged(resource_id)
