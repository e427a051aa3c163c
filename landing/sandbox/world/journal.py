"""What was called since the last snapshot, written before the answer goes out.

A client that has its answer finds the effect again after `kill -9` of the server: the calls of the journal
are made again, in their order, on the snapshot they followed. Identifiers come out the same, because the
world's dice and moto's are part of the snapshot; only moto's timestamps and key material are new. Nothing
here waits for the disk, so a power cut can lose what the operating system had not written yet. Records are
JSON under the seal of the home: a journal that somebody else has put there is refused.
"""

from __future__ import annotations

import base64
import json
import os
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from landing.core import private_files
from landing.core.errors import LandingError
from landing.sandbox.protocol.http import HttpRequest
from landing.sandbox.world.seal import LENGTH as MARK
from landing.sandbox.world.seal import Seal

ADDING = os.O_WRONLY | os.O_APPEND | os.O_CREAT
LENGTH = struct.Struct(">I")


@dataclass(frozen=True, slots=True)
class Record:
    """One call, and the virtual time at which it was made."""

    seconds: float
    method: str
    url: str
    headers: dict[str, str]
    body: bytes

    @property
    def request(self) -> HttpRequest:
        """The call's request."""
        return HttpRequest(self.method, self.url, self.headers, self.body)

    def to_bytes(self) -> bytes:
        """As it is written."""
        body = base64.b64encode(self.body).decode()
        return json.dumps([self.seconds, self.method, self.url, self.headers, body]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Record:
        """Read what `to_bytes` wrote."""
        seconds, method, url, headers, body = json.loads(data)
        return cls(seconds, method, url, headers, base64.b64decode(body))


class Journal:
    """An append-only file of records."""

    def __init__(self, path: Path, seal: Seal, count: int = 0) -> None:
        """`count`: the records that it has already."""
        self.path = path
        self.count = count
        self._seal = seal
        self._file: IO[bytes] = os.fdopen(private_files.opened(path, ADDING), "ab", 0)

    def write(self, request: HttpRequest, seconds: float) -> None:
        """Add a call, in one write: a process that is cut off leaves at most one broken record, the last."""
        record = Record(seconds, request.method, request.url, dict(request.headers), request.body)
        data = record.to_bytes()
        mark = self._seal.mark(*_sealed(self.path, self.count), data).encode()
        self._file.write(LENGTH.pack(len(data)) + mark + data)
        self.count += 1

    def close(self, *, remove: bool) -> None:
        """Stop writing; a journal whose calls are in a snapshot is of no more use."""
        self._file.close()
        if remove:
            self.path.unlink(missing_ok=True)


def read(path: Path, seal: Seal) -> list[Record]:
    """The whole records of a journal; what was cut off in the middle never got its answer.

    Raises LandingError when a record is not under the seal of the home.
    """
    records: list[Record] = []
    try:
        data = private_files.read(path)
    except FileNotFoundError:
        return records
    start = 0
    while start + LENGTH.size + 2 * MARK <= len(data):
        (length,) = LENGTH.unpack_from(data, start)
        start += LENGTH.size
        mark, start = data[start : start + 2 * MARK], start + 2 * MARK
        if start + length > len(data):
            break
        record = data[start : start + length]
        if not seal.is_on(mark.decode(errors="replace"), *_sealed(path, len(records)), record):
            raise LandingError(f"{path} was not written by a sandbox of yours. Begin anew: landing sandbox reset")
        records.append(Record.from_bytes(record))
        start += length
    return records


def _sealed(path: Path, number: int) -> tuple[bytes, bytes]:
    """What a record belongs to: its journal, and its place there."""
    return path.name.encode(), str(number).encode()
