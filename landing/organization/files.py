"""Files beside the config whose text a service takes as it is."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class File:
    """A file as messages name it, and its text."""

    path: str
    text: str
