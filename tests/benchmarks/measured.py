"""What a command takes: time, CPU and memory.

It is run by a process of its own, which is this file as a script, because Linux counts the memory of the process that starts a child as the child's: a child of the
process that holds the simulated AWS would seem to need as much as the simulated AWS does.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Measured:
    """`code` is None when the command took longer than it may, and was stopped."""

    code: int | None
    seconds: float
    cpu: float
    megabytes: float


def measured(
    command: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path, limit: float = 3_600
) -> Measured:
    """Run a command; what it prints goes to the file `output`."""
    script = [sys.executable, __file__, str(limit), str(output), *command]
    done = subprocess.run(script, cwd=folder, env=environment, capture_output=True, text=True, check=True)
    return Measured(**json.loads(done.stdout))


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
    result = {
        "code": code,
        "seconds": seconds,
        "cpu": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / UNIT,
    }
    sys.stdout.write(json.dumps(result))


if __name__ == "__main__":
    main(*sys.argv[1:])
