"""HTTP to JMX agents: credentials, TLS, and one sentence for what goes wrong."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from kdiag.errors import Denied, RequestError, TimedOut, Unreachable, UsageError
from kdiag.sources.jmx.endpoints import Access, Endpoint

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES = 64 << 20
"""Of an answer that is kept in memory; Jolokia's for all facts of a large broker is 2 MB."""


@asynccontextmanager
async def answer(
    endpoint: Endpoint, access: Access, seconds: float, json: Any = None
) -> AsyncIterator["httpx.Response"]:
    """Ask by GET, or POST where there is JSON, and yield the answer before its body is read.

    Raises: Denied, TimedOut, Unreachable, RequestError.
    """
    import httpx

    method = "GET" if json is None else "POST"
    user = (access.username, access.password.value) if access.username else None
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                auth=user, verify=_authorities(access, endpoint), timeout=seconds, trust_env=False
            ) as client,
            client.stream(method, endpoint.url, json=json) as response,
        ):
            _check(response.status_code, endpoint)
            yield response
    except (TimeoutError, httpx.TimeoutException):
        raise TimedOut(f"JMX at {endpoint.url} did not answer within {seconds:g} s") from None
    except httpx.ConnectError as error:
        raise Unreachable(f"JMX at {endpoint.url} cannot be reached: {_why(error)}") from None
    except httpx.HTTPError as error:
        raise RequestError(
            f"JMX at {endpoint.url} does not speak HTTP as expected ({type(error).__name__})"
        ) from None


def _authorities(access: Access, endpoint: Endpoint) -> ssl.SSLContext | bool:
    if not endpoint.has_tls:
        return False
    try:
        return ssl.create_default_context(cafile=access.ca_file or None)
    except (OSError, ssl.SSLError) as error:
        why = error.strerror or "it is no PEM file of certificates"
        raise UsageError(f"--jmx-ca-file {access.ca_file}: {why}") from None


def _check(status: int, endpoint: Endpoint) -> None:
    if status in (401, 403):
        raise Denied(
            f"JMX at {endpoint.url} refuses us (HTTP {status})",
            "--jmx-username and --jmx-password-file",
        )
    if status != 200:
        raise RequestError(f"JMX at {endpoint.url} answers HTTP {status}")


def _why(error: Exception) -> str:
    cause = error.__cause__ or error
    while cause.__cause__ is not None:
        cause = cause.__cause__
    return str(cause) or type(cause).__name__
