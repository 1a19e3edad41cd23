"""Where requests to REST services become bytes: nothing but what the table has leaves here.

By aiohttp, which parses answers in C: a registry is asked thousands of times (5,000 requests take
0.7 s; 1.5 s on bare connections of httpcore, 5 s with a client of httpx).
"""

from collections.abc import Mapping, Sequence

from aiohttp import (
    ClientConnectorError,
    ClientOSError,
    ClientSession,
    ClientTimeout,
    DummyCookieJar,
    ServerDisconnectedError,
    TCPConnector,
)
from yarl import URL

from kdiag.sources.http import Server, joined, trust
from kdiag.sources.rest.allowlist import CALLS, Call, permit

_JSON = {"Content-Type": "application/json"}


class Guard:
    """Sends what a service may be asked, on as many connections as are used at once."""

    def __init__(
        self,
        server: Server,
        headers: Mapping[str, str],
        calls: Mapping[str, Sequence[Call]] = CALLS,
    ) -> None:
        """Take who is asked, the headers of each request, and what may be sent."""
        self._server, self._calls = server, calls
        self._base = server.url.rstrip("/")
        self._session = ClientSession(
            connector=TCPConnector(limit=0, ssl=trust(server) or True),
            cookie_jar=DummyCookieJar(),
            headers={"Accept": "application/json", "Accept-Encoding": "identity", **headers},
            skip_auto_headers=("User-Agent",),
            auto_decompress=False,
            timeout=ClientTimeout(),
        )

    async def send(
        self, method: str, path: str, query: str = "", body: bytes = b""
    ) -> tuple[int, bytes]:
        """Send a request that the table has; return status and body. path: under the URL.

        Raises: SendRefused for all else, with nothing sent; errors of aiohttp; RequestError for an
        answer that is too large.
        """
        own, asked = path.encode("ascii"), query.encode("ascii")
        permit(self._server.name, method, own, asked, body, self._calls)
        url = URL(f"{self._base}{path}{query and '?'}{query}", encoded=True)
        try:
            return await self._exchange(method, url, body)
        except ClientConnectorError:
            raise
        except (ClientOSError, ServerDisconnectedError):
            if method != "POST":  # aiohttp asked all others again, on a new connection
                raise
            return await self._exchange(method, url, body)  # no statement in the table changes any

    async def _exchange(self, method: str, url: URL, body: bytes) -> tuple[int, bytes]:
        async with self._session.request(
            method, url, data=body or None, headers=_JSON if body else None, allow_redirects=False
        ) as response:
            return response.status, await joined(response.content.iter_any(), self._server)

    async def aclose(self) -> None:
        """Close all connections, those with a request on its way too."""
        await self._session.close()
