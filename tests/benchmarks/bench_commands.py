"""How long the commands take, each as a process of its own; the shipped config unless a size is given."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.simulated.configs import Size

ROOT = Path(__file__).parents[2]
ACCOUNTS = 5_000
BEST_OF = 5


def figures() -> Iterator[tuple[str, str]]:
    """What is measured, and how long it took; the start of Python alone first, to compare with."""
    nothing = min(_seconds([sys.executable, "-c", "pass"], ROOT) for _ in range(BEST_OF))
    yield f"python -c pass, best of {BEST_OF}", f"{nothing:.3f} s"
    landing = [sys.executable, "-m", "landing"]
    helped = min(_seconds([*landing, "--help"], ROOT) for _ in range(BEST_OF))
    yield f"landing --help, best of {BEST_OF}", f"{helped:.3f} s, {helped / nothing:.1f} × python"
    with tempfile.TemporaryDirectory() as folder:
        large = Path(folder)
        size = Size(ACCOUNTS, units=100)
        size.organization(large)
        yield f"landing validate, {ACCOUNTS} accounts", f"{_seconds([*landing, 'validate'], large):.2f} s"
    yield "landing validate, shipped config", f"{_seconds([*landing, 'validate'], ROOT):.2f} s"
    with tempfile.TemporaryDirectory() as home:
        plan = [*landing, "plan", "--sandbox", "--summary", "--config", str(ROOT / "config")]
        yield "landing plan, shipped config, sandbox started for it", f"{_seconds(plan, Path(home)):.1f} s"
        yield "landing plan, shipped config, sandbox running", f"{_seconds(plan, Path(home)):.1f} s"
        subprocess.run([*landing, "sandbox", "stop"], cwd=home, env=_environment(), check=True, capture_output=True)


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT)}


def _seconds(command: list[str], folder: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, env=_environment(), capture_output=True, check=False)
    if done.returncode:
        sys.exit(f"{command} failed: {done.stderr.decode()}")
    return time.perf_counter() - start
