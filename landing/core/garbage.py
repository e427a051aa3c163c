"""How often Python looks for objects that only refer to each other."""

from __future__ import annotations

import gc


def collect_rarely() -> None:
    """A run makes many objects that live as long as it does, and few that go in a cycle: looking took a quarter of it."""
    gc.set_threshold(100_000, 20, 50)
