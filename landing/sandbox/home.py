"""The folder in which a sandbox keeps its world: snapshot, journal, endpoint, locks."""

from __future__ import annotations

import fcntl
import json
import os
import platform
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import landing

FORMAT = 1
DEFAULT = Path(".landing/sandbox")
VARIABLE = "LANDING_SANDBOX_HOME"


class SandboxError(Exception):
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
        return cls(FORMAT, landing.__version__, version("moto"), python)

    def __str__(self) -> str:
        return f"landing {self.landing}, moto {self.moto}, Python {self.python}, format {self.format}"


class Home:
    """The folder, with files that only its owner can read."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = path or Path(os.environ.get(VARIABLE, DEFAULT))

    def make(self) -> None:
        """Make the folder if it is not there, and refuse one that is somebody else's."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        refuse_foreign(self.path)

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
            return Endpoint(**json.loads(self._endpoint.read_bytes()))
        except FileNotFoundError:
            return None

    def key(self) -> tuple[str, str]:
        """The home's access key and secret key, made at random when first asked for."""
        file = self.path / "key.json"
        if not file.exists():
            letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            access_key = "AKIA" + "".join(secrets.choice(letters) for _ in range(16))
            write_private(file, json.dumps([access_key, secrets.token_urlsafe(30)]).encode())
        refuse_foreign(file)
        access_key, secret_key = json.loads(file.read_bytes())
        return access_key, secret_key

    @contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """Hold a lock of the home; it ends with the process, however that ends."""
        self.make()
        with (self.path / f"{name}.lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def is_locked(self, name: str) -> bool:
        """Whether another process holds the lock."""
        try:
            with (self.path / f"{name}.lock").open("a") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False


def refuse_foreign(path: Path) -> None:
    """Refuse a file of somebody else's: reading a world can run code."""
    if path.stat().st_uid != os.getuid():
        raise SandboxError(f"{path} belongs to another user; a sandbox reads only its owner's files")


def write_private(path: Path, content: bytes) -> None:
    """Write a file that only its owner can read, all at once or not at all."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def write_world(path: Path, generation: int, blob: bytes) -> None:
    """Write a world under the stamp of this program."""
    header: dict[str, Any] = {**asdict(Stamp.current()), "generation": generation}
    write_private(path, json.dumps(header).encode() + b"\n" + blob)


def read_world(path: Path) -> tuple[int, bytes]:
    """A world's generation and its bytes; refused if another user or another program wrote it."""
    refuse_foreign(path)
    head, _, blob = path.read_bytes().partition(b"\n")
    try:
        header: dict[str, Any] = json.loads(head)
        generation = header.pop("generation")
        stamp = Stamp(**header)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise SandboxError(f"{path} is not a snapshot of a sandbox") from None
    if stamp != Stamp.current():
        raise SandboxError(
            f"{path} was written by {stamp}; this is {Stamp.current()}. "
            "Reset the sandbox, or use the program that wrote it."
        )
    return generation, blob
