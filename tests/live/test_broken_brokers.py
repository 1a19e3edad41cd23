"""One broker misbehaves in each phase of a pass: bounded, partial, honest, and nothing leaks."""

import asyncio
import os
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from kdiag.collect import Limits, _Pass, collect
from kdiag.diagnose import diagnose
from kdiag.errors import ConnectError
from kdiag.lab.waiting import wait_until
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import Commits, Groups, Offsets
from kdiag.snapshot import Section, Snapshot
from kdiag.sources.jmx import Access
from kdiag.sources.services import Services
from kdiag.wire.allowlist import APIS
from tests.live.between import (
    Answer,
    closes,
    dies,
    garbage,
    half,
    huge,
    late,
    noise,
    rewritten,
    stops,
)
from tests.live.proxied import Proxied, fill, proxied

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

CHECKS = load_checks().checks
PLAN = plan(CHECKS)
LIMITS = Limits(
    sample_seconds=0, timeout_seconds=12, request_timeout_seconds=1.5, history_seconds=1
)
SLACK_SECONDS = 5
"""What making tables may take on a busy machine, after the last answer."""

ABSENCE = {"broker-down", "broker-fenced", "under-replicated", "under-min-isr", "at-min-isr"}
"""What is said of a broker that is away, and of nothing else here."""

EVERYWHERE = (
    "ApiVersions",
    "SaslHandshake",
    "SaslAuthenticate",
    "ListGroups",
    "OffsetFetch",
    "DescribeGroups",
    "ListOffsets",
    "DescribeConfigs",
    "DescribeLogDirs",
    "ListTransactions",
)
"""Requests that each broker gets."""

ANYWHERE = ("Metadata", "DescribeCluster", "DescribeQuorum", "ListPartitionReassignments")
"""Requests that one broker gets, whichever."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Proxied]:
    with proxied() as cluster:
        fill(cluster.lab)
        collect(PLAN, cluster.bootstrap, cluster.settings, replace(LIMITS, timeout_seconds=60))
        yield cluster


def read(cluster: Proxied, limits: Limits = LIMITS) -> Snapshot:
    """Read the cluster; no task, socket, thread or file of the pass may be left."""
    before = held()
    snapshot = passed(cluster, limits)
    assert held() <= before
    return snapshot


def passed(cluster: Proxied, limits: Limits = LIMITS) -> Snapshot:
    """Read the cluster while others open files in this process; no task may be left."""

    async def run() -> tuple[Snapshot, set[Any]]:
        one = _Pass(
            PLAN, cluster.bootstrap, cluster.settings, limits, None, Access(), None, Services()
        )
        began = time.monotonic()
        try:
            snapshot = await one.run()
        finally:
            seconds = time.monotonic() - began
            assert seconds < limits.timeout_seconds + SLACK_SECONDS
        await asyncio.sleep(0.05)
        return snapshot, asyncio.all_tasks() - {asyncio.current_task()}

    snapshot, tasks = asyncio.run(run())
    assert not tasks
    return snapshot


def held() -> int:
    """Return the number of sockets of this process."""
    count = 0
    for number in os.listdir("/proc/self/fd"):  # noqa: PTH208
        try:
            count += os.readlink(f"/proc/self/fd/{number}").startswith("socket:")  # noqa: PTH115
        except FileNotFoundError:
            continue
    return count


def gaps(snapshot: Snapshot) -> str:
    """Return everything that the snapshot says was not read."""
    sections = [held for held in snapshot.sections.values() if isinstance(held, Section)]
    missing = [held for held in snapshot.sections.values() if not isinstance(held, Section)]
    errors = [f"{key}: {why}" for section in sections for key, why in section.errors.items()]
    return str([*errors, *map(str, missing), *snapshot.errors.items()])


@pytest.mark.parametrize("misbehave", [closes, garbage, stops], ids=lambda each: each.__name__)
@pytest.mark.parametrize("api", EVERYWHERE)
def test_a_broker_that_breaks_at_any_request_costs_its_part(
    cluster: Proxied, api: str, misbehave: Answer
) -> None:
    with cluster.misbehaving(2, misbehave, api) as proxy:
        snapshot = read(cluster)
        assert proxy.answered > 0

    assert set(snapshot.get(Offsets).rows["topic"]) >= {"orders"}
    assert snapshot.get(Offsets).rows["end_offset"].notna().sum() >= 4
    assert "broker 2" in gaps(snapshot) or "__consumer_offsets" in gaps(snapshot)


@pytest.mark.parametrize("misbehave", [half, noise, huge, dies], ids=lambda each: each.__name__)
@pytest.mark.parametrize("api", ["SaslAuthenticate", "ListOffsets", "DescribeLogDirs"])
def test_half_an_answer_noise_and_two_gibibytes(
    cluster: Proxied, api: str, misbehave: Answer
) -> None:
    with cluster.misbehaving(2, misbehave, api) as proxy:
        snapshot = read(cluster)
        assert proxy.answered > 0

    assert snapshot.get(Offsets).rows["end_offset"].notna().sum() >= 4
    assert "broker 2" in gaps(snapshot)


@pytest.mark.parametrize("misbehave", [closes, garbage, stops, dies], ids=lambda x: x.__name__)
@pytest.mark.parametrize("api", ANYWHERE)
def test_the_first_broker_that_breaks_leaves_the_others_to_ask(
    cluster: Proxied, api: str, misbehave: Answer
) -> None:
    with cluster.misbehaving(1, misbehave, api) as proxy:
        snapshot = read(cluster)
        assert proxy.answered > 0

    assert snapshot.get(Groups).rows["group"].is_unique
    assert snapshot.get(Offsets).rows["end_offset"].notna().sum() >= 4


def test_a_slow_broker_is_waited_for(cluster: Proxied) -> None:
    with cluster.misbehaving(2, late, *EVERYWHERE[3:]):
        snapshot = read(cluster, replace(LIMITS, request_timeout_seconds=8, timeout_seconds=30))

    assert snapshot.errors == {}
    assert snapshot.get(Offsets).errors == {}


def test_what_is_diagnosed_of_a_stopped_broker_is_the_broker(cluster: Proxied) -> None:
    with cluster.misbehaving(2, stops, "ApiVersions"):
        report = diagnose(read(cluster), CHECKS, {})

    found = {item.check for item in report.findings if item.finding.severity != "info"}
    settings = {"min-isr-one", "weak-broker-defaults"}  # of the lab, and true
    assert found - settings <= {"broker-down", "advertised-listener-unreachable"}
    assert found - settings
    assert report.coverage["unknown"] > 0


def test_a_bootstrap_that_answers_while_its_advertised_addresses_are_dead(
    cluster: Proxied,
) -> None:
    """The addresses that were typed lead past the proxies, those that brokers tell do not."""
    direct = replace(cluster, bootstrap=cluster.lab.bootstrap_of("sasl_plain"))
    with cluster.misbehaving(1, dies), cluster.misbehaving(2, dies), cluster.misbehaving(3, dies):
        for proxy in cluster.proxies.values():
            proxy.vanish()
        report = diagnose(read(direct), CHECKS, {})

    found = {item.check for item in report.findings}
    assert "advertised-listener-unreachable" in found
    assert report.verdict.status != "healthy"


def test_all_brokers_dead_is_one_sentence_with_each_address(cluster: Proxied) -> None:
    with cluster.misbehaving(1, dies), cluster.misbehaving(2, dies), cluster.misbehaving(3, dies):
        for proxy in cluster.proxies.values():
            proxy.vanish()
        with pytest.raises(ConnectError) as caught:
            read(cluster)

    for proxy in cluster.proxies.values():
        assert f"{proxy.address}: cannot connect: connection refused" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_all_brokers_stopped_ends_in_time(cluster: Proxied) -> None:
    for proxy in cluster.proxies.values():
        proxy.misbehave(stops, APIS["ApiVersions"].key)
    try:
        with pytest.raises(ConnectError, match="no answer to ApiVersions within"):
            read(cluster)
    finally:
        for proxy in cluster.proxies.values():
            proxy.misbehave(None)


def test_the_time_for_everything_holds_where_every_answer_is_late(cluster: Proxied) -> None:
    for proxy in cluster.proxies.values():
        proxy.misbehave(late, *(api.key for api in APIS.values()))
    try:
        with suppress(ConnectError):  # where even the metadata did not come in time
            snapshot = read(cluster, replace(LIMITS, timeout_seconds=2.5))
            assert "the time of this pass is used up" in gaps(snapshot)
    finally:
        for proxy in cluster.proxies.values():
            proxy.misbehave(None)


def moved_leaders(reply: Any) -> Any:
    """Say NOT_LEADER_OR_FOLLOWER of each partition."""
    topics = tuple(
        replace(
            topic,
            partitions=tuple(
                replace(row, error_code=type(row.error_code)(6), offset=type(row.offset)(-1))
                for row in topic.partitions
            ),
        )
        for topic in reply.topics
    )
    return replace(reply, topics=topics)


def moved_groups(reply: Any) -> Any:
    """Say NOT_COORDINATOR of each group."""
    groups = tuple(replace(row, error_code=type(row.error_code)(16)) for row in reply.groups)
    return replace(reply, groups=groups)


def test_a_leader_that_moved_between_two_requests_is_asked_again(cluster: Proxied) -> None:
    with cluster.misbehaving(2, rewritten(moved_leaders, times=3), "ListOffsets") as proxy:
        snapshot = read(cluster)
        assert proxy.answered > 3

    assert snapshot.get(Offsets).errors == {}
    assert snapshot.get(Offsets).rows["end_offset"].notna().all()


def test_a_leader_that_never_settles_is_unknown_and_no_fault(cluster: Proxied) -> None:
    with cluster.misbehaving(2, rewritten(moved_leaders), "ListOffsets"):
        snapshot = read(cluster)
        report = diagnose(snapshot, CHECKS, {})

    assert "NOT_LEADER_OR_FOLLOWER" in str(snapshot.get(Offsets).errors)
    found = {item.check for item in report.findings if item.finding.severity != "info"}
    assert found <= {"min-isr-one", "weak-broker-defaults"}  # of the lab, and true


@pytest.mark.parametrize("api", ["OffsetFetch", "DescribeGroups"])
def test_a_coordinator_that_moved_between_two_requests_is_asked_again(
    cluster: Proxied, api: str
) -> None:
    with cluster.misbehaving(2, rewritten(moved_groups, times=1), api) as proxy:
        snapshot = read(cluster)
        assert proxy.answered == 2

    for section in (Commits, Groups):
        assert snapshot.get(section).errors == {}
        assert snapshot.get(section).rows["error"].isna().all()
    assert not snapshot.get(Commits).rows.duplicated(["group", "topic", "partition"]).any()


def test_a_rolling_restart_is_read_through_and_leaves_nothing_behind(cluster: Proxied) -> None:
    """Brokers go and come while passes run: their absence is said, and no damage."""
    over = threading.Event()
    found: set[str] = set()

    def roll() -> None:
        try:
            for broker in list(cluster.lab.brokers.values())[:2]:
                broker.restart()
        finally:
            over.set()

    thread = threading.Thread(target=roll)
    thread.start()
    try:
        while not over.is_set():
            with suppress(ConnectError):
                report = diagnose(passed(cluster), CHECKS, {})
                found |= {item.check for item in report.findings}
    finally:
        thread.join()
    cluster.lab.wait_ready()

    damage = {"unclean-election-happened", "topic-recreated", "offset-jump", "log-dir-offline"}
    assert not found & (damage | {"group-dead", "offline-partition", "mixed-broker-versions"})

    def is_as_before() -> bool:
        snapshot = read(cluster)
        found = {item.check for item in diagnose(snapshot, CHECKS, {}).findings}
        return not snapshot.errors and not found & ABSENCE

    wait_until(is_as_before, "the cluster is as it was", 90)


def test_an_address_of_a_name_that_is_dead_does_not_hide_the_other(
    cluster: Proxied, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name with an IPv6 address on which nothing listens, and the IPv4 address that works."""
    import socket

    port = cluster.proxies[1].port
    real = socket.getaddrinfo

    def both(host: str, *args: Any, **more: Any) -> Any:
        if host != "b1.example":
            return real(host, *args, **more)
        dead = (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0))
        return [dead, (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", both)
    snapshot = read(replace(cluster, bootstrap=f"b1.example:{port}"))

    assert snapshot.errors == {}
    with cluster.misbehaving(1, dies) as proxy:
        proxy.vanish()
        with pytest.raises(ConnectError, match=r"::1.*refused.*127\.0\.0\.1.*refused"):
            read(replace(cluster, bootstrap=f"b1.example:{port}"))
