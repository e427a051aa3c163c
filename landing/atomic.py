"""Files that are written whole or not at all."""

from __future__ import annotations

from pathlib import Path

from landing.errors import LandingError


def write(path: Path, text: str, *, private: bool = False) -> None:
    """Write a file as UTF-8 by way of a neighbour; `private`: for the user alone. Raises LandingError.

    A link stays a link, and what is no plain file (a device, a pipe) is written to, not replaced.
    """
    target = path.resolve()
    direct = target.exists() and not target.is_file()
    partial = target if direct else target.with_name(target.name + ".partial")
    try:
        if private and not direct:
            partial.unlink(missing_ok=True)
            partial.touch(mode=0o600)
        partial.write_text(text, encoding="utf-8")
        if not direct:
            partial.replace(target)
    except OSError as error:
        if not direct:
            partial.unlink(missing_ok=True)
        raise LandingError(f"cannot write {path}: {error.strerror}") from error
