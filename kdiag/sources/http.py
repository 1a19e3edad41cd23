"""HTTP to what stands beside brokers: credentials, TLS, and one sentence for what goes wrong."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kdiag.errors import Denied, RequestError, TimedOut, Unreachable, UsageError
from kdiag.wire.secret import Secret

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES = 64 << 20
"""Of an answer that is kept in memory."""


@dataclass(frozen=True)
class Server:
    """Who is asked, and how it knows us.

    name: for sentences, as `JMX`. remedy: the flags that give credentials. ca_file: PEM file of the
    authorities that its certificate is checked against; "" for those of the system.
    """

    name: str
    url: str
    remedy: str
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    token: Secret = field(default_factory=lambda: Secret(""))
    ca_file: str = ""

    @property
    def shown(self) -> str:
        """Name and address, for sentences."""
        return f"{self.name} at {self.url}"


@asynccontextmanager
async def answer(
    server: Server, seconds: float, *, json: Any = None, form: Mapping[str, str] | None = None
) -> AsyncIterator["httpx.Response"]:
    """Ask by GET, or POST where there is a body, and yield the answer before its body is read.

    Raises: Denied, TimedOut, Unreachable, RequestError; UsageError for a bad file of authorities.
    """
    import httpx

    method = "GET" if json is None and form is None else "POST"
    user = (server.username, server.password.value) if server.username else None
    headers = {"Authorization": f"Bearer {server.token.value}"} if server.token.value else {}
    try:
        async with (
            asyncio.timeout(seconds),
            httpx.AsyncClient(
                auth=user,
                headers=headers,
                verify=authorities(server.ca_file) if server.url.startswith("https:") else False,
                timeout=seconds,
                trust_env=False,
            ) as client,
            client.stream(method, server.url, json=json, data=form) as response,
        ):
            _check(response.status_code, server)
            yield response
    except (TimeoutError, httpx.TimeoutException):
        raise TimedOut(f"{server.shown} did not answer within {seconds:g} s") from None
    except httpx.ConnectError as error:
        raise Unreachable(f"{server.shown} cannot be reached: {cause(error)}") from None
    except httpx.HTTPError as error:
        raise RequestError(
            f"{server.shown} does not speak HTTP as expected ({type(error).__name__})"
        ) from None


async def body(response: "httpx.Response", server: Server) -> bytes:
    """Return the body of an answer. Raises RequestError where it is larger than can be right."""
    read = bytearray()
    async for piece in response.aiter_bytes():
        read += piece
        if len(read) > LARGEST_BYTES:
            raise RequestError(f"{server.shown} answers more than {LARGEST_BYTES} bytes")
    return bytes(read)


def authorities(ca_file: str) -> ssl.SSLContext:
    """Return what certificates are checked with: a PEM file, "" for what the system trusts.

    Raises UsageError for a file that is none.
    """
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except ssl.SSLError:
        raise UsageError(f"{ca_file}: it is no PEM file of certificates") from None
    except OSError as error:
        raise UsageError(f"{ca_file}: {error.strerror}") from None


def _check(status: int, server: Server) -> None:
    if status in (401, 403):
        raise Denied(f"{server.shown} refuses us (HTTP {status})", server.remedy)
    if status != 200:
        raise RequestError(f"{server.shown} answers HTTP {status}")


def cause(error: Exception) -> str:
    """Return in words what is at the bottom of an error of the client."""
    first = error.__cause__ or error
    while first.__cause__ is not None:
        first = first.__cause__
    return str(first) or type(first).__name__
