"""What a server may do wrong, below HTTP and in it: one sentence each, within the time."""

import asyncio
import contextlib
import gzip
import itertools
import re
import socket
from urllib.parse import unquote

import pytest

from kdiag.snapshot import Missing
from kdiag.sources import http
from kdiag.sources.rest.allowlist import QUERIES, STATEMENTS, SUBJECT_LEVEL, WORKER
from kdiag.wire.secret import Secret
from tests.sources.rest.talking import OK, answering, run, talking, told

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NO_HTTP = "does not speak HTTP as expected$"
BROKEN = "breaks off in the middle of its answer$"


async def worker(rest):
    return await rest.ask(WORKER)


def ask(say, read=worker, **more):
    """What is told of a server that talks so, and the talker."""

    async def asked():
        async with talking(say, **more.pop("where", {})) as talker:
            return await told(talker.url, read, **more), talker

    return run(asked())


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (HEAD + b'Content-Length: 100\r\n\r\n{"a":', BROKEN),
        (CHUNKED + b"2\r\n{}\r\n", BROKEN),
        (CHUNKED + b"zz\r\n{}\r\n", NO_HTTP),
        (HEAD + b"Content-Length: -1\r\n\r\n{}", NO_HTTP),
        (HEAD + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", NO_HTTP),
        (HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n{}", NO_HTTP),
        (HEAD + b"Content-Length: 0\r\n\r\n", "does not do so in JSON$"),
        (HEAD + b"X: " + b"a" * 60_000 + b"\r\nContent-Length: 2\r\n\r\n{}", NO_HTTP),
        (HEAD + b"X: a\r\n" * 5000 + b"Content-Length: 2\r\n\r\n{}", NO_HTTP),
        (b"SSH-2.0-OpenSSH_9.2\r\n", NO_HTTP),
        (b"\x15\x03\x03\x00\x02\x02\x50", NO_HTTP),  # an alert of TLS
        (b"\x00\x00\x12\x04\x00\x00\x00\x00\x00", NO_HTTP),  # HTTP/2
        (b"", "closes the connection without an answer; does it want https\\?$"),
        (b"HTTP/1.1 407 Proxy\r\nContent-Length: 0\r\n\r\n", "answers HTTP 407$"),
        (b"HTTP/1.1 204 None\r\n\r\n", "answers HTTP 204$"),
        (b"HTTP/1.1 101 Other\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "answers HTTP 101$"),
        (
            HEAD + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"{}", mtime=0),
            "does not do so in JSON$",
        ),
    ],
    ids=itertools.count(),
)
def test_what_is_wrong_is_one_sentence(data, words):
    missing, talker = ask(answering(data))

    assert isinstance(missing, Missing)
    assert re.search(f"Kafka Connect at {talker.url} .*{words}", missing.reason)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.0 200 OK\r\n\r\n{}",
        HEAD + b"\r\n{}",
        CHUNKED + b"1\r\n{\r\n1\r\n}\r\n0\r\n\r\n",
        "HTTP/1.1 200 Über\r\nContent-Length: 2\r\n\r\n{}".encode(),
        HEAD + b"Set-Cookie: \xff=;;=\r\nContent-Length: 2\r\n\r\n{}",
        HEAD + b"X: " + b"a" * 7000 + b"\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK,
    ],
    ids=itertools.count(),
)
def test_old_and_odd_http_is_read(data):
    answer, talker = ask(answering(data))

    assert answer == {}
    assert b"\r\nAccept-Encoding: identity\r\n" in talker.asked[0]


def dripping(first):
    async def say(talker, reader, writer):
        await talker.request(reader)
        writer.write(first)
        while True:
            writer.write(b"1\r\n \r\n" if first == CHUNKED else b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    return say


@pytest.mark.parametrize("first", [HEAD + b"Content-Length: 999\r\n\r\n", CHUNKED, HEAD + b"X: "])
def test_one_that_drips_costs_its_part(first):
    async def both():
        async with talking(dripping(first)) as slow, talking(answering(OK)) as good:
            asked = (told(slow.url, worker, seconds=0.4), told(good.url, worker))
            return slow.url, *await asyncio.gather(*asked)

    url, late, answer = run(both())  # without a deadline it would not end

    assert late == Missing(f"Kafka Connect at {url} did not answer within 0.4 s")
    assert answer == {}


@pytest.mark.parametrize("first", [HEAD + b"Content-Length: 99999999999\r\n\r\n", CHUNKED])
def test_a_body_without_an_end_is_left(monkeypatch, first):
    monkeypatch.setattr(http, "LARGEST_BYTES", 1_000_000)
    pieces = itertools.repeat(b"2710\r\n" + b"x" * 10_000 + b"\r\n")

    missing, talker = ask(answering(first, *itertools.islice(pieces, 10_000), keeps=True))

    assert missing == Missing(f"Kafka Connect at {talker.url} answers more than 1000000 bytes")


@pytest.mark.parametrize(
    ("name", "one"),
    [
        ("Kafka Connect", worker),
        ("ksqlDB", lambda rest: rest.ask(STATEMENTS, body=QUERIES)),
    ],
)
@pytest.mark.parametrize("takes_second", [False, True])
def test_a_connection_that_was_closed_meanwhile_is_opened_again(name, one, takes_second):
    """By a server that ends connections without a word, or with the next request on its way."""

    async def say(talker, reader, writer):
        await talker.request(reader)
        writer.write(OK)
        await writer.drain()
        if takes_second:
            await talker.request(reader)

    async def three(rest):
        return [await one(rest) for _ in range(3)]

    answers, talker = ask(say, three, name=name)

    assert answers == [{}, {}, {}]
    assert talker.connections == 3


def test_a_redirect_is_not_followed():
    async def asked():
        async with talking(answering(OK)) as other:
            away = f"HTTP/1.1 302 F\r\nLocation: {other.url}/\r\nContent-Length: 0\r\n\r\n".encode()
            async with talking(answering(away)) as talker:
                more = {"username": "me", "password": Secret("sesame")}
                return await told(talker.url, worker, **more), talker.url, other.asked

    missing, url, elsewhere = run(asked())
    assert missing == Missing(f"Kafka Connect at {url} answers HTTP 302")
    assert not elsewhere


def test_proxies_and_passwords_of_the_environment_are_not_used(monkeypatch, tmp_path):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login me password sesame\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))

    answer, talker = ask(answering(OK))

    assert answer == {}
    assert b"uthorization" not in talker.asked[0]


@pytest.fixture
def ipv6():
    """Skips where the machine has no address of version 6."""
    with contextlib.closing(socket.socket(socket.AF_INET6)) as one:
        try:
            one.bind(("::1", 0))
        except OSError:
            pytest.skip("no IPv6 on loopback")


@pytest.mark.usefixtures("ipv6")
def test_an_address_of_ipv6_is_asked():
    answer, talker = ask(answering(OK), where={"host": "::1"})

    assert answer == {}
    assert f"\r\nHost: {talker.url.removeprefix('http://')}\r\n".encode() in talker.asked[0]


@pytest.mark.parametrize("host", ["127.0.0.1:1", "[::1]:1"])
def test_what_cannot_be_reached_says_why(host):
    missing = run(told(f"http://{host}", worker))

    assert missing == Missing(
        f"Kafka Connect at http://{host} cannot be reached: Connection refused"
    )


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (socket.gaierror(-2, "Name or service not known"), "Name or service not known"),
        (OSError(111, "Connect call failed ('127.0.0.1', 9)"), "Connection refused"),
        (ConnectionResetError(), "the connection was closed"),
        (OSError("All connection attempts failed"), "All connection attempts failed"),
        (Exception(ConnectionRefusedError(111, "refused")), "Connection refused"),
        (ExceptionGroup("two", [OSError(111, "x"), OSError(101, "y")]), "Connection refused"),
    ],
)
def test_a_cause_is_said_in_words(error, words):
    outer = RuntimeError("outside")
    outer.__cause__ = error

    assert http.cause(outer) == words


NAMES = (
    *("a/b", "a//b", "..%2f", "a..b", "/", "a b", "a+b", "%", "a%2Fb", "%00", "a?b=c&d", "a#b"),
    *("ü", "日本", "😀", ":.eu:a", "a;b", "a\nb", "a\0b", "a\\b", "~-_.!*'()", '"<>{}|^`'),
)


@pytest.mark.parametrize("base", ["", "/", "/apis/ccompat/v7", "/apis/ccompat/v7/", "/a%20b/c%2Fd"])
def test_names_arrive_as_they_are(base):
    async def asked():
        async with talking(answering(OK, times=len(NAMES))) as talker:

            async def read(rest):
                return [await rest.ask(SUBJECT_LEVEL, name) for name in NAMES]

            return await told(talker.url + base, read, name="Schema Registry"), talker

    answers, talker = run(asked())

    assert answers == [{}] * len(NAMES)
    before = f"GET {base.rstrip('/')}/config/"
    names = [line.removeprefix(before).removesuffix(" HTTP/1.1") for line in talker.lines]
    assert all(line.startswith(before) for line in talker.lines)
    assert not any(set("/?#").intersection(name) for name in names)
    assert [unquote(name) for name in names] == list(NAMES)
