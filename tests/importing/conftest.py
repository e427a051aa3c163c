"""An organization that somebody has, and that no config has made: units and accounts without marks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import BY_NAME, Cloud
from tests.samples import SMALL


@pytest.fixture(scope="module")
def there(load_text: Callable[[str], Organization]) -> bytes:
    """The units and accounts of SMALL, which carry no marks."""
    with Sandbox() as sandbox:
        kinds = [BY_NAME[name] for name in ("organization", "policy_type", "trusted_access", "unit", "account")]
        assert Cloud(sandbox, load_text(SMALL)).apply(kinds).complete
        return sandbox.dump()


@pytest.fixture
def sandbox(there: bytes) -> Iterator[Sandbox]:
    with Sandbox() as sandbox:
        sandbox.load(there)
        yield sandbox
