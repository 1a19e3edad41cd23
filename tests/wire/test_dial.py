"""Resolve, connect, TLS: the sentence for each way in which a hop fails."""

import asyncio
import socket
import ssl
import time
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from kdiag.errors import ConnectError
from kdiag.wire.addresses import Address
from kdiag.wire.dial import dial
from kdiag.wire.traffic import Traffic


async def failing_dial(address, context, seconds):
    deadline = asyncio.get_running_loop().time() + seconds
    with pytest.raises(ConnectError) as caught:
        await dial(address, context, Traffic(), deadline)
    return str(caught.value)


def sentence(address, context=None, seconds=2.0):
    return asyncio.run(failing_dial(address, context, seconds))


def tls_sentence(listening, server, client, host="127.0.0.1", seconds=2.0):
    async def script(peer):
        await peer.reader.read(1)

    async def run():
        async with listening(script, ssl=server) as port:
            return await failing_dial(Address(host, port), client, seconds)

    return asyncio.run(run())


def contexts(*names, trust=True):
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(*names).configure_cert(server)
    client = ssl.create_default_context()
    if trust:
        authority.configure_trust(client)
    return server, client


def test_a_name_that_does_not_exist():
    assert sentence(Address("no-such-host.invalid", 9092)) == (
        "no-such-host.invalid:9092: cannot be resolved: no such host;"
        " check the spelling and this machine's name resolution"
    )


@pytest.mark.parametrize("name", ["a..b", "x" * 70])
def test_a_name_that_cannot_exist(name):
    assert "cannot be resolved: no such host" in sentence(Address(name, 9092))


def test_a_resolver_that_hangs(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(0.6) or [])
    started = time.perf_counter()
    said = sentence(Address("slow.example.com", 9092), seconds=0.1)
    assert said == "slow.example.com:9092: cannot be resolved: no answer within 0.1 s"
    assert time.perf_counter() - started < 0.5
    time.sleep(0.7)


def test_a_port_on_which_nothing_listens():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    said = sentence(Address("127.0.0.1", port))
    assert said.endswith("cannot connect: connection refused; nothing listens on this port")


def test_a_host_that_does_not_answer():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as server:
        full = [socket.socket() for _ in range(4)]
        for sock in full:
            sock.setblocking(False)
            sock.connect_ex(server.getsockname())
        said = sentence(Address(*server.getsockname()), seconds=0.2)
        for sock in full:
            sock.close()
    assert said.endswith("cannot connect: no answer within 0.2 s")


def test_all_addresses_of_a_name_are_tried(monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as alive:
        port = alive.getsockname()[1]
        places = [("127.0.0.2", port), ("127.0.0.1", port)]
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", place) for place in places]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)

        async def run():
            deadline = asyncio.get_running_loop().time() + 2
            _, transport = await dial(Address("b", port), None, Traffic(), deadline)
            transport.abort()

        asyncio.run(run())


def test_tls_works(listening):
    server, client = contexts("127.0.0.1")

    async def script(peer):
        await peer.reader.read()

    async def run():
        async with listening(script, ssl=server) as port:
            deadline = asyncio.get_running_loop().time() + 2
            _, transport = await dial(Address("127.0.0.1", port), client, Traffic(), deadline)
            transport.abort()

    asyncio.run(run())


def test_an_authority_that_is_not_trusted(listening):
    said = tls_sentence(listening, *contexts("127.0.0.1", trust=False))
    assert "TLS handshake failed: unable to get local issuer certificate" in said
    assert "put the broker's authority into ssl.truststore.location" in said


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_certificate_for_another_name(listening, host):
    said = tls_sentence(listening, *contexts("b1.example.com"), host=host)
    assert "mismatch, certificate is not valid for" in said
    assert "or set ssl.endpoint.identification.algorithm= (empty)" in said


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (-9 * DAY, -DAY, "has expired; put a new one into its ssl.keystore.location"),
        (DAY, 9 * DAY, "is not yet valid; compare the clocks of both machines"),
    ],
)
def test_a_certificate_out_of_its_time(listening, first, last, words):
    authority = trustme.CA()
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    now = datetime.now(UTC)
    authority.issue_cert("127.0.0.1", not_before=now + first, not_after=now + last).configure_cert(
        server
    )
    client = ssl.create_default_context()
    authority.configure_trust(client)
    said = tls_sentence(listening, server, client)
    assert said.endswith(f"TLS handshake failed: the broker's certificate {words}")


def test_a_port_that_answers_in_plain_text(listening):
    async def http(peer):
        await peer.reader.read(1)
        await peer.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async def run():
        async with listening(http) as port:
            address = Address("127.0.0.1", port)
            return await failing_dial(address, ssl.create_default_context(), 2)

    assert "the peer does not speak TLS; the port may be plain text" in asyncio.run(run())


def test_a_port_that_closes_at_the_tls_handshake(listening):
    _, client = contexts("127.0.0.1")
    said = tls_sentence(listening, None, client)
    assert "the peer closed the connection; the port may be plain text" in said


def test_a_tls_handshake_that_never_ends(listening):
    async def mute(peer):
        await asyncio.sleep(60)

    async def run():
        async with listening(mute) as port:
            address = Address("127.0.0.1", port)
            return await failing_dial(address, ssl.create_default_context(), 0.2)

    assert asyncio.run(run()).endswith("TLS handshake failed: no answer within 0.2 s")
