"""History against real brokers: what was committed is what is read, and nothing is touched."""

import asyncio
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition

from kdiag.lab import Lab
from kdiag.lab.clients import quiet
from kdiag.lab.groups import wait_committed, wait_state
from kdiag.lab.waiting import wait_until
from kdiag.sections import (
    CommitHistory,
    GenerationHistory,
    HistoryReach,
    MemberHistory,
    PastMember,
    Replicas,
)
from kdiag.snapshot import Missing
from kdiag.sources.admin.groups import list_groups
from kdiag.sources.admin.log_dirs import read_log_dirs
from kdiag.sources.admin.metadata import make_tables, read_registered
from kdiag.sources.history import read_history
from kdiag.wire.cluster import Wire
from kdiag.wire.settings import ClientSettings

pytestmark = pytest.mark.live

READS = {"ApiVersions", "Metadata", "DescribeCluster", "DescribeLogDirs", "ListOffsets", "Fetch"}


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    with Lab(3) as lab:
        lab.create_topic("orders", partitions=3)
        lab.produce("orders", 300)
        yield lab


def history(lab: Lab, **options: Any) -> tuple[dict[type, Any], dict[str, int]]:
    """Return the four sections and the requests that reading everything took."""

    async def read() -> tuple[dict[type, Any], dict[str, int]]:
        now = datetime.now(UTC)
        async with await Wire.connect(lab.bootstrap, ClientSettings()) as wire:
            _, partitions = make_tables(await read_registered(wire, now))
            _, replicas = await read_log_dirs(wire, now)
            assert isinstance(replicas, Replicas)
            read = await read_history(wire, partitions, replicas, now, **options)
            return dict(read), dict(wire.traffic.requests)

    return asyncio.run(read())


def rows_of(held: Any, group: str) -> list[dict[str, Any]]:
    assert not held.errors
    rows: list[dict[str, Any]] = held.rows[held.rows["group"] == group].to_dict("records")
    return sorted(rows, key=lambda row: int(row["log_offset"]))


def groups(lab: Lab) -> set[str]:
    async def read() -> set[str]:
        async with await Wire.connect(lab.bootstrap, ClientSettings()) as wire:
            registered = await read_registered(wire, datetime.now(UTC))
            listing = await list_groups(wire, registered)
            return {group.group for each in listing.by_coordinator.values() for group in each}

    return asyncio.run(read())


def commit(lab: Lab, group: str, offsets: list[tuple[int, int]]) -> None:
    consumer = Consumer(quiet(lab.bootstrap, **{"group.id": group, "enable.auto.commit": False}))
    for partition, offset in offsets:
        wanted = [TopicPartition("orders", partition, offset)]
        wait_until(lambda w=wanted: _committed(consumer, w), f"{group} commits", 30)
    consumer.close()


def _committed(consumer: Consumer, wanted: list[TopicPartition]) -> bool:
    from confluent_kafka import KafkaException

    try:
        consumer.commit(offsets=wanted, asynchronous=False)
    except KafkaException:
        return False
    return True


def test_a_virgin_cluster_stays_one(fresh_lab: Callable[..., Lab]) -> None:
    lab = fresh_lab(1)
    sections, requests = history(lab)
    assert {type(held).__name__ for held in sections.values()} == {"NotApplicable"}
    assert "__consumer_offsets" not in lab.admin().list_topics(timeout=10).topics
    assert "Fetch" not in requests


def test_history_is_what_was_committed(lab: Lab) -> None:
    offsets = [(n % 3, n * 7) for n in range(1, 40)]
    began = datetime.now(UTC)
    commit(lab, "simple", offsets)
    before = groups(lab)
    sections, requests = history(lab)
    assert groups(lab) == before
    assert set(requests) <= READS
    rows = rows_of(sections[CommitHistory], "simple")
    assert [(row["partition"], row["committed_offset"]) for row in rows] == offsets
    assert {row["topic"] for row in rows} == {"orders"}
    topic_id = str(lab_topic_id(lab))
    assert {row["topic_id"] for row in rows} == {topic_id}
    times = [row["committed_at"] for row in rows]
    assert times == sorted(times)
    assert abs((times[0] - began).total_seconds()) < 30
    reach = sections[HistoryReach].rows
    assert set(reach["stopped_by"]) == {"start"}
    assert len(reach) == 5
    assert reach["unknown_records"].sum() == 0, reach["unknown_types"].tolist()


def lab_topic_id(lab: Lab) -> str:
    async def read() -> str:
        async with await Wire.connect(lab.bootstrap, ClientSettings()) as wire:
            topics, _ = make_tables(await read_registered(wire, datetime.now(UTC)))
            rows = topics.rows
            return str(rows[rows["topic"] == "orders"]["topic_id"].iloc[0])

    return asyncio.run(read())


def test_commits_of_transactions_count_when_committed(lab: Lab) -> None:
    member = Consumer(quiet(lab.bootstrap, **{"group.id": "txn", "enable.auto.commit": False}))
    producer = Producer(quiet(lab.bootstrap, **{"transactional.id": "history"}))
    producer.init_transactions(30)
    for offset, is_committed in ((10, True), (20, False), (30, True), (40, False)):
        producer.begin_transaction()
        place = [TopicPartition("orders", 0, offset)]
        producer.send_offsets_to_transaction(place, member.consumer_group_metadata(), 30)
        producer.commit_transaction(30) if is_committed else producer.abort_transaction(30)
    producer.begin_transaction()
    place = [TopicPartition("orders", 0, 50)]
    producer.send_offsets_to_transaction(place, member.consumer_group_metadata(), 30)
    time.sleep(1)
    sections, _ = history(lab)
    rows = rows_of(sections[CommitHistory], "txn")
    assert [row["committed_offset"] for row in rows] == [10, 30]
    assert sections[HistoryReach].rows["undecided_records"].sum() == 3
    producer.abort_transaction(30)
    member.close()


def test_generations_of_a_classic_group_and_its_death(lab: Lab) -> None:
    timeout = {"session_timeout_seconds": 6.0}
    lab.start_consumer(
        "classic", "orders", name="first", instance_id="one", client_id="c1", **timeout
    )
    wait_committed(lab, "classic", "orders", 300)
    lab.start_consumer("classic", "orders", name="second", client_id="c2", **timeout)
    wait_until(lambda: members_in(lab, "classic") == 2, "two members", 30)
    lab.end_load("first")
    lab.end_load("second")
    wait_state(lab, "classic", "EMPTY")
    died = datetime.now(UTC)
    sections, _ = history(lab)
    rows = rows_of(sections[GenerationHistory], "classic")
    assert {row["kind"] for row in rows} == {"classic"}
    numbers = [row["generation"] for row in rows]
    assert numbers == sorted(numbers)
    sizes = [len(row["members"]) for row in rows]
    assert {1, 2} <= set(sizes)
    assert sizes[-1] == 0
    assert abs((rows[-1]["state_since"] - died).total_seconds()) < 40
    [each] = rows[sizes.index(1)]["members"]
    alone = PastMember(*each)
    assert (alone.instance_id, alone.client_id, alone.session_timeout_ms) == ("one", "c1", 6000)
    assert alone.client_host == "/127.0.0.1"
    assert rows[sizes.index(1)]["leader"] == alone.member_id
    assert rows[sizes.index(1)]["protocol_type"] == "consumer"


def members_in(lab: Lab, group: str) -> int:
    described = lab.admin().describe_consumer_groups([group], request_timeout=10)[group].result(10)
    return len(described.members) if described.state.name == "STABLE" else 0


def test_epochs_of_a_consumer_group(lab: Lab) -> None:
    lab.start_consumer("modern", "orders", name="m1", protocol="consumer", client_id="c1")
    wait_committed(lab, "modern", "orders", 300)
    lab.start_consumer("modern", "orders", name="m2", protocol="consumer", client_id="c2")
    wait_until(lambda: members_in(lab, "modern") == 2, "two members", 30)
    lab.end_load("m1")
    lab.end_load("m2")
    wait_state(lab, "modern", "EMPTY")
    sections, _ = history(lab)
    rows = rows_of(sections[GenerationHistory], "modern")
    assert {row["kind"] for row in rows} == {"consumer"}
    epochs = [row["generation"] for row in rows]
    assert epochs == sorted(epochs)
    assert len(set(epochs)) >= 3
    members = rows_of(sections[MemberHistory], "modern")
    assert {row["record"] for row in members} == {"member", "target-epoch", "target", "current"}
    assert {row["client_id"] for row in members} - {None} == {"c1", "c2"}
    current = [row for row in members if row["record"] == "current" and row["assignment"]]
    topic_id = lab_topic_id(lab)
    assert set(current[0]["assignment"]) == {(topic_id, n) for n in range(3)}
    assert any(row["pending_revocation"] for row in current)
    assert any(row["is_tombstone"] for row in members)
    assert sections[HistoryReach].rows["unknown_records"].sum() == 0


def test_the_reach_ends_where_compaction_was(fresh_lab: Callable[..., Lab]) -> None:
    properties = {
        "offsets.topic.segment.bytes": str(1 << 20),
        "offsets.topic.num.partitions": "2",
        "log.cleaner.min.cleanable.ratio": "0.01",
        "log.cleaner.backoff.ms": "200",
    }
    lab = fresh_lab(1, properties=properties)
    lab.create_topic("orders", partitions=3)
    seed(lab, "busy", 30, 1000)
    wait_until(lambda: reach_of(lab)["stopped_by"] == "compaction", "compaction", 60)
    sections, _ = history(lab)
    row = written_to(sections)
    assert 0 < row["trustworthy_from_offset"] < row["end_offset"]
    commits = sections[CommitHistory].rows
    assert 0 < len(commits) < 30_000
    assert commits["log_offset"].min() >= row["trustworthy_from_offset"]
    assert commits["log_offset"].is_monotonic_increasing


def reach_of(lab: Lab) -> dict[str, Any]:
    """Return the reach, as read now, of the partition that was written to."""
    sections, _ = history(lab)
    return written_to(sections)


def written_to(sections: dict[type, Any]) -> dict[str, Any]:
    """Return the reach of the partition that was written to; compaction moves it with time."""
    rows: list[dict[str, Any]] = sections[HistoryReach].rows.to_dict("records")
    return max(rows, key=lambda row: int(row["end_offset"]))


def test_a_stopped_broker_costs_its_partitions_and_no_more_than_the_budget(lab: Lab) -> None:
    for number in range(20):
        commit(lab, f"group-{number}", [(0, 1)])

    async def read() -> tuple[dict[type, Any], float]:
        now = datetime.now(UTC)
        async with await Wire.connect(lab.bootstrap, ClientSettings()) as wire:
            _, partitions = make_tables(await read_registered(wire, now))
            await wire.reach()
            lab.brokers[3].stop()
            try:
                began = time.monotonic()
                read = await read_history(wire, partitions, None, now, budget_seconds=2)
                return dict(read), time.monotonic() - began
            finally:
                lab.brokers[3].cont()

    sections, seconds = asyncio.run(read())
    assert seconds < 3
    assert len(sections[CommitHistory])
    assert set(sections[HistoryReach].rows["stopped_by"]) <= {"start", "time"}
    errors = sections[CommitHistory].errors
    assert 0 < len(errors) < 5
    assert all(target.startswith("partition __consumer_offsets-") for target in errors)


def seed(lab: Lab, group: str, requests: int, commits: int) -> None:
    """Commit many offsets of three partitions, so many in a request."""
    from tests.sources.seeding import seed_commits

    asyncio.run(seed_commits(lab.bootstrap, group, "orders", requests, commits))


def test_without_read_on_the_topic_all_is_missing(fresh_lab: Callable[..., Lab]) -> None:
    authorizer = "org.apache.kafka.metadata.authorizer.StandardAuthorizer"
    properties = {"authorizer.class.name": authorizer, "allow.everyone.if.no.acl.found": "true"}
    lab = fresh_lab(1, properties=properties)
    lab.create_topic("orders", partitions=3)
    commit(lab, "simple", [(0, 1)])
    for principal, operation in (("User:ANONYMOUS", "DESCRIBE"), ("User:other", "READ")):
        allow(lab, principal, operation)
    grant = "Read on Topic __consumer_offsets"
    wait_until(lambda: not isinstance(history(lab)[0][CommitHistory], CommitHistory), "denial", 20)
    sections, _ = history(lab)
    assert set(sections.values()) == {Missing("not authorised", grant)}


def allow(lab: Lab, principal: str, operation: str) -> None:
    from confluent_kafka.admin import (
        AclBinding,
        AclOperation,
        AclPermissionType,
        ResourcePatternType,
        ResourceType,
    )

    binding = AclBinding(
        ResourceType.TOPIC,
        "__consumer_offsets",
        ResourcePatternType.LITERAL,
        principal,
        "*",
        AclOperation[operation],
        AclPermissionType.ALLOW,
    )
    for future in lab.admin().create_acls([binding]).values():
        future.result(20)
