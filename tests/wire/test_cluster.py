"""Many brokers: the first that lets us in, versions for each, and what one broken one costs."""

import asyncio
import socket
import time
from contextlib import AsyncExitStack
from datetime import timedelta

import pytest

from kdiag.errors import ConnectError, TimedOut, Unreachable, Unsupported, UsageError
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

RANGES = {3: (4, 13), 16: (0, 5), 18: (0, 4), 60: (0, 2)}


@pytest.fixture
def brokers(listening, make_entity):
    """`async with brokers(n) as ports`: brokers that list a group named like their port."""

    def listed(port):
        def reply(version):
            group = {"group_id": f"at {port}", "protocol_type": ""}
            group |= {"group_state": "", "group_type": ""} if version == 5 else {}
            fields = {"error_code": 0, "throttle_time": timedelta(), "groups": [group]}
            return make_entity(16, version, **fields)

        return reply

    class Brokers(AsyncExitStack):
        def __init__(self, count, ranges=RANGES):
            super().__init__()
            self.count, self.ranges, self.accepted = count, ranges, 0

        async def __aenter__(self):
            await super().__aenter__()
            ports = []
            for _ in range(self.count):

                async def script(peer):
                    self.accepted += 1
                    port = peer.writer.get_extra_info("sockname")[1]
                    await peer.serve(self.ranges, {16: listed(port)})

                ports.append(await self.enter_async_context(listening(script)))
            self.ports = ports
            return self

    return Brokers


async def mute(_peer):
    await asyncio.sleep(60)


def closed_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def wire_to(*ports, timeout=2.0):
    bootstrap = ",".join(f"127.0.0.1:{port}" for port in ports)
    return Wire.connect(bootstrap, ClientSettings(), timeout)


def known(ports):
    return [(i, "127.0.0.1", port) for i, port in enumerate(ports, 1)]


def test_all_brokers_are_asked_at_once_and_each_connection_is_opened_once(brokers):
    async def run():
        async with brokers(3) as cluster, await wire_to(cluster.ports[0]) as wire:
            wire.learn(known(cluster.ports))
            for _ in range(3):
                answers = await wire.ask_all("ListGroups", dict.fromkeys(wire.brokers))
            names = [answers[i].groups[0].group_id for i in (1, 2, 3)]
            assert names == [f"at {port}" for port in cluster.ports]
            assert wire.traffic.requests == {"ApiVersions": 3, "ListGroups": 9}
            assert cluster.accepted == 3
            assert {i: v.ranges[16] for i, v in wire.versions.items()} == {
                1: (0, 5),
                2: (0, 5),
                3: (0, 5),
            }

    asyncio.run(run())


def test_concurrent_requests_share_the_opening_of_a_connection(brokers):
    async def run():
        async with brokers(2) as cluster, await wire_to(cluster.ports[0]) as wire:
            wire.learn(known(cluster.ports))
            await asyncio.gather(*(wire.ask(2, "ListGroups") for _ in range(20)))
            assert cluster.accepted == 2

    asyncio.run(run())


def test_one_dead_broker_costs_its_part(brokers):
    async def run():
        async with brokers(2) as cluster, await wire_to(cluster.ports[0]) as wire:
            wire.learn(known([*cluster.ports, closed_port()]))
            answers = await wire.ask_all("ListGroups", {1: {}, 2: None, 3: {}, 4: {}})
            assert answers[1].groups
            assert answers[2].groups
            assert type(answers[3]) is Unreachable
            assert "connection refused" in str(answers[3])
            assert str(answers[4]) == "broker 4 is not registered in the cluster"
            assert list(wire.unreachable) == [3]

    asyncio.run(run())


def test_a_dead_broker_is_tried_once_in_a_pass(brokers):
    async def run():
        async with brokers(1) as cluster, await wire_to(cluster.ports[0]) as wire:
            port = closed_port()
            wire.learn(known([*cluster.ports, port]))
            with pytest.raises(Unreachable):
                await wire.ask(2, "ListGroups")
            server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", port)
            with pytest.raises(Unreachable, match="connection refused"):
                await wire.ask(2, "ListGroups")
            wire.begin_pass()
            with pytest.raises(Unreachable, match="closed the connection"):
                await wire.ask(2, "ListGroups")
            server.close()
            await server.wait_closed()

    asyncio.run(run())


def test_a_broker_that_accepts_and_never_answers_costs_one_deadline(brokers, listening):
    async def run():
        async with (
            brokers(1) as cluster,
            listening(mute) as hung,
            await wire_to(cluster.ports[0], timeout=0.5) as wire,
        ):
            wire.learn(known([*cluster.ports, hung]))
            started = time.perf_counter()
            for _ in range(5):
                answers = await wire.ask_all("ListGroups", {1: {}, 2: {}})
                assert answers[1].groups
                assert "no answer to ApiVersions within 0.5 s" in str(answers[2])
            assert time.perf_counter() - started < 0.8

    asyncio.run(run())


def test_a_broker_that_falls_silent_costs_one_deadline_and_a_fifth(brokers, listening):
    async def run():
        stopped = asyncio.Event()

        async def stops(peer):
            if not stopped.is_set():
                await peer.greet(RANGES)
            stopped.set()
            await asyncio.sleep(60)

        async with (
            brokers(1) as cluster,
            listening(stops) as port,
            await wire_to(cluster.ports[0], timeout=0.5) as wire,
        ):
            wire.learn(known([*cluster.ports, port]))
            started = time.perf_counter()
            kinds = []
            for _ in range(5):
                answers = await wire.ask_all("ListGroups", {1: {}, 2: {}})
                assert answers[1].groups
                kinds.append(type(answers[2]))
            assert kinds == [TimedOut] + [Unreachable] * 4
            assert time.perf_counter() - started < 0.9

    asyncio.run(run())


def test_one_slow_request_does_not_lose_the_broker(listening, make_entity):
    async def run():
        peers = []

        async def slow_once(peer):
            peers.append(peer)
            await peer.greet(RANGES)
            while True:
                number = (await peer.request())[2]
                if len(peers) == 1:
                    await asyncio.sleep(60)
                fields = {"error_code": 0, "throttle_time": timedelta(), "groups": []}
                await peer.reply(number, make_entity(16, 5, **fields))

        async with listening(slow_once) as port, await wire_to(port, timeout=0.4) as wire:
            wire.learn(known([port]))
            with pytest.raises(TimedOut):
                await wire.ask(1, "ListGroups")
            assert (await wire.ask(1, "ListGroups")).groups == ()

    asyncio.run(run())


def test_a_connection_that_was_closed_while_idle_is_opened_again(listening, make_entity):
    async def run():
        count = 0

        async def closes(peer):
            nonlocal count
            count += 1
            await peer.greet(RANGES)
            number = (await peer.request())[2]
            fields = {"error_code": 0, "throttle_time": timedelta(), "groups": []}
            await peer.reply(number, make_entity(16, 5, **fields))

        async with listening(closes) as port, await wire_to(port) as wire:
            for _ in range(3):
                await wire.ask(None, "ListGroups")
                await asyncio.sleep(0.05)
            assert count == 3

    asyncio.run(run())


def test_a_dead_bootstrap_broker_does_not_delay(brokers, listening):
    async def run():
        async with brokers(1) as cluster, listening(mute) as hung:
            started = time.perf_counter()
            async with await wire_to(hung, closed_port(), cluster.ports[0], timeout=3) as wire:
                assert (await wire.ask(None, "ListGroups")).groups
            assert time.perf_counter() - started < 0.6

    asyncio.run(run())


def test_no_bootstrap_broker_lets_us_in(listening):
    async def run():
        port = closed_port()
        async with listening(mute) as hung:
            with pytest.raises(ConnectError) as caught:
                await wire_to(port, hung, timeout=0.3)
        assert f"127.0.0.1:{port}: cannot connect: connection refused" in str(caught.value)
        assert f"127.0.0.1:{hung}: no answer to ApiVersions within" in str(caught.value)

    asyncio.run(run())


def test_a_controller_is_no_bootstrap_broker(brokers):
    async def run():
        async with brokers(1, {18: (0, 4), 60: (0, 2)}) as cluster:
            with pytest.raises(ConnectError, match="this is a controller's listener"):
                await wire_to(*cluster.ports)

    asyncio.run(run())


def test_a_bad_address_is_found_before_anything_is_sent():
    with pytest.raises(UsageError, match="write host:port"):
        asyncio.run(Wire.connect("localhost:abc", ClientSettings()))


def test_the_version_is_that_of_the_broker(brokers):
    async def run():
        async with (
            brokers(1, RANGES | {16: (0, 3)}) as cluster,
            await wire_to(*cluster.ports) as wire,
        ):
            seen = []

            def fields(version):
                seen.append(version)
                return {}

            await wire.ask(None, "ListGroups", fields)
            await wire.ask(None, "ListGroups", fields, newest=1)
            assert seen == [3, 1]
            with pytest.raises(Unsupported, match=r"broker 127.* v3, which has no states_fil"):
                await wire.ask(None, "ListGroups", {"states_filter": ["Stable"]})
            await wire.ask(
                None, "ListGroups", {"states_filter": ["Stable"]}, droppable=["states_filter"]
            )
            with pytest.raises(Unsupported, match="does not offer DescribeQuorum"):
                await wire.ask(None, "DescribeQuorum")

    asyncio.run(run())


def test_the_pass_has_a_budget(brokers):
    async def run():
        async with brokers(1) as cluster, await wire_to(*cluster.ports) as wire:
            wire.begin_pass(0.05)
            await asyncio.sleep(0.1)
            with pytest.raises(TimedOut, match="the time of this pass is used up"):
                await wire.ask(None, "ListGroups")
            wire.begin_pass(5)
            assert (await wire.ask(None, "ListGroups")).groups

    asyncio.run(run())


def test_brokers_that_move_are_connected_to_anew(brokers):
    async def run():
        async with brokers(2) as cluster, await wire_to(cluster.ports[0]) as wire:
            first, second = cluster.ports
            wire.learn([(1, "127.0.0.1", first)])
            await wire.ask(1, "ListGroups")
            wire.learn([(1, "127.0.0.1", second)])
            assert (await wire.ask(1, "ListGroups")).groups[0].group_id == f"at {second}"
            assert list(wire.brokers) == [1]

    asyncio.run(run())


@pytest.mark.parametrize("other", ["ours", "theirs"])
def test_a_bootstrap_address_may_lead_into_another_cluster(listening, make_entity, other):
    """It is another name of a broker, or it says so, and nobody asks there."""

    def of(cluster_id):
        fields = {"throttle_time": timedelta(), "brokers": (), "topics": ()}
        fields |= {"cluster_id": cluster_id, "controller_id": 1, "error_code": 0}

        async def script(peer):
            await peer.serve(RANGES, {3: lambda version: make_entity(3, version, **fields)})

        return script

    async def run():
        async with (
            listening(of("ours")) as here,
            listening(of(other)) as there,
            await wire_to(here, there) as wire,
        ):
            wire.cluster_id = "ours"
            wire.learn([(1, "127.0.0.1", here)])
            await wire.meet()
            return there, dict(wire.other_clusters)

    there, found = asyncio.run(run())

    if other == "ours":
        assert found == {}
    else:
        assert found == {f"127.0.0.1:{there}": "another cluster answers there, theirs"}
