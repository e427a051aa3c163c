"""A simulated AWS on loopback: the sandbox's application behind documented rates, latency and weather.

    python -m tests.simulated.server --accounts 1000 --units 20 --policies 10 --folder /tmp/thousand

writes the config below the folder, seeds what an apply of it would have left, and prints what to export. Counts are at
`GET /_simulated/counts`; `POST /_simulated/reset` begins to count anew.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any

from landing.sandbox import Sandbox
from landing.sandbox.endpoint import control, guard
from landing.sandbox.endpoint.gateway import AnswerLost
from landing.sandbox.endpoint.server import KNOWN_MOST, LOOPBACK, Requests
from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.world.home import Endpoint, Home
from tests.simulated.configs import Size
from tests.simulated.gateway import SimulatedGateway
from tests.simulated.rates import Buckets
from tests.simulated.seeding import land
from tests.simulated.weather import Weather

PREFIX = "/_simulated/"
SHAPE = ("accounts", "units", "policies", "regions", "baselines", "services", "by_region_group")


class Simulated(Sandbox):
    """A sandbox in this process whose gateway can throttle, be slow and fail."""

    def __enter__(self) -> Simulated:
        super().__enter__()
        self.gateway = self._gateway = SimulatedGateway(self.world)
        guard.leave()
        guard.serve(self.gateway)
        return self


class Endpoints(ThreadingHTTPServer):
    """One thread a connection, so that calls wait for their latency at the same time."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, gateway: SimulatedGateway, port: int = 0) -> None:
        super().__init__((LOOPBACK, port), Answers)
        self.gateway = gateway

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that was killed leaves broken connections behind; anything else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Answers(Requests):
    """Requests to the simulated AWS, and to its control."""

    server: Endpoints  # type: ignore[assignment]

    def _most(self, head: HttpRequest) -> int:
        return KNOWN_MOST

    def _answered(self, request: HttpRequest) -> HttpAnswer:
        if request.path == f"{control.PREFIX}health":
            return HttpAnswer(200, {"Content-Type": "application/json"}, b"{}")
        if request.path.startswith(PREFIX):
            return _control(self.server.gateway, request.path.removeprefix(PREFIX))
        try:
            return self.server.gateway.answer(request)
        except AnswerLost:
            raise
        except Exception as error:  # noqa: BLE001  (the simulator is broken: a test must see what it is)
            text = f"{type(error).__name__}: {error}"
            return HttpAnswer(501, {"Content-Type": "text/plain", "x-amzn-ErrorType": "SandboxBroken"}, text.encode())


def _control(gateway: SimulatedGateway, what: str) -> HttpAnswer:
    if what == "reset":
        gateway.reset_counts()
    with gateway.lock:
        counts = {name: _named(getattr(gateway, name)) for name in ("calls", "throttles")}
    return HttpAnswer(200, {"Content-Type": "application/json"}, json.dumps(counts, indent=1).encode())


def _named(counter: dict[tuple[str, str], int]) -> dict[str, int]:
    return {":".join(names): count for names, count in sorted(counter.items())}


@dataclass
class SimulatedAws:
    """A running endpoint, in this process."""

    sandbox: Simulated
    url: str

    @property
    def gateway(self) -> SimulatedGateway:
        """Its counts, rates and weather."""
        return self.sandbox.gateway

    def environment(self) -> dict[str, str]:
        """What a process needs to take it for AWS; nothing of this process's own AWS settings is left."""
        administrator = self.sandbox.world.administrator()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
        return inherited | {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": administrator.access_key,
            "AWS_SECRET_ACCESS_KEY": administrator.secret_key,
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @contextmanager
    def as_sandbox(self, folder: Path) -> Iterator[dict[str, str]]:
        """The environment in which `--sandbox` finds this endpoint: without pacing, with short waits."""
        home = Home(folder)
        administrator = self.sandbox.world.administrator()
        with home.locked("server"):
            home.write_endpoint(Endpoint(self.url, administrator.access_key, administrator.secret_key, os.getpid()))
            yield {**self.environment(), "LANDING_SANDBOX": "1", "LANDING_SANDBOX_HOME": str(folder)}


@contextmanager
def serving(sandbox: Simulated, port: int = 0) -> Iterator[SimulatedAws]:
    """Answer over HTTP for a sandbox of this process."""
    gc.freeze()  # the garbage collector need not look at 10,000 accounts again and again
    server = Endpoints(sandbox.gateway, port)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield SimulatedAws(sandbox, f"http://{LOOPBACK}:{server.server_port}")
    finally:
        gc.unfreeze()
        server.shutdown()
        server.server_close()
        thread.join()


def main(arguments: list[str]) -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="tests.simulated.server", description=__doc__)
    for name, default in (("accounts", 100), ("units", 10), ("policies", 3), ("regions", 2), ("baselines", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--services", action="store_true", help="with the organization-wide services")
    parser.add_argument("--by-region-group", action="store_true", help="stack sets by region group")
    parser.add_argument("--folder", type=Path, required=True, help="where the config is written")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--no-rates", action="store_true", help="throttle nothing")
    parser.add_argument("--latency", type=float, default=0.0, help="seconds a call")
    parser.add_argument("--faults", type=float, default=0.0, help="probability that a call is struck")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--empty", action="store_true", help="seed nothing")
    given: Any = parser.parse_args(arguments)
    size = Size(**{name: getattr(given, name) for name in SHAPE})
    organization = size.organization(given.folder)
    with Simulated() as sandbox:
        if not given.empty:
            started = time.perf_counter()
            land(sandbox, size, organization, given.folder)
            sys.stderr.write(f"seeded in {time.perf_counter() - started:.1f} s\n")
        gateway = sandbox.gateway
        gateway.latency = given.latency
        gateway.buckets = None if given.no_rates else Buckets(time.monotonic)
        gateway.weather = Weather(given.faults, given.seed) if given.faults else None
        gateway.reset_counts()
        with serving(sandbox, given.port) as aws:
            for name, value in aws.environment().items():
                if name.startswith("AWS_"):
                    sys.stdout.write(f"export {name}={value}\n")
            sys.stdout.flush()
            threading.Event().wait()


if __name__ == "__main__":
    main(sys.argv[1:])
