"""Files of the user alone under `.landing/`: nothing there is followed, opened or truncated through a link.

A checkout may come from a stranger, and git keeps symbolic links: `.landing/lock` could be one to `~/.ssh/config`.
"""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

from landing.core.errors import LandingError

FOLDER = ".landing"


def refuse_links(path: Path) -> None:
    """Refuse a path of which a part is a link, from `.landing` on; of a path elsewhere, the last part.

    Raises LandingError.
    """
    parts = path.parts
    first = parts.index(FOLDER) if FOLDER in parts else len(parts) - 1
    for end in range(first, len(parts)):
        part = Path(*parts[: end + 1])
        if part.is_symlink():
            raise _link(part)


def made(folder: Path) -> None:
    """Make a folder, and those above it, for the user alone. Raises LandingError for a link, OSError."""
    refuse_links(folder)
    for each in (*reversed(folder.parents), folder):
        if not each.is_dir():
            each.mkdir(exist_ok=True, mode=0o700)


def opened(path: Path, flags: int) -> int:
    """A descriptor of a plain file; one that is made is for the user alone. Raises LandingError, OSError.

    What is no plain file is refused instead of waited for (a pipe) or written to (a device).
    """
    refuse_links(path)
    try:
        descriptor = os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    except OSError as error:
        if error.errno == errno.ELOOP:
            raise _link(path) from error
        raise
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise LandingError(f"{path} is not a plain file. Remove it")
    return descriptor


def read(path: Path) -> bytes:
    """What a file holds. Raises LandingError for a link, OSError."""
    with os.fdopen(opened(path, os.O_RDONLY), "rb") as file:
        return file.read()


def _link(path: Path) -> LandingError:
    return LandingError(f"{path} is a symbolic link, and landing follows none there. Remove it: rm {path}")
