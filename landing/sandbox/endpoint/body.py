"""The body of an HTTP request, read within bounds: how much, how long, and in which form (RFC 9112, 6 and 7)."""

from __future__ import annotations

import re
from email.message import Message
from io import BufferedIOBase

LENGTH = re.compile(r"[0-9]{1,15}")
CHUNK = re.compile(rb"([0-9A-Fa-f]{1,12})[ \t]*(;[^\r\n]*)?\r?\n")
LINE = 4096
"""The longest line that says how long a chunk is, or that follows the last one, of which there may be a hundred."""


class BadBodyError(Exception):
    """The body is not read: the HTTP status, and why. What follows on the connection cannot be told."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


def read(headers: Message, stream: BufferedIOBase, *, most: int, needs_length: bool) -> bytes:
    """The whole body, of at most `most` bytes. Raises BadBodyError; the stream's own timeout passes through."""
    lengths = headers.get_all("Content-Length") or []
    coding = (headers.get("Transfer-Encoding") or "").strip().lower()
    if coding:
        if lengths:
            raise BadBodyError(400, "Content-Length and Transfer-Encoding exclude each other")
        if coding != "chunked":
            raise BadBodyError(501, "of the transfer encodings only chunked is understood")
        return _chunks(stream, most)
    if not lengths:
        if needs_length:
            raise BadBodyError(411, "You must provide the Content-Length HTTP header.")
        return b""
    if len(set(lengths)) > 1 or not LENGTH.fullmatch(lengths[0].strip()):
        raise BadBodyError(400, "Content-Length is not one number of bytes")
    return _exactly(stream, _within(int(lengths[0]), most))


def _chunks(stream: BufferedIOBase, most: int) -> bytes:
    body = bytearray()
    while True:
        found = CHUNK.fullmatch(stream.readline(LINE))
        if found is None:
            raise BadBodyError(400, "a chunk does not begin with its length")
        size = int(found[1], 16)
        if size == 0:
            break
        _within(len(body) + size, most)
        body += _exactly(stream, size)
        if stream.readline(3).strip(b"\r\n"):
            raise BadBodyError(400, "a chunk is longer than it says")
    for _ in range(100):
        if not stream.readline(LINE).strip():
            return bytes(body)
    raise BadBodyError(400, "too much follows the last chunk")


def _within(length: int, most: int) -> int:
    if length > most:
        raise BadBodyError(413, f"the body may have {most} bytes")
    return length


def _exactly(stream: BufferedIOBase, length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise BadBodyError(400, "the body is shorter than it says")
    return data
