"""How a result is to be shown."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

from landing.report.result import Repository
from landing.report.style import Style


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How a report is to be shown; a format takes of it what it has a use for."""

    style: Style = field(default_factory=Style)
    limit: int = 200
    """Entries of a kind; 0 for all."""
    budget: int = 60_000
    """Most bytes of Markdown."""
    expand: Collection[str] = ()
    """What is not folded, and shown in full: addresses, kinds, prefixes that end in `*`."""
    changes: bool = False
    """The digest of each difference is told, so that it can be accepted."""
    whole: bool = False
    """No value is cut, as in a file."""
    verbose: bool = False
    """What is right, too."""
    summary: bool = False
    """Only the counts."""
    saved_as: str = ""
    """The file of a plan."""
    config: str = "config"
    """Where findings stand that no line of the config asks for."""
    repository: Repository = field(default_factory=lambda: Repository.around(Path.cwd()))
    """From which a forge counts the paths of files."""
