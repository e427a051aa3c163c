"""Answers that are asked for once, by any number of threads, until somebody makes them untrue."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


class Once:
    """Values by name; each is read by the first who wants it, while all others wait for that."""

    def __init__(self) -> None:
        self._values: dict[str, Any] = {}
        self._locks: dict[str, threading.RLock] = {}
        self._guard = threading.Lock()
        self._forgotten: Counter[str] = Counter()

    def __call__(self, name: str, read: Callable[[], T]) -> T:
        """What was read, or read now; again when it was forgotten while it was being read."""
        with self._guard:
            lock = self._locks.setdefault(name, threading.RLock())
        with lock:
            while True:
                with self._guard:
                    if name in self._values:
                        value: T = self._values[name]
                        return value
                    begun = self._forgotten[name]
                found = read()
                with self._guard:
                    if self._forgotten[name] == begun:
                        self._values[name] = found

    def knows(self, name: str) -> bool:
        """Whether it has been read already."""
        with self._guard:
            return name in self._values

    def amend(self, name: str, read: Callable[[], T], change: Callable[[T], T]) -> None:
        """What was read, or is read now, becomes another value; whoever goes through the old one finds it as it was."""
        found = self(name, read)
        with self._guard:
            self._values[name] = change(self._values.get(name, found))

    def forget(self, *names: str) -> None:
        """Read these anew when they are next asked for."""
        with self._guard:
            self._forgotten.update(names)
            for name in names:
                self._values.pop(name, None)

    def forget_all(self) -> None:
        """Read everything anew."""
        with self._guard:
            names = tuple(self._locks)
        self.forget(*names)
