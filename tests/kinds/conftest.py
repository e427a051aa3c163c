"""A cloud for each test of a kind: an organization that holds nothing but its management account."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from landing.organization import Organization
from landing.sandbox import Sandbox
from tests.cloud import Cloud

At = Callable[[str], Cloud]


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(organization=True) as sandbox:
        yield sandbox


@pytest.fixture
def at(sandbox: Sandbox, load_text: Callable[[str], Organization]) -> At:
    """The cloud of a config text."""
    return lambda text: Cloud(sandbox, load_text(text))
