"""Queries that are kept by name."""

from __future__ import annotations

from typing import Any

from landing.sandbox.protocol.refusal import Refusal
from landing.sandbox.services.call import Call
from landing.sandbox.services.config.state import here, put_tags


def put_stored_query(call: Call) -> dict[str, Any]:
    """API reference, PutStoredQuery."""
    place, wanted = here(call), call["StoredQuery"]
    place.queries = place.queries or {}
    before = place.queries.get(wanted["QueryName"])
    query_id = before["QueryId"] if before else f"query-{call.world.token(12)}"
    arn = call.arn(f"stored-query/{wanted['QueryName']}/{query_id}")
    place.queries[wanted["QueryName"]] = {**(before or {}), **wanted, "QueryId": query_id, "QueryArn": arn}
    put_tags(call, arn)
    return {"QueryArn": arn}


def get_stored_query(call: Call) -> dict[str, Any]:
    """API reference, GetStoredQuery."""
    return {"StoredQuery": _found(call)}


def list_stored_queries(call: Call) -> dict[str, Any]:
    """Without their expressions (API reference, ListStoredQueries)."""
    return call.page("StoredQueryMetadata", list((here(call).queries or {}).values()), whole=dict)


def delete_stored_query(call: Call) -> None:
    """API reference, DeleteStoredQuery."""
    _found(call)
    del (here(call).queries or {})[call["QueryName"]]


def _found(call: Call) -> dict[str, Any]:
    query = (here(call).queries or {}).get(call["QueryName"])
    if query is None:
        raise Refusal("ResourceNotFoundException", f"The stored query {call['QueryName']} does not exist.")
    return query
