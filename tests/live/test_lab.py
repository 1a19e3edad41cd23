"""The lab itself: it starts, it can be broken and mended, and it leaves nothing behind."""

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer

from kdiag.errors import LabError
from kdiag.lab import LISTENERS, Lab, break_, down, heal, logs, status, up
from kdiag.lab.clients import broker_ids, end_records, topic_metadata
from kdiag.lab.processes import Process, marked
from kdiag.lab.state import State, mounted_below
from kdiag.lab.waiting import wait_until

pytestmark = pytest.mark.live


def test_three_brokers_are_a_cluster_with_racks_on_loopback_only(lab3: Lab) -> None:
    assert broker_ids(lab3.bootstrap) == {1, 2, 3}
    text = lab3.brokers[2].config_file.read_text()
    assert "broker.rack=r2" in text
    assert "0.0.0.0" not in text  # noqa: S104
    addresses = [f"{broker.host}:{broker.port}" for broker in lab3.brokers.values()]
    assert lab3.bootstrap.split(",") == addresses


def test_a_topic_is_healthy_unless_something_else_was_asked_for(lab3: Lab) -> None:
    lab3.create_topic("plain")
    lab3.create_topic("placed", assignment=[[3], [1]])
    wait_until(lambda: _replicas(lab3, "plain") == [[3, 3]] * 3, "three replicas, all in sync")
    wait_until(lambda: _replicas(lab3, "placed") == [[1, 1]] * 2, "one replica each")
    placed = topic_metadata(lab3.admin(), "placed")
    assert [placed.partitions[n].replicas for n in (0, 1)] == [[3], [1]]
    for name in ("plain", "placed"):
        lab3.delete_topic(name)


def _replicas(lab: Lab, topic: str) -> list[list[int]]:
    """Return for each partition the numbers of replicas, and of those in sync.

    Asked of whichever broker answers, and one may hear of a topic a moment after another.
    """
    found = topic_metadata(lab.admin(), topic)
    partitions = found.partitions.values() if found else ()
    return [[len(partition.replicas), len(partition.isrs)] for partition in partitions]


def test_what_is_produced_is_consumed_and_committed(lab3: Lab) -> None:
    lab3.create_topic("round-trip")
    lab3.produce("round-trip", 107)
    assert end_records(lab3.admin(), "round-trip") == 107
    consumer = lab3.start_consumer("round-trippers", "round-trip", name="rt")
    wait_until(lambda: lab3.committed("round-trippers", "round-trip") == 107, "read")
    assert lab3.load("rt") == [consumer]
    lab3.end_load("rt")
    assert not consumer.is_running
    lab3.delete_group("round-trippers")
    lab3.delete_topic("round-trip")


def test_a_producer_keeps_its_rate_and_a_transactional_one_commits(lab3: Lab) -> None:
    for name in ("steady", "transactional"):
        lab3.create_topic(name)
    started = time.monotonic()
    steady = lab3.start_producer("steady", rate=100, count=200)
    txn = lab3.start_producer("transactional", rate=100, count=100, transactional_id="t1")
    assert steady.wait(20)
    assert 1.9 < time.monotonic() - started < 8
    assert txn.wait(20)
    assert end_records(lab3.admin(), "steady") == 200
    assert end_records(lab3.admin(), "transactional") > 100  # records and commit markers
    for name in ("steady", "transactional"):
        lab3.delete_topic(name)


@pytest.mark.parametrize("protocol", ["classic", "consumer"])
def test_a_crash_looping_consumer_comes_back_as_another_member(lab3: Lab, protocol: str) -> None:
    topic, group = f"crash-{protocol}", f"crashers-{protocol}"
    lab3.create_topic(topic)
    process = lab3.start_consumer(group, topic, protocol=protocol, crash_every_seconds=3)
    members: set[str] = set()

    def has_two_members() -> bool:
        described = lab3.admin().describe_consumer_groups([group])[group].result(10)
        members.update(member.member_id for member in described.members)
        return len(members) >= 2

    wait_until(has_two_members, "a second member came")
    process.kill()
    lab3.delete_group(group)
    lab3.delete_topic(topic)


def test_a_frozen_broker_is_fenced_and_goes_on_afterwards(lab3: Lab) -> None:
    broker = lab3.brokers[3]
    broker.stop()
    try:
        assert broker.is_stopped
        assert broker.is_running
        wait_until(lambda: broker_ids(lab3.bootstrap) == {1, 2}, "broker 3 is fenced", 60)
    finally:
        broker.cont()
    assert not broker.is_stopped
    lab3.wait_ready()


def test_a_killed_broker_starts_again(lab3: Lab) -> None:
    broker = lab3.brokers[1]
    before = broker.pid
    broker.kill()
    try:
        assert not broker.is_running
        wait_until(lambda: broker_ids(lab3.bootstrap) == {2, 3}, "broker 1 is fenced", 60)
    finally:
        broker.start()
    lab3.wait_ready()
    assert broker.pid != before


def test_every_kind_of_listener_lets_its_client_in_and_nobody_else(
    fresh_lab: Callable[..., Lab],
) -> None:
    kinds = [kind for kind in LISTENERS if kind != "plaintext"]
    lab = fresh_lab(1, listeners=kinds, jmx=True)
    lab.create_topic("guarded")
    for kind in kinds:
        _round_trip(lab, kind)
        assert LISTENERS[kind][0] in lab.client_properties(kind).read_text()
    stranger = lab.client_config("plaintext") | {"bootstrap.servers": lab.bootstrap_of("ssl")}
    producer = Producer(stranger)
    producer.produce("guarded", b"no")
    assert producer.flush(2) == 1
    producer.purge()
    producer.flush(2)


def _round_trip(lab: Lab, kind: str) -> None:
    config = lab.client_config(kind)
    producer = Producer(config)
    producer.produce("guarded", kind.encode())
    assert producer.flush(15) == 0, kind
    consumer = Consumer({**config, "group.id": kind, "auto.offset.reset": "earliest"})
    consumer.subscribe(["guarded"])
    message = consumer.poll(15)
    consumer.close()
    assert message is not None, kind
    assert message.error() is None, kind


def test_separate_controllers_and_two_log_dirs(fresh_lab: Callable[..., Lab]) -> None:
    lab = fresh_lab(1, controllers=1, log_dirs=2)
    assert list(lab.brokers) == [1]
    assert list(lab.controllers) == [101]
    assert len(lab.brokers[1].log_dirs) == 2
    lab.create_topic("somewhere", partitions=4)

    def are_balanced() -> bool:
        paths = lab.brokers[1].log_dirs
        return [len(list(path.glob("somewhere-*"))) for path in paths] == [2, 2]

    wait_until(are_balanced, "each log dir holds two partitions")


_CRASHING = """
import sys, time
from kdiag.lab import Lab
lab = Lab(1, small_disks={1: 1})
lab.start()
lab.create_topic("t")
lab.start_producer("t")
lab.start_consumer("g", "t", crash_every_seconds=5)
print(lab.home, flush=True)
time.sleep(600)
"""


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_nothing_survives_a_crashed_owner(how: signal.Signals) -> None:
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-c", _CRASHING],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as owner:
        assert owner.stdout is not None
        home = Path(owner.stdout.readline().strip())
        lab_id = State.load_from(home).lab_id
        wait_until(lambda: len(marked(lab_id)) == 4, "broker, producer, consumer, its child")
        owner.send_signal(how)
        owner.wait(20)
    wait_until(lambda: not marked(lab_id), "all processes are gone", 20)
    wait_until(lambda: not home.exists(), "the directory is gone", 20)
    assert mounted_below(home) == []


def test_a_detached_lab_is_found_again_broken_healed_and_ended(tmp_path: Path) -> None:
    home = tmp_path / "lab"
    script = f"from kdiag.lab import up; up({str(home)!r}, 1)"
    subprocess.run([sys.executable, "-c", script], check=True)  # noqa: S603
    try:
        found = status(home)
        assert [node.state for node in found.nodes] == ["running"]
        with pytest.raises(LabError, match="already in"):
            up(home, 1)
        break_(home, "oversized-topic")
        with pytest.raises(LabError, match="already been injected"):
            break_(home, "oversized-topic")
        assert status(home).broken == ("oversized-topic",)
        assert [fault.name for fault in heal(home)] == ["oversized-topic"]
        assert "Kafka Server started" in logs(home, 1).read_text()
        pid = found.nodes[0].pid
        assert pid is not None
        process = Process.of(pid)
    finally:
        down(home)
    assert process is not None
    assert not process.is_running
    assert not home.exists()
