"""What is asked of the door by what the door itself is made of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from landing.core.model import ORGANIZATION, Scope


class Connection(Protocol):
    """AWS as the tree reads it; `landing.aws.door.Aws` is the one there is."""

    @property
    def caller(self) -> tuple[str, str]:
        """(account id, ARN) of the credentials."""
        ...

    def client(self, service: str, scope: Scope = ORGANIZATION) -> Any:
        """A boto3 client."""
        ...

    def listed(self, client: Any, operation: str, key: str, **parameters: object) -> Iterator[Any]:
        """Every item of every page."""
        ...
