"""Fits a document into a number of bytes: sections take the longest form for which there is room."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

BUDGET = 60_000
"""What fits a comment of GitHub, which cuts at 65,536 characters. In bytes of UTF-8, and so in characters as well."""

ENOUGH_MISSES = 20
"""After so many sections in a row that have no room for their longer form, the others are not even tried."""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a document: its forms from the shortest, made only when they are tried, to the fullest.

    Sections of a lower `priority` number take what room there is first.
    """

    priority: int
    forms: tuple[Callable[[], str], ...]


def fit(sections: Sequence[Section], budget: int) -> list[str]:
    """One text a section: all in the shortest form, then longer ones by priority and level while there is room."""
    texts = [section.forms[0]() for section in sections]
    room = budget - sum(map(_size, texts))
    for priority in sorted({section.priority for section in sections}):
        numbers = [number for number, section in enumerate(sections) if section.priority == priority]
        level = 1
        while numbers and room > 0:
            numbers = [number for number in numbers if len(sections[number].forms) > level]
            reached, misses = [], 0
            for number in numbers:
                longer = sections[number].forms[level]()
                growth = _size(longer) - _size(texts[number])
                if growth <= room:
                    texts[number] = longer
                    room -= growth
                    reached.append(number)
                    misses = 0
                else:
                    misses += 1
                    if misses >= ENOUGH_MISSES:
                        break
            numbers, level = reached, level + 1
    return texts


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
