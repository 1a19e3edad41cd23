"""The first three hops to a broker: resolve, connect, TLS. Each failure is one sentence."""

import asyncio
import os
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from kdiag.errors import ConnectError
from kdiag.wire.addresses import Address
from kdiag.wire.race import first_success
from kdiag.wire.stream import HearingReader, open_stream
from kdiag.wire.traffic import Traffic

_PLAIN_PORT = (
    "the port may be plain text (security.protocol=PLAINTEXT or SASL_PLAINTEXT),"
    " or it is no Kafka listener"
)
_WRONG_NAME = (62, 64)  # X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH
_TOO_EARLY, _EXPIRED = 9, 10  # X509_V_ERR_CERT_NOT_YET_VALID, X509_V_ERR_CERT_HAS_EXPIRED


async def dial(
    address: Address, context: ssl.SSLContext | None, traffic: Traffic, deadline: float
) -> tuple[HearingReader, asyncio.Transport]:
    """Return a stream to an address; deadline in seconds of the loop's clock.

    Raises: ConnectError that names the hop, what happened, and what to look at.
    """
    sock = await connected(address, deadline)
    try:
        with hop(address, "TLS handshake failed" if context else "failed", why_no_tls, deadline):
            async with asyncio.timeout_at(deadline):
                return await open_stream(sock, traffic, context, address.host)
    except BaseException:
        sock.close()
        raise


async def connected(address: Address, deadline: float) -> socket.socket:
    """Return a socket that is connected to an address, over the first way that works.

    Raises: ConnectError as `dial`.
    """
    places = await resolved(address, deadline)
    attempts = [partial(_connect, address, family, place, deadline) for family, place in places]
    return await first_success(attempts, discard=socket.socket.close)


async def resolved(address: Address, deadline: float) -> list[tuple[int, Any]]:
    """Return families and socket addresses of a host. Raises: ConnectError as `dial`."""
    with hop(address, "cannot be resolved", _why_unresolved, deadline):
        async with asyncio.timeout_at(deadline):
            return await _resolve(address)


@contextmanager
def hop(
    address: Address, what: str, why: Callable[[OSError], str], deadline: float
) -> Iterator[None]:
    """Turn what the network says in one hop into one sentence."""
    clock = asyncio.get_running_loop().time
    started = clock()
    try:
        yield
    except TimeoutError as error:
        if clock() < deadline:  # the network's own ETIMEDOUT
            raise ConnectError(f"{address}: {what}: {why(error)}") from error
        seconds = max(deadline - started, 0)
        raise ConnectError(
            f"{address}: {what}: no answer within {round(seconds, 1):g} s"
        ) from error
    except OSError as error:
        raise ConnectError(f"{address}: {what}: {why(error)}") from error


async def _resolve(address: Address) -> list[tuple[int, Any]]:
    """Families and socket addresses of a host, in the resolver's order.

    In a daemon thread: a resolver that hangs must not hold the end of the program.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[list[tuple[int, Any]]] = loop.create_future()

    def tell(result: list[tuple[int, Any]], error: OSError | None) -> None:
        if not answer.done():
            answer.set_result(result) if error is None else answer.set_exception(error)

    def look_up() -> None:
        error, places = None, []
        try:
            found = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)
            places = list(dict.fromkeys((int(info[0]), info[4]) for info in found))
        except (OSError, UnicodeError) as failure:
            error = failure if isinstance(failure, OSError) else OSError(str(failure))
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(tell, places, error)

    threading.Thread(target=look_up, name=f"resolve {address.host}", daemon=True).start()
    return await answer


async def _connect(address: Address, family: int, place: Any, deadline: float) -> socket.socket:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        sock.setblocking(False)
        with hop(address, f"cannot connect{_place(address, place)}", _why_not_connected, deadline):
            async with asyncio.timeout_at(deadline):
                await asyncio.get_running_loop().sock_connect(sock, place)
    except BaseException:
        sock.close()
        raise
    return sock


def _place(address: Address, place: Any) -> str:
    """Return which of its addresses a name was tried at."""
    return "" if place[0] == address.host else f" to {place[0]}"


def _why_unresolved(error: OSError) -> str:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return "the name server did not answer"
    return "no such host; check the spelling and this machine's name resolution"


def _why_not_connected(error: OSError) -> str:
    if isinstance(error, ConnectionRefusedError):
        return "connection refused; nothing listens on this port"
    return _plain(error).lower()


def _plain(error: OSError) -> str:
    """Return what the system says of an error; asyncio puts the address beside its own words."""
    if error.errno is None:
        return error.strerror or str(error)
    return os.strerror(error.errno)


def why_no_tls(error: OSError) -> str:
    """Return why a TLS handshake failed, and what to look at."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _why_not_trusted(error)
    if isinstance(error, ssl.SSLEOFError | ConnectionError):
        return f"the peer closed the connection; {_PLAIN_PORT}"
    reason = str(getattr(error, "reason", None) or error)
    if reason in ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "PACKET_LENGTH_TOO_LONG"):
        return f"the peer does not speak TLS; {_PLAIN_PORT}"
    return reason.lower().replace("_", " ")


def _why_not_trusted(error: ssl.SSLCertVerificationError) -> str:
    said = error.verify_message.rstrip(".")
    if error.verify_code in _WRONG_NAME:
        return (
            f"{said}; connect by a name that is in the certificate,"
            " or set ssl.endpoint.identification.algorithm= (empty)"
        )
    if error.verify_code == _EXPIRED:
        return "the broker's certificate has expired; put a new one into its ssl.keystore.location"
    if error.verify_code == _TOO_EARLY:
        return "the broker's certificate is not yet valid; compare the clocks of both machines"
    return f"{said}; put the broker's authority into ssl.truststore.location"
