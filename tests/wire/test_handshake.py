"""Certificates as real TLS servers show them: of every version, and to whoever asks."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from kdiag.errors import ConnectError
from kdiag.wire.addresses import Address
from kdiag.wire.handshake import Shown, read_certificates

AUTHORITY = trustme.CA()
CERTIFICATE = AUTHORITY.issue_cert("localhost", "127.0.0.1")


class Server:
    """What a TLS server saw of the one connection that it took."""

    def __init__(self) -> None:
        self.is_greeted = False
        self.error: Exception | None = None
        self.received = b""

    def take(self, listening: socket.socket, context: ssl.SSLContext) -> None:
        taken, _ = listening.accept()
        taken.settimeout(5)
        with closing(taken):
            try:
                with context.wrap_socket(taken, server_side=True) as tls:
                    self.is_greeted = True
                    self.received = tls.recv(100)
            except (OSError, ValueError) as error:
                self.error = error


@contextmanager
def serving(context: ssl.SSLContext) -> Iterator[tuple[Address, Server]]:
    server = Server()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.take, args=(listening, context))
        thread.start()
        try:
            yield Address("127.0.0.1", listening.getsockname()[1]), server
        finally:
            thread.join(10)


def context_of(
    version: ssl.TLSVersion, certificate: trustme.LeafCert = CERTIFICATE
) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.maximum_version = version
    certificate.configure_cert(context)
    return context


def shown_by(address: Address, seconds: float = 5) -> Shown:
    async def read() -> Shown:
        deadline = asyncio.get_running_loop().time() + seconds
        return await read_certificates(address, deadline, deadline)

    return asyncio.run(read())


@pytest.mark.parametrize("wants_certificate", [False, True])
@pytest.mark.parametrize(
    ("version", "name"),
    [(ssl.TLSVersion.TLSv1_2, "TLSv1.2"), (ssl.TLSVersion.TLSv1_3, "TLSv1.3")],
)
def test_the_certificate_is_read_and_nothing_is_answered(version, name, wants_certificate):
    context = context_of(version)
    if wants_certificate:
        AUTHORITY.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED

    with serving(context) as (address, server):
        shown = shown_by(address)

    assert shown.version == name
    leaf = CERTIFICATE.cert_chain_pems[0].bytes().decode()
    assert shown.chain[0] == ssl.PEM_cert_to_DER_cert(leaf)
    assert not server.is_greeted
    assert server.received == b""
    assert server.error is not None


def test_one_that_is_over_is_read_as_any_other():
    now = datetime.now(UTC)
    over = AUTHORITY.issue_cert("localhost", not_after=now - timedelta(days=3))

    with serving(context_of(ssl.TLSVersion.TLSv1_3, over)) as (address, _):
        assert len(shown_by(address).chain) == 1


def test_authorities_that_are_sent_along_come_behind():
    below = AUTHORITY.create_child_ca().issue_cert("localhost")

    with serving(context_of(ssl.TLSVersion.TLSv1_3, below)) as (address, _):
        assert len(shown_by(address).chain) == 2


def test_a_port_without_tls_says_so():
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def answer() -> None:
            taken, _ = listening.accept()
            with closing(taken):
                taken.recv(100)
                taken.sendall(b"220 no TLS here\r\n")

        thread = threading.Thread(target=answer)
        thread.start()
        with pytest.raises(ConnectError, match="the peer does not speak TLS"):
            shown_by(Address("127.0.0.1", listening.getsockname()[1]))
        thread.join(5)


def test_a_silent_port_costs_no_more_than_the_deadline():
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        pytest.raises(ConnectError, match=r"no answer within 0\.\d s"),
    ):
        shown_by(Address("127.0.0.1", listening.getsockname()[1]), 0.3)


def test_a_port_that_is_closed_says_so():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

    with pytest.raises(ConnectError, match="connection refused"):
        shown_by(Address("127.0.0.1", port))
