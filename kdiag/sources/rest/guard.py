"""Where requests to REST services become bytes: nothing but what the table has leaves here."""

from urllib.parse import urlsplit

import httpx

from kdiag.sources.http import Server, trust
from kdiag.sources.rest.allowlist import permit
from kdiag.wire.allowlist import SendRefused

_CONNECTIONS = httpx.Limits(max_connections=8)


class Guard(httpx.AsyncBaseTransport):
    """Sends what a service may be asked. Raises SendRefused for all else, with nothing sent."""

    def __init__(self, server: Server) -> None:
        self._service = server.name
        self._base = urlsplit(server.url).path.rstrip("/").encode()
        self._sends = httpx.AsyncHTTPTransport(
            verify=trust(server), trust_env=False, limits=_CONNECTIONS
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request that the table has."""
        path, _, query = request.url.raw_path.partition(b"?")
        if not path.startswith(self._base + b"/"):
            raise SendRefused(f"{request.method} outside of what {self._service} is asked")
        own = path.removeprefix(self._base)
        permit(self._service, request.method, own, query, await request.aread())
        return await self._sends.handle_async_request(request)

    async def aclose(self) -> None:
        """Close the connections."""
        await self._sends.aclose()
