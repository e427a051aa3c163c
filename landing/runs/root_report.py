"""How far a report of root users has come, on disk, so that one that was cut off is not begun again.

A line of JSON for each member that was read; the first says of which organization. What members have is no secret, but
tells where to try: the file is the user's alone, and goes when the report is complete.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from threading import Lock
from typing import Any

from landing.core import private_files
from landing.services.root_users import AccessKey, Member, RootCredentials

FILE = "root-users.jsonl"


class RootReport:
    """The file of a config beside it; `organization` is the id of the one that is asked."""

    def __init__(self, folder: Path, organization: str, *, sandbox: bool) -> None:
        self.path = folder / (f"sandbox-{FILE}" if sandbox else FILE)
        self._organization = organization
        self._lock = Lock()

    def begin(self) -> None:
        """Nothing is read yet."""
        private_files.made(self.path.parent)
        self._write({"organization": self._organization}, os.O_TRUNC)

    def resume(self) -> dict[str, RootCredentials]:
        """What an unfinished report of this organization has read, by account id; none where there is none."""
        try:
            lines = private_files.read(self.path).decode().splitlines()
        except FileNotFoundError:
            return {}
        found = [line for line in map(_parsed, lines) if line is not None]
        if not found or found[0].get("organization") != self._organization:
            return {}
        return {str(each["id"]): _credentials(each["credentials"]) for each in found[1:]}

    def add(self, member: Member) -> None:
        """One more is read."""
        if member.credentials is not None:
            with self._lock:
                self._write({"id": member.id, "credentials": asdict(member.credentials)}, os.O_APPEND)

    def end(self) -> None:
        """All are read."""
        private_files.refuse_links(self.path)
        self.path.unlink(missing_ok=True)

    def _write(self, line: Mapping[str, Any], flag: int) -> None:
        descriptor = private_files.opened(self.path, os.O_WRONLY | os.O_CREAT | flag)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


def _parsed(line: str) -> dict[str, Any] | None:
    """A line; nothing of one that was cut off."""
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _credentials(given: Mapping[str, Any]) -> RootCredentials:
    keys = tuple(AccessKey(**each) for each in given["keys"])
    lists = {name: tuple(given[name]) for name in ("mfa_devices", "certificates")}
    return RootCredentials(given["password"], given["password_last_used"], keys, **lists)
