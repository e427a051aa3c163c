"""Evaluations a second and seconds a proof: run as ``python -m tests.benchmarks.bench_policy``."""

import sys
import time
from typing import Any

from landing.policy import catalog, prove
from tests.benchmarks.stress import stress_levels

ACCOUNT = "111122223333"


def main() -> None:
    """Print the figures."""
    started = time.perf_counter()
    count = len(catalog.all_actions())
    say(f"catalogue of {count} actions loaded: {time.perf_counter() - started:.2f} s")
    claims: dict[str, dict[str, Any]] = {
        "every action is denied": {"deny": "*", "account": ACCOUNT},
        "no action is denied": {"allow": "*", "account": ACCOUNT},
        "the root user can do nothing": {
            "deny": "*",
            "account": ACCOUNT,
            "principals": [f"arn:aws:iam::{ACCOUNT}:root"],
        },
        "guardduty[write]": {"deny": "guardduty[write]", "account": ACCOUNT},
        "ec2:RunInstances": {"deny": "ec2:RunInstances", "account": ACCOUNT},
    }
    for name, claim in claims.items():
        started = time.perf_counter()
        proof = prove(stress_levels(), claim)
        seconds = time.perf_counter() - started
        say(
            f"proof {name!r}: {seconds:.2f} s, {proof.result}, {proof.actions} actions, "
            f"{len(proof.failing)} failing, {len(proof.doubtful)} doubtful"
        )


def say(text: str) -> None:
    """One line of figures."""
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
