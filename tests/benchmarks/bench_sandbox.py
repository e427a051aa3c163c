"""How fast the sandbox is."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from landing.sandbox import Sandbox
from landing.sandbox.endpoint import process
from landing.sandbox.services.organizations.seed import Shape
from landing.sandbox.world.home import Home

ACCOUNTS = 5_000
AT_ONCE = 5


def figures() -> Iterator[tuple[str, str]]:
    """What is measured, and how long it took."""
    yield from accounts()
    yield from calls()
    with tempfile.TemporaryDirectory() as folder:
        yield from starts(Home(Path(folder) / "home"))


def accounts() -> Iterator[tuple[str, str]]:
    """An organization grows, and is read."""
    with Sandbox(organization=True, account_quota=ACCOUNTS + 1) as sandbox:
        organizations: Any = sandbox.session().client("organizations")
        start = time.perf_counter()
        for first in range(0, ACCOUNTS, AT_ONCE):
            for number in range(first, first + AT_ONCE):
                organizations.create_account(AccountName=f"a{number}", Email=f"a{number}@example.com")
            while organizations.list_create_account_status(States=["IN_PROGRESS"])["CreateAccountStatuses"]:
                pass
        yield f"sandbox: {ACCOUNTS} accounts created, {AT_ONCE} at once", f"{time.perf_counter() - start:.1f} s"
        start = time.perf_counter()
        organizations.get_paginator("list_accounts").paginate().build_full_result()
        yield f"sandbox: {ACCOUNTS} accounts listed in pages of 20", f"{time.perf_counter() - start:.1f} s"


def calls() -> Iterator[tuple[str, str]]:
    """One call, and one snapshot there and back."""
    with Sandbox(organization=True) as sandbox:
        organizations: Any = sandbox.session().client("organizations")
        organizations.describe_organization()
        start = time.perf_counter()
        for _ in range(500):
            organizations.describe_organization()
        yield "sandbox: a call in the process", f"{(time.perf_counter() - start) * 2:.2f} ms"
        sandbox.seed(20, ["A", "B/C"])
        start = time.perf_counter()
        for _ in range(50):
            sandbox.load(sandbox.dump())
        yield "sandbox: 20 accounts dumped and loaded", f"{(time.perf_counter() - start) * 20:.1f} ms"


def starts(home: Home) -> Iterator[tuple[str, str]]:
    """The server, empty and with a large organization."""
    for state in ("empty", f"with {ACCOUNTS} accounts"):
        start = time.perf_counter()
        process.ensure_started(home)
        yield f"sandbox: server started, {state}", f"{time.perf_counter() - start:.2f} s"
        process.seed(Shape(ACCOUNTS), home)
        process.stop(home)
