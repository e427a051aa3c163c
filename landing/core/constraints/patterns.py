"""Regular expressions of AWS's models, which are Java's, in Python's: `\\w` and `\\s` are ASCII, `\\p{L}` exists."""

from __future__ import annotations

import re
from functools import cache

_IN_CLASS = {
    r"\w": "a-zA-Z0-9_",
    r"\d": "0-9",
    r"\s": r" \t\n\x0b\f\r",
    r"\S": r"\S\x1c-\x1f\x85\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
    r"\p{L}": r"\w",  # Python has no class of letters alone; AWS never names letters without digits and `_`
    r"\p{N}": r"\w",
    r"\p{M}": r"\u0300-\u036f",
    r"\p{Zs}": r" \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000",
    r"\p{Z}": r" \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000",
}
_TOKEN = re.compile(r"\\p\{[A-Za-z]+\}|\\.|[\[\]]|[^\\\[\]]+", re.DOTALL)


@cache
def translated(pattern: str) -> str:
    """The pattern as Python understands it."""
    parts, inside = [], False
    for part in _TOKEN.findall(pattern):
        known = _IN_CLASS.get(part)
        if known is not None:
            parts.append(known if inside else f"[{known}]")
            continue
        if part in ("[", "]"):
            inside = part == "["
        parts.append(part)
    return "".join(parts)


@cache
def compiled(pattern: str) -> re.Pattern[str] | None:
    """The pattern, to be matched with the whole of a text; None where Java says something that Python cannot."""
    try:
        return re.compile(translated(pattern), re.DOTALL)
    except re.error:
        return None
