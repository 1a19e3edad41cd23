"""One pass over real brokers: how many requests, what it leaves alone, what a bad broker costs."""

import asyncio
import time
from datetime import UTC, datetime

import pandas
import pytest

from kdiag.analysis.lag import PartitionLag
from kdiag.collect import Limits, collect
from kdiag.diagnose import diagnose
from kdiag.plan import plan
from kdiag.registry import load_checks
from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Cluster,
    Commits,
    Groups,
    LogDirs,
    Members,
    Offsets,
    Partitions,
    Quorum,
    Replicas,
)
from kdiag.snapshot import Section
from kdiag.sources.admin.metadata import read_registered
from kdiag.sources.admin.offsets import list_at, read_offsets
from kdiag.sources.saved import load, save
from kdiag.view import View
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

pytestmark = pytest.mark.live

CHECKS = load_checks().checks
PLAN = plan(CHECKS)


def doctor(lab, **options):
    limits = Limits(**{"sample_seconds": 0, **options})
    snapshot = collect(PLAN, lab.bootstrap, limits=limits)
    return snapshot, diagnose(snapshot, CHECKS, {})


def commit(lab, groups, topic, partitions=3, offset=1):
    """Commit an offset for every partition of a topic in the name of each group."""
    from confluent_kafka import Consumer, KafkaException, TopicPartition

    positions = [TopicPartition(topic, number, offset) for number in range(partitions)]
    for group in groups:
        consumer = Consumer({**lab.client_config(), "group.id": group})
        for attempt in range(20):  # the topic of the offsets may be new, and not yet led
            try:
                done = consumer.commit(offsets=positions, asynchronous=False)
                assert not [each.error for each in done if each.error]
                break
            except (AssertionError, KafkaException):
                time.sleep(min(attempt, 3))
        else:
            pytest.fail(f"the offsets of {group} were not committed")
        consumer.close()


def names(lab):
    return set(lab.admin().list_topics(timeout=10).topics)


@pytest.fixture(scope="module")
def busy(lab3):
    """A topic with records and a group that has committed."""
    lab3.create_topic("collected")
    lab3.produce("collected", 30)
    commit(lab3, ["collector"], "collected")
    return lab3


def test_every_section_is_read_and_complete(busy):
    snapshot, _ = doctor(busy)

    for kind in PLAN.sections:
        held = snapshot.sections.get(kind)
        if isinstance(held, Section):
            assert not held.errors, kind
    partitions = snapshot.get(Partitions).rows.query("topic == 'collected'")
    assert [len(replicas) for replicas in partitions["replicas"]] == [3, 3, 3]
    ends = snapshot.get(Offsets).rows.query("topic == 'collected'")
    assert ends["end_offset"].sum() == 30
    assert (ends["last_stable_offset"] == ends["end_offset"]).all()
    commits = snapshot.get(Commits).rows.query("group == 'collector'")
    assert commits["committed_offset"].tolist() == [1, 1, 1]
    assert snapshot.get(Cluster).mode == "kraft"
    assert snapshot.get(Cluster).version == "4.4"
    assert snapshot.get(Brokers).rows["is_reachable"].all()
    assert set(snapshot.get(BrokerConfigs).rows["broker"]) == {1, 2, 3}
    assert (snapshot.get(LogDirs).rows["total_bytes"] > 0).all()
    assert snapshot.get(Replicas).rows.query("topic == 'collected'")["size_bytes"].sum() > 0
    assert snapshot.get(Quorum).rows["is_voter"].sum() == 3


def test_the_number_of_requests_depends_on_brokers_alone(busy):
    commit(busy, [f"counted-{number}" for number in range(20)], "collected")
    few, _ = doctor(busy)
    commit(busy, [f"counted-{number}" for number in range(20, 200)], "collected")

    many, _ = doctor(busy)

    assert len(many.get(Groups)) == len(few.get(Groups)) + 180
    (asked_of_few, _), (asked, times) = split(few), split(many)
    assert asked == asked_of_few
    # one more each: ACLs, quotas, SCRAM users
    assert sum(asked.values()) <= 10 * 3 + 4 + 1 + 3
    # three kinds of offsets, seven times of the past, bisection; three ages, four times of logs
    assert times <= 3 * (3 + 7 + 16 + 3 + 4)
    assert "FindCoordinator" not in many.requests


def split(snapshot):
    """Return the requests by API without ListOffsets, and the number of these."""
    others = {name: n for name, n in snapshot.requests.items() if name != "ListOffsets"}
    return others, snapshot.requests["ListOffsets"]


def test_members_are_read_in_both_protocols(busy):
    for kind in ("classic", "consumer"):
        process = busy.start_consumer(f"read-{kind}", "collected", protocol=kind)
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            snapshot, _ = doctor(busy)
            rows = snapshot.get(Members).rows.query(f"group == 'read-{kind}'")
            if len(rows) and len(rows.iloc[0]["assignment"] or ()) == 3:
                break
        process.terminate(10)

        [member] = rows.itertuples()
        assert sorted(member.assignment) == [("collected", 0), ("collected", 1), ("collected", 2)]
        assert member.subscription == ("collected",)
        [group] = snapshot.get(Groups).rows.query(f"group == 'read-{kind}'").itertuples()
        assert (group.type, group.state) == (kind, "Stable")


def test_a_file_yields_the_same_findings_as_the_cluster(busy, tmp_path):
    snapshot, report = doctor(busy, sample_seconds=1)
    save(snapshot, tmp_path / "snapshot.json.gz")

    again = diagnose(load(tmp_path / "snapshot.json.gz"), CHECKS, {})

    assert said(again) == said(report)
    assert again.coverage == report.coverage
    assert again.verdict == report.verdict


def said(report):
    return [
        (item.check, item.fingerprint, item.explained_by, item.finding.symptom)
        for item in report.findings
    ]


def test_the_age_of_a_backlog_is_an_interval_that_holds_the_truth(busy):
    """Records with known timestamps: the committed record's own age lies between the bounds."""
    from confluent_kafka import Producer

    ages = [86400.0 * 3, 7200.0, 900.0, 250.0, 70.0, 20.0, 3.0]
    busy.create_topic("aged", partitions=len(ages))
    producer = Producer(busy.client_config())
    now_ms = time.time() * 1000
    for number, age in enumerate(ages):
        for newer in (1.0, 0.5, 0.1):  # the first is committed to, the others are younger
            at = int(now_ms - 1000 * age * newer)
            producer.produce("aged", b"x", partition=number, timestamp=at)
    producer.flush(30)
    commit(busy, ["reader-of-aged"], "aged", partitions=len(ages), offset=0)

    snapshot, _ = doctor(busy, sample_seconds=6)

    view = View(snapshot)
    rows = view.get(PartitionLag).rows.query("topic == 'aged'").sort_values("partition")
    passed = time.time() - now_ms / 1000
    for row, age in zip(rows.itertuples(), ages, strict=True):
        least = 0.0 if pandas.isna(row.oldest_unread_seconds) else row.oldest_unread_seconds
        assert least <= age + passed
        assert row.oldest_unread_upper_seconds >= age
        assert row.oldest_unread_upper_seconds - least <= max(3.0, 0.11 * age + passed)


def test_a_topic_that_is_deleted_while_it_is_read_is_no_gap(busy):
    async def read():
        busy.create_topic("passing", partitions=3)
        async with await Wire.connect(busy.bootstrap, ClientSettings()) as wire:
            registered = await read_registered(wire, datetime.now(UTC))
            busy.delete_topic("passing")
            offsets = await read_offsets(wire, registered, datetime.now(UTC))
            times = dict.fromkeys([("passing", 0), ("collected", 0)], datetime.now(UTC))
            return registered, offsets, await list_at(wire, registered, times)

    registered, offsets, (rows, errors) = asyncio.run(read())

    listed = {(topic, number) for topic, number, _ in registered.leaders()}
    read_of = set(zip(offsets.rows["topic"], offsets.rows["partition"], strict=True))
    assert listed - read_of == {("passing", 0), ("passing", 1), ("passing", 2)}
    assert offsets.errors == {}
    assert list(rows) == [("collected", 0)]
    assert errors == {}


def test_a_virgin_cluster_stays_as_it_was(fresh_lab):
    """No internal topic appears, no named topic is created, although brokers would create both."""
    lab = fresh_lab(1, properties={"auto.create.topics.enable": "true"})
    before = names(lab)

    snapshot, report = doctor(lab, sample_seconds=1)

    assert names(lab) == before == set()
    assert sum(snapshot.requests.values()) <= 2 * (10 + 4 + 1)
    assert report.verdict.status != "unknown"


def test_a_broker_that_hangs_costs_its_part_and_not_the_whole(fresh_lab):
    lab = fresh_lab(3, racks=("r1", "r2", "r3"))
    lab.create_topic("orders")
    lab.brokers[3].stop()

    started = time.monotonic()
    snapshot, report = doctor(lab, request_timeout_seconds=4)
    lab.brokers[3].cont()

    assert time.monotonic() - started < 20
    assert "broker 3" in snapshot.errors
    assert "broker 3" in snapshot.get(LogDirs).errors
    assert set(snapshot.get(LogDirs).rows["broker"]) == {1, 2}
    unreachable = {"broker-down", "advertised-listener-unreachable"}
    assert unreachable & {item.check for item in report.findings}
    blind = next(result for result in report.results if result.check == "log-dir-offline")
    assert blind.status == "unknown"


def test_a_healthy_cluster_with_traffic_is_quiet(fresh_lab):
    lab = fresh_lab(3, racks=("r1", "r2", "r3"), properties={"min.insync.replicas": "2"})
    lab.create_topic("orders")
    lab.start_producer("orders", rate=100)
    lab.start_consumer("billing", "orders")
    time.sleep(15)

    _, report = doctor(lab, sample_seconds=6)

    serious = [i for i in report.findings if i.finding.severity != "info"]
    assert [item.finding.symptom for item in serious] == []
    assert report.verdict.status == "healthy"
