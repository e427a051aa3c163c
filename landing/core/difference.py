"""What differs between two values, leaf by leaf, in words that a person can find in the config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_NAMES = ("Sid", "Key", "Name", "Id", "name")


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf: `sign` is `+` (only after), `-` (only before) or `~`; `path` is dotted, `""` for the whole.

    Of an element of a list of strings, `unchanged` says how many other elements both sides share, and `path` ends
    in the element; None elsewhere.
    """

    sign: str
    path: str
    before: Any = None
    after: Any = None
    unchanged: int | None = None


def differences(before: Any, after: Any) -> Iterator[Difference]:
    """Every leaf that differs, sorted by path; lists of named things are compared by name, not by place."""
    from deepdiff import DeepDiff
    from deepdiff.helper import NotPresent

    before, after = differing(before, after)
    found = DeepDiff(_keyed(before), _keyed(after), view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    leaves: list[Difference] = []
    for changes in found.values():
        for change in changes:
            path = ".".join(_step(step) for step in change.path(output_format="list"))
            old, new = (None if isinstance(side, NotPresent) else side for side in (change.t1, change.t2))
            gone, added = isinstance(change.t2, NotPresent), isinstance(change.t1, NotPresent)
            sign = "-" if gone else "+" if added else "~"
            shared = _shared(change.up, old if gone else new)
            leaves.append(Difference(sign, path, _listed(old), _listed(new), shared))
    yield from sorted(leaves, key=lambda leaf: leaf.path)


def differing(before: Any, after: Any) -> tuple[Any, Any]:
    """Both sides without the keys at which they are equal, at any depth of mappings."""
    if not (isinstance(before, Mapping) and isinstance(after, Mapping)):
        return before, after
    left: dict[Any, Any] = {key: value for key, value in before.items() if key not in after}
    right: dict[Any, Any] = {key: value for key, value in after.items() if key not in before}
    for key in before.keys() & after.keys():
        if before[key] != after[key]:
            left[key], right[key] = differing(before[key], after[key])
    return left, right


def _shared(around: Any, leaf: Any) -> int | None:
    """How many elements both sides of a list of strings share; None when the leaf is no element of one."""
    if around is None or not isinstance(leaf, str) or not isinstance(around.t1, dict):
        return None
    sides = [side for side in (around.t1, around.t2) if isinstance(side, dict)]
    if len(sides) < 2 or any(key != f"[{value}]" for side in sides for key, value in side.items()):
        return None
    return len(sides[0].keys() & sides[1].keys())


def _step(step: object) -> str:
    return f"[{step}]" if isinstance(step, int) else str(step)


class _Keyed(dict[str, Any]):
    """A list, by the names of its elements."""


def _listed(value: Any) -> Any:
    """What `_keyed` was made of."""
    if isinstance(value, _Keyed):
        return [_listed(item) for item in value.values()]
    if isinstance(value, Mapping):
        return {key: _listed(item) for key, item in value.items()}
    return [_listed(item) for item in value] if isinstance(value, list) else value


def _keyed(value: Any) -> Any:
    """Lists of mappings that carry unique names become mappings by name; lists of plain values, sets."""
    if isinstance(value, Mapping):
        return {key: _keyed(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        for name in _NAMES:
            names = [item.get(name) for item in value if isinstance(item, Mapping)]
            if (
                names
                and len(names) == len(value)
                and all(isinstance(n, str) for n in names)
                and len({*names}) == len(names)
            ):
                return _Keyed({f"[{item[name]}]": _keyed(item) for item in value})
        if all(isinstance(item, str) for item in value) and len({*value}) == len(value):
            return _Keyed({f"[{item}]": item for item in value})
        return [_keyed(item) for item in value]
    return value
