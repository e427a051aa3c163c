"""The sandbox behind HTTP on loopback: any AWS client that is pointed at it sees the world of one home.

Clients of S3 Control put the account id in front of the host (`123456789012.127.0.0.1`), which is no address.
They get through with the sandbox as their HTTP proxy (`HTTP_PROXY=$AWS_ENDPOINT_URL`); and
`123456789012.localhost` is understood where the machine resolves it.
"""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import struct
import sys
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from landing.core.errors import LandingError
from landing.core.garbage import collect_rarely
from landing.sandbox import ENVIRONMENT, install
from landing.sandbox.endpoint import admission, body, control, guard
from landing.sandbox.endpoint.gateway import AnswerLost
from landing.sandbox.endpoint.keeper import Keeper
from landing.sandbox.protocol.http import HttpAnswer, HttpRequest
from landing.sandbox.world.home import VARIABLE, Endpoint, Home

LOOPBACK = "127.0.0.1"
PATIENCE = 120.0
"""Seconds that a connection may stand still, in the middle of a request or between two."""
STRANGERS_MOST = 1024 * 1024
KNOWN_MOST = 64 * STRANGERS_MOST
OWN_MOST = 4096 * STRANGERS_MOST
"""Bytes of a body: of those whose access key is unknown, of those whose is known, of whoever controls the sandbox."""
log = logging.getLogger("landing.sandbox")


class Server(ThreadingHTTPServer):
    """One thread a connection; one call at a time, which the gateway sees to."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, keeper: Keeper, port: int) -> None:
        super().__init__((LOOPBACK, port), Requests)
        self.keeper = keeper

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no matter; anything else is a mistake of ours."""
        if not isinstance(sys.exception(), OSError):
            log.exception("a connection from %s", client_address)


class Requests(BaseHTTPRequestHandler):
    """HTTP/1.1 with connections that are kept."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    timeout = PATIENCE

    def _answer(self) -> None:
        try:
            request = self._request()
        except body.BadBodyError as error:
            self.close_connection = True
            self._send(_plain(error.status, str(error)))
            return
        try:
            answer = self._answered(request)
        except AnswerLost:
            self._hang_up()
            return
        self._send(answer)
        if request.path == control.STOP and answer.status == 200:
            self.wfile.flush()  # the process ends when the server does, and takes with it what was not sent
            threading.Thread(target=self.server.shutdown).start()

    def _request(self) -> HttpRequest:
        """The request with its body; how long that may be depends on who seems to ask."""
        head = HttpRequest(
            method=self.command,
            url=self.path if self._is_proxied else f"http://{self.headers.get('Host', LOOPBACK)}{self.path}",
            headers=dict(self.headers.items()),
            body=b"",
        )
        try:
            most = self._most(head)
        except ValueError:
            raise body.BadBodyError(400, "the path or the host is malformed") from None
        needs_length = self.command in ("POST", "PUT", "PATCH")
        return replace(head, body=body.read(self.headers, self.rfile, most=most, needs_length=needs_length))

    def _most(self, head: HttpRequest) -> int:
        keeper = self.server.keeper
        if head.path.startswith(control.PREFIX):
            return OWN_MOST if control.is_ours(keeper, head) else STRANGERS_MOST
        signature = head.signature
        is_known = signature is not None and admission.is_known(keeper.gateway.world, signature)
        return KNOWN_MOST if is_known else STRANGERS_MOST

    @property
    def _is_proxied(self) -> bool:
        """Whether the client takes this server for its proxy, and names the whole URL (RFC 9112, 3.2.2)."""
        return self.path.startswith("http://")

    def _answered(self, request: HttpRequest) -> HttpAnswer:
        if request.path.startswith(control.PREFIX):
            return control.answer(self.server.keeper, request)
        try:
            return self.server.keeper.gateway.answer(request)
        except AnswerLost:
            raise
        except Exception as error:  # a service of ours is broken: say so, and go on serving
            log.exception("%s %s", request.method, request.url)
            text = f"{type(error).__name__}: {error}"
            return _plain(501, text, **{"x-amzn-ErrorType": "SandboxBroken"})

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = do_OPTIONS = _answer  # noqa: N815  (http.server)

    def _send(self, answer: HttpAnswer) -> None:
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        is_empty = self.command == "HEAD" and "content-length" in {name.lower() for name in answer.headers}
        length = answer.headers.get("content-length", "0") if is_empty else str(len(answer.body))
        self.send_header("Content-Length", length)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)

    def _hang_up(self) -> None:
        """Reset the connection, as when a network goes away."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no HTTP that we understand, in a line."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = "HTTP/1.1"
        self._send(_plain(code, explain or message or ""))

    def log_message(self, format: str, *arguments: Any) -> None:  # noqa: A002  (the name is http.server's)
        """Requests are counted, not logged."""


def _plain(status: int, text: str, **headers: str) -> HttpAnswer:
    return HttpAnswer(status, {"Content-Type": "text/plain", **headers}, text.encode())


def serve(home: Home, *, port: int = 0, ready: int | None = None) -> None:
    """Answer for a home until told to stop. `ready` is a descriptor that hears "ok", or what is wrong."""
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(ENVIRONMENT)
    with home.locked("server"):
        try:
            install()
            keeper = Keeper(home)
            guard.serve(keeper.gateway)
            keeper.restore()
            server = _bound(keeper, port)
        except Exception as error:  # the one who waits is told in a line, whatever it is
            log.exception("the sandbox does not start")
            why = _why(home, error)
            _tell(ready, why)
            raise SystemExit(why) from error
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
        url = f"http://{LOOPBACK}:{server.server_port}"
        home.write_endpoint(Endpoint(url, keeper.access_key, keeper.secret_key, os.getpid()))
        _tell(ready, "ok")
        server.serve_forever(poll_interval=0.1)
        keeper.end()


def _why(home: Home, error: Exception) -> str:
    """Why a sandbox does not start, and what to do, in a line."""
    if isinstance(error, LandingError):
        return str(error)
    what = f"{type(error).__name__}: {error}".splitlines()[0]
    if isinstance(error, OSError):
        return f"{what}. Set {VARIABLE} to a folder that you can write to"
    return (
        f"the world in {home.path} cannot be brought back ({what}; see {home.log}). Begin anew: landing sandbox reset"
    )


def _bound(keeper: Keeper, port: int) -> Server:
    """A server on the port that the home had before, or on another one if that is taken."""
    try:
        return Server(keeper, port)
    except OSError:
        return Server(keeper, 0)


def _tell(ready: int | None, text: str) -> None:
    if ready is not None:
        os.write(ready, text.encode())
        os.close(ready)


def main(arguments: list[str]) -> None:
    """Run a server in the foreground."""
    parser = argparse.ArgumentParser(prog="landing.sandbox.endpoint.server", description=__doc__)
    parser.add_argument("--home", type=Path, required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--ready", type=int, default=None, help="a file descriptor that is told when all is up")
    parsed = parser.parse_args(arguments)
    collect_rarely()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    serve(Home(parsed.home), port=parsed.port, ready=parsed.ready)


if __name__ == "__main__":
    main(sys.argv[1:])
