"""`landing` as a process, and the sandbox of this process behind HTTP, which holds answers back when told to."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from landing.sandbox import Sandbox
from landing.sandbox.endpoint import guard
from landing.sandbox.endpoint.keeper import OPTIONS
from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.world.home import Endpoint, Home

START = (
    "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"
    "from landing.cli import main; main(sys.argv[1:])"
)
"""Neither Ctrl-C nor a closed terminal is ignored, however the tests were started."""

SECONDS = 60
"""In which everything must have happened; the tests never wait for it to pass."""


class Process:
    """`landing` with its stderr read line by line; `start` are the words that begin it."""

    def __init__(self, *arguments: str, start: Sequence[str] = (sys.executable, "-c", START)) -> None:
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "LANDING_"))}
        self._process = subprocess.Popen(
            [*start, *arguments],
            env={**environment, "LANDING_SANDBOX": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    def send(self, number: int) -> None:
        self._process.send_signal(number)

    def says(self, text: str) -> bool:
        """Whether the text comes; returns as soon as it does."""
        assert self._process.stderr is not None
        for line in self._process.stderr:
            self.lines.append(line)
            if text in line:
                return True
        return False

    def ends(self) -> int:
        self.says("\0")
        self._process.communicate()
        code = self._process.returncode
        assert "Traceback" not in self.told, self.told
        return code

    @property
    def told(self) -> str:
        return "".join(self.lines)

    def end(self) -> None:
        if self._process.poll() is None:
            self._process.kill()
            self._process.communicate()


class Gate(ThreadingHTTPServer):
    """`hold` names an operation; `reached` is set when somebody asks for it, `opened` lets it through.

    `behind` names another, which is answered only when the held one has been asked for.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Requests)
        self.hold = self.behind = ""
        self.sandbox: Sandbox
        self.reached, self.opened = threading.Event(), threading.Event()

    def throttle(self, operation: str) -> None:
        """Refuse the next call, as AWS does when calls come too fast."""
        gateway = guard.current()
        assert gateway is not None
        gateway.faults.throttle("organizations", operation)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A process that was killed leaves broken connections behind; anything else is told."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Requests(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Gate

    def answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        request = HttpRequest(self.command, f"{self.server.url}{self.path}", dict(self.headers.items()), body)
        if self.path.startswith("/_sandbox/"):
            self.send(HttpAnswer(200))
            return
        operation = request.header("x-amz-target").rpartition(".")[2] or request.form.get("Action", "")
        if operation and operation == self.server.behind:
            self.server.reached.wait()
        if operation and operation == self.server.hold:
            self.server.reached.set()
            self.server.opened.wait()
        gateway = guard.current()
        if gateway is not None:  # else the test is over, and a process that it killed had asked for something
            self.send(gateway.answer(request))

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = answer  # noqa: N815  (http.server)

    def send(self, answer: HttpAnswer) -> None:
        """To whoever is still there: the process may have been killed."""
        with suppress(OSError):
            self.write(answer)

    def write(self, answer: HttpAnswer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        self.wfile.write(answer.body if self.command != "HEAD" else b"")

    def log_message(self, *_: Any) -> None:
        pass


@contextmanager
def gated(folder: Path) -> Iterator[Gate]:
    """A gate that `landing --sandbox`, run in the folder, takes for the sandbox's server."""
    home = Home(folder / ".landing" / "sandbox")
    with Sandbox(organization=True) as sandbox, home.locked("server"), Gate() as gate:
        gate.sandbox = sandbox
        sandbox.world.options |= OPTIONS
        keys = os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"]
        home.write_endpoint(Endpoint(gate.url, *keys))
        thread = threading.Thread(target=gate.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield gate
        finally:
            gate.opened.set()
            gate.shutdown()
            thread.join()
