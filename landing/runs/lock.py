"""One apply at a time: a lock file on this machine and, where the config names a bucket, an object for everybody."""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from landing.aws import Interrupted
from landing.core import json_text, private_files
from landing.core.errors import AwsError, Cause, LandingError, LockHeld, NotThere
from landing.core.interrupt import Stopped

if TYPE_CHECKING:
    from landing.aws.s3_object import ConditionalObject

FILE_PAUSE = 0.2
OBJECT_PAUSE = 2.0
"""Seconds between two looks at a lock that is held; a look at the object is two requests."""

SURPRISES = 5
"""How often in a row a lock may be gone again before it was read, until that counts as held."""


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock, in the fields and the order of Terraform's lock info."""

    ID: str
    Path: str = ""
    Operation: str = ""
    Who: str = ""
    Version: str = ""
    Created: str = ""
    Info: str = ""

    def __str__(self) -> str:
        lines = (f"  {each.name + ':':<10} {getattr(self, each.name)}" for each in fields(self))
        return "\n".join(("Lock Info:", *lines))

    def to_json(self) -> str:
        """The content of a lock."""
        return json.dumps({each.name: getattr(self, each.name) for each in fields(self)})


def holder_of(text: str | bytes) -> Holder:
    """The holder that the content of a lock names; whatever somebody else has put there has the ID `unknown`."""
    known = {each.name for each in fields(Holder)}
    try:
        found = json_text.read(text if isinstance(text, str) else text.decode(errors="replace"))
    except ValueError:
        found = None
    if not isinstance(found, Mapping):
        found = {}
    return Holder(**{"ID": "unknown", **{name: str(found[name]) for name in known & set(found)}})


@dataclass
class Waiting:
    """How long a run waits for other holders, in seconds and all together; `say` is told once for whom."""

    timeout: float = 0.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    say: Callable[[str], None] = lambda _: None
    _until: float = field(default=0.0, init=False)
    _said: set[str] = field(default_factory=set, init=False)
    _looked: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._until = self.clock() + self.timeout

    def goes_on(self, holder: Holder, pause: float) -> bool:
        """Sleep for a moment and say yes, or no when the time is up."""
        left = self._until - self.clock()
        if left <= 0:
            return False
        seen = holder.ID in self._looked
        self._looked.add(holder.ID)
        if holder.ID not in self._said and (holder.Who or seen):  # at first its name may not be written yet
            self._said.add(holder.ID)
            self.say(f"Waiting for the lock that {holder.Who or 'somebody'} holds since {holder.Created or 'unknown'}")
        self.sleep(min(pause, left))
        return True


class FileLock:
    """Held for as long as the process lives; the operating system lets go of it when the process is killed.

    Raises LockHeld, which names the holder.
    """

    def __init__(self, folder: Path, holder: Holder, waiting: Waiting) -> None:
        self._path, self._waiting = folder / "lock", waiting
        self._content = replace(holder, Path=str(self._path.absolute())).to_json()
        self._file: TextIO | None = None

    def __enter__(self) -> FileLock:
        try:
            private_files.made(self._path.parent)
            descriptor = private_files.opened(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT)
            self._file = os.fdopen(descriptor, "a+", encoding="utf-8")
        except OSError as error:
            raise LandingError(f"cannot write {self._path}: {error.strerror}. Nothing was changed") from error
        try:
            self._acquire(self._file)
        except BaseException:
            self._file.close()
            raise
        return self

    def _acquire(self, file: TextIO) -> None:
        while not _taken(file):
            file.seek(0)
            other = holder_of(file.read())
            if not self._waiting.goes_on(other, FILE_PAUSE):
                raise LockHeld(_held(other, self._waiting.timeout, "It ends with that process."))
        file.truncate(0)
        file.write(self._content)
        file.flush()

    def __exit__(self, *_: object) -> None:
        assert self._file is not None
        self._file.truncate(0)
        self._file.close()


def living_holder(folder: Path) -> Holder | None:
    """The process of this machine that holds the lock file, if one does."""
    try:
        file = os.fdopen(private_files.opened(folder / "lock", os.O_RDWR), "r+", encoding="utf-8")
    except OSError:
        return None
    with file:
        content = file.read()
        return holder_of(content) if content and not _taken(file) else None


def _taken(file: TextIO) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _held(holder: Holder, waited: float, what_then: str) -> str:
    longer = f"It was waited for {waited:g} s (--lock-timeout)" if waited else "Wait for it with --lock-timeout SECONDS"
    return f"Error acquiring the lock: another run holds it.\n\n{holder}\n\n{longer}. {what_then}"


class ObjectLock:
    """An S3 object that exists while the lock is held; a process that is killed leaves it behind.

    `warn` is told when the lock was lost on the way, or could not be released. Raises LockHeld, and LandingError when
    the bucket cannot be used.
    """

    def __init__(
        self, thing: ConditionalObject, holder: Holder, waiting: Waiting, warn: Callable[[str], None] = lambda _: None
    ) -> None:
        self._object, self._holder = thing, replace(holder, Path=thing.path)
        self._waiting, self._warn = waiting, warn

    def __enter__(self) -> ObjectLock:
        try:
            self._acquire()
        except (LockHeld, NotThere):
            raise
        except AwsError as error:
            with suppress(AwsError):
                self._release()
            raise LandingError(_unusable(self._holder.Path, error)) from error
        except BaseException:  # an interrupt, perhaps after the object was created
            with suppress(AwsError):
                self._release()
            raise
        return self

    def _acquire(self) -> None:
        content, surprises = self._holder.to_json().encode(), 0
        while not self._object.create(content):
            seen = self._object.read()
            other = holder_of(seen[0]) if seen else Holder("unknown")
            if other.ID == self._holder.ID:
                return  # it was created, only the answer was lost
            if seen is None and surprises < SURPRISES:
                surprises += 1
            elif not self._waiting.goes_on(other, OBJECT_PAUSE):
                raise LockHeld(_held(other, self._waiting.timeout, f"If that run has died: landing unlock {other.ID}"))

    def __exit__(self, *_: object) -> None:
        lock = f"The lock {self._holder.ID} at {self._holder.Path}"
        unlock = f"Release it with: landing unlock {self._holder.ID}"
        try:
            problem = self._release()
        except AwsError as error:
            problem = f"could not be released: {error}. {unlock}"
        except Interrupted:
            problem = f"may not have been released. {unlock}"
        except (KeyboardInterrupt, Stopped):
            self._warn(f"{lock} may not have been released. {unlock}")
            raise
        if problem:
            self._warn(f"{lock} {problem}")

    def _release(self) -> str:
        """Delete the object if it is ours; otherwise, what has become of it."""
        seen = self._object.read()
        other = holder_of(seen[0]) if seen else None
        if seen and other and other.ID == self._holder.ID and self._object.delete(seen[1]):
            return ""
        became = "was removed" if other is None else f"was taken over by {other.Who or other.ID}"
        return (
            f"{became} while this run held it: another run may have applied at the same time. "
            "Run landing plan to see whether anything is left to do."
        )


def _unusable(path: str, error: AwsError) -> str:
    hint = "The permissions that it needs are in `landing explain docs/permissions.md`"
    if error.cause is Cause.NOT_THERE:
        hint = "Create the bucket first (`landing explain docs/locking.md`), or take `lock` out of the config"
    return f"cannot take the lock at {path}: {error}. {hint}. Nothing was changed"
