"""Resources that were discovered: queries over them, lists, counts, single items."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config import inventory, sql
from landing.sandbox.services.config.aggregators import aggregator_of, sources
from landing.sandbox.services.config.conditions import QueryProblem, values_at
from landing.sandbox.services.config.discovery import Item
from landing.sandbox.services.config.state import required_recorder


def select_resource_config(call: Call) -> dict[str, Any]:
    """Over the caller's account and Region (API reference, SelectResourceConfig)."""
    query = _query(call)
    return _answer(call, query, inventory.items(call.world, call.account, call.region, query.types))


def select_aggregate_resource_config(call: Call) -> dict[str, Any]:
    """Over what an aggregator sees (API reference, SelectAggregateResourceConfig)."""
    query, aggregator = _query(call), aggregator_of(call)
    return _answer(call, query, _aggregated(call, aggregator, query.types))


def _aggregated(call: Call, aggregator: dict[str, Any], types: frozenset[str] | None) -> Iterator[Item]:
    for account, region in sources(call, aggregator):
        yield from inventory.items(call.world, account, region, types)


def _query(call: Call) -> sql.Query:
    try:
        return sql.parse(call["Expression"])
    except QueryProblem as problem:
        raise Refusal("InvalidExpressionException", f"Syntax error in the expression: {problem}") from problem


def _answer(call: Call, query: sql.Query, items: Iterable[Item]) -> dict[str, Any]:
    matching = [item for item in items if query.where(item)]
    rows = (
        _groups(query, matching) if query.is_grouped else [_projected(query, item) for item in _sorted(query, matching)]
    )
    page = call.page("Results", rows, show=lambda row: json.dumps(row, default=str))
    return {**page, "QueryInfo": {"SelectFields": [{"Name": field.name} for field in query.fields]}}


def _sorted(query: sql.Query, items: list[Item]) -> list[Item]:
    for field, descending in reversed(query.orders):
        items.sort(key=lambda item: _key(values_at(item, field.path)), reverse=descending)
    return items


def _key(values: list[Any]) -> tuple[bool, str]:
    return (bool(values), str(values[0]) if values else "")


def _projected(query: sql.Query, item: Item) -> Mapping[str, Any]:
    if any(field.path == "*" for field in query.fields):
        return item
    row: dict[str, Any] = {}
    for field in query.fields:
        _copy(item, row, field.path.split("."))
    return row


def _copy(source: Any, target: dict[str, Any], path: list[str]) -> None:
    """Put what is at a path of `source` into the same place of `target`."""
    name, *rest = path
    value = source.get(name) if isinstance(source, Mapping) else None
    if value is None:
        return
    if not rest:
        target[name] = value
    elif isinstance(value, list):
        parts = target.setdefault(name, [{} for _ in value])
        for part, into in zip(value, parts, strict=True):
            _copy(part, into, rest)
    else:
        _copy(value, target.setdefault(name, {}), rest)


def _groups(query: sql.Query, items: list[Item]) -> list[dict[str, Any]]:
    groups: dict[tuple[str, ...], list[Item]] = defaultdict(list)
    for item in items:
        for key in _group_keys(item, query.groups):
            groups[key].append(item)
    if not query.groups and not groups:
        groups[()] = []
    rows = []
    for key, members in groups.items():
        row: dict[str, Any] = {}
        for field in query.fields:
            row[field.name] = (
                key[query.groups.index(field.path)] if field.aggregate is None else _aggregate(field, members)
            )
        rows.append((members, key, row))
    for field, descending in reversed(query.orders):
        rows.sort(key=lambda entry: _group_key(field, query, entry[0], entry[1]), reverse=descending)
    return [row for _, _, row in rows]


def _group_keys(item: Item, groups: tuple[str, ...]) -> list[tuple[str, ...]]:
    """A list in a grouped property puts the item into several groups."""
    keys: list[tuple[str, ...]] = [()]
    for path in groups:
        keys = [(*key, str(value)) for key in keys for value in values_at(item, path)]
    return keys


def _group_key(field: sql.Field, query: sql.Query, members: list[Item], key: tuple[str, ...]) -> tuple[float, str]:
    if field.aggregate is not None:
        return (float(_aggregate(field, members) or 0), "")
    return (0, key[query.groups.index(field.path)] if field.path in query.groups else "")


def _aggregate(field: sql.Field, members: list[Item]) -> float | None:
    if field.aggregate == "COUNT":
        return len(members) if field.path == "*" else sum(bool(values_at(item, field.path)) for item in members)
    numbers = [
        float(value)
        for item in members
        for value in values_at(item, field.path)
        if isinstance(value, (int, float)) and not isinstance(value, bool)
    ]
    if not numbers:
        return None
    return {"MIN": min(numbers), "MAX": max(numbers), "SUM": sum(numbers), "AVG": sum(numbers) / len(numbers)}[
        field.aggregate or ""
    ]


def list_discovered_resources(call: Call) -> dict[str, Any]:
    """Of one type (API reference, ListDiscoveredResources)."""
    required_recorder(call)
    found = list(inventory.items(call.world, call.account, call.region, frozenset({call["resourceType"]})))
    if call.get("resourceIds"):
        found = [item for item in found if item["resourceId"] in call["resourceIds"]]
    if call.get("resourceName"):
        found = [item for item in found if item["resourceName"] == call["resourceName"]]
    return call.page("resourceIdentifiers", found, whole=dict)


def get_discovered_resource_counts(call: Call) -> dict[str, Any]:
    """By type, the most frequent first (API reference, GetDiscoveredResourceCounts)."""
    wanted = call.get("resourceTypes")
    found = inventory.items(call.world, call.account, call.region, frozenset(wanted) if wanted else None)
    counts = Counter(item["resourceType"] for item in found)
    page = call.page(
        "resourceCounts", counts.most_common(), show=lambda entry: {"resourceType": entry[0], "count": entry[1]}
    )
    return {"totalDiscoveredResources": counts.total(), **page}


def batch_get_resource_config(call: Call) -> dict[str, Any]:
    """The current items (API reference, BatchGetResourceConfig)."""
    required_recorder(call)
    found, missing = [], []
    for key in call["resourceKeys"]:
        item = _one(inventory.items(call.world, call.account, call.region, frozenset({key["resourceType"]})), key)
        if item is None:
            missing.append(key)
        else:
            found.append(inventory.base_item(item))
    return {"baseConfigurationItems": found, "unprocessedResourceKeys": missing}


def _one(items: Iterable[Item], key: Mapping[str, str]) -> Item | None:
    return next((item for item in items if item["resourceId"] == key["resourceId"]), None)


def get_resource_config_history(call: Call) -> dict[str, Any]:
    """The current item: no history is kept (API reference, GetResourceConfigHistory)."""
    required_recorder(call)
    key = {"resourceId": call["resourceId"]}
    item = _one(inventory.items(call.world, call.account, call.region, frozenset({call["resourceType"]})), key)
    if item is None:
        raise Refusal(
            "ResourceNotDiscoveredException",
            f"Resource {call['resourceId']} of resourceType:{call['resourceType']} is unknown or has not been "
            "discovered",
        )
    return call.page("configurationItems", [_whole(item)])


def _whole(item: Item) -> dict[str, Any]:
    tags = {tag["key"]: tag["value"] for tag in item["tags"]}
    return {**inventory.base_item(item), "tags": tags, "relationships": [], "relatedEvents": []}


def list_aggregate_discovered_resources(call: Call) -> dict[str, Any]:
    """Of one type, in what an aggregator sees (API reference, ListAggregateDiscoveredResources)."""
    found = _aggregated(call, aggregator_of(call), frozenset({call["ResourceType"]}))
    wanted = call.get("Filters") or {}
    names = {
        "AccountId": "accountId",
        "ResourceId": "resourceId",
        "ResourceName": "resourceName",
        "Region": "awsRegion",
    }
    kept = [item for item in found if all(item[names[name]] == value for name, value in wanted.items())]
    return call.page("ResourceIdentifiers", kept, show=_identifier)


def _identifier(item: Item) -> dict[str, Any]:
    return {
        "SourceAccountId": item["accountId"],
        "SourceRegion": item["awsRegion"],
        "ResourceId": item["resourceId"],
        "ResourceType": item["resourceType"],
        "ResourceName": item["resourceName"],
    }


def get_aggregate_discovered_resource_counts(call: Call) -> dict[str, Any]:
    """By type, account or Region (API reference, GetAggregateDiscoveredResourceCounts)."""
    wanted = call.get("Filters") or {}
    types = frozenset({wanted["ResourceType"]}) if "ResourceType" in wanted else None
    by = {"RESOURCE_TYPE": "resourceType", "ACCOUNT_ID": "accountId", "AWS_REGION": "awsRegion"}
    found = [
        item
        for item in _aggregated(call, aggregator_of(call), types)
        if wanted.get("AccountId", item["accountId"]) == item["accountId"]
        and wanted.get("Region", item["awsRegion"]) == item["awsRegion"]
    ]
    if "GroupByKey" not in call:
        return {"TotalDiscoveredResources": len(found)}
    counts = Counter(str(item[by[call["GroupByKey"]]]) for item in found)
    page = call.page(
        "GroupedResourceCounts",
        counts.most_common(),
        show=lambda entry: {"GroupName": entry[0], "ResourceCount": entry[1]},
    )
    return {"TotalDiscoveredResources": len(found), "GroupByKey": call["GroupByKey"], **page}


def get_aggregate_resource_config(call: Call) -> dict[str, Any]:
    """One item of a source account (API reference, GetAggregateResourceConfig)."""
    item = _source_item(call, call["ResourceIdentifier"])
    if item is None:
        raise Refusal("ResourceNotDiscoveredException", "The resource is unknown or has not been discovered.")
    return {"ConfigurationItem": _whole(item)}


def batch_get_aggregate_resource_config(call: Call) -> dict[str, Any]:
    """Items of source accounts (API reference, BatchGetAggregateResourceConfig)."""
    found, missing = [], []
    for identifier in call["ResourceIdentifiers"]:
        item = _source_item(call, identifier)
        if item is None:
            missing.append(identifier)
        else:
            found.append(inventory.base_item(item))
    return {"BaseConfigurationItems": found, "UnprocessedResourceIdentifiers": missing}


def _source_item(call: Call, identifier: Mapping[str, str]) -> Item | None:
    items = _aggregated(call, aggregator_of(call), frozenset({identifier["ResourceType"]}))
    return next((item for item in items if _matches(item, identifier)), None)


def _matches(item: Item, identifier: Mapping[str, str]) -> bool:
    return (item["accountId"], item["awsRegion"], item["resourceId"]) == (
        identifier["SourceAccountId"],
        identifier["SourceRegion"],
        identifier["ResourceId"],
    )
