"""The certificate of a listener, read from the first half of a TLS handshake.

Nothing is trusted by it, so nothing is verified: an expired certificate is read as any other. This
side breaks off before it answers the certificate. So nothing is ever sent inside the tunnel, and
the listener sees a connection that ended early, as of a health check, and not a failed login, even
where it wants a certificate of ours.
"""

import asyncio
import ssl
from contextlib import closing
from typing import Any, NamedTuple

from kdiag.wire.addresses import Address
from kdiag.wire.dial import connected, hop, why_no_tls

_READ_BYTES = 65536
_VERSION_AT = slice(9, 11)  # of a ServerHello, behind the heads of record and message (RFC 5246)
_VERSIONS = {b"\3\1": "TLSv1", b"\3\2": "TLSv1.1", b"\3\3": "TLSv1.2"}


class Shown(NamedTuple):
    """What a listener showed: the version agreed on, and its certificates in DER, its own first."""

    version: str | None
    chain: tuple[bytes, ...]


async def read_certificates(address: Address, connect_by: float, deadline: float) -> Shown:
    """Return what a listener shows.

    connect_by: until when, in seconds of the loop's clock, a connection may take; deadline: until
    when all of it.

    Raises: ConnectError that names the hop, what happened, and what to look at.
    """
    sock = await connected(address, min(connect_by, deadline))
    with closing(sock), hop(address, "TLS handshake failed", why_no_tls, deadline):
        async with asyncio.timeout_at(deadline):
            reader, writer = await asyncio.open_connection(sock=sock)
            try:
                return await _greeted(reader, writer, address.host)
            finally:
                writer.transport.abort()


def _context() -> ssl.SSLContext:
    """Return a context that talks to anybody: the question is what they show."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context


async def _greeted(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, host: str) -> Shown:
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = _context().wrap_bio(incoming, outgoing, server_hostname=host)
    hello = b""
    while True:
        try:
            tls.do_handshake()  # from TLS 1.3 on, done as soon as all is there
            return Shown(tls.version(), _chain(tls))
        except ssl.SSLWantReadError:
            chain = _chain(tls)
        if chain:
            return Shown(_VERSIONS.get(hello[_VERSION_AT]), chain)
        writer.write(outgoing.read())
        told = await reader.read(_READ_BYTES)
        if not told:
            raise ConnectionResetError
        hello = hello or told
        incoming.write(told)


def _chain(tls: ssl.SSLObject) -> tuple[bytes, ...]:
    """Return the certificates that have come, in DER; none until they have.

    Public from Python 3.13 on; before that, only the object beneath has it.
    """
    public: Any = getattr(tls, "get_unverified_chain", None)
    if public is not None:
        return tuple(public())
    beneath: Any = getattr(tls, "_sslobj", None)
    found = beneath.get_unverified_chain() or ()
    return tuple(ssl.PEM_cert_to_DER_cert(each.public_bytes()) for each in found)
