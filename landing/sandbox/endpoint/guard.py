"""The network guard: boto3's requests go to the current world, and nothing leaves the machine."""

from __future__ import annotations

import io
import ipaddress
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import ConnectionClosedError
from botocore.httpsession import URLLib3Session

from landing.sandbox.endpoint.gateway import AnswerLost
from landing.sandbox.protocol.http import HttpRequest

if TYPE_CHECKING:
    from landing.sandbox.endpoint.gateway import Gateway

_CURRENT: list[Gateway] = []
_SEND = URLLib3Session.send
_CONNECT = socket.socket.connect
_GETADDRINFO = socket.getaddrinfo


def current() -> Gateway | None:
    """The gateway that answers this process's own AWS requests, if there is one."""
    return _CURRENT[-1] if _CURRENT else None


def serve(gateway: Gateway) -> None:
    """Let this gateway answer. moto's state is the process's, so there can only be one."""
    if _CURRENT:
        raise RuntimeError("there is a sandbox in this process already: leave it before entering another")
    _CURRENT.append(gateway)


def leave() -> None:
    """Let requests go their normal way again."""
    _CURRENT.clear()


def is_loopback(host: str) -> bool:
    """Whether an address cannot leave the machine."""
    if host in ("localhost", "") or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]").partition("%")[0]).is_loopback
    except ValueError:
        return False


def send(session: Any, request: AWSPreparedRequest) -> Any:
    """Answer from the current world; in place of `URLLib3Session.send`."""
    gateway = current()
    if gateway is None or is_loopback(urlsplit(request.url).hostname or ""):
        return _SEND(session, request)
    try:
        answer = gateway.answer(_request(request))
    except AnswerLost as lost:
        raise ConnectionClosedError(endpoint_url=request.url, error=lost, request=request) from lost
    return AWSResponse(request.url, answer.status, HTTPHeaders.from_dict(answer.headers), _Raw(answer.body))


def connect(self: socket.socket, address: Any) -> None:
    """Refuse whatever would leave the machine while a world is current; in place of `socket.connect`."""
    if current() is not None and self.family in (socket.AF_INET, socket.AF_INET6) and not is_loopback(address[0]):
        raise PermissionError(f"the sandbox lets nothing out, so not to {address[0]}:{address[1]} either")
    _CONNECT(self, address)


def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
    """Ask no name server while a world is current; in place of `socket.getaddrinfo`."""
    name = host.decode() if isinstance(host, bytes) else host
    if current() is not None and name is not None and not is_loopback(name) and not _is_address(name):
        raise socket.gaierror(socket.EAI_FAIL, f"the sandbox lets nothing out, so it does not look up {name}")
    return _GETADDRINFO(host, *arguments, **named)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def install() -> None:
    """Put all of it in place; harmless when done again."""
    for owner, ours in ((URLLib3Session, send), (socket.socket, connect), (socket, getaddrinfo)):
        setattr(owner, ours.__name__, ours)


class _Raw(io.BytesIO):
    def stream(self, **_: object) -> Any:
        """The body in pieces, as urllib3's answers give it."""
        while piece := self.read(65536):
            yield piece


def _bytes(data: Any) -> bytes:
    return data.encode() if isinstance(data, str) else bytes(data)


def _request(request: AWSPreparedRequest) -> HttpRequest:
    body: Any = request.body
    data: Any = body.read() if hasattr(body, "read") else body or b""
    sent: Any = request.headers.items()
    headers = {name: value.decode() if isinstance(value, bytes) else value for name, value in sent}
    return HttpRequest(request.method, request.url, headers, _bytes(data))
