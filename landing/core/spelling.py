"""What was meant, perhaps."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the known name closest to a wrong one; where none is close, another hint."""
    lowered = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), lowered, 1)
    return f"did you mean `{lowered[close[0]]}`?" if close else otherwise
