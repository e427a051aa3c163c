"""A run that is killed at any write, and run again: the same end, and nothing is there twice."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from landing.organization import Organization
from tests.cloud import Cloud, Cut, DyingAws
from tests.samples import SMALL
from tests.simulated import truth
from tests.simulated.gateway import Death
from tests.simulated.server import Simulated, serving
from tests.simulated.storm import deadline

TEXT = (
    SMALL
    + """
guardrails:
  deny-leave-organization: {target: {units: [root]}}
  deny-root-user: {target: {units: [workloads]}}
baselines:
  security-audit-role: {target: {units: [root]}, management: true}
"""
)
SOME = 8
"""Writes at which the short form cuts."""
ROOT = Path(__file__).parents[2]
LANDING = [sys.executable, "-m", "landing"]


@dataclass(frozen=True)
class Story:
    """A run that nobody disturbs."""

    organization: Organization
    worlds: tuple[bytes, ...]
    """The world when each write had taken effect: what a run leaves that is killed then."""
    operations: Counter[tuple[str, str, str]]


@pytest.fixture(scope="module")
def story(load_text: Callable[[str], Organization]) -> Story:
    organization = load_text(TEXT)
    worlds: list[bytes] = []
    with Simulated() as sandbox:
        sandbox.gateway.after_write = lambda: worlds.append(sandbox.dump())
        assert Cloud(sandbox, organization).apply(parallelism=1).complete
        return Story(organization, tuple(worlds), truth.operations(sandbox.world))


def _some(request: pytest.FixtureRequest, writes: int) -> list[int]:
    every = list(range(writes))
    return every if request.config.getoption("--every-write") else sorted(random.Random(0).sample(every, SOME))


def test_run_again_after_any_write(story: Story, request: pytest.FixtureRequest) -> None:
    with Simulated() as sandbox:
        cloud = Cloud(sandbox, story.organization)
        for write in _some(request, len(story.worlds)):
            sandbox.load(story.worlds[write])
            with deadline(120, f"the run after write {write}"):
                result = cloud.apply()
            assert result.complete, (write, result.failed, result.blocked)
            assert cloud.plan().changes == ()
            assert truth.problems(sandbox.world, story.organization) == [], write
            assert truth.operations(sandbox.world) == story.operations, write


@pytest.mark.parametrize("after_effect", [False, True])
def test_killed_again_and_again(story: Story, *, after_effect: bool) -> None:
    """Several workers, each run dies some writes after the one before."""
    dice = random.Random(after_effect)
    with Simulated() as sandbox, deadline(180, "a run that is killed again and again"):
        cloud = Cloud(sandbox, story.organization)
        for _ in range(100):
            aws = DyingAws(story.organization, writes=dice.randint(1, 12), after_effect=after_effect)
            try:
                result = cloud.apply(aws=aws)
            except Cut:
                continue
            assert result.complete, (result.failed, result.blocked)
            break
        assert cloud.plan().changes == ()
        assert truth.problems(sandbox.world, story.organization) == []
        assert truth.operations(sandbox.world) == story.operations


@pytest.mark.parametrize("after_effect", [False, True])
def test_kill_9(story: Story, tmp_path: Path, request: pytest.FixtureRequest, *, after_effect: bool) -> None:
    """A process; the answer to the write at which it is killed never arrives, and was never written down."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "landing.yaml").write_text(TEXT, encoding="utf-8")
    writes = _some(request, len(story.worlds))
    for write in writes if request.config.getoption("--every-write") else writes[after_effect :: SOME // 2][:1]:
        with Simulated() as sandbox, serving(sandbox) as aws, aws.as_sandbox(tmp_path / f"home-{write}") as environment:
            first = _start(tmp_path, environment)
            aws.gateway.death = Death(write, after_effect, lambda: os.kill(first.pid, signal.SIGKILL))  # noqa: B023
            first.communicate(timeout=120)
            assert first.returncode == -signal.SIGKILL
            aws.gateway.death = None
            second = _start(tmp_path, environment)
            told = second.communicate(timeout=120)[0]
            assert second.returncode == 0, (write, told.decode())
            assert truth.problems(sandbox.world, story.organization) == [], write
            assert truth.operations(sandbox.world) == story.operations, write


def _start(folder: Path, environment: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*LANDING, "apply", "--auto-approve"],
        cwd=folder,
        env={**environment, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
