"""Applies in bad weather: they end as declared, or say clearly why not and go on when run again; nothing is doubled.

A run that fails is made again by `pytest tests/simulated/test_faults.py --seed N`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from botocore.retries.standard import ExponentialBackoff

from landing.organization import Organization
from tests.simulated.storm import weathered


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        only = metafunc.config.getoption("--seed")
        metafunc.parametrize("seed", range(metafunc.config.getoption("--runs")) if only is None else [only])


@pytest.fixture
def no_backoff(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore's pauses before it tries again, cut short; how often it tries stays as it is."""
    for scale in ("throttling_base_scale", "non_throttling_base_scale"):
        monkeypatch.setitem(ExponentialBackoff._DEFAULT_BACKOFF_CONFIG, scale, 0.0)


@pytest.mark.usefixtures("no_backoff")
def test_bad_weather(seed: int, load_text: Callable[[str], Organization]) -> None:
    weathered(seed, load_text)
