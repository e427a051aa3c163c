"""A document of a config laid over another."""

from __future__ import annotations

from typing import Any


def merged(below: Any, above: Any) -> Any:
    """Mappings key by key; of anything else, what lies above."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return below | {key: merged(below.get(key), value) for key, value in above.items()}
