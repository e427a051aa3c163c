"""The user wants the command to end. No `except Exception` may swallow it, and click must not reword it."""

from __future__ import annotations

import signal


class Stopped(BaseException):
    """Raised where the main thread is when SIGINT or SIGTERM comes, unless an apply is under way."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.exit_code = 128 + number
        self.word = "Terminated" if number == signal.SIGTERM else "Interrupted"

    def __str__(self) -> str:
        return f"{self.word}. Nothing more is done."
