"""The folder in which a sandbox keeps its world: snapshot, journal, endpoint, locks."""

from __future__ import annotations

import base64
import fcntl
import json
import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit

from landing.core import private_files
from landing.core.errors import LandingError
from landing.core.version import landing_version
from landing.sandbox.world.seal import Seal

FORMAT = 6
DEFAULT = Path("sandbox")
"""Its name in what is kept beside a config."""
VARIABLE = "LANDING_SANDBOX_HOME"


class SandboxError(LandingError):
    """Something about the sandbox itself is wrong; says what to do."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a running sandbox answers, and with which key."""

    url: str
    access_key: str
    secret_key: str
    pid: int = 0


@dataclass(frozen=True, slots=True)
class Stamp:
    """What wrote a snapshot. Only the same can read it, because a snapshot holds objects of moto's."""

    format: int
    landing: str
    moto: str
    python: str

    @classmethod
    def current(cls) -> Stamp:
        """This program's stamp."""
        python = ".".join(platform.python_version_tuple()[:2])
        release = landing_version().partition(".dev")[0]  # between releases FORMAT alone tells worlds apart
        return cls(FORMAT, release, version("moto"), python)

    def __str__(self) -> str:
        return f"landing {self.landing}, moto {self.moto}, Python {self.python}, format {self.format}"


class Home:
    """The folder, with files that only its owner can read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def make(self) -> None:
        """Make the folder if it is not there, and refuse one that is somebody else's."""
        private_files.made(self.path)
        refuse_foreign(self.path)

    @property
    def seal(self) -> Seal:
        """What only this user's sandboxes can put on a world of this folder."""
        return Seal.of(str(self.path.resolve()))

    @property
    def snapshot(self) -> Path:
        """The last complete world."""
        return self.path / "world"

    def journal(self, generation: int) -> Path:
        """What was called since the snapshot of that generation."""
        return self.path / f"journal-{generation}"

    @property
    def log(self) -> Path:
        """What the server has to say."""
        return self.path / "server.log"

    @property
    def _endpoint(self) -> Path:
        return self.path / "endpoint.json"

    def write_endpoint(self, endpoint: Endpoint) -> None:
        """Say where the server answers."""
        write_private(self._endpoint, json.dumps(asdict(endpoint)).encode())

    def read_endpoint(self) -> Endpoint | None:
        """Where the server said that it answers, if it said so."""
        try:
            refuse_foreign(self._endpoint)
            found = Endpoint(**json.loads(private_files.read(self._endpoint)))
            urlsplit(found.url).port  # noqa: B018  (a URL whose port is none raises ValueError)
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, AttributeError):
            raise SandboxError(f"{self._endpoint} names no endpoint of a sandbox. Remove it") from None
        return found

    def open_log(self) -> IO[bytes]:
        """The log, to be added to."""
        return os.fdopen(private_files.opened(self.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT), "ab")

    def key(self) -> tuple[str, str]:
        """The home's access key and secret key: of the folder and the user, so that no file can bring them along."""
        access_key = base64.b32encode(self.seal.derived("access key"))[:16].decode()
        secret_key = base64.urlsafe_b64encode(self.seal.derived("secret key"))[:40].decode()
        return f"AKIA{access_key}", secret_key

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold a lock of the home; it ends with the process, however that ends."""
        self.make()
        with self._lock(name, os.O_CREAT) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def is_locked(self, name: str) -> bool:
        """Whether another process holds the lock."""
        try:
            with self._lock(name) as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def _lock(self, name: str, flags: int = 0) -> IO[bytes]:
        path = self.path / f"{name}.lock"
        return os.fdopen(private_files.opened(path, os.O_WRONLY | os.O_APPEND | flags), "ab")


def refuse_foreign(path: Path) -> None:
    """Refuse a file of somebody else's: reading a world can run code."""
    if path.stat().st_uid != os.getuid():
        raise SandboxError(f"{path} belongs to another user; a sandbox reads only its owner's files")


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, all at once or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    private_files.refuse_links(path)
    temporary.unlink(missing_ok=True)
    descriptor = private_files.opened(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_world(path: Path, generation: int, blob: bytes, seal: Seal | None = None) -> None:
    """Write a world under the stamp of this program. Without a seal no sandbox will load it."""
    write_private(path, sealed_world(generation, blob, seal))


def sealed_world(generation: int, blob: bytes, seal: Seal | None) -> bytes:
    """A world as a file holds it: a line with its stamp, its generation and its seal, and then its bytes."""
    header: dict[str, Any] = {**asdict(Stamp.current()), "generation": generation}
    mark = seal.mark(_sealed(header), blob) if seal else ""
    return json.dumps({**header, "seal": mark}).encode() + b"\n" + blob


def read_world(path: Path, seal: Seal) -> tuple[int, bytes]:
    """A world's generation and its bytes; see `opened_world`."""
    return opened_world(private_files.read(path), seal, str(path))


def opened_world(content: bytes, seal: Seal, name: str) -> tuple[int, bytes]:
    """The generation and the bytes of a world; refused if another program wrote it, or the seal is not on it.

    To load a world can run code: what this returns was written by a sandbox of this user, for this place.
    """
    head, _, blob = content.partition(b"\n")
    try:
        header: dict[str, Any] = json.loads(head)
        mark = header.pop("seal", "")
        generation = int(header["generation"])
        stamp = Stamp(**{key: value for key, value in header.items() if key != "generation"})
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SandboxError(f"{name} is not a snapshot of a sandbox") from None
    if stamp != Stamp.current():
        raise SandboxError(
            f"{name} was written by {stamp}; this is {Stamp.current()}. "
            "Reset the sandbox, or use the program that wrote it."
        )
    if not seal.is_on(mark, _sealed(header), blob):
        raise SandboxError(
            f"{name} was not written by a sandbox of yours in this place, and loading it could run anything: it is "
            "left alone. If you moved or copied the folder, or have a new key, begin anew: landing sandbox reset"
        )
    return generation, blob


def _sealed(header: dict[str, Any]) -> bytes:
    return json.dumps(header, sort_keys=True).encode()
