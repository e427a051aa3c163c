"""`landing plan` as a process against the simulated AWS with its documented rates: 100, 1,000 and 10,000 accounts."""

from __future__ import annotations

import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measured import measured
from tests.simulated.configs import Size
from tests.simulated.rates import Buckets, lower_bound
from tests.simulated.seeding import land
from tests.simulated.server import Simulated, SimulatedAws, serving
from tests.test_call_counts import C, K, bound

ROOT = Path(__file__).parents[2]
SIZES = (
    Size(100, units=10, policies=10, regions=2, baselines=1, services=True),
    Size(1_000, units=50, policies=20, regions=10, baselines=1, services=True),
    Size(10_000, units=100, policies=30, regions=20, baselines=1, services=True, by_region_group=True),
)
LATENCY = 0.03
"""Seconds that AWS takes to answer."""


@dataclass(frozen=True)
class Run:
    """One process."""

    seconds: float
    cpu: float
    megabytes: float
    calls: Mapping[tuple[str, str], int]
    throttles: int


@dataclass(frozen=True)
class Scale:
    """One size: nothing changed, under the documented rates; and everything changed, without them."""

    size: Size
    same: Run
    changed: Run

    @property
    def row(self) -> str:
        """Of the table."""
        size, same = self.size, self.same
        least, whose = lower_bound(same.calls)
        cells = (
            f"{size.accounts:,}",
            f"{size.units} / {size.policies} / {size.regions}",
            f"{sum(same.calls.values()):,} of {bound(size):,}",
            str(same.throttles),
            f"{same.seconds:.1f} s",
            f"{least:.1f} s ({whose.partition(':')[2]})",
            f"{same.seconds / least:.2f}" if least else "-",
            f"{same.cpu:.1f} s, {same.megabytes:.0f} MB",
            f"{self.changed.cpu:.1f} s, {self.changed.megabytes:.0f} MB",
        )
        return f"| {' | '.join(cells)} |\n"


HEAD = f"""
## Organizations of size

`landing plan` as a process against a simulated AWS on this machine ([how](../tests/simulated/server.py)): it answers after
{LATENCY * 1000:.0f} ms and refuses what comes faster than AWS's documented rates. All four services are on. *Calls* are beside their
bound, accounts / 20 + tagged / 100 + 2 × units + 3 × policies + {C} × regions + {K}, which the tests hold; the *least* time is what the slowest of
AWS's token buckets needs for these calls, and the process's start counts as time. CPU and memory are the process's own, for a plan
without a change and for one that changes every account and every policy.

| accounts | units / policies / regions | calls | throttled | time | least | ratio | no change | all changed |
|---:|---|---:|---:|---:|---:|---:|---:|---:|
"""


def section() -> Iterator[str]:
    """The part of the page, line by line."""
    yield HEAD
    scales = []
    for size in SIZES:
        scales.append(measure(size))
        yield scales[-1].row
    yield "\nCalls by operation:\n\n"
    yield f"| operation | {' | '.join(f'{scale.size.accounts:,} accounts' for scale in scales)} |\n"
    yield f"|---|{'---:|' * len(scales)}\n"
    for names in sorted({names for scale in scales for names in scale.same.calls}):
        yield f"| {':'.join(names)} | {' | '.join(str(scale.same.calls.get(names, 0)) for scale in scales)} |\n"


def measure(size: Size) -> Scale:
    """Seed the organization, and plan it."""
    with tempfile.TemporaryDirectory() as name, Simulated() as sandbox:
        folder = Path(name)
        land(sandbox, size, size.organization(folder), folder)
        with serving(sandbox) as aws:
            aws.gateway.latency = LATENCY
            aws.gateway.buckets = Buckets(time.monotonic)
            same = _plan(aws, folder, expected=0)
            aws.gateway.latency, aws.gateway.buckets = 0.0, None
            _change_everything(folder)
            changed = _plan(aws, folder, expected=2)
        return Scale(size, same, changed)


def _change_everything(folder: Path) -> None:
    config = folder / "config" / "landing.yaml"
    config.write_text(config.read_text(encoding="utf-8").replace("team: t", "team: other-"), encoding="utf-8")
    for policy in folder.glob("scps/*/policy.json"):
        policy.write_text(policy.read_text(encoding="utf-8").replace("s3:Delete", "s3:Put"), encoding="utf-8")


def _plan(aws: SimulatedAws, folder: Path, *, expected: int) -> Run:
    aws.gateway.reset_counts()
    command = [sys.executable, "-m", "landing", "plan", "--detailed-exitcode"]
    output = folder / "output"
    found = measured(command, folder, {**aws.environment(), "PYTHONPATH": str(ROOT)}, output)
    if found.code != expected:
        sys.exit(f"landing plan ended with {found.code}:\n{output.read_text(encoding='utf-8')[-2_000:]}")
    with aws.gateway.lock:
        calls, throttles = Counter(aws.gateway.calls), sum(aws.gateway.throttles.values())
    return Run(found.seconds, found.cpu, found.megabytes, calls, throttles)
