"""What was meant, perhaps."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def closest(name: str, known: Iterable[str], cutoff: float = 0.6) -> str | None:
    """The known name that is most like a wrong one, whatever its case, if one is; `cutoff` from 0 (any) to 1."""
    lowered = {each.lower(): each for each in known}
    close = get_close_matches(name.lower(), lowered, 1, cutoff)
    return lowered[close[0]] if close else None


def nearest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the known name closest to a wrong one; where none is close, another hint."""
    close = closest(name, known)
    return f"did you mean `{close}`?" if close else otherwise
