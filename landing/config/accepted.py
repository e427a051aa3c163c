"""Drift that somebody has accepted: who, why, and until when."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from landing.config.document import Document
from landing.config.reader import read_file
from landing.config.structure import problems_of
from landing.core.errors import ConfigError
from landing.core.model import Diagnostic, Source
from landing.core.spelling import nearest
from landing.core.vocabulary import Schema, mapping, text

DAY = "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
LONGEST_DAYS = 366
"""From today: what is accepted is looked at again."""
DIGEST = "^[0-9a-f]{32}$"


@dataclass(frozen=True, slots=True)
class Acceptance:
    """One entry of the file; `until` is the last day of it (ISO 8601), which ends in UTC.

    `address` is one, a kind, or a prefix that ends in `*`. `change` is the digest of the only difference that is meant;
    `attribute` the only attribute, whatever it becomes; without both all of the resource is meant.
    """

    address: str
    owner: str
    reason: str
    until: str
    source: Source
    attribute: str = ""
    change: str = ""

    def expired(self, today: str) -> bool:
        """Whether its last day is over; `today` as `until`."""
        return self.until < today

    def to_json(self) -> dict[str, str]:
        """As JSON reports have it."""
        rest = {"attribute": self.attribute, "change": self.change}
        found = {"address": self.address, "owner": self.owner, "reason": self.reason, "until": self.until}
        return {**found, **{name: value for name, value in rest.items() if value}, "declared_at": str(self.source)}


def schema() -> Schema:
    """The schema (draft-07) of the file."""
    written = {"minLength": 1, "maxLength": 500, "pattern": r"\S"}
    entry = mapping(
        "A finding that is accepted.",
        {
            "address": text("An address as `drift` shows it, its kind, or a prefix that ends in `*`.", minLength=1),
            "attribute": text(
                "Only this attribute, or what is below it (`tags.env`), whatever it becomes.", minLength=1
            ),
            "change": text("Only this difference: the `change` that `drift` shows, 32 hex digits.", pattern=DIGEST),
            "owner": text("Who accepts it and answers for it.", **written),
            "reason": text("Why.", **written),
            "until": text(
                "The last day, as 2027-01-31 (UTC), at most 366 days away; then it is a finding again.", pattern=DAY
            ),
        },
        required=("address", "owner", "reason", "until"),
    )
    whole = mapping(
        "Drift that is accepted.",
        {"accepted": {"type": "array", "description": "The findings that are accepted.", "items": entry}},
        required=("accepted",),
    )
    return {"$schema": "http://json-schema.org/draft-07/schema#", "title": "landing drift --accept", **whole}


def load(file: Path, kinds: Iterable[str], today: str) -> tuple[Acceptance, ...]:
    """The entries of a file, in its order; raises ConfigError with all that is wrong with it.

    `kinds` are those that an address may be of; `today` as `until`.
    """
    document, problems = read_file(file)
    if not problems:
        problems += problems_of(document, schema())
    if not problems:
        problems += _problems(document, sorted(kinds), date.fromisoformat(today))
    if problems:
        raise ConfigError(problems)
    return tuple(_entry(document, number, each) for number, each in enumerate(_entries(document)))


def _entries(document: Document) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = document.data["accepted"]
    return found


def _entry(document: Document, number: int, entry: dict[str, str]) -> Acceptance:
    source = document.source(("accepted", number, "address"))
    assert source is not None
    return Acceptance(source=source, **entry)


def _problems(document: Document, kinds: list[str], today: date) -> Iterator[Diagnostic]:
    seen: dict[tuple[str, ...], int] = {}
    for number, entry in enumerate(_entries(document)):
        at = ("accepted", number)
        address, attribute, change = (entry.get(key, "") for key in ("address", "attribute", "change"))
        kind = re.split(r"[.*]", address, maxsplit=1)[0]
        if not kind:
            hint = "name the kinds, an entry each: nobody answers for what is of no kind in particular"
            yield document.problem("LZ206", f"`{address}` means everything", (*at, "address"), hint)
        elif kind not in kinds and not (address.endswith("*") and any(each.startswith(kind) for each in kinds)):
            hint = nearest(kind, kinds, "an address begins with a kind, as drift shows it")
            yield document.problem("LZ203", f"there is no kind `{kind}`", (*at, "address"), hint)
        if attribute and change:
            message = "`attribute` says nothing beside `change`, which is one difference alone"
            yield document.problem("LZ206", message, (*at, "attribute"), "keep one of them", key=True)
        if kind and not attribute and not change and (address.endswith("*") or "." not in address):
            message = f"`{address}` means many, and everything about them"
            hint = "name the `attribute` or the `change` that is accepted, or one address"
            yield document.problem("LZ206", message, (*at, "address"), hint)
        if not _is_day(entry["until"]):
            yield document.problem("LZ206", f"`{entry['until']}` is no day", (*at, "until"), "as 2027-01-31")
        elif entry["until"] > (last := (today + timedelta(LONGEST_DAYS)).isoformat()):
            message = f"`{entry['until']}` is more than {LONGEST_DAYS} days away"
            yield document.problem("LZ206", message, (*at, "until"), f"{last} at the latest: then somebody looks again")
        first = seen.setdefault((address, attribute, change), number)
        if first != number:
            message = f"`{address}` is accepted twice: here and at {document.source(('accepted', first, 'address'))}"
            yield document.problem("LZ206", message, (*at, "address"), "remove one of them")


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
