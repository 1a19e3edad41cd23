"""HTTP to what stands beside brokers: credentials, TLS, and one sentence for what goes wrong."""

import asyncio
import os
import ssl
from base64 import b64encode
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from kdiag.errors import ConnectError, Denied, RequestError, TimedOut, Unreachable, UsageError
from kdiag.wire.secret import Secret
from kdiag.wire.tokens import Tokens

if TYPE_CHECKING:
    import httpx

LARGEST_BYTES = 64 << 20
"""Of an answer that is kept in memory."""

_TLS = {"WRONG_VERSION_NUMBER": "what answers there does not speak TLS"}
"""Reasons of OpenSSL that say nothing to who reads them."""


@dataclass(frozen=True)
class Server:
    """Who is asked, and how it knows us.

    name: for sentences, as `JMX`. remedy: the flags that give credentials. tokens: bearer tokens,
    None where none is wanted. ca_file: PEM file of the authorities that its certificate is checked
    against; "" for those of the system. certificate_file, key_file: PEM files of our own
    certificate and its key, which may stand in one file; "" for none.
    """

    name: str
    url: str
    remedy: str
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))
    tokens: Tokens | None = None
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""

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
    method = "GET" if json is None and form is None else "POST"
    async with (
        worded(server, seconds),
        client(server, seconds) as asking,
        asking.stream(method, server.url, json=json, data=form) as response,
    ):
        _check(response.status_code, server)
        yield response


@asynccontextmanager
async def worded(server: Server, seconds: float) -> AsyncIterator[None]:
    """Say what goes wrong with an exchange in one sentence, and end it after some seconds.

    Raises: TimedOut, Unreachable, RequestError.
    """
    import aiohttp
    import httpx

    try:
        async with asyncio.timeout(seconds):
            yield
    except (TimeoutError, httpx.TimeoutException):
        raise TimedOut(f"{server.shown} did not answer within {seconds:.3g} s") from None
    except (httpx.ConnectError, aiohttp.ClientConnectorError) as error:
        raise Unreachable(f"{server.shown} cannot be reached: {cause(error)}") from None
    except ssl.SSLError as error:  # TLS 1.3: a server that misses our certificate says so late
        raise RequestError(f"{server.shown} ends TLS: {cause(error)}") from None
    except aiohttp.ServerDisconnectedError:
        told = f"{server.shown} closes the connection without an answer{_wants(server)}"
        raise RequestError(told) from None
    except (httpx.NetworkError, aiohttp.ClientConnectionError) as error:
        told = f"{server.shown} ends the connection: {cause(error)}{_wants(server)}"
        raise RequestError(told) from None
    except aiohttp.ClientPayloadError:
        raise RequestError(f"{server.shown} breaks off in the middle of its answer") from None
    except (httpx.HTTPError, aiohttp.ClientError):
        raise RequestError(f"{server.shown} does not speak HTTP as expected") from None


@asynccontextmanager
async def client(server: Server, seconds: float) -> AsyncIterator["httpx.AsyncClient"]:
    """Yield what asks a server as who we are.

    Raises UsageError for a bad file of authorities, RequestError where no token can be had.
    """
    import httpx

    async with httpx.AsyncClient(
        headers=await credentials(server, seconds),
        verify=trust(server),
        timeout=seconds,
        trust_env=False,
    ) as made:
        yield made


async def credentials(server: Server, seconds: float) -> dict[str, str]:
    """Return the headers that say who we are. Raises RequestError where no token can be had."""
    if server.username:
        user = f"{server.username}:{server.password.value}".encode()
        return {"Authorization": f"Basic {b64encode(user).decode('ascii')}"}
    if server.tokens is None:
        return {}
    try:
        token = await server.tokens.token(seconds)
    except ConnectError as error:
        raise RequestError(f"{server.shown}: {error}") from None
    return {"Authorization": f"Bearer {token.value.value}"}


def trust(server: Server) -> ssl.SSLContext | Literal[False]:
    """Return what its certificate is checked with, and what we show it; False without TLS.

    Raises UsageError for files that are none.
    """
    if not server.url.startswith("https:"):
        return False
    context = authorities(server.ca_file)
    if server.certificate_file:
        _show(context, server.certificate_file, server.key_file)
    return context


def _show(context: ssl.SSLContext, certificate_file: str, key_file: str) -> None:
    """Make a certificate known that is shown to servers that ask for one."""
    try:
        context.load_cert_chain(certificate_file, key_file or None, password=lambda: "")
    except ssl.SSLError:
        both = " and ".join(filter(None, (certificate_file, key_file)))
        raise UsageError(f"{both}: no PEM certificate with its key, without a password") from None
    except OSError as error:
        raise UsageError(f"{key_file or certificate_file}: {error.strerror}") from None


async def body(response: "httpx.Response", server: Server) -> bytes:
    """Return the body of an answer. Raises RequestError where it is larger than can be right."""
    return await joined(response.aiter_bytes(), server)


async def joined(pieces: AsyncIterable[bytes], server: Server) -> bytes:
    """Return the pieces of a body as one. Raises RequestError for more than can be right."""
    read = bytearray()
    async for piece in pieces:
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


def let_in(status: int, server: Server) -> None:
    """Raise Denied where the status of an answer says that we are not let in."""
    if status in (401, 403):
        raise Denied(f"{server.shown} refuses us (HTTP {status})", server.remedy)


def _check(status: int, server: Server) -> None:
    let_in(status, server)
    if status != 200:
        raise RequestError(f"{server.shown} answers HTTP {status}")


def _wants(server: Server) -> str:
    """Ask what a server may miss that ends connections without a word."""
    if not server.url.startswith("https:"):
        return "; does it want https?"
    return "" if server.certificate_file else "; does it want a certificate of ours?"


def cause(error: Exception) -> str:
    """Return in words what is at the bottom of an error of the client."""
    first: BaseException = error
    while (below := _below(first)) is not None:
        first = below
    if isinstance(first, ssl.SSLCertVerificationError):
        return f"certificate verify failed: {first.verify_message}"
    if isinstance(first, ssl.SSLError) and first.reason:
        return _TLS.get(first.reason) or first.reason.lower().replace("_", " ")
    if isinstance(first, OSError) and first.errno is not None and first.errno > 0:
        return os.strerror(first.errno)
    return getattr(first, "strerror", "") or str(first) or "the connection was closed"


def _below(error: BaseException) -> BaseException | None:
    """Return why there is an error; of several attempts the first that failed."""
    if isinstance(error, BaseExceptionGroup):
        return error.exceptions[0]
    held = (each for each in error.args if isinstance(each, BaseException))
    return error.__cause__ or next(held, None)
