"""`make bench-peers`: other tools on the same simulated AWS as `landing plan`; prints, and writes docs/benchmarks-peers.md."""

from __future__ import annotations

import os
import platform
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measured import measured
from tests.benchmarks.peers import HOME, PEERS, Peer
from tests.simulated.configs import Size
from tests.simulated.rates import Buckets
from tests.simulated.seeding import land
from tests.simulated.server import Simulated, SimulatedAws, serving

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "benchmarks-peers.md"
SIZES = (Size(100, units=10, policies=3), Size(1_000, units=20, policies=10))
LATENCY = 0.05
"""Seconds that AWS takes to answer."""
LIMIT = 480
"""Seconds after which a run is stopped."""
MARK = "<!-- `make bench-peers` writes what follows. -->\n"


@dataclass(frozen=True, slots=True)
class Run:
    """What one command took; no exit code when it was stopped."""

    peer: Peer
    code: int | None
    seconds: float
    cpu: float
    megabytes: float
    calls: Mapping[tuple[str, str], int]
    throttles: Mapping[tuple[str, str], int]

    @property
    def end(self) -> str:
        """How it ended."""
        return f"stopped after {LIMIT} s" if self.code is None else f"exit code {self.code}"


def measure(size: Size) -> Iterator[Run]:
    """Every peer on one organization: made ready without rates and latency, each then run with full buckets."""
    with tempfile.TemporaryDirectory() as name, Simulated() as sandbox:
        home = Path(name)
        (home / "landing").mkdir()
        land(sandbox, size, size.organization(home / "landing"), home / "landing")
        with serving(sandbox) as aws:
            for peer in PEERS:
                folder = home / peer.folder
                folder.mkdir(exist_ok=True)
                aws.gateway.latency, aws.gateway.buckets = 0.0, None
                peer.prepare(folder, _environment(aws, home))
                aws.gateway.latency, aws.gateway.buckets = LATENCY, Buckets(time.monotonic)
                aws.gateway.reset_counts()
                output = HOME / f"{size.accounts}-{peer.name.replace(' ', '-')}.txt"
                yield _run(peer, aws, home, output)


def _environment(aws: SimulatedAws, home: Path) -> dict[str, str]:
    """The simulated AWS's, and a home folder in which a tool may leave what it likes."""
    return {**aws.environment(), "HOME": str(home), "NO_COLOR": "1"}


def _run(peer: Peer, aws: SimulatedAws, home: Path, output: Path) -> Run:
    found = measured(peer.command, home / peer.folder, _environment(aws, home), output, LIMIT)
    sys.stderr.write(f"{peer.name}: {found.seconds:.1f} s; what it printed is in {output}\n")
    with aws.gateway.lock:
        calls, throttles = Counter(aws.gateway.calls), Counter(aws.gateway.throttles)
    return Run(peer, found.code, found.seconds, found.cpu, found.megabytes, calls, throttles)


def section(size: Size, runs: list[Run]) -> Iterator[str]:
    """One size's tables."""
    yield f"\n## {size.accounts:,} accounts, {size.units} units, {size.policies} policies\n\n"
    yield "| command | calls | throttled | time | CPU | peak memory | end |\n|---|---:|---:|---:|---:|---:|---|\n"
    for run in runs:
        calls, throttles = (f"{sum(counter.values()):,}" for counter in (run.calls, run.throttles))
        took = f"{run.seconds:.1f} s | {run.cpu:.1f} s | {run.megabytes:,.0f} MB"
        yield f"| {run.peer.name} | {calls} | {throttles} | {took} | {run.end} |\n"
    yield "\nCalls by operation, and how many of them were throttled:\n\n"
    yield f"| operation | {' | '.join(run.peer.name for run in runs)} |\n|---|{'---:|' * len(runs)}\n"
    for names in sorted({names for run in runs for names in run.calls}):
        yield f"| {':'.join(names)} | {' | '.join(_count(run, names) for run in runs)} |\n"


def _count(run: Run, names: tuple[str, str]) -> str:
    calls, throttles = run.calls.get(names, 0), run.throttles.get(names, 0)
    return f"{calls:,} ({throttles:,})" if throttles else f"{calls:,}" if calls else ""


def main() -> None:
    """Measure, print, and write the page below the text that is written by hand."""
    installed = sorted({peer.installed() for peer in PEERS if peer.version})
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    written = [MARK, f"\nOne run on one machine ({machine}): {', '.join(installed)}.\n"]
    for size in SIZES:
        for line in section(size, list(measure(size))):
            sys.stdout.write(line)
            sys.stdout.flush()
            written.append(line)
    text = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    PAGE.write_text(text + "".join(written), encoding="utf-8")


if __name__ == "__main__":
    main()
