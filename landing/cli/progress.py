"""Chooses how progress is shown: redrawn on a terminal, line by line elsewhere, as JSON when asked for."""

from __future__ import annotations

import os
import sys
from contextlib import AbstractContextManager
from time import monotonic
from typing import TYPE_CHECKING

from landing.cli.clock import now
from landing.cli.stderr import STDERR

if TYPE_CHECKING:
    from landing.aws import Aws
    from landing.engine.journal import Listener
    from landing.report.observation import ReadingEvents, ReadingLine
    from landing.report.progress import View


def watched(total: int, aws: Aws, *, live: bool) -> AbstractContextManager[View]:
    """The view of an apply of `total` changes; `live`: redraw it where that can be seen."""
    from landing.cli.output import style_of
    from landing.report.progress import Lines, pulse

    if live and redraws():
        from landing.report.apply_display import Live

        style = style_of(sys.stderr)
        return pulse(Live(total, sys.stderr, style=style, clock=monotonic, queued=lambda: aws.queue))
    return pulse(Lines(total, _lines(), clock=monotonic, queued=lambda: aws.queue))


def reading(aws: Aws) -> AbstractContextManager[ReadingLine | ReadingEvents]:
    """Shows how far reading is."""
    from landing.cli.output import style_of
    from landing.report.observation import ReadingEvents, ReadingLine
    from landing.report.progress import pulse

    if redraws():
        return pulse(ReadingLine(sys.stderr, style=style_of(sys.stderr), queued=lambda: aws.queue))
    return pulse(ReadingEvents(_lines(), clock=monotonic, queued=lambda: aws.queue))


def _lines() -> Listener:
    from landing.cli.output import style_of
    from landing.report.log_lines import TextLines

    return STDERR.log or TextLines(sys.stderr, now, style_of(sys.stderr))


def redraws() -> bool:
    """Whether stderr is a terminal with somebody before it, and not a log of JSON lines."""
    return not STDERR.log and sys.stderr.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"
