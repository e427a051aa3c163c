"""Applies in bad weather: they end as declared, or say clearly why not and go on when run again; nothing is doubled.

A run that fails is made again by `pytest tests/simulated/test_faults.py --seed N`.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from landing.organization import Organization
from tests.simulated.storm import weathered


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seed" in metafunc.fixturenames:
        only = metafunc.config.getoption("--seed")
        metafunc.parametrize("seed", range(metafunc.config.getoption("--runs")) if only is None else [only])


@pytest.mark.usefixtures("no_backoff")
def test_bad_weather(seed: int, load_text: Callable[[str], Organization]) -> None:
    weathered(seed, load_text)
