"""What was called since the last snapshot, written before the answer goes out.

A client that has its answer finds the effect again after `kill -9` of the server: the calls of the journal
are made again, in their order, on the snapshot they followed. Identifiers come out the same, because the
world's dice and moto's are part of the snapshot; only moto's timestamps and key material are new. Nothing
here waits for the disk, so a power cut can lose what the operating system had not written yet.
"""

from __future__ import annotations

import pickle
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from landing.sandbox.http import HttpRequest

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


class Journal:
    """An append-only file of records."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._file: IO[bytes] = path.open("ab", buffering=0)
        path.chmod(0o600)

    def write(self, request: HttpRequest, seconds: float) -> None:
        """Add a call, in one write: a process that is cut off leaves at most one broken record, the last."""
        record = Record(seconds, request.method, request.url, dict(request.headers), request.body)
        data = pickle.dumps(record, protocol=5)
        self._file.write(LENGTH.pack(len(data)) + data)
        self.count += 1

    def close(self, *, remove: bool) -> None:
        """Stop writing; a journal whose calls are in a snapshot is of no more use."""
        self._file.close()
        if remove:
            self.path.unlink(missing_ok=True)


def read(path: Path) -> list[Record]:
    """The whole records of a journal; what was cut off in the middle never got its answer."""
    records: list[Record] = []
    if not path.exists():
        return records
    data = path.read_bytes()
    start = 0
    while start + LENGTH.size <= len(data):
        (length,) = LENGTH.unpack_from(data, start)
        start += LENGTH.size
        if start + length > len(data):
            break
        records.append(pickle.loads(data[start : start + length]))
        start += length
    return records
