"""Files that are written whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from landing.core import private_files
from landing.core.errors import LandingError


def write(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file as UTF-8 by way of a neighbour; `private`: for the user alone. Raises LandingError.

    A link stays a link, but under `.landing` it is refused; what is no plain file (a device, a pipe) is written to,
    not replaced. The neighbour is always a new file: one that is there already may lead elsewhere.
    """
    if private_files.FOLDER in path.parts:
        private_files.refuse_links(path)
    target = path.resolve()
    direct = target.exists() and not target.is_file()
    partial = target.with_name(target.name + ".partial")
    try:
        if direct:
            target.write_text(text, encoding="utf-8")
            return
        partial.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        with os.fdopen(os.open(partial, flags, 0o600 if private else 0o666), "w", encoding="utf-8") as file:
            file.write(text)
        partial.replace(target)
    except OSError as error:
        if not direct:
            partial.unlink(missing_ok=True)
        raise LandingError(f"cannot write {path}: {error.strerror}") from error
