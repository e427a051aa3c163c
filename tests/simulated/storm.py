"""One run in bad weather: apply, again and again, until it is through or the weather clears."""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from landing.core.errors import LandingError
from landing.organization import Organization
from tests.cloud import Cloud
from tests.simulated import truth, variety
from tests.simulated.server import Simulated
from tests.simulated.weather import Weather

PATIENCE = 240
"""Seconds after which a run hangs."""
UNCLEAR = "LZ514"
"""The code of a failure that nobody has worded: an exception of Python's."""
TRIES = 3


class Outcome(Enum):
    """How one apply ended."""

    NOTHING_TO_DO = "nothing to do"
    DONE = "done"
    FAILED = "failed"


@dataclass
class Storm:
    """What happened in one run."""

    seed: int
    tries: int = 0
    failures: Counter[str] = field(default_factory=Counter)
    """Reasons of failed changes and of runs that ended early."""
    unclear: list[str] = field(default_factory=list)
    struck: Counter[str] = field(default_factory=Counter)


def weathered(seed: int, load_text: Callable[[str], Organization]) -> Storm:
    """A config at random from nothing, then a change of it, both in bad weather; raises AssertionError."""
    dice = random.Random(seed)
    first = variety.config(dice)
    storm = Storm(seed)
    with deadline(PATIENCE, f"seed {seed}"), Simulated(seed=seed) as sandbox:
        for number, config in enumerate((first, variety.changed(first, dice))):
            organization = load_text(config.text)
            weather = Weather(dice.uniform(0.01, 0.2), seed=seed * 2 + number)
            _carry_out(sandbox, organization, weather, storm)
            storm.struck += weather.struck
    return storm


def _carry_out(sandbox: Simulated, organization: Organization, weather: Weather, storm: Storm) -> None:
    sandbox.gateway.weather = weather
    for _ in range(TRIES):
        storm.tries += 1
        if attempt(sandbox, organization, storm) is not Outcome.FAILED:
            break
    sandbox.gateway.calm()
    for _ in range(TRIES):
        if attempt(sandbox, organization, storm) is Outcome.NOTHING_TO_DO:
            break
    else:
        raise AssertionError(f"seed {storm.seed}: in good weather it comes to no end: {storm.failures}")
    assert truth.problems(sandbox.world, organization) == [], f"seed {storm.seed}"
    assert not storm.unclear, f"seed {storm.seed}: nobody understands {storm.unclear}"


def attempt(sandbox: Simulated, organization: Organization, storm: Storm) -> Outcome:
    """One `landing apply`; a plan with gaps is not applied."""
    cloud = Cloud(sandbox, organization)
    try:
        plan = cloud.plan()
        if plan.gaps:
            storm.failures.update(f"gap: {gap.reason}" for gap in plan.gaps)
            return Outcome.FAILED
        if not plan.changes:
            return Outcome.NOTHING_TO_DO
        result = cloud.apply(changes=plan.changes)
    except LandingError as error:
        storm.failures[str(error)] += 1
        return Outcome.FAILED
    for address, reason in result.failed.items():
        storm.failures[f"{address.kind}: {reason.words}"] += 1
        if reason.code == UNCLEAR:
            storm.unclear.append(f"{address}: {reason}")
    return Outcome.DONE if result.complete else Outcome.FAILED


@contextmanager
def deadline(seconds: int, what: str) -> Iterator[None]:
    """Raise TimeoutError when the block takes longer: it hangs."""

    def ring(*_: Any) -> None:
        raise TimeoutError(f"{what} hangs: it is not through after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
