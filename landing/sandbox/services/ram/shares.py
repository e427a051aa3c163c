"""Resource shares as such, and sharing within an organization."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.administrator import managed
from landing.sandbox.services.call import Call
from landing.sandbox.services.iam import linked_roles
from landing.sandbox.services.ram import associations
from landing.sandbox.services.ram.state import PRINCIPAL, Share, at, own, pick, seen, tags
from landing.sandbox.services.tags import Tags


def enable_sharing_with_aws_organization(call: Call) -> dict[str, Any]:
    """By the management account; gives RAM trusted access and its role (API reference)."""
    organization = managed(call)
    if organization is None or organization.feature_set != "ALL":
        message = "Sharing is enabled by the management account of an organization with all features."
        raise Refusal("OperationNotPermittedException", message)
    accounts.trust(call.world, organization, PRINCIPAL)
    linked_roles.ensure(call.world, call.account, PRINCIPAL)
    return {"returnValue": True}


def create_resource_share(call: Call) -> dict[str, Any]:
    """With principals and resources, if there are any (API reference, CreateResourceShare)."""
    made = Share(
        arn=call.arn(f"resource-share/{call.world.uuid()}"),
        name=call["name"],
        owner=call.account,
        external=call.get("allowExternalPrincipals", True),
        created=call.world.now,
        updated=call.world.now,
        tags=tags(call.get("tags", [])),
        retain=call.get("resourceShareConfiguration", {}).get("retainSharingOnAccountLeaveOrganization", False),
    )
    associations.associate(call, made)
    at(call.world, call.account, call.region).by_arn[made.arn] = made
    return {"resourceShare": _shown(made), "clientToken": call.get("clientToken")}


def get_resource_shares(call: Call) -> dict[str, Any]:
    """One's own, deleted ones too for a while, or those of others (API reference, GetResourceShares)."""
    found = [
        share
        for share in pick(call, seen(call))
        if call.get("resourceShareStatus") in (None, share.status)
        and call.get("name") in (None, share.name)
        and _has(share, call.get("tagFilters", []))
    ]
    return call.page("resourceShares", found, show=_shown, most=500)


def update_resource_share(call: Call) -> dict[str, Any]:
    """Name and openness (API reference, UpdateResourceShare)."""
    share = _active(call)
    share.name = call.get("name", share.name)
    share.external = call.get("allowExternalPrincipals", share.external)
    share.updated = call.world.now
    return {"resourceShare": _shown(share), "clientToken": call.get("clientToken")}


def delete_resource_share(call: Call) -> dict[str, Any]:
    """Its associations end; it is shown as DELETED (API reference, DeleteResourceShare)."""
    share = _active(call)
    share.status, share.updated = "DELETED", call.world.now
    share.associations.clear()
    return {"returnValue": True, "clientToken": call.get("clientToken")}


def _active(call: Call) -> Share:
    share = own(call)
    if share.status != "ACTIVE":
        raise Refusal("UnknownResourceException", f"ResourceShare {share.arn} could not be found.")
    return share


def _has(share: Share, filters: list[dict[str, Any]]) -> bool:
    return all(
        one["tagKey"] in share.tags and (not one.get("tagValues") or share.tags[one["tagKey"]] in one["tagValues"])
        for one in filters
    )


def _shown(share: Share) -> dict[str, Any]:
    return {
        "resourceShareArn": share.arn,
        "name": share.name,
        "owningAccountId": share.owner,
        "allowExternalPrincipals": share.external,
        "status": share.status,
        "tags": [{"key": key, "value": value} for key, value in share.tags.items()],
        "creationTime": share.created,
        "lastUpdatedTime": share.updated,
        "featureSet": "STANDARD",
        "resourceShareConfiguration": {"retainSharingOnAccountLeaveOrganization": share.retain},
    }


TAGS = Tags(
    of=lambda call: own(call).tags,
    too_many=lambda: Refusal("TagLimitExceededException", "A resource share has at most 50 tags."),
)
"""Of shares, which boto3 reads with the shares themselves."""
