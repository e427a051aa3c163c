"""The seal of what a sandbox writes: an HMAC by a key that is kept outside of the working folder.

A world is pickled, and to load it can run code; the working folder may be a stranger's checkout.
"""

from __future__ import annotations

import hmac
import os
import secrets
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from landing.core.errors import LandingError

VARIABLE = "LANDING_STATE_HOME"
ANYWHERE = ""
"""The place of a world that was written to a file of the user's choice."""
LENGTH = 32
"""Bytes of a key, and of a mark."""


@dataclass(frozen=True, slots=True)
class Seal:
    """The seal of one place; a mark of one place says nothing in another."""

    key: bytes = field(repr=False)

    @classmethod
    def of(cls, place: str) -> Seal:
        """The seal of a folder, by its absolute path. Raises LandingError when the user's key cannot be had."""
        return cls(hmac.digest(_user_key(), place.encode("utf-8", "surrogateescape"), "sha256"))

    def derived(self, purpose: str) -> bytes:
        """32 bytes that only this place has."""
        return hmac.digest(self.key, b"derived\0" + purpose.encode(), "sha256")

    def mark(self, *parts: bytes) -> str:
        """The mark on some bytes, as hex digits."""
        return self._digest(parts).hex()

    def is_on(self, mark: object, *parts: bytes) -> bool:
        """Whether a mark was made by this seal on these bytes."""
        return isinstance(mark, str) and hmac.compare_digest(mark.encode(), self.mark(*parts).encode())

    def _digest(self, parts: Iterable[bytes]) -> bytes:
        made = hmac.new(self.key, b"sealed", "sha256")
        for part in parts:
            made.update(len(part).to_bytes(8) + part)
        return made.digest()


def state_folder() -> Path:
    """Where the user's key is: by `LANDING_STATE_HOME`, else by the XDG base directory specification."""
    if own := os.environ.get(VARIABLE):
        return Path(own)
    state = os.environ.get("XDG_STATE_HOME", "")
    return (Path(state) if os.path.isabs(state) else Path("~/.local/state").expanduser()) / "landing"


def _user_key() -> bytes:
    """The user's key, made at random when first asked for."""
    folder = state_folder()
    file = folder / "sandbox.key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not file.exists():
            _make(file)
        descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as opened:
            found = os.fstat(descriptor)
            key = opened.read()
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        raise LandingError(
            f"the key that vouches for sandboxes cannot be kept in {folder}: {why}. "
            f"Set {VARIABLE} to a folder that is yours alone, outside of the working folder"
        ) from error
    if found.st_uid != os.getuid() or stat.S_IMODE(found.st_mode) & 0o077 or len(key) != LENGTH:
        raise LandingError(
            f"{file} is no key of yours alone: {LENGTH} bytes, mode 600. Remove it; sandboxes then begin anew"
        )
    return key


def _make(file: Path) -> None:
    """Make the key, whole or not at all, also when two processes do so at once."""
    temporary = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            opened.write(secrets.token_bytes(LENGTH))
        try:
            os.link(temporary, file)
        except FileExistsError:
            return
    finally:
        temporary.unlink()
