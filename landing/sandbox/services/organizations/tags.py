"""Tags of roots, units, accounts and policies."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.organizations.access import current
from landing.sandbox.services.organizations.refusals import invalid, violated
from landing.sandbox.services.organizations.state import Organization

MOST = 50
PAGE = 50


def checked(before: dict[str, str], tags: list[dict[str, str]]) -> dict[str, str]:
    """The tags after some were added: at most fifty, none of AWS's own, each key once."""
    keys = [tag["Key"] for tag in tags]
    if len(set(keys)) < len(keys):
        raise invalid("DUPLICATE_TAG_KEY", "Tag keys must be unique.")
    if any(key.lower().startswith("aws:") for key in keys):
        raise invalid("INVALID_SYSTEM_TAGS_PARAMETER", "You can't add system tags.")
    after = before | {tag["Key"]: tag["Value"] for tag in tags}
    if len(after) > MOST:
        raise violated("MAX_TAG_LIMIT_EXCEEDED", "You have exceeded the number of tags allowed on this resource.")
    return after


def tag_resource(call: Call) -> None:
    """Adds, and overwrites the keys that are there (API reference, TagResource)."""
    organization = current(call)
    resource = _resource(organization, call["ResourceId"])
    organization.tags[resource] = checked(organization.tags.get(resource, {}), call["Tags"])


def untag_resource(call: Call) -> None:
    """A key that is not there is no mistake (API reference, UntagResource)."""
    organization = current(call)
    tags = organization.tags.get(_resource(organization, call["ResourceId"]), {})
    for key in call["TagKeys"]:
        tags.pop(key, None)


def list_tags_for_resource(call: Call) -> dict[str, Any]:
    """In the order of their keys' making (API reference, ListTagsForResource)."""
    organization = current(call)
    tags = organization.tags.get(_resource(organization, call["ResourceId"]), {})
    return call.page("Tags", [{"Key": k, "Value": v} for k, v in tags.items()], most=PAGE)


def _resource(organization: Organization, resource: str) -> str:
    policy = organization.resource_policy
    is_known = (
        organization.has_target(resource)
        or (resource in organization.policies and not organization.policies[resource].is_aws_managed)
        or (policy is not None and policy[0] == resource)
    )
    if not is_known:
        raise Refusal("TargetNotFoundException", "You specified a target that doesn't exist.")
    return resource
