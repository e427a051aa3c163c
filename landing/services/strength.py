"""Which of two values of an attribute protects less: what each kind declares of its attributes.

Whatever cannot be compared is said to be so, never taken for as strong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

UNTOLD = " (whether that protects less cannot be told)"
LONGEST = 80
"""Characters of a value in a sentence."""

Weaker: TypeAlias = Callable[[Any, Any], Iterable[str]]
"""From what an attribute was to what it becomes: what protects less then, in words; nothing where nothing does."""


def neutral(before: Any, after: Any) -> Iterable[str]:
    """Whichever value it has, as much is protected; or something else judges it."""
    return ()


def ranked(*values: Any) -> Weaker:
    """Values from the one that protects most to the one that protects least; AWS may have others."""

    def weaker(before: Any, after: Any) -> Iterable[str]:
        if before == after or after == values[0]:
            return
        known = before in values and after in values
        if not known or values.index(after) > values.index(before):
            yield f"{text(before)} → {text(after)}{'' if known else UNTOLD}"

    return weaker


on = ranked(True, False)
"""A switch that protects when it is on."""


def present(before: Any, after: Any) -> Iterable[str]:
    """Whatever it is, it is there; empty, it is not."""
    if before and not after:
        yield f"{text(before)} → none"


def told(before: Any, after: Any) -> Iterable[str]:
    """Values of which nobody can tell here which protects more: every change of them is said."""
    if before != after:
        yield f"{text(before)} → {text(after)}{UNTOLD}"


def longer(forever: Any = None) -> Weaker:
    """Numbers of which the greater protects more; `forever` stands for the greatest."""

    def weaker(before: Any, after: Any) -> Iterable[str]:
        if after in (before, forever):
            return
        known = all(isinstance(value, int | float) or value == forever for value in (before, after))
        if not known or before == forever or after < before:
            yield f"{text(before)} → {text(after)}{'' if known else UNTOLD}"

    return weaker


def kept(*, none: Any = ()) -> Weaker:
    """Lists of what protects: each entry that is lost is said. `none` is another word for the empty list."""

    def weaker(before: Any, after: Any) -> Iterable[str]:
        if before == none or before is None:
            return
        if not _are_lists(before, after):
            yield from told(before, after)
            return
        yield from (f"no longer {text(entry)}" for entry in before if entry not in (after or ()))

    return weaker


def no_more(before: Any, after: Any) -> Iterable[str]:
    """Lists of what is left out: each entry that is added is said."""
    if not _are_lists(before, after):
        yield from told(before, after)
        return
    yield from (f"also {text(entry)}" for entry in after or () if entry not in (before or ()))


def _are_lists(*values: Any) -> bool:
    return all(value is None or isinstance(value, list | tuple) for value in values)


def each(order: Weaker) -> Weaker:
    """Mappings, at any depth, whose values have one order: of each name in turn, also of one that is there no more."""

    def weaker(before: Any, after: Any) -> Iterable[str]:
        if not isinstance(before, Mapping) or not isinstance(after, Mapping):
            yield from order(before, after)
            return
        for name in before:
            found = weaker(before[name], after[name]) if name in after else order(before[name], None)
            yield from (f"{name} {words}" for words in found)

    return weaker


def told_each(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
    """Mappings of values of which nobody can tell which protects more: each that changes is said."""
    for name in sorted({*before, *after}):
        yield from (f"{name} {words}" for words in told(before.get(name), after.get(name)))


def parts(**orders: Weaker) -> Weaker:
    """Mappings of attributes with an order each; one that is not named is neutral."""

    def weaker(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[str]:
        for name, order in orders.items():
            if name in before and name in after:
                yield from (f"{name} {words}" for words in order(before[name], after[name]))

    return weaker


def text(value: Any) -> str:
    """A value as it stands in a sentence."""
    if value is None or value in ("", [], {}, ()):
        return "none"
    written = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str, ensure_ascii=False)
    return written if len(written) <= LONGEST else f"{written[:LONGEST]}…"
