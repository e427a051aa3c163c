"""Keys for what has names only: readable, the same whatever the order of answers, and each one given once."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from landing.core.vocabulary import KEY

LONGEST = 63


def slug(name: str) -> str:
    """A name as a key of the config; nothing where no letter or digit of it can be one."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", plain).lower()
    return re.sub(r"[^a-z0-9]+", "-", apart).strip("-")[:LONGEST].rstrip("-")


def is_key(text: str) -> bool:
    """Whether a text can be a key of the config."""
    return re.search(KEY, text) is not None


def keys(things: Iterable[tuple[str, str, str]], what: str, taken: Collection[str] = ()) -> Mapping[str, str]:
    """Key by id, of (id, name, the key that it has already or nothing); `what` is the kind of the things.

    A key that is there already stays. Of those whose names make one key the first by id gets it, the others a number
    behind it. Raises nothing: a name without letters gives `what` and the end of the id.
    """
    listed = sorted(things)
    found: dict[str, str] = {}
    used = set(taken)
    for thing, _, key in listed:
        if key and is_key(key) and key not in used:
            found[thing] = key
            used.add(key)
    wanted = [(thing, slug(name) or _nameless(what, thing)) for thing, name, _ in listed if thing not in found]
    firsts: dict[str, str] = {}
    for thing, key in wanted:
        if key not in used:
            firsts.setdefault(key, thing)
    found |= {thing: key for key, thing in firsts.items()}
    used |= set(firsts)
    for thing, key in wanted:
        if thing not in found:
            found[thing] = _numbered(key, used)
            used.add(found[thing])
    return found


def _nameless(what: str, thing: str) -> str:
    return f"{what}-{slug(thing.rpartition('-')[2]) or 'x'}"


def _numbered(key: str, used: Collection[str]) -> str:
    number = 2
    while (tried := f"{key[: LONGEST - len(str(number)) - 1]}-{number}") in used:
        number += 1
    return tried
