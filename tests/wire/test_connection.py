"""One connection against peers that answer late, wrongly, half, or never."""

import asyncio
import time
from datetime import timedelta

import pytest

from kdiag.errors import ConnectError, RequestError, TimedOut, Unreachable
from kdiag.wire.allowlist import APIS
from kdiag.wire.opening import Security, open_connection
from kdiag.wire.request import make_request
from kdiag.wire.traffic import Traffic

PLAINTEXT = Security(None, None, "kdiag")
RANGES = {3: (4, 13), 16: (0, 5), 18: (0, 4), 60: (0, 2)}
LIST_GROUPS = make_request(APIS["ListGroups"], 4, {})


def soon(seconds):
    return asyncio.get_running_loop().time() + seconds


def talk(listening, script, client, traffic=None):
    """Run a client on an open connection to a peer that follows a script after ApiVersions."""

    async def greeting(peer):
        await peer.greet(RANGES)
        await script(peer)

    async def run():
        async with listening(greeting) as port:
            opened = await open_connection("127.0.0.1", port, PLAINTEXT, soon(2), traffic)
            try:
                return await client(opened.connection)
            finally:
                opened.connection.close()

    return asyncio.run(run())


def opening_fails(listening, script, seconds=2.0):
    """The sentence with which an opening fails."""

    async def run():
        async with listening(script) as port:
            with pytest.raises(ConnectError) as caught:
                await open_connection("127.0.0.1", port, PLAINTEXT, soon(seconds))
            return str(caught.value)

    return asyncio.run(run())


@pytest.fixture
def named(make_entity):
    def reply(*names):
        found = [{"group_id": n, "protocol_type": "", "group_state": "Stable"} for n in names]
        return make_entity(16, 4, error_code=0, throttle_time=timedelta(), groups=found)

    return reply


def test_requests_are_pipelined_and_may_be_answered_in_any_order(listening, named):
    async def script(peer):
        numbers = [(await peer.request())[2] for _ in range(3)]
        for number in reversed(numbers):
            await peer.reply(number, named(f"g{number}"))

    async def client(connection):
        asked = [connection.ask(LIST_GROUPS, soon(2)) for _ in range(3)]
        return [reply.groups[0].group_id for reply in await asyncio.gather(*asked)]

    traffic = Traffic()
    assert talk(listening, script, client, traffic) == ["g1", "g2", "g3"]
    assert traffic.requests == {"ApiVersions": 1, "ListGroups": 3}
    assert traffic.bytes_in > 0
    assert traffic.bytes_out > 0


def test_the_request_says_who_we_are(listening, named):
    async def script(peer):
        key, version, number, rest = await peer.request()
        assert (key, version, rest[:7]) == (16, 4, b"\0\5kdiag")
        await peer.reply(number, named())

    async def client(connection):
        return (await connection.ask(LIST_GROUPS, soon(2))).groups

    assert talk(listening, script, client) == ()


def test_a_late_reply_costs_its_request_only(listening, named):
    async def script(peer):
        first, second = [(await peer.request())[2] for _ in range(2)]
        await peer.reply(second, named("second"))
        await asyncio.sleep(0.2)
        await peer.reply(first, named("first"))
        await peer.reply((await peer.request())[2], named("third"))

    async def client(connection):
        late = connection.ask(LIST_GROUPS, soon(0.1))
        outcome = await asyncio.gather(
            late, connection.ask(LIST_GROUPS, soon(2)), return_exceptions=True
        )
        third = await connection.ask(LIST_GROUPS, soon(2))
        return [*outcome, third]

    late, second, third = talk(listening, script, client)
    assert type(late) is TimedOut
    assert "no answer to ListGroups within 0.1 s" in str(late)
    assert second.groups[0].group_id == "second"
    assert third.groups[0].group_id == "third"


def test_a_peer_that_hangs_costs_one_deadline(listening):
    async def script(peer):
        await asyncio.sleep(60)

    async def client(connection):
        started = time.perf_counter()
        asked = [connection.ask(LIST_GROUPS, soon(seconds)) for seconds in (0.2, 5, 5, 5)]
        outcome = await asyncio.gather(*asked, return_exceptions=True)
        with pytest.raises(TimedOut, match=r"no answer to ListGroups within 0\.2 s"):
            await connection.ask(LIST_GROUPS, soon(5))
        return outcome, time.perf_counter() - started

    outcome, seconds = talk(listening, script, client)
    assert [type(error) for error in outcome] == [TimedOut] * 4
    assert seconds < 1


def test_a_slow_large_reply_does_not_give_up_the_connection(listening, named):
    async def script(peer):
        numbers = [(await peer.request())[2] for _ in range(2)]
        await peer.send(b"\0\0\x40\0" + numbers[0].to_bytes(4, "big"))
        await asyncio.sleep(0.3)
        await peer.send(bytes(0x4000 - 4))
        await peer.reply(numbers[1], named("second"))

    async def client(connection):
        asked = [connection.ask(LIST_GROUPS, soon(seconds)) for seconds in (0.1, 2)]
        return await asyncio.gather(*asked, return_exceptions=True)

    first, second = talk(listening, script, client)
    assert type(first) is TimedOut
    assert second.groups[0].group_id == "second"


def test_a_closed_connection_fails_all_that_wait_with_the_reason(listening):
    async def script(peer):
        for _ in range(2):
            await peer.request()

    async def client(connection):
        connection.hint = ""
        asked = [connection.ask(LIST_GROUPS, soon(5)) for _ in range(2)]
        outcome = await asyncio.gather(*asked, return_exceptions=True)
        with pytest.raises(Unreachable, match="the broker closed the connection"):
            await connection.ask(LIST_GROUPS, soon(5))
        return outcome

    outcome = talk(listening, script, client)
    assert [type(error) for error in outcome] == [Unreachable] * 2
    assert all("the broker closed the connection" in str(error) for error in outcome)


def test_half_a_reply_is_said_to_be_half(listening, named):
    async def script(peer):
        await peer.reply((await peer.request())[2], named())
        number = (await peer.request())[2]
        await peer.send(b"\0\0\1\0" + number.to_bytes(4, "big") + b"half")

    async def client(connection):
        await connection.ask(LIST_GROUPS, soon(2))
        with pytest.raises(Unreachable, match="in the middle of a reply"):
            await connection.ask(LIST_GROUPS, soon(2))

    talk(listening, script, client)


@pytest.mark.parametrize("body", [b"", b"\0" * 3, b"\xff" * 40, b"\0\0\0\0\0\0\3\7\xff" * 9])
def test_a_reply_that_does_not_decode_costs_its_request(listening, named, body):
    async def script(peer):
        number = (await peer.request())[2]
        frame = number.to_bytes(4, "big") + body
        await peer.send(len(frame).to_bytes(4, "big") + frame)
        await peer.reply((await peer.request())[2], named("next"))

    async def client(connection):
        with pytest.raises(RequestError, match="cannot be read"):
            await connection.ask(LIST_GROUPS, soon(2))
        return await connection.ask(LIST_GROUPS, soon(2))

    assert talk(listening, script, client).groups[0].group_id == "next"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", "an HTTP server answers here"),
        (b"\x15\x03\x03\x00\x02\x02\x50", "it wants security.protocol=SSL or SASL_SSL"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "not a Kafka broker (its first bytes are 5353482d)"),
        (b"\xff\xff\xff\xff", "not a Kafka broker (its first bytes are ffffffff)"),
        (b"\0\0\0\3abc", "not a Kafka broker (its first bytes are 00000003)"),
        (b"\x7f\xff\xff\xff", "not a Kafka broker (its first bytes are 7fffffff)"),
    ],
)
def test_who_is_no_broker_is_named(listening, data, sentence):
    async def script(peer):
        await peer.request()
        await peer.send(data)
        await asyncio.sleep(5)

    said = opening_fails(listening, script)
    assert sentence in said
    assert "may want" not in said


def test_a_peer_that_closes_at_the_first_request_may_want_tls(listening):
    async def script(peer):
        await peer.request()

    said = opening_fails(listening, script)
    assert "the broker closed the connection; this port may want TLS" in said


def test_a_peer_that_closes_after_api_versions_may_want_sasl(listening):
    async def script(peer):
        await peer.request()

    async def client(connection):
        with pytest.raises(ConnectError, match="the listener may want SASL"):
            await connection.ask(LIST_GROUPS, soon(2))

    talk(listening, script, client)


def test_a_peer_that_accepts_and_never_answers(listening):
    async def script(peer):
        await asyncio.sleep(60)

    said = opening_fails(listening, script, seconds=0.2)
    assert "no answer to ApiVersions within 0.2 s" in said


def test_a_reply_that_nobody_asked_for_ends_the_connection(listening, named):
    async def script(peer):
        await peer.reply((await peer.request())[2], named())
        await peer.request()
        await peer.reply(4711, named())
        await asyncio.sleep(5)

    async def client(connection):
        await connection.ask(LIST_GROUPS, soon(2))
        with pytest.raises(Unreachable, match="a reply came that nobody asked for"):
            await connection.ask(LIST_GROUPS, soon(2))

    talk(listening, script, client)


def test_cancelling_a_request_leaves_the_others(listening, named):
    async def script(peer):
        numbers = [(await peer.request())[2] for _ in range(2)]
        for number in numbers:
            await peer.reply(number, named(f"g{number}"))

    async def client(connection):
        first = asyncio.create_task(connection.ask(LIST_GROUPS, soon(2)))
        second = asyncio.create_task(connection.ask(LIST_GROUPS, soon(2)))
        await asyncio.sleep(0)
        first.cancel()
        return await second

    assert talk(listening, script, client).groups[0].group_id == "g2"


def test_an_opening_that_is_cancelled_leaves_no_socket(listening):
    ends = []

    async def script(peer):
        ends.append(await peer.reader.read())

    async def run():
        async with listening(script) as port:
            opening = asyncio.create_task(open_connection("127.0.0.1", port, PLAINTEXT, soon(60)))
            await asyncio.sleep(0.1)
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)
            await asyncio.sleep(0.1)

    asyncio.run(run())
    assert len(ends) == 1
