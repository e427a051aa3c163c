"""`make bench`: measure, print, and write docs/benchmarks.md."""

from __future__ import annotations

import os
import platform
import sys
from pathlib import Path

from tests.benchmarks import bench_commands, bench_effects, bench_policy, bench_sandbox, bench_scale

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

Written by `make bench`. One run on one machine ({machine}); compare lines with each other, not with another machine.

| what | measured |
|---|---:|
"""


def main() -> None:
    """Run every benchmark in turn."""
    machine = f"Python {platform.python_version()}, {os.cpu_count()} cores"
    rows = []
    for bench in (bench_commands, bench_policy, bench_effects, bench_sandbox):
        for what, measured in bench.figures():
            sys.stdout.write(f"{what}: {measured}\n")
            sys.stdout.flush()
            rows.append(f"| {what} | {measured} |\n")
    for text in bench_scale.section():
        sys.stdout.write(text)
        sys.stdout.flush()
        rows.append(text)
    PAGE.write_text(HEAD.format(machine=machine) + "".join(rows), encoding="utf-8")


if __name__ == "__main__":
    main()
