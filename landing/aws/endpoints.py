"""In which regions AWS has a service, as botocore's table of endpoints says."""

from __future__ import annotations

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any


@cache
def _services() -> dict[str, dict[str, Any]]:
    """Services by the name of their partition."""
    found = find_spec("botocore")  # which is not imported by that: the file is all that is wanted
    assert found is not None
    assert found.origin is not None
    text = Path(found.origin).with_name("data").joinpath("endpoints.json").read_text(encoding="utf-8")
    return {each["partition"]: each["services"] for each in json.loads(text)["partitions"]}


def regions(endpoint: str, partition: str) -> frozenset[str] | None:
    """The regions of a partition that have the service of an endpoint prefix; None where nothing is known of it.

    Endpoints that are no region of their own (`fips-us-east-1`, `aws-global`) are among them, and harm nothing.
    """
    if not any(endpoint in services for services in _services().values()):
        return None
    return frozenset(_services().get(partition, {}).get(endpoint, {}).get("endpoints", {}))
