"""The server: some addresses, TLS and users as the file says, which is read again as it changes."""

import logging
import os
import socket
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from kdiag.errors import UsageError
from kdiag.exporter.web.auth import Users
from kdiag.exporter.web.config import WebConfig, read_web_config

log = logging.getLogger(__name__)

_GRACE_SECONDS = 2
_CHALLENGE = b'Basic realm="kdiag"'
_UNAUTHORIZED = b"Unauthorized\n"


def listen(address: str) -> socket.socket:
    """Return a socket that listens on HOST:PORT, or :PORT for all interfaces.

    Raises UsageError for what is no such address, or is taken.
    """
    host, colon, port = address.rpartition(":")
    host = host.removeprefix("[").removesuffix("]")
    if not colon or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"--web.listen-address {address}: expected HOST:PORT or :PORT")
    try:
        family = (
            socket.AF_INET6 if ":" in host or (not host and socket.has_ipv6) else socket.AF_INET
        )
        return socket.create_server(
            (host, int(port)), family=family, dualstack_ipv6=not host and family == socket.AF_INET6
        )
    except OSError as error:
        number = error.errno or 0  # names that do not resolve have one below 0
        why = os.strerror(number) if number > 0 else error.strerror
        raise UsageError(f"--web.listen-address {address}: {why}") from None


class Web:
    """The pages on some addresses.

    Raises UsageError, when made, for a wrong configuration, and before anything listens; then for
    an address that is none, or taken.
    """

    def __init__(self, app: ASGIApp, addresses: Sequence[str], file: Path | None) -> None:
        self._app, self._file = app, file
        self._config = read_web_config(file)
        self._sockets = [listen(address) for address in addresses]
        self._seen = _times(self._config)
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Serve, in a thread."""
        self._server, self._thread = self._served()

    @property
    def ports(self) -> list[int]:
        """Return the ports that are listened on."""
        return [each.getsockname()[1] for each in self._sockets]

    def stop(self) -> None:
        """Take no more requests, finish those that were taken, and end."""
        _end(self._server, self._thread)
        for each in self._sockets:
            each.close()

    def refresh(self) -> None:
        """Serve as the file says now, if it or a certificate has changed.

        What cannot be read leaves everything as it was, and is logged.
        """
        if _times(self._config) == self._seen:
            return
        self._seen = _times(self._config)
        try:
            self._config = read_web_config(self._file)
        except UsageError as error:
            log.error("the web configuration stays as it was: %s", error)
            return
        self._seen = _times(self._config)
        before = self._server, self._thread
        self._server, self._thread = self._served()
        _end(*before)
        log.info("%s was read again", self._file)

    def _served(self) -> tuple[uvicorn.Server, threading.Thread]:
        config = uvicorn.Config(
            _Guarded(self._app, self._config),
            http=_protocol(self._config.allowed_sans),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
        config.load()
        config.ssl = self._config.context
        server = uvicorn.Server(config)
        # uvicorn closes the sockets that it serves; the next server needs them still
        sockets = [each.dup() for each in self._sockets]
        thread = threading.Thread(target=server.run, args=(sockets,), name="web", daemon=True)
        thread.start()
        return server, thread


def _end(server: uvicorn.Server | None, thread: threading.Thread | None) -> None:
    if server is not None and thread is not None:
        server.should_exit = True
        thread.join(2 * _GRACE_SECONDS)


def _times(config: WebConfig) -> dict[Path, int]:
    """Return when each file was changed last; a file that is gone has not."""
    found = {}
    for file in config.files:
        try:
            found[file] = file.stat().st_mtime_ns
        except OSError:
            found[file] = 0
    return found


class _Guarded:
    """The pages behind a password, with the headers of the configuration."""

    def __init__(self, app: ASGIApp, config: WebConfig) -> None:
        self._app, self._users = app, Users(config.users)
        self._headers = [
            (name.lower().encode(), value.encode()) for name, value in config.headers.items()
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._headers]
            await send(message)

        given = dict(scope["headers"]).get(b"authorization")
        words = None if given is None else given.decode("latin-1")
        if await run_in_threadpool(self._users.lets_in, words):
            await self._app(scope, receive, with_headers)
            return
        headers = [(b"www-authenticate", _CHALLENGE), (b"content-type", b"text/plain")]
        await with_headers({"type": "http.response.start", "status": 401, "headers": headers})
        await with_headers({"type": "http.response.body", "body": _UNAUTHORIZED})


def _protocol(allowed_sans: tuple[str, ...]) -> type[H11Protocol]:
    """Return how a connection is served: not at all for a certificate of another name."""
    if not allowed_sans:
        return H11Protocol

    class Checked(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            certificate = transport.get_extra_info("peercert") or {}
            names = {name for _, name in certificate.get("subjectAltName", ())}
            super().connection_made(transport)
            if not names & set(allowed_sans):
                transport.abort()

    return Checked
