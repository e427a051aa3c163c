"""One apply at a time on this machine: a lock file that names who holds it."""

from __future__ import annotations

import fcntl
import getpass
import json
import os
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TextIO

from landing.errors import LandingError, LockHeld

PAUSE = 0.2


class Lock:
    """Held for as long as the process lives; the operating system lets go of it when the process is killed.

    `timeout`: seconds to wait for another holder. Raises LockHeld, which names it.
    """

    def __init__(
        self,
        folder: Path,
        *,
        timeout: float = 0.0,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._path = folder / "lock"
        self._timeout, self._sleep, self._clock = timeout, sleep, clock
        self._file: TextIO | None = None

    def __enter__(self) -> Lock:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = self._path.open("a+", encoding="utf-8")
        except OSError as error:
            raise LandingError(f"cannot write {self._path}: {error.strerror}. Nothing was changed") from error
        until = self._clock() + self._timeout
        while not self._taken():
            if self._clock() >= until:
                self._file.seek(0)
                holder = self._file.read().strip() or "unknown"
                self._file.close()
                raise LockHeld(
                    f"Error acquiring the lock: another apply is running.\n  Lock Info: {holder}\n"
                    "Wait for it, or use --lock-timeout SECONDS."
                )
            self._sleep(PAUSE)
        self._file.truncate(0)
        who = {
            "who": f"{getpass.getuser()}@{socket.gethostname()}",
            "pid": os.getpid(),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        self._file.write(json.dumps(who))
        self._file.flush()
        return self

    def _taken(self) -> bool:
        assert self._file is not None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._file is not None
        self._file.truncate(0)
        self._file.close()
