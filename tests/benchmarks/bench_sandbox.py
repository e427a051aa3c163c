"""How fast the sandbox is: `python -m pytest tests/benchmarks/bench_sandbox.py`."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from landing.sandbox import Sandbox, process
from landing.sandbox.home import Home
from landing.sandbox.seeding import Shape

ACCOUNTS = 5_000
AT_ONCE = 5


def test_5000_accounts_are_created_in_10_seconds_and_listed_in_5() -> None:
    with Sandbox(organization=True, account_quota=ACCOUNTS + 1) as sandbox:
        organizations: Any = sandbox.session().client("organizations")
        start = time.perf_counter()
        for first in range(0, ACCOUNTS, AT_ONCE):
            for number in range(first, first + AT_ONCE):
                organizations.create_account(AccountName=f"a{number}", Email=f"a{number}@example.com")
            while organizations.list_create_account_status(States=["IN_PROGRESS"])["CreateAccountStatuses"]:
                pass
        created = time.perf_counter() - start
        start = time.perf_counter()
        pages = organizations.get_paginator("list_accounts").paginate()
        assert len(pages.build_full_result()["Accounts"]) == ACCOUNTS + 1
        listed = time.perf_counter() - start
    assert created < 10
    assert listed < 5


def test_a_call_costs_about_a_millisecond() -> None:
    with Sandbox(organization=True) as sandbox:
        organizations: Any = sandbox.session().client("organizations")
        organizations.describe_organization()
        start = time.perf_counter()
        for _ in range(500):
            organizations.describe_organization()
        assert (time.perf_counter() - start) / 500 < 0.002


def test_a_small_world_goes_back_in_20_milliseconds() -> None:
    with Sandbox(organization=True) as sandbox:
        sandbox.seed(20, ["A", "B/C"])
        start = time.perf_counter()
        for _ in range(50):
            sandbox.load(sandbox.dump())
        assert (time.perf_counter() - start) / 50 < 0.02


def test_a_server_starts_in_a_second(tmp_path: Path) -> None:
    home = Home(tmp_path / "home")
    start = time.perf_counter()
    process.ensure_started(home)
    assert time.perf_counter() - start < 1
    process.seed(Shape(ACCOUNTS), home)
    process.stop(home)
    start = time.perf_counter()
    process.ensure_started(home)
    assert time.perf_counter() - start < 2
    process.stop(home)
