"""Chooses how an apply is shown: redrawn on a terminal, line by line elsewhere."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING

from landing.cli.session import now

if TYPE_CHECKING:
    from landing.report.progress import View


@dataclass(frozen=True, slots=True)
class Watch:
    """What the user wants to see of an apply; colour and redrawing are decided apart."""

    log_format: str = "text"
    live: bool = True

    @property
    def as_json(self) -> bool:
        """Whether stderr is a log of JSON lines, in which nothing else may stand."""
        return self.log_format == "json"

    def over(self, total: int) -> AbstractContextManager[View]:
        """The view of an apply of `total` changes."""
        from landing.cli.output import style_of
        from landing.report.progress import Lines, pulse

        style = style_of(sys.stderr)
        if self.live and not self.as_json and redraws():
            from landing.report.live import Live

            return pulse(Live(total, sys.stderr, style=style, clock=monotonic))
        return pulse(Lines(total, sys.stderr, style=style, clock=monotonic, now=now, as_json=self.as_json))


def redraws() -> bool:
    """Whether stderr is a terminal with somebody before it."""
    return sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
