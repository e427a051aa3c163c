"""JSON documents that services take as text: policies above all."""

from __future__ import annotations

import json
from typing import Any


def listed(value: Any) -> list[Any]:
    """What may stand alone in a policy, as the list that it may be as well."""
    return value if isinstance(value, list) else [value]


def statements(text: str | bytes) -> list[Any]:
    """The statements of a policy. Raises ValueError where it is no JSON, or has none."""
    document = json.loads(text)
    if not isinstance(document, dict) or "Statement" not in document:
        raise ValueError("there is no Statement")
    return listed(document["Statement"])


def is_object(text: str) -> bool:
    """Whether a text is a JSON object."""
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False
