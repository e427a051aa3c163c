"""The user's wish that an apply should stop."""

from __future__ import annotations

import threading
from dataclasses import replace

from landing.aws import Aws


class Stop:
    """The user's wish to stop: once, let what runs finish; twice, wait for nothing any more."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._asked = threading.Event()
        self.patience = replace(aws.clock, hurry=self._asked)
        """A clock for waits that are given up at the first wish: AWS goes on without us."""
        self.signal = 0
        """The signal that asked, if one did."""

    def ask(self, signal: int = 0) -> None:
        """Called for each Ctrl-C or SIGTERM with its number; without one when nothing else can succeed."""
        self.signal = self.signal or signal
        if self._asked.is_set():
            self._aws.clock.hurry.set()
        self._asked.set()

    def begin_nothing(self) -> None:
        """What runs may finish, however often this is said: nothing that begins now can succeed."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether to start nothing new."""
        return self._asked.is_set()

    @property
    def at_once(self) -> bool:
        """Whether to wait for nothing."""
        return self._aws.clock.hurry.is_set()
