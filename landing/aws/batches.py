"""Calls that take many things, but only so many at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

T = TypeVar("T")


def batched(things: Sequence[T], size: int) -> Iterator[list[T]]:
    """In order, at most so many at a time."""
    for start in range(0, len(things), size):
        yield list(things[start : start + size])
