"""Pages of a list, by the names and limits that the model of the operation states."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from landing.sandbox.protocol.model import Operation

TOKENS = (
    "NextToken",
    "nextToken",
    "Marker",
    "PaginationToken",
    "NextPageToken",
    "nextPageToken",
    "position",
    "NextMarker",
)
LIMITS = (
    "MaxResults",
    "maxResults",
    "MaxItems",
    "Limit",
    "limit",
    "ResourcesPerPage",
    "MaxRecords",
    "pageSize",
)


class UnknownToken(Exception):
    """The pagination token is not one that this operation gave."""


def page(
    operation: Operation,
    parameters: Mapping[str, Any],
    member: str,
    items: Sequence[Any],
    *,
    show: Callable[[Any], Any],
    most: int,
) -> dict[str, Any]:
    """One page of `items` under `member`; all of them if the operation has no pages."""
    asked = operation.model.input_shape.members
    token = next((name for name in TOKENS if name in asked), None)
    if token is None:
        return {member: [show(item) for item in items]}
    limit = next((name for name in sorted(LIMITS, key=lambda name: name not in parameters) if name in asked), None)
    size = most
    if limit is not None:
        most = min(most, asked[limit].metadata.get("max", most))
        size = min(int(parameters.get(limit) or most), most)
    start = _start(operation.name, parameters.get(token))
    result: dict[str, Any] = {member: [show(item) for item in items[start : start + size]]}
    if start + size < len(items):
        answered = operation.model.output_shape.members
        name = next(name for name in (token, *TOKENS) if name in answered)
        result[name] = base64.urlsafe_b64encode(json.dumps([operation.name, start + size]).encode()).decode()
    return result


def _start(operation: str, token: str | None) -> int:
    if not token:
        return 0
    try:
        given, start = json.loads(base64.urlsafe_b64decode(token))
    except (ValueError, TypeError):
        raise UnknownToken(token) from None
    if given != operation or not isinstance(start, int):
        raise UnknownToken(token)
    return start
