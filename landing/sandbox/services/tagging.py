"""The tagging API, with what AWS Organizations and Control Tower tag (Resource Groups Tagging API reference)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from landing.sandbox.moto import probes
from landing.sandbox.protocol.http import HttpAnswer
from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.controltower.tags import tagged
from landing.sandbox.services.organizations.access import arn_of
from landing.sandbox.services.organizations.tags import checked
from landing.sandbox.services.service import Nothing, Service

ORGANIZATIONS, CONTROL_TOWER = "organizations", "controltower"
PAGE = 50


class Tagging(Service[Nothing]):
    """Organizations' resources show in the management account, in the Region of its endpoint."""

    name = "resourcegroupstaggingapi"
    token_error: ClassVar = {**Service.token_error, "code": "PaginationTokenExpiredException"}
    extends = True
    probes = probes.TAGGING
    state_type = Nothing

    def get_resources(self, call: Call) -> dict[str, Any]:
        """Moto knows no resources of these two, and keeps generators that no snapshot can hold."""
        _check_size(call)
        found, filters = list(_resources(call)), call.get("TagFilters", [])
        if filters:
            found = [(arn, tags) for arn, tags in found if _has(tags, filters)]
        wanted = call.get("ResourceARNList")
        if wanted:
            found = [(arn, tags) for arn, tags in found if arn in wanted]
        return call.page("ResourceTagMappingList", found, show=_shown, most=call.get("ResourcesPerPage", PAGE))

    def get_tag_keys(self, call: Call) -> dict[str, Any]:
        """Moto knows no resources of Organizations."""
        return call.page("TagKeys", sorted({key for _, tags in _resources(call) for key in tags}))

    def get_tag_values(self, call: Call) -> dict[str, Any]:
        """Moto knows no resources of Organizations."""
        values = {tags[call["Key"]] for _, tags in _resources(call) if call["Key"] in tags}
        return call.page("TagValues", sorted(values))

    def tag_resources(self, call: Call) -> dict[str, Any] | HttpAnswer:
        """Moto knows no resources of Organizations."""
        return _change(call, add=call["Tags"])

    def untag_resources(self, call: Call) -> dict[str, Any] | HttpAnswer:
        """Moto knows no resources of Organizations."""
        return _change(call, remove=call["TagKeys"])


def _check_size(call: Call) -> None:
    if not 1 <= call.get("ResourcesPerPage", PAGE) <= 100:
        raise Refusal("InvalidParameterException", "ResourcesPerPage must be between 1 and 100")


def _resources(call: Call) -> Iterator[tuple[str, dict[str, str]]]:
    """Everything that is tagged in the caller's account and Region, of the types that are asked for."""
    types = call.get("ResourceTypeFilters", [])
    for arn, (_, tags) in _of_organization(call).items():
        kind = arn.split(":", 5)[5].partition("/")[0]
        if tags and (not types or ORGANIZATIONS in types or f"{ORGANIZATIONS}:{kind}" in types):
            yield arn, tags
    if not types or CONTROL_TOWER in types:
        yield from ((arn, tags) for arn, tags in tagged(call) if tags)
    others = [name for name in types if name.partition(":")[0] not in (ORGANIZATIONS, CONTROL_TOWER)]
    if others or not types:
        for resource in call.backend()._get_resources_generator(resource_type_filters=others):
            yield resource.arn, resource.tags


def _of_organization(call: Call) -> dict[str, tuple[str, dict[str, str]]]:
    """ARN to id and tags, of what the caller's organization tags."""
    organization = accounts.organization_of(call.world, call.account)
    if organization is None or organization.management_account != call.account:
        return {}
    if call.region != call.world.home_region:
        return {}
    ids = [*organization.units, *organization.members, *organization.policies]
    return {arn_of(organization, i): (i, organization.tags.get(i, {})) for i in ids}


def _has(tags: dict[str, str], filters: list[dict[str, Any]]) -> bool:
    return all(one["Key"] in tags and (not one.get("Values") or tags[one["Key"]] in one["Values"]) for one in filters)


def _shown(resource: tuple[str, dict[str, str]]) -> dict[str, Any]:
    arn, tags = resource
    return {"ResourceARN": arn, "Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


def _change(
    call: Call, *, add: dict[str, str] | None = None, remove: list[str] | None = None
) -> dict[str, Any] | HttpAnswer:
    ours = _of_organization(call)
    arns = call["ResourceARNList"]
    if not any(arn in ours for arn in arns):
        return call.forward()
    if not all(arn in ours for arn in arns):
        raise Refusal("InvalidParameterException", "Organizations resources cannot be mixed with others here.")
    organization = accounts.membership(call.world, call.account)
    failed = {}
    for arn in arns:
        identifier, tags = ours[arn]
        try:
            after = checked(tags, [{"Key": k, "Value": v} for k, v in (add or {}).items()])
        except Refusal as refusal:
            failed[arn] = {
                "StatusCode": 400,
                "ErrorCode": "InvalidParameterException",
                "ErrorMessage": str(refusal),
            }
            continue
        organization.tags[identifier] = {k: v for k, v in after.items() if k not in (remove or [])}
    return {"FailedResourcesMap": failed}
