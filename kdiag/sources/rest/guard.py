"""Where requests to REST services become bytes: nothing but what the table has leaves here.

On single connections of httpcore, which httpx is made of: a registry is asked thousands of times,
and the pool and client around such a connection cost three times as much as the exchange itself
(5,000 requests: 1.5 s, and 5 s with both).
"""

from collections.abc import Mapping, Sequence

import httpcore

from kdiag.sources.http import Server, joined, trust
from kdiag.sources.rest.allowlist import CALLS, Call, permit


class Guard:
    """Sends what a service may be asked, on as many connections as are used at once."""

    def __init__(
        self,
        server: Server,
        headers: Mapping[str, str],
        calls: Mapping[str, Sequence[Call]] = CALLS,
    ) -> None:
        """Take who is asked, the headers of each request, and what may be sent."""
        url = httpcore.URL(server.url)
        self._server, self._origin, self._calls = server, url.origin, calls
        self._base = url.target.rstrip(b"/")
        host = url.host if url.port is None else b"%b:%d" % (url.host, url.port)
        told = {"Accept": "application/json", **headers}.items()
        self._headers = [(b"Host", host), *((k.encode(), v.encode()) for k, v in told)]
        self._trust = trust(server) or None
        self._idle: list[httpcore.AsyncHTTPConnection] = []
        self._open: set[httpcore.AsyncHTTPConnection] = set()

    async def send(
        self, method: str, path: str, query: str = "", body: bytes = b""
    ) -> tuple[int, bytes]:
        """Send a request that the table has; return status and body. path: under the URL.

        Raises: SendRefused for all else, with nothing sent; errors of httpcore; RequestError for an
        answer that is too large.
        """
        own, asked = path.encode("ascii"), query.encode("ascii")
        permit(self._server.name, method, own, asked, body, self._calls)
        target = self._base + own + (b"?" + asked if asked else b"")
        origin = self._origin
        url = httpcore.URL(scheme=origin.scheme, host=origin.host, port=origin.port, target=target)
        about = [(b"Content-Type", b"application/json"), (b"Content-Length", b"%d" % len(body))]
        headers = [*self._headers, *(about if body else ())]
        request = httpcore.Request(method, url, headers=headers, content=body)
        if (used := await self._taken()) is not None:
            try:
                return await self._sent(used, request)
            except (httpcore.RemoteProtocolError, httpcore.ReadError, httpcore.WriteError):
                pass  # the server had closed it, and that was not seen yet: a read is asked again
        return await self._sent(self._new(), request)

    async def _sent(
        self, connection: httpcore.AsyncHTTPConnection, request: httpcore.Request
    ) -> tuple[int, bytes]:
        try:
            response = await connection.handle_async_request(request)
            try:
                read = await joined(response.aiter_stream(), self._server)
            finally:
                await response.aclose()
        except BaseException:
            await self._close(connection)
            raise
        self._idle.append(connection)
        return response.status, read

    async def _taken(self) -> httpcore.AsyncHTTPConnection | None:
        """Return a connection that is open and that nobody uses, None where there is none."""
        while self._idle:
            connection = self._idle.pop()
            if connection.is_available() and not connection.has_expired():
                return connection
            await self._close(connection)
        return None

    def _new(self) -> httpcore.AsyncHTTPConnection:
        connection = httpcore.AsyncHTTPConnection(self._origin, ssl_context=self._trust)
        self._open.add(connection)
        return connection

    async def _close(self, connection: httpcore.AsyncHTTPConnection) -> None:
        self._open.discard(connection)
        await connection.aclose()

    async def aclose(self) -> None:
        """Close all connections, those with a request on its way too."""
        while self._open:
            await self._open.pop().aclose()
