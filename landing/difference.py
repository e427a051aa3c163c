"""What differs between two values, leaf by leaf, in words that a person can find in the config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_NAMES = ("Sid", "Key", "Name", "Id", "name")


@dataclass(frozen=True, slots=True)
class Difference:
    """One leaf: `sign` is `+` (only after), `-` (only before) or `~`; `path` is dotted, `""` for the whole."""

    sign: str
    path: str
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any) -> Iterator[Difference]:
    """Every leaf that differs, sorted by path; lists of named things are compared by name, not by place."""
    from deepdiff import DeepDiff
    from deepdiff.helper import NotPresent

    found = DeepDiff(_keyed(before), _keyed(after), view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    leaves: list[Difference] = []
    for changes in found.values():
        for change in changes:
            path = ".".join(_step(step) for step in change.path(output_format="list"))
            old, new = (None if isinstance(side, NotPresent) else side for side in (change.t1, change.t2))
            gone, added = isinstance(change.t2, NotPresent), isinstance(change.t1, NotPresent)
            leaves.append(Difference("-" if gone else "+" if added else "~", path, old, new))
    yield from sorted(leaves, key=lambda leaf: leaf.path)


def _step(step: object) -> str:
    return f"[{step}]" if isinstance(step, int) else str(step)


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
                return {f"[{item[name]}]": _keyed(item) for item in value}
        if all(isinstance(item, str) for item in value) and len({*value}) == len(value):
            return {f"[{item}]": item for item in value}
        return [_keyed(item) for item in value]
    return value
