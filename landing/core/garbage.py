"""How often Python looks for objects that only refer to each other."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """A run makes many objects that live as long as it does and few in cycles; to look took a quarter of the time."""
    gc.set_threshold(100_000, 20, 50)
