"""Builders of sections with healthy defaults: a test states only what is wrong."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from kdiag.facts import FACTS
from kdiag.profiles.expect import expecting
from kdiag.profiles.read import profile_of
from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Cluster,
    CommitHistory,
    Commits,
    EndOffsetHistory,
    Expectations,
    Facts,
    GenerationHistory,
    GroupConfigs,
    Groups,
    HistoryReach,
    LogDirs,
    LogTimes,
    MemberHistory,
    Members,
    Mode,
    Offsets,
    Partitions,
    PastEnds,
    PastMember,
    Producers,
    Quorum,
    Reassignments,
    RecordSamples,
    Replicas,
    ShareOffsets,
    ShareStateHistory,
    StreamsTopologies,
    TieredOffsets,
    TopicConfigs,
    Topics,
    TransactionHistory,
    Transactions,
)
from kdiag.snapshot import Section, Snapshot

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
GIB = 1024**3


def ago(seconds: float) -> datetime:
    """Return the time that many seconds before NOW."""
    return NOW - timedelta(seconds=seconds)


def brokers(
    *ids: int,
    down: Sequence[int] = (),
    silent: Sequence[int] = (),
    fenced: Sequence[int] = (),
    racks: Mapping[int, str] | None = None,
    **fields: Any,
) -> Brokers:
    """Return brokers, all registered and reachable but those that are down.

    silent: registered, but not answering. fenced: registered, but not serving.
    """
    rows = [
        {
            "broker": id_,
            "host": f"10.0.0.{id_}",
            "port": 9092,
            "rack": (racks or {}).get(id_),
            "is_registered": id_ not in down,
            "is_fenced": id_ in fenced,
            "is_reachable": id_ not in down and id_ not in silent,
            "unreachable_reason": "connection refused" if id_ in (*down, *silent) else None,
            "api_versions": (),
        }
        for id_ in (ids or (1, 2, 3))
    ]
    return Brokers.from_rows(rows, read_at=NOW, **fields)


def partition_row(
    topic: str,
    partition: int = 0,
    replicas: Sequence[int] = (1, 2, 3),
    isr: Sequence[int] | None = None,
    **more: Any,
) -> dict[str, Any]:
    """Return one partition: in sync and led by its first in-sync replica unless told otherwise."""
    in_sync = tuple(replicas if isr is None else isr)
    row = {
        "topic": topic,
        "partition": partition,
        "leader": in_sync[0] if in_sync else None,
        "leader_epoch": 0,
        "replicas": tuple(replicas),
        "isr": in_sync,
        "offline_replicas": (),
    }
    return {**row, **more}


def partitions(*rows: Mapping[str, Any], **fields: Any) -> Partitions:
    """Return the partitions of the rows (see partition_row)."""
    return Partitions.from_rows(rows, read_at=NOW, **fields)


def topic_configs(
    settings: Mapping[str, Mapping[str, str | None]], source: str = "topic", **fields: Any
) -> TopicConfigs:
    """Return topic → key → value as topic configs, all of one source."""
    rows = [
        {"topic": topic, "key": key, "value": value, "source": source, "is_sensitive": False}
        for topic, values in settings.items()
        for key, value in values.items()
    ]
    return TopicConfigs.from_rows(rows, read_at=NOW, **fields)


def broker_configs(
    settings: Mapping[int, Mapping[str, str | None]], source: str = "static", **fields: Any
) -> BrokerConfigs:
    """Return broker → key → value as broker configs, all of one source."""
    rows = [
        {"broker": broker, "key": key, "value": value, "source": source, "is_sensitive": False}
        for broker, values in settings.items()
        for key, value in values.items()
    ]
    return BrokerConfigs.from_rows(rows, read_at=NOW, **fields)


def groups(*rows: Mapping[str, Any], at: datetime = NOW, **fields: Any) -> Groups:
    """Return groups: classic, Stable consumers unless told otherwise."""
    healthy = {"type": "classic", "protocol_type": "consumer", "state": "Stable", "coordinator": 1}
    return Groups.from_rows([{**healthy, **row} for row in rows], read_at=at, **fields)


def members(*rows: Mapping[str, Any], **fields: Any) -> Members:
    """Return members; each needs group and member_id, and has no assignment unless told."""
    usual = {"client_id": "app", "client_host": "/10.1.0.1", "subscription": (), "assignment": ()}
    return Members.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def commits(
    offsets: Mapping[tuple[str, str, int], int], at: datetime = NOW, **fields: Any
) -> Commits:
    """Return (group, topic, partition) → committed offset."""
    rows = [
        {"group": group, "topic": topic, "partition": partition, "committed_offset": offset}
        for (group, topic, partition), offset in offsets.items()
    ]
    return Commits.from_rows(rows, read_at=at, **fields)


def offsets(
    ends: Mapping[tuple[str, int], int],
    at: datetime = NOW,
    start: int = 0,
    stable: Mapping[tuple[str, int], int] | None = None,
    **fields: Any,
) -> Offsets:
    """Return (topic, partition) → end offset; the last stable one is the same unless told."""
    rows = [
        {
            "topic": topic,
            "partition": partition,
            "log_start_offset": start,
            "end_offset": end,
            "last_stable_offset": (stable or {}).get((topic, partition), end),
        }
        for (topic, partition), end in ends.items()
    ]
    return Offsets.from_rows(rows, read_at=at, **fields)


def end_offset_history(ends: Mapping[tuple[str, int, int], int], **fields: Any) -> EndOffsetHistory:
    """Return (topic, partition, age in seconds) → end offset then."""
    rows = [
        {
            "topic": topic,
            "partition": partition,
            "age_seconds": age,
            "at": ago(age),
            "end_offset": end,
        }
        for (topic, partition, age), end in ends.items()
    ]
    return EndOffsetHistory.from_rows(rows, read_at=NOW, **fields)


def log_times(*rows: Mapping[str, Any], **fields: Any) -> LogTimes:
    """Return times of logs; each needs topic and partition, and none lies in the future."""
    return LogTimes.from_rows(rows, read_at=NOW, **fields)


def past_ends(
    ends: Mapping[tuple[str, int], int | None], seconds: float = 3600, **fields: Any
) -> PastEnds:
    """Return (topic, partition) → end offset of some time ago; None where all is older."""
    rows = [
        {"topic": topic, "partition": number, "age_seconds": seconds, "end_offset": end}
        for (topic, number), end in ends.items()
    ]
    return PastEnds.from_rows(rows, read_at=NOW, **fields)


def tiered_offsets(
    told: Mapping[tuple[str, int], tuple[int, int | None, int]], at: datetime = NOW, **fields: Any
) -> TieredOffsets:
    """Return (topic, partition) → start of the local log, last tiered offset, and end."""
    rows = [
        {
            "topic": topic,
            "partition": number,
            "local_start_offset": start,
            "tiered_offset": tiered,
            "end_offset": end,
        }
        for (topic, number), (start, tiered, end) in told.items()
    ]
    return TieredOffsets.from_rows(rows, read_at=at, **fields)


def kept(days: float = 7, **settings: Any) -> dict[str, str | None]:
    """Return settings of a topic that deletes by age, with Kafka's defaults for the others.

    Settings are named with _ in place of dots.
    """
    usual = {
        "cleanup.policy": "delete",
        "retention.ms": str(int(days * 86_400_000)),
        "retention.bytes": "-1",
        "segment.ms": "604800000",
        "segment.bytes": "1073741824",
    }
    return {**usual, **{key.replace("_", "."): str(value) for key, value in settings.items()}}


def cluster(mode: Mode = "kraft", version: str | None = "4.4", **fields: Any) -> Cluster:
    """Return the cluster: KRaft and current unless told otherwise."""
    return Cluster(cluster_id="xk5K0V3TQbW5", mode=mode, version=version, read_at=NOW, **fields)


def topics(*rows: Mapping[str, Any], **fields: Any) -> Topics:
    """Return topics: six partitions of three copies, not internal, unless told otherwise."""
    usual = {"partition_count": 6, "replication_factor_min": 3, "replication_factor_max": 3}
    return Topics.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def quorum(*rows: Mapping[str, Any], leader: int | None = 1, **fields: Any) -> Quorum:
    """Return the quorum: voters that have everything, as of NOW, unless told otherwise."""
    current = {"is_voter": True, "log_end_offset": 900, "last_fetch": NOW, "last_caught_up": NOW}
    made = [{**current, **row} for row in rows]
    return Quorum.from_rows(made, leader_id=leader, leader_epoch=7, read_at=NOW, **fields)


def log_dirs(*rows: Mapping[str, Any], **fields: Any) -> LogDirs:
    """Return log directories: /data on a half-empty volume of 100 GiB unless told otherwise."""
    usual = {"path": "/data", "total_bytes": 100 * GIB, "usable_bytes": 50 * GIB}
    return LogDirs.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def replicas(sizes: Mapping[tuple[int, str, int], int], path: str = "/data") -> Replicas:
    """Return (broker, topic, partition) → bytes as replicas, all in one path."""
    rows = [
        {"broker": id_, "path": path, "topic": topic, "partition": partition, "size_bytes": held}
        for (id_, topic, partition), held in sizes.items()
    ]
    return Replicas.from_rows(rows, read_at=NOW)


def reassignments(adding: Mapping[tuple[str, int], Sequence[int]], **fields: Any) -> Reassignments:
    """Return (topic, partition) → brokers that a reassignment is adding."""
    rows = [
        {"topic": topic, "partition": partition, "adding": tuple(added), "removing": ()}
        for (topic, partition), added in adding.items()
    ]
    return Reassignments.from_rows(rows, read_at=NOW, **fields)


def share_offsets(
    told: Mapping[tuple[str, str, int], tuple[int | None, int | None]],
    at: datetime = NOW,
    **fields: Any,
) -> ShareOffsets:
    """Return (group, topic, partition) → (start offset, lag in records) of share groups."""
    rows = [
        {
            "group": group,
            "topic": topic,
            "partition": partition,
            "start_offset": start,
            "lag_records": lag,
        }
        for (group, topic, partition), (start, lag) in told.items()
    ]
    return ShareOffsets.from_rows(rows, read_at=at, **fields)


def share_states(*rows: Mapping[str, Any], **fields: Any) -> ShareStateHistory:
    """Return states of share groups: updates just written to partition 0, unless told otherwise."""
    usual = {
        "topic": "jobs",
        "partition": 0,
        "batches": (),
        "written_at": NOW,
        "seen_from": ago(86400),
        "log_partition": 0,
    }
    made = [{**usual, "log_offset": number, **row} for number, row in enumerate(rows)]
    return ShareStateHistory.from_rows(made, read_at=NOW, **fields)


def group_configs(settings: Mapping[str, Mapping[str, str | None]], **fields: Any) -> GroupConfigs:
    """Return group → key → value as settings of share groups, all Kafka's defaults."""
    rows = [
        {"group": group, "key": key, "value": value, "source": "default"}
        for group, values in settings.items()
        for key, value in values.items()
    ]
    return GroupConfigs.from_rows(rows, read_at=NOW, **fields)


def streams_topologies(*rows: Mapping[str, Any], **fields: Any) -> StreamsTopologies:
    """Return subtopologies, without internal topics unless told otherwise."""
    usual = {"subtopology": "0", "repartition_source_topics": (), "changelog_topics": ()}
    return StreamsTopologies.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def transactions(*rows: Mapping[str, Any], at: datetime = NOW, **fields: Any) -> Transactions:
    """Return transactional ids; each needs transactional_id, and is in no transaction."""
    usual = {"coordinator": 1, "state": "CompleteCommit", "producer_id": 7}
    return Transactions.from_rows([{**usual, **row} for row in rows], read_at=at, **fields)


def producers(*rows: Mapping[str, Any], at: datetime = NOW, **fields: Any) -> Producers:
    """Return producers; each needs topic and last_timestamp, and has no open transaction."""
    usual = {"partition": 0, "producer_id": 7, "producer_epoch": 3, "last_sequence": 40}
    return Producers.from_rows([{**usual, **row} for row in rows], read_at=at, **fields)


def transaction_history(
    *rows: tuple[str, str, int, float],
    partitions: Sequence[tuple[str, int]] | None = None,
    **fields: Any,
) -> TransactionHistory:
    """Return (transactional id, state, producer epoch, seconds ago), in the order of the log.

    partitions: of every transaction.
    """
    made = [
        {
            "transactional_id": id_,
            "producer_id": 7,
            "producer_epoch": epoch,
            "timeout_seconds": 60.0,
            "state": state,
            "partitions": partitions and tuple(partitions),
            "written_at": ago(seconds),
            "log_partition": 0,
            "log_offset": offset,
        }
        for offset, (id_, state, epoch, seconds) in enumerate(rows)
    ]
    return TransactionHistory.from_rows(made, read_at=NOW, **fields)


def commit_history(
    commits: Mapping[tuple[str, str, int], Sequence[tuple[float, int | None]]],
    topic_ids: Mapping[str, str] | None = None,
    **fields: Any,
) -> CommitHistory:
    """Return (group, topic, partition) → (seconds ago, offset), in the order of the log.

    An offset of None is a tombstone.
    """
    flat = [(key, *each) for key, listed in commits.items() for each in listed]
    rows = [
        {
            "group": group,
            "topic": topic,
            "partition": partition,
            "committed_at": ago(seconds),
            "committed_offset": offset,
            "topic_id": (topic_ids or {}).get(topic),
            "is_tombstone": offset is None,
            "log_partition": 0,
            "log_offset": number,
        }
        for number, ((group, topic, partition), seconds, offset) in enumerate(flat)
    ]
    return CommitHistory.from_rows(rows, read_at=NOW, **fields)


def past_member(member_id: str = "m", **more: Any) -> tuple[Any, ...]:
    """Return a member of a past generation: dynamic, with Kafka's default timeouts."""
    usual: dict[str, Any] = {
        "instance_id": None,
        "client_id": "app",
        "client_host": "/10.1.0.1",
        "rebalance_timeout_ms": 300_000,
        "session_timeout_ms": 45_000,
    }
    return tuple(PastMember(member_id, **{**usual, **more}))


def generation_history(*rows: Mapping[str, Any], **fields: Any) -> GenerationHistory:
    """Return generations in the order of the log: of classic consumers, empty unless told."""
    usual = {
        "kind": "classic",
        "protocol_type": "consumer",
        "members": (),
        "is_tombstone": False,
        "is_before_reach": False,
        "log_partition": 0,
    }
    made = [
        {**usual, "generation": number + 1, "log_offset": number, **row}
        for number, row in enumerate(rows)
    ]
    return GenerationHistory.from_rows(made, read_at=NOW, **fields)


def member_history(*rows: Mapping[str, Any], **fields: Any) -> MemberHistory:
    """Return records about members of groups of the consumer protocol, in the order of the log."""
    usual = {"kind": "consumer", "record": "member", "is_tombstone": False, "log_partition": 0}
    made = [{**usual, "log_offset": number, **row} for number, row in enumerate(rows)]
    return MemberHistory.from_rows(made, read_at=NOW, **fields)


def history_reach(seconds: float = 86400, stopped_by: str = "start", **fields: Any) -> HistoryReach:
    """Return the reach of a `__consumer_offsets` of one partition: complete for so long."""
    row = {
        "log_partition": 0,
        "trustworthy_from": ago(seconds),
        "trustworthy_from_offset": 0,
        "end_offset": 1000,
        "stopped_by": stopped_by,
    }
    return HistoryReach.from_rows([row], read_at=NOW, **fields)


def record_samples(*rows: Mapping[str, Any], **fields: Any) -> RecordSamples:
    """Return records that were looked at; each needs topic, partition and offset."""
    usual = {
        "asked_for": "committed",
        "timestamp": NOW,
        "key_bytes": 8,
        "value_bytes": 120,
        "batch_bytes": 4_000,
        "batch_records": 20,
        "codec": "lz4",
    }
    return RecordSamples.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)


def facts(
    told: Mapping[str, Mapping[str | tuple[str | None, ...], float]],
    at: datetime = NOW,
    **fields: Any,
) -> Facts:
    """Return target → fact → value over JMX; a fact with labels is (fact, *labels)."""
    rows = []
    for target, values in told.items():
        for key, value in values.items():
            name, *labels = (key,) if isinstance(key, str) else key
            fact = FACTS[str(name)]
            rows.append(
                {
                    "target": target,
                    "fact": fact.name,
                    "labels": tuple(labels) or (None,) * len(fact.labels),
                    "value": float(value),
                    "dialect": "rmi",
                }
            )
    return Facts.from_rows(rows, read_at=at, **fields)


def expectations(profile: str, *sections: Section) -> Expectations:
    """Return what a profile, as TOML, expects of the topics and groups of these sections."""
    held = {type(section): section for section in sections}
    snapshot = Snapshot(taken_at=NOW, sections=held)
    made = expecting(snapshot, profile_of(profile, "p.toml")).get(Expectations)
    assert isinstance(made, Expectations)
    return made
