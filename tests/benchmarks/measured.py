"""Runs a command and prints what it took, as JSON: `python -m tests.benchmarks.measured SECONDS OUTPUT COMMAND...`.

A process of its own because Linux counts the memory of the process that starts a child as the child's: a child of the
process that holds the simulated AWS would seem to need as much as the simulated AWS does.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time

UNIT = 1024 if sys.platform == "linux" else 1024 * 1024
"""Parts of a megabyte that ru_maxrss counts in."""


def main(limit: str, output: str, *command: str) -> None:
    """Run it; null for the exit code when it took longer than the limit and was stopped."""
    started = time.perf_counter()
    with open(output, "wb") as written:
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=written, stderr=subprocess.STDOUT)
        try:
            code: int | None = child.wait(float(limit))
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
            code = None
    seconds = time.perf_counter() - started
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = {"code": code, "seconds": seconds, "cpu": used.ru_utime + used.ru_stime, "mb": used.ru_maxrss / UNIT}
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
