"""Start, ask and stop the sandbox server of a home: what the command line does, as plain functions."""

from __future__ import annotations

import http.client
import json
import os
import select
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from landing.sandbox.endpoint.control import KEY_HEADER, PREFIX
from landing.sandbox.services.organizations.seed import Shape
from landing.sandbox.world.home import VARIABLE, Endpoint, Home, SandboxError, write_private

START_TIMEOUT = 60.0
"""Seconds that a server may take to load its world."""
REQUEST_TIMEOUT = 600.0


def ensure_started(home: Home, *, port: int = 0) -> Endpoint:
    """The endpoint of the home's server, which is started, on its own, if it is not running."""
    try:
        return _ensured(home, port)
    except OSError as error:
        why = f"{error.strerror or error}: {error.filename or home.path}"
        what_to_do = f"Set {VARIABLE} to a folder that you can write to"
        raise SandboxError(f"the sandbox cannot keep its state in {home.path} ({why}). {what_to_do}") from error


def _ensured(home: Home, port: int) -> Endpoint:
    with home.locked("start"):
        running = find(home)
        if running is not None and _is_alive(running):
            return running
        with home.locked("server"):
            """A server that was killed a moment ago holds its lock until it is gone."""
        return _start(home, port)


def _is_alive(endpoint: Endpoint) -> bool:
    try:
        ask(endpoint, "GET", "health")
    except ConnectionError:
        return False
    return True


def find(home: Home) -> Endpoint | None:
    """The endpoint of the home's server, if it is running."""
    return home.read_endpoint() if home.is_locked("server") else None


def _start(home: Home, port: int) -> Endpoint:
    before = home.read_endpoint()
    if not port and before is not None:
        port = urlsplit(before.url).port or 0
    reading, writing = os.pipe()
    command = [sys.executable, "-P", "-m", "landing.sandbox.endpoint.server", "--home", str(home.path.resolve())]
    root = str(Path(__file__).resolve().parents[3])
    path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    os.set_inheritable(writing, True)
    with home.open_log() as log:
        os.posix_spawn(
            sys.executable,
            [*command, "--port", str(port), "--ready", str(writing)],
            {**os.environ, "PYTHONPATH": path},
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 1),
                (os.POSIX_SPAWN_DUP2, log.fileno(), 2),
            ],
            setsid=True,
        )
    os.close(writing)
    try:
        _wait_until_ready(reading, home)
    finally:
        os.close(reading)
    endpoint = home.read_endpoint()
    assert endpoint is not None
    return endpoint


def _wait_until_ready(reading: int, home: Home) -> None:
    told = b""
    if select.select([reading], [], [], START_TIMEOUT)[0]:
        told = os.read(reading, 65536)
    if told != b"ok":
        raise SandboxError(f"the sandbox did not start: {told.decode() or f'see {home.log}'}")


def ask(endpoint: Endpoint, method: str, path: str, body: Any = None) -> bytes:
    """Make a control request; `body` is bytes or something JSON can say."""
    address = urlsplit(endpoint.url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=REQUEST_TIMEOUT)
    data = body if isinstance(body, bytes) else json.dumps(body).encode() if body is not None else b""
    try:
        connection.request(method, PREFIX + path, data, {KEY_HEADER: endpoint.secret_key})
        response = connection.getresponse()
        answer = response.read()
    finally:
        connection.close()
    if response.status != 200:
        raise SandboxError(f"the sandbox answered {response.status}: {answer.decode(errors='replace')}")
    return answer


def status(home: Home) -> dict[str, Any]:
    """What is running, if anything is."""
    endpoint = find(home)
    if endpoint is None:
        return {"running": False}
    known = {"running": True, "url": endpoint.url, "pid": endpoint.pid}
    return {**known, **json.loads(ask(endpoint, "GET", "health"))}


def stop(home: Home) -> bool:
    """Save the world and stop the server; whether one was running."""
    endpoint = find(home)
    if endpoint is None:
        return False
    try:
        ask(endpoint, "POST", "stop")
    except ConnectionError:  # it may have been ending already
        if _is_alive(endpoint):
            raise
    with home.locked("server"):
        """The lock is free when the server has ended."""
    return True


def reset(home: Home, **settings: Any) -> Endpoint:
    """A world in which nothing has happened, whatever the home holds. `settings`: latency and options."""
    endpoint = find(home)
    if endpoint is None:
        with home.locked("server"):
            home.snapshot.unlink(missing_ok=True)
            for journal in home.path.glob("journal-*"):
                journal.unlink()
        endpoint = ensure_started(home)
    ask(endpoint, "POST", "reset", settings)
    return endpoint


def snapshot(file: Path, home: Home) -> None:
    """Write the world to a file."""
    write_private(file, ask(ensure_started(home), "GET", "world"))


def load(file: Path, home: Home) -> None:
    """Put the world of a file in the place of the home's."""
    ask(ensure_started(home), "PUT", "world", file.read_bytes())


def env(home: Home, region: str = "us-east-1") -> dict[str, str]:
    """What to export so that other tools use the sandbox, in a region where they are told no other."""
    endpoint = ensure_started(home)
    return {
        "AWS_ENDPOINT_URL": endpoint.url,
        "AWS_ACCESS_KEY_ID": endpoint.access_key,
        "AWS_SECRET_ACCESS_KEY": endpoint.secret_key,
        "AWS_DEFAULT_REGION": region,
        "AWS_REGION": region,
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def option(home: Home, **options: Any) -> None:
    """Set options of the world."""
    ask(ensure_started(home), "POST", "options", options)


def seed(shape: Shape, home: Home) -> dict[str, Any]:
    """An organization of a shape, at once."""
    answer: dict[str, Any] = json.loads(ask(ensure_started(home), "POST", "seed", asdict(shape)))
    return answer
