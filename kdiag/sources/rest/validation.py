"""What a worker of Connect says of a connector before there is one: the one PUT of kdiag.

The worker stores nothing, but it loads the plug-in, resolves `${file:…}` and its like, and lets the
plug-in dial what it reads from or writes to. Nobody sends it but `kdiag lint --validate`, and what
becomes bytes here is this request alone; see kdiag.sources.rest.allowlist for all others.

Source: ConnectorPluginsResource.validateConfigs, ConfigInfos (Kafka Connect's REST).
"""

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

from kdiag.errors import Denied, RequestError
from kdiag.sources.http import Server, body, credentials, trust, worded
from kdiag.sources.rest.client import first_line
from kdiag.wire.allowlist import SendRefused

_PATH = re.compile(rb"/connector-plugins/(?!\.\.?/)[^/?#]+/config/validate")
_NO_PLUGIN = "Failed to find any class"


class _Validating(httpx.AsyncBaseTransport):
    """Sends the one request. Raises SendRefused for all else, with nothing sent."""

    def __init__(self, server: Server) -> None:
        self._base = urlsplit(server.url).path.rstrip("/").encode()
        self._sends = httpx.AsyncHTTPTransport(verify=trust(server), trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        path = request.url.raw_path
        own = path.removeprefix(self._base)
        if request.method != "PUT" or self._base + own != path or not _PATH.fullmatch(own):
            raise SendRefused(f"{request.method} is not what a worker is asked to validate by")
        return await self._sends.handle_async_request(request)

    async def aclose(self) -> None:
        await self._sends.aclose()


async def validated(
    server: Server, settings: Mapping[str, str], seconds: float
) -> dict[str, tuple[str, ...]]:
    """Return key → what the worker finds wrong with it, first lines, without credentials.

    settings: of one connector, with connector.class and name. A class that the worker does not
    have is wrong with connector.class.

    Raises: Denied, TimedOut, Unreachable; RequestError for another answer than is documented.
    """
    plugin = quote(settings["connector.class"], safe="")
    url = f"{server.url.rstrip('/')}/connector-plugins/{plugin}/config/validate"
    headers = await credentials(server, seconds)
    async with (
        worded(server, seconds),
        httpx.AsyncClient(
            headers=headers, timeout=seconds, trust_env=False, transport=_Validating(server)
        ) as asking,
        asking.stream("PUT", url, json=dict(settings)) as response,
    ):
        read = await body(response, server)
    return _told(server, response.status_code, read)


def _told(server: Server, status: int, read: bytes) -> dict[str, tuple[str, ...]]:
    if status in (401, 403):
        raise Denied(f"{server.shown} refuses us (HTTP {status})", server.remedy)
    document = _parsed(read)
    if status == 200 and isinstance(document, dict) and isinstance(document.get("configs"), list):
        return dict(filter(None, map(_errors, document["configs"])))
    message = document.get("message") if isinstance(document, dict) else None
    says = first_line(message) if isinstance(message, str) else ""
    if _NO_PLUGIN in says:
        return {"connector.class": ("The worker has no such plug-in.",)}
    raise RequestError(f"{server.shown} answers HTTP {status}{f': {says}' if says else ''}")


def _parsed(read: bytes) -> Any:
    try:
        return json.loads(read)
    except (ValueError, RecursionError):
        return None


def _errors(config: Any) -> tuple[str, tuple[str, ...]] | None:
    """Return a key with its errors; None where it has none. Values are not looked at."""
    value = config.get("value") if isinstance(config, dict) else None
    if not isinstance(value, dict) or not isinstance(value.get("name"), str):
        return None
    errors = value.get("errors")
    texts = [each for each in errors if isinstance(each, str)] if isinstance(errors, list) else []
    return (value["name"], tuple(map(first_line, texts))) if texts else None
