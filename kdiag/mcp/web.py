"""The protocol over HTTP, for this machine only, and only for who knows the token."""

import hmac
import ipaddress
import os
import socket
import threading
from typing import Any

import uvicorn
from mcp.server.lowlevel import Server
from mcp.server.transport_security import TransportSecuritySettings
from starlette.types import ASGIApp, Receive, Scope, Send

from kdiag.errors import UsageError
from kdiag.wire.addresses import Address
from kdiag.wire.secret import Secret

PATH = "/mcp"
SHORTEST_TOKEN = 16
"""Characters: what can be guessed protects nothing."""

_GRACE_SECONDS = 2
_LARGEST_BODY_BYTES = 4 << 20


def listen(address: str) -> socket.socket:
    """Return a socket that listens on HOST:PORT of this machine.

    Raises UsageError for what is no such address, is not on loopback, or is taken.
    """
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not host or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--listen {address}: expected HOST:PORT, as 127.0.0.1:8765")
    ip = _loopback(host)
    if ip is None:
        raise UsageError(
            f"--listen {address}: only loopback addresses are served (127.0.0.1, ::1, localhost); "
            "reach it from elsewhere by a tunnel, as of ssh -L"
        )
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        return socket.create_server((ip, int(port)), family=family)
    except OSError as error:
        raise UsageError(f"--listen {address}: {os.strerror(error.errno or 0)}") from None


def _loopback(host: str) -> str | None:
    if host == "localhost":
        return "127.0.0.1"
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return None
    return str(found) if found.is_loopback else None


class Web:
    """A server of the protocol on an address of this machine.

    Raises UsageError, when made, for a short token, or an address that is none, or taken.
    """

    def __init__(self, server: Server[Any], address: str, token: Secret) -> None:
        if len(token.value) < SHORTEST_TOKEN:
            raise UsageError(f"the token is too short; it needs {SHORTEST_TOKEN} characters")
        listening = listen(address)
        host, self.port = listening.getsockname()[:2]
        shown = str(Address(host, self.port))
        self.url = f"http://{shown}{PATH}"
        names = [shown, f"localhost:{self.port}"]
        app = server.streamable_http_app(
            streamable_http_path=PATH,
            json_response=True,
            max_request_body_size=_LARGEST_BODY_BYTES,
            transport_security=TransportSecuritySettings(
                allowed_hosts=names, allowed_origins=[f"http://{name}" for name in names]
            ),
        )
        config = uvicorn.Config(
            Guarded(app, token),
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, args=([listening],), name="web", daemon=True
        )

    def start(self) -> None:
        """Serve, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """Take no more requests, and end."""
        self._server.should_exit = True
        self._thread.join(2 * _GRACE_SECONDS)


class Guarded:
    """An application behind a bearer token; it sees nothing of a request without one."""

    def __init__(self, app: ASGIApp, token: Secret) -> None:
        self._app = app
        self._wanted = f"Bearer {token.value}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it; how long that takes tells nothing of the token."""
        if scope["type"] != "http" or self._lets_in(scope):
            await self._app(scope, receive, send)
            return
        headers = [(b"www-authenticate", b"Bearer"), (b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 401, "headers": headers})
        await send({"type": "http.response.body", "body": b"Unauthorized\n"})

    def _lets_in(self, scope: Scope) -> bool:
        given = [value for name, value in scope["headers"] if name == b"authorization"]
        return len(given) == 1 and hmac.compare_digest(given[0], self._wanted)
