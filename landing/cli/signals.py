"""SIGINT, SIGTERM and SIGHUP: an apply ends what it has begun, everything else ends at once; never with a traceback."""

from __future__ import annotations

import _thread
import atexit
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, NoReturn

from landing.core.interrupt import Stopped

if TYPE_CHECKING:
    from landing.engine.stop import Stop
    from landing.report.progress import View

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STOPPED = tuple(128 + number for number in SIGNALS)
"""Exit codes of a command that a signal has ended."""


def install() -> None:
    """From now on a signal raises Stopped in the main thread; one that the parent ignores stays ignored.

    While the first one ends the command (a record is written, a lock let go of) a second one is passed over; a third
    ends the process as it is.
    """
    left = iter((_raise, _pass_over, _leave))

    def handle(number: int, frame: object) -> None:
        next(left)(number)

    for number in SIGNALS:
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handle)


def _raise(number: int) -> None:
    raise Stopped(number)


def _pass_over(number: int) -> None:
    """The first signal is being obeyed."""


def _leave(number: int) -> NoReturn:
    os._exit(128 + number)


def leave(code: int) -> NoReturn:
    """End the process without waiting for calls that other threads have in the air, or the pause between two tries.

    Where nothing is registered to be done at the end, as after `--help`, Python need not take itself apart either,
    which takes 10 ms.
    """
    others = (thread for thread in threading.enumerate() if thread is not threading.current_thread())
    if code in STOPPED or any(not thread.daemon for thread in others) or not atexit._ncallbacks():
        for stream in (sys.stdout, sys.stderr):
            with suppress(OSError, ValueError):
                stream.flush()
        os._exit(code)
    sys.exit(code)


@contextmanager
def gently(stop: Stop, view: View) -> Iterator[None]:
    """Within the block a first signal lets what runs finish, and a second one waits for nothing any more."""

    def handle(number: int, frame: object) -> None:
        view.say(
            "Two interrupts received. Exiting immediately."
            if stop.asked
            else "Interrupt received. Waiting for what is running; run landing apply again to resume."
        )
        # In a thread: the main thread may be within the very lock that setting the event takes. Started without the
        # locks of `threading`, in which it may be as well.
        _thread.start_new_thread(stop.ask, (number,))

    previous = {
        number: signal.signal(number, handle) for number in SIGNALS if signal.getsignal(number) != signal.SIG_IGN
    }
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
