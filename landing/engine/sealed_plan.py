"""Plan files that are encrypted where they leave the machine, and all plan files as commands read them (ADR 40)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from landing.aws import Aws, envelope
from landing.core import json_text
from landing.core.errors import LandingError, UnknownFormat
from landing.core.files import write
from landing.engine.plan import Plan, document


def save(plan: Plan, path: Path, aws: Aws, key: str) -> None:
    """Write the plan encrypted under a key of AWS KMS; see `envelope.sealed`."""
    sealed = envelope.sealed(aws, key, json.dumps(plan.to_json()))
    write(path, json.dumps(sealed.to_json(), indent=1) + "\n", private=True)


def load(path: Path, connect: Callable[[], Aws]) -> Plan:
    """Read a plan file; only for one that is encrypted a connection is made.

    Raises UnknownFormat as `plan.load` does, and what `envelope.opened` raises.
    """
    data, name = document(path), str(path)
    if envelope.is_envelope(data):
        found = envelope.envelope_of(data, name)
        try:
            aws = connect()
        except LandingError as error:
            raise LandingError(f"{name} is encrypted, and only AWS KMS can decrypt it: {error}") from error
        try:
            data = json_text.read(envelope.opened(aws, found, name), deepest=json_text.DEEPEST)
        except ValueError as error:
            raise UnknownFormat(f"{name} holds no whole plan: {error}. Plan again") from error
    return Plan.from_json(data, name)
