"""What was meant, perhaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

ALIKE = 0.7
"""How much of two names must be the same, from 0 to 1: with less, a hint is a guess."""


def nearest(name: str, known: Iterable[str], otherwise: str = "") -> str:
    """A hint that names the known name closest to a wrong one, whatever its case; where none is close, another hint.

    Where known names begin as the wrong one does (the kind of an address, the service of an action, the unit above),
    one of them is meant, and only the rest is compared: `unit.nope` is no `unit.prod`.
    """
    lowered = {each.lower(): each for each in known}
    wrong = name.lower()
    beginning = re.sub(r"[^.:/]*$", "", wrong)
    alike = {each[len(beginning) :]: own for each, own in lowered.items() if each.startswith(beginning)}
    close = _closest(wrong[len(beginning) :], alike) if alike else _closest(wrong, lowered)
    return f"did you mean `{close}`?" if close else otherwise


def _closest(wrong: str, known: Mapping[str, str]) -> str | None:
    if wrong in known:
        return known[wrong]
    letters = sorted(wrong)
    if swapped := next((each for each in known if len(each) == len(wrong) and sorted(each) == letters), None):
        return known[swapped]
    found = get_close_matches(wrong, known, 1, ALIKE)
    return known[found[0]] if found else None
