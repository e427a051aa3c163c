"""Aggregators: one view over accounts and Regions, of an organization or of accounts that allow it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services import accounts
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.recorders import role_exists
from landing.sandbox.services.config.state import entitled, here, invalid, peek, put_tags, selected
from landing.sandbox.world import regions

PRINCIPAL = "config.amazonaws.com"
MOST = 50
UNKNOWN = "NoSuchConfigurationAggregatorException"


def put_configuration_aggregator(call: Call) -> dict[str, Any]:
    """Of accounts, or of the organization with a role (API reference, PutConfigurationAggregator)."""
    place, name = here(call), call["ConfigurationAggregatorName"]
    known = place.aggregators = place.aggregators or {}
    of_organization = call.get("OrganizationAggregationSource")
    if (of_organization is None) == (not call.get("AccountAggregationSources")):
        raise invalid("You must choose one of either AccountAggregationSources or OrganizationAggregationSource.")
    for source in (of_organization,) if of_organization else call["AccountAggregationSources"]:
        _check_regions(call, source)
    if of_organization is not None:
        _check_organization(call, of_organization["RoleArn"])
    if name not in known and len(known) >= MOST:
        raise Refusal("LimitExceededException", f"An account has at most {MOST} aggregators.")
    before = known.get(name, {})
    names = ("AccountAggregationSources", "OrganizationAggregationSource", "AggregatorFilters")
    made = known[name] = {
        "ConfigurationAggregatorName": name,
        "ConfigurationAggregatorArn": before.get("ConfigurationAggregatorArn")
        or call.arn(f"config-aggregator/config-aggregator-{call.world.token(8)}"),
        "CreationTime": before.get("CreationTime", call.world.now),
        "LastUpdatedTime": call.world.now,
        **{part: call[part] for part in names if part in call},
    }
    put_tags(call, made["ConfigurationAggregatorArn"])
    return {"ConfigurationAggregator": made}


def _check_regions(call: Call, source: dict[str, Any]) -> None:
    listed = source.get("AwsRegions") or []
    if bool(source.get("AllAwsRegions")) == bool(listed):
        raise invalid("Your request must specify either AllAwsRegions or a list of AwsRegions.")
    unknown = [region for region in listed if region not in regions.every(call.world)]
    if unknown:
        raise invalid(f"Your request cannot contain invalid regions: {', '.join(unknown)}.")


def _check_organization(call: Call, role: str) -> None:
    """By the management account or a delegated administrator (API reference)."""
    organization = entitled(call, PRINCIPAL)
    if role.split(":")[4:5] != [call.account] or not role_exists(call, role):
        raise Refusal("InvalidRoleException", f"The role {role} does not exist in the account.")
    accounts.trust(call.world, organization, PRINCIPAL)


def describe_configuration_aggregators(call: Call) -> dict[str, Any]:
    """API reference, DescribeConfigurationAggregators."""
    known = here(call).aggregators or {}
    chosen = selected(call.get("ConfigurationAggregatorNames"), known, UNKNOWN, "The configuration aggregator")
    return call.page("ConfigurationAggregators", chosen)


def delete_configuration_aggregator(call: Call) -> None:
    """API reference, DeleteConfigurationAggregator."""
    aggregator_of(call)
    del (here(call).aggregators or {})[call["ConfigurationAggregatorName"]]


def aggregator_of(call: Call) -> dict[str, Any]:
    """The aggregator that the call names."""
    found = (here(call).aggregators or {}).get(call["ConfigurationAggregatorName"])
    if found is None:
        raise Refusal(UNKNOWN, "The configuration aggregator does not exist.")
    return found


def sources(call: Call, aggregator: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The accounts and Regions that an aggregator sees."""
    of_organization = aggregator.get("OrganizationAggregationSource")
    if of_organization is not None:
        organization = accounts.organization_of(call.world, call.account)
        where = of_organization.get("AwsRegions") or regions.every(call.world)
        for account in () if organization is None else list(organization.members):
            yield from ((account, region) for region in where)
        return
    for source in aggregator["AccountAggregationSources"]:
        where = source.get("AwsRegions") or regions.every(call.world)
        for account in source["AccountIds"]:
            yield from ((account, region) for region in where if _is_authorized(call, account, region))


def _is_authorized(call: Call, account: str, region: str) -> bool:
    if account == call.account:
        return True
    place = peek(call.world, account, region)
    return place is not None and (call.account, call.region) in (place.authorizations or {})


def describe_configuration_aggregator_sources_status(call: Call) -> dict[str, Any]:
    """The organization first, then accounts and Regions (API reference)."""
    aggregator, now = aggregator_of(call), call.world.now
    organization = accounts.organization_of(call.world, call.account)
    found: list[dict[str, Any]] = []
    if "OrganizationAggregationSource" in aggregator and organization is not None:
        found.append({"SourceId": organization.id, "SourceType": "ORGANIZATION", "LastUpdateStatus": "SUCCEEDED"})
    seen = set(sources(call, aggregator))
    for source in aggregator.get("AccountAggregationSources") or ():
        where = source.get("AwsRegions") or regions.every(call.world)
        for account in source["AccountIds"]:
            found += (
                {
                    "SourceId": account,
                    "SourceType": "ACCOUNT",
                    "AwsRegion": region,
                    "LastUpdateStatus": "FAILED",
                    "LastErrorCode": "ACCESS_DENIED",
                    "LastErrorMessage": "The aggregator account is not authorized.",
                }
                for region in where
                if (account, region) not in seen
            )
    found += (
        {"SourceId": account, "SourceType": "ACCOUNT", "AwsRegion": region, "LastUpdateStatus": "SUCCEEDED"}
        for account, region in sorted(seen)
    )
    wanted = call.get("UpdateStatus")
    found = [{**entry, "LastUpdateTime": now} for entry in found if not wanted or entry["LastUpdateStatus"] in wanted]
    return call.page("AggregatedSourceStatusList", found)


def put_aggregation_authorization(call: Call) -> dict[str, Any]:
    """API reference, PutAggregationAuthorization."""
    place, pair = here(call), (call["AuthorizedAccountId"], call["AuthorizedAwsRegion"])
    place.authorizations = place.authorizations or {}
    place.authorizations.setdefault(pair, call.world.now)
    return {"AggregationAuthorization": _authorization(call, pair)}


def describe_aggregation_authorizations(call: Call) -> dict[str, Any]:
    """API reference, DescribeAggregationAuthorizations."""
    pairs = list(here(call).authorizations or ())
    return call.page("AggregationAuthorizations", pairs, show=lambda pair: _authorization(call, pair))


def delete_aggregation_authorization(call: Call) -> None:
    """API reference, DeleteAggregationAuthorization."""
    (here(call).authorizations or {}).pop((call["AuthorizedAccountId"], call["AuthorizedAwsRegion"]), None)


def _authorization(call: Call, pair: tuple[str, str]) -> dict[str, Any]:
    return {
        "AggregationAuthorizationArn": call.arn(f"aggregation-authorization/{pair[0]}/{pair[1]}"),
        "AuthorizedAccountId": pair[0],
        "AuthorizedAwsRegion": pair[1],
        "CreationTime": (here(call).authorizations or {})[pair],
    }
