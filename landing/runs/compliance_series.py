"""Compliance over time: what each look at the whole organization has found, a line of JSON in a file for each.

AWS keeps the history of a result by resource, account and Region alone (GetResourceConfigHistory), and an aggregator
keeps none (ADR 43).
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from landing.core import json_text, private_files
from landing.core.errors import LandingError
from landing.services.compliance import Compliance

FILE = "compliance.jsonl"
Share = tuple[int, int]
"""Results that comply, and all."""


@dataclass(frozen=True, slots=True)
class Point:
    """One look. `unknown`: accounts and Regions of which nothing was known; shares by unit and by rule."""

    at: str
    share: Share
    unknown: int
    units: Mapping[str, Share]
    rules: Mapping[str, Share]


class ComplianceSeries:
    """The points of one organization (by its id), the oldest first, in a file that may hold those of others too."""

    def __init__(self, path: Path, organization: str) -> None:
        self.path = path
        self._organization = organization

    def points(self) -> list[Point]:
        """Those that can be read: the last line of a run that was killed may be cut off. Raises LandingError."""
        try:
            lines = private_files.read(self.path).decode(errors="replace").splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise LandingError(f"cannot read {self.path}: {error.strerror}") from error
        found = (_read(line, self._organization) for line in lines)
        return sorted((each for each in found if each is not None), key=lambda each: each.at)

    def add(self, point: Point) -> None:
        """One more, at the end. Raises LandingError."""
        line = json.dumps({"organization": self._organization, **asdict(point)}) + "\n"
        try:
            private_files.made(self.path.parent)
            descriptor = private_files.opened(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(line)
        except OSError as error:
            raise LandingError(f"cannot write {self.path}: {error.strerror}") from error


def point_of(found: Compliance) -> Point:
    """What a look at the whole organization comes to."""
    units = found.by(lambda each: found.unit_of(each.account))
    rules = found.by(lambda each: each.rule)
    return Point(found.at, found.share, len(found.unknown), units, rules)


def _read(line: str, organization: str) -> Point | None:
    try:
        given: Any = json_text.read(line)
        if given["organization"] != organization:
            return None
        shares = {name: {str(key): _share(each) for key, each in given[name].items()} for name in ("units", "rules")}
        at = json_text.typed(given["at"], str)
        return Point(at, _share(given["share"]), json_text.typed(given["unknown"], int), **shares)
    except (*json_text.DAMAGE, AttributeError):
        return None


def _share(value: Any) -> Share:
    good, every = value
    return json_text.typed(good, int), json_text.typed(every, int)
