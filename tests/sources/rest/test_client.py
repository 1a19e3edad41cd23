"""One endpoint: what it answers is bounded and looked at; what goes wrong is one sentence."""

import asyncio
import gzip
import threading

import pytest

from kdiag.errors import RequestError
from kdiag.snapshot import Missing
from kdiag.sources import http
from kdiag.sources.rest.allowlist import CONNECTORS, WORKER
from kdiag.sources.rest.client import Answered, Odd, Rest, part
from kdiag.sources.rest.endpoints import each
from kdiag.wire.secret import Secret
from kdiag.wire.tokens import Tokens, of_text
from tests.sources.rest.serving import PAGE, asking, server, serving


def ask(service, call=WORKER, how=None, **more):
    """What one call gives."""

    async def run():
        async with Rest(server(service.url, **more), how or asking()) as rest:
            return await rest.ask(call)

    return asyncio.run(run())


def test_an_answer_is_what_its_json_says_and_is_counted():
    how = asking()
    with serving({"/": (200, {"version": "4.4.0"})}) as service:
        assert ask(service, how=how) == {"version": "4.4.0"}

    assert how.requests == {"Kafka Connect GET /": 1}


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (500, b"", "answers HTTP 500$"),
        (409, {"error_code": 409, "message": "rebalance\nsecond"}, "HTTP 409: rebalance$"),
        (404, PAGE, "HTTP 404: a web page$"),
        (302, b"", "answers HTTP 302$"),
        (500, {"message": "at https://me:secret@db/x"}, r"at https://\*\*\*@db/x$"),
        (500, {"message": "x" * 999}, "x…$"),
        (200, b"not json", "does not do so in JSON"),
        (200, b"[" * 100_000, "does not do so in JSON"),
        (500, [], "answers HTTP 500$"),
    ],
)
def test_an_error_is_one_sentence_without_secrets(status, body, words):
    with serving({"/": (status, body)}) as service, pytest.raises(RequestError, match=words):
        ask(service)


def test_an_error_has_its_code():
    body = {"error_code": 40403, "message": "no"}
    with serving({"/": (404, body)}) as service, pytest.raises(Answered) as caught:
        ask(service)

    assert (caught.value.status, caught.value.code, caught.value.is_page) == (404, 40403, False)


def test_an_answer_that_is_too_large_is_cut_off(monkeypatch):
    monkeypatch.setattr(http, "LARGEST_BYTES", 1000)
    with (
        serving({"/": (200, {"a": "x" * 2000})}) as service,
        pytest.raises(RequestError, match="more than 1000 bytes"),
    ):
        ask(service)


def test_who_we_are_is_told_and_never_shown():
    with serving({"/": (401, b"")}) as service:
        told = asyncio.run(
            each(
                [server(service.url, tokens=Tokens(of_text(Secret("hush"))))],
                asking(),
                lambda rest: rest.ask(WORKER),
            )
        )
        [headers] = service.headers

    assert headers["Authorization"] == "Bearer hush"
    [missing] = told.values()
    assert missing.grant == "credentials in [connect]"
    assert "hush" not in repr(missing)


def test_a_user_has_a_password():
    with serving({"/": (200, {})}) as service:
        ask(service, username="me", password=Secret("pw"))

    assert service.headers[0]["Authorization"].startswith("Basic ")


def test_one_that_hangs_and_one_that_is_dead_cost_their_part():
    released = threading.Event()

    def hang():
        released.wait(20)
        return {}

    with (
        serving({"/": (200, hang)}) as slow,
        serving({"/": (200, {"version": "1"})}) as good,
        serving({}) as dead,
    ):
        gone = dead.url
        dead.shutdown()
        dead.server_close()
        told = asyncio.run(
            each(
                [server(url) for url in (slow.url, good.url, gone)],
                asking(seconds=1),
                lambda rest: rest.ask(WORKER),
            )
        )
        released.set()

    assert told[good.url] == {"version": "1"}
    assert "did not answer within 1 s" in told[slow.url].reason
    assert "cannot be reached" in told[gone].reason


def test_all_of_an_endpoint_has_a_limit_too():
    released = threading.Event()
    with serving({"/": (200, lambda: released.wait(20) and {})}) as service:
        told = asyncio.run(
            each([server(service.url)], asking(5, 0.2), lambda rest: rest.ask(WORKER))
        )
        released.set()

    assert told[service.url] == Missing(f"Kafka Connect at {service.url} was not read within 0.2 s")


def test_no_more_than_a_few_requests_are_on_their_way():
    most, now, lock = [0], [0], threading.Lock()
    gate = threading.Barrier(8, timeout=10)

    def body():
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        gate.wait()  # eight come together, or the barrier breaks
        with lock:
            now[0] -= 1
        return {}

    async def run(url):
        async with Rest(server(url), asking()) as rest:
            await asyncio.gather(*(rest.ask(CONNECTORS) for _ in range(32)))

    with serving({"/connectors": (200, body)}) as service:
        asyncio.run(run(service.url))

    assert most == [8]


@pytest.mark.parametrize(
    ("document", "hint"),
    [({}, str), ({"a": 1}, str), ([], str), (None, str), ({"a": True}, int), ({"a": [1]}, dict)],
)
def test_a_part_of_the_wrong_kind_is_odd(document, hint):
    with pytest.raises(Odd):
        part(document, "a", hint)


def test_what_speaks_no_http_is_one_sentence():
    async def run():
        async def shout(_, writer):
            writer.write(gzip.compress(b"hello"))
            writer.close()

        listening = await asyncio.start_server(shout, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
        async with listening:
            return await each([server(url)], asking(), lambda rest: rest.ask(WORKER))

    [missing] = asyncio.run(run()).values()
    assert "does not speak HTTP as expected" in missing.reason
