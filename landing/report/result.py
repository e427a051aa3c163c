"""One finding at one line of the config, for all that shows findings beside lines: SARIF, GitHub, GitLab."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from landing.core.model import Severity, Source

ERROR, WARNING, NOTE = "error", "warning", "note"
LEVELS = {Severity.HIGH: ERROR, Severity.MEDIUM: WARNING, Severity.LOW: NOTE}
ORDER = (ERROR, WARNING, NOTE)
"""From worst to mildest."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What can be found; `severity` None leaves the score out."""

    id: str
    title: str
    description: str
    help_uri: str = ""
    severity: Severity | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """One finding at one line; `identity` stays the same when the file is edited elsewhere.

    `message` may have several lines, each made harmless already.
    """

    rule: Rule
    level: str
    message: str
    source: Source
    identity: str
    places: tuple[str, ...] = ()
    length: int = 1
    suppressed: str = ""
    """Why it is not to be shown, if it is not."""


def fingerprints(results: Iterable[Result]) -> list[str]:
    """64 hex digits for each, by which it is known again in the next report; no two are the same."""
    used = Counter[str]()
    found = []
    for result in results:
        key = f"{result.rule.id}\n{result.identity}"
        used[key] += 1
        again = f"\n{used[key]}" if used[key] > 1 else ""
        found.append(hashlib.sha256((key + again).encode("utf-8", "replace")).hexdigest())
    return found


@dataclass(frozen=True, slots=True)
class Repository:
    """The folder from which a forge counts paths, and the one from which ours are."""

    root: Path
    here: Path

    @classmethod
    def around(cls, here: Path) -> Repository:
        """The one that a folder is in; the folder itself where it is in none."""
        return cls(next((folder for folder in (here, *here.parents) if (folder / ".git").exists()), here), here)

    def path(self, file: str) -> str:
        """A file as the forge names it; absolute where it is in no part of the repository."""
        path = Path(os.path.normpath(self.here / file))
        return (path.relative_to(self.root) if path.is_relative_to(self.root) else path).as_posix()
