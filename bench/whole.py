"""A synthetic cluster with all sections: `python -m bench.whole PARTITIONS GROUPS`.

Healthy: nobody is behind but by what was just written. Each topic has 20 partitions on twelve
brokers, each group five members that read one topic, a commit for each of its partitions, and two
more of the past. Prints seconds and peak memory of all checks, of a plain pass over the same
tables, and the slowest checks.
"""

import gc
import resource
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas

from kdiag.engine import run
from kdiag.facts import FACTS
from kdiag.plan import Plan, plan
from kdiag.registry import load_checks
from kdiag.sections import (
    BrokerConfigs,
    Brokers,
    Cluster,
    CommitHistory,
    Commits,
    DiskHistory,
    EarlierSamples,
    EndOffsetHistory,
    Facts,
    FactsCoverage,
    GenerationHistory,
    Groups,
    HistoryReach,
    LogDirs,
    Members,
    Offsets,
    Partitions,
    Quorum,
    Replicas,
    TopicConfigs,
    Topics,
)
from kdiag.snapshot import Section, Snapshot, Table

BROKERS, EACH, MEMBERS, PAST = 12, 20, 5, 2
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_AGES = (30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_SAMPLE_SECONDS = 5
_RATE = 10
_VALUES = {
    "cleanup.policy": "delete",
    "compression.type": "producer",
    "log.cleaner.enable": "true",
    "auto.create.topics.enable": "false",
    "auto.leader.rebalance.enable": "true",
    "unclean.leader.election.enable": "false",
    "min.insync.replicas": "2",
    "min.cleanable.dirty.ratio": "0.5",
    "retention.bytes": "-1",
}
_NUMBERS = "100000000"
_TOLD = {
    "files-max": 1e6,
    "heap-initial": 6e9,
    "heap-max": 6e9,
    "memory-total": 64e9,
    "network-threads-idle": 0.9,
    "processors": 8.0,
    "uptime": 1e6,
}


def snapshot(partitions: int, groups: int) -> Snapshot:
    """Return two samples of the cluster, some seconds apart."""
    wanted = plan(load_checks().checks)
    before = _sample(partitions, groups, _NOW - timedelta(seconds=_SAMPLE_SECONDS), wanted)
    after = _sample(partitions, groups, _NOW, wanted)
    earlier = {kind: before[kind] for kind in wanted.twice if kind in before}
    return Snapshot(
        taken_at=_NOW, sections=after, earlier=Snapshot(taken_at=_NOW, sections=earlier)
    )


def _sample(
    partitions: int, groups: int, at: datetime, wanted: Plan
) -> dict[type[Section], Section]:
    topics = np.array([f"orders-{n:05}.events" for n in range(partitions // EACH)], object)
    names = np.array([f"service-{n:05}" for n in range(groups)], object)
    made = (
        *_brokers(at, wanted),
        *_logs(topics, at, wanted),
        *_groups(names, topics, at),
    )
    nothing = [
        section.of({}, read_at=at)
        for section in wanted.sections
        if issubclass(section, Table) and section.__name__ != "Gaps"
    ]
    return {type(section): section for section in (*nothing, *made)}


def _brokers(at: datetime, wanted: Plan) -> tuple[Section, ...]:
    """Return the brokers with their settings, disks and JMX, and the quorum."""
    ids = range(1, BROKERS + 1)
    keys = sorted({*_VALUES, *(key for check in load_checks().checks for key in check.configs)})
    targets = [f"broker {id_}" for id_ in ids]
    told = [FACTS[name] for name in wanted.facts if not FACTS[name].is_lazy]
    rows = [
        {
            "target": target,
            "fact": fact.name,
            "labels": ("one",) * len(fact.labels),
            "value": _TOLD.get(fact.name, 0.0),
        }
        for target in targets
        for fact in told
    ]
    covered = [
        {"target": target, "fact": name, "status": "quiet" if FACTS[name].is_lazy else "read"}
        for target in targets
        for name in wanted.facts
    ]
    settings = [
        {"broker": id_, "key": key, "value": _VALUES.get(key, _NUMBERS), "source": "default"}
        for id_ in ids
        for key in keys
    ]
    return (
        Cluster(read_at=at, cluster_id="bench", mode="kraft", version="4.4"),
        Brokers.from_rows([_broker(id_) for id_ in ids], read_at=at),
        Quorum.from_rows(
            [
                {"replica_id": 100 + n, "is_voter": True, "last_fetch": at, "last_caught_up": at}
                for n in range(3)
            ],
            leader_id=100,
            leader_epoch=7,
            read_at=at,
        ),
        BrokerConfigs.from_rows(settings, read_at=at),
        LogDirs.from_rows([_log_dir(id_) for id_ in ids], read_at=at),
        Facts.from_rows(rows, read_at=at),
        FactsCoverage.from_rows(covered, read_at=at),
    )


def _broker(id_: int) -> dict[str, Any]:
    return {
        "broker": id_,
        "host": f"broker{id_}",
        "port": 9092,
        "rack": f"r{id_ % 3}",
        "is_registered": True,
        "is_reachable": True,
        "api_versions": ((1, 4, 17), (3, 0, 13), (18, 0, 4)),
    }


def _log_dir(id_: int) -> dict[str, Any]:
    return {"broker": id_, "path": "/data", "total_bytes": 10**13, "usable_bytes": 6 * 10**12}


def _logs(topics: Any, at: datetime, wanted: Plan) -> tuple[Section, ...]:
    """Return topics, partitions, offsets now and before, replicas and settings."""
    size = len(topics) * EACH
    log: dict[str, Any] = {"topic": np.repeat(topics, EACH), "partition": _tiled(EACH, len(topics))}
    replicas = [tuple(int((n + k) % BROKERS) + 1 for k in range(3)) for n in range(size)]
    written = _ends(size, at)
    ages: Any = np.repeat(_AGES, size)
    past = [_NOW - timedelta(seconds=age) for age in _AGES]
    keys = sorted({*wanted.topic_configs})
    return (
        Topics.of(
            {
                "topic": topics,
                "topic_id": [f"id-{topic}" for topic in topics],
                "partition_count": [EACH] * len(topics),
                "replication_factor_min": [3] * len(topics),
                "replication_factor_max": [3] * len(topics),
            },
            read_at=at,
        ),
        Partitions.of(
            {
                **log,
                "leader": _tiled(size, 1) % BROKERS + 1,
                "leader_epoch": _full(size, 3),
                "replicas": replicas,
                "isr": replicas,
                "offline_replicas": [()] * size,
            },
            read_at=at,
        ),
        Offsets.of(
            {
                **log,
                "log_start_offset": written // 2,
                "end_offset": written,
                "last_stable_offset": written,
            },
            read_at=at,
        ),
        EndOffsetHistory.of(
            {
                **{name: _any(np.tile(values, len(_AGES))) for name, values in log.items()},
                "age_seconds": ages,
                "at": _any(np.repeat(pandas.DatetimeIndex(past), size)),
                "end_offset": np.tile(written, len(_AGES)) - (_RATE * ages).astype(int),
            },
            read_at=at,
        ),
        Replicas.of(
            {
                **{name: _any(np.repeat(values, 3)) for name, values in log.items()},
                "broker": [broker for each in replicas for broker in each],
                "path": ["/data"] * (3 * size),
                "size_bytes": _full(3 * size, 10**7),
                "offset_lag": _full(3 * size, 0),
            },
            read_at=at,
        ),
        TopicConfigs.of(
            {
                "topic": _any(np.repeat(topics, len(keys))),
                "key": keys * len(topics),
                "value": [_VALUES.get(key, _NUMBERS) for key in keys] * len(topics),
                "source": ["default"] * (len(topics) * len(keys)),
            },
            read_at=at,
        ),
    )


def _any(array: Any) -> Any:
    """Return an array as what the tables take; they copy any sequence."""
    return array


def _full(size: int, value: int) -> Any:
    return np.full(size, value)


def _tiled(count: int, times: int) -> Any:
    return np.tile(np.arange(count), times)


def _ends(size: int, at: datetime) -> Any:
    """Return the end of each log then: all grow by the same rate."""
    since = (at - _NOW).total_seconds()
    return 1_000_000 + np.arange(size) + int(_RATE * since)


def _groups(names: Any, topics: Any, at: datetime) -> tuple[Section, ...]:
    """Return groups, their members, where they stand and where they stood."""
    group: Any = np.repeat(_tiled(len(names), 1), EACH)
    topic, partition = group % len(topics), _tiled(EACH, len(names))
    each: dict[str, Any] = {
        "group": names[group],
        "topic": topics[topic],
        "partition": partition,
    }
    committed = _ends(len(topics) * EACH, at)[topic * EACH + partition] - _RATE
    past: Any = np.tile(_tiled(len(group), 1), PAST)
    behind: Any = np.repeat(np.arange(PAST, 0, -1), len(group)) * 30
    history: dict[str, Any] = {name: values[past] for name, values in each.items()}
    columns = {"type": "classic", "protocol_type": "consumer", "protocol": "range"}
    return (
        Groups.of(
            {
                "group": names,
                **{name: [word] * len(names) for name, word in columns.items()},
                "state": ["Stable"] * len(names),
                "coordinator": _tiled(len(names), 1) % BROKERS + 1,
            },
            read_at=at,
        ),
        Members.from_rows(
            [
                _member(group, topics[number % len(topics)], member)
                for number, group in enumerate(names)
                for member in range(MEMBERS)
            ],
            read_at=at,
        ),
        Commits.of(
            {**each, "committed_offset": committed, "metadata": [""] * len(group)}, read_at=at
        ),
        CommitHistory.of(
            {
                **history,
                "committed_offset": committed[past] - _RATE * behind,
                "committed_at": pandas.DatetimeIndex(
                    np.datetime64(at.replace(tzinfo=None), "ns") - behind * np.timedelta64(1, "s")
                ).tz_localize("UTC"),
                "log_partition": group[past] % 50,
                "log_offset": _tiled(len(past), 1),
            },
            read_at=at,
        ),
        HistoryReach.from_rows(
            [
                {
                    "log_partition": n,
                    "trustworthy_from": at - timedelta(hours=1),
                    "trustworthy_from_offset": 0,
                    "end_offset": len(past),
                    "stopped_by": "start",
                }
                for n in range(50)
            ],
            read_at=at,
        ),
        GenerationHistory.of({}, read_at=at),
        EarlierSamples.of({}, read_at=at),
        DiskHistory.of({}, read_at=at),
    )


def _member(group: str, topic: str, number: int) -> dict[str, Any]:
    size = EACH // MEMBERS
    return {
        "group": group,
        "member_id": f"{group}-{number}",
        "client_id": f"{group}-{number}",
        "client_host": f"/10.0.0.{number}",
        "subscription": (topic,),
        "assignment": tuple((topic, n) for n in range(number * size, number * size + size)),
    }


def _plain(given: Snapshot) -> float:
    """Return the CPU seconds of a walk over each row of each table in Python: the baseline."""
    started = time.process_time()
    for section in given.sections.values():
        if isinstance(section, Table):
            sum(1 for _ in section.rows.itertuples(index=False, name=None))
    return time.process_time() - started


def main() -> None:
    """Judge the cluster, and print what that took."""
    partitions, groups = int(sys.argv[1]), int(sys.argv[2])
    given = snapshot(partitions, groups)
    checks = load_checks().checks
    gc.disable()  # as the command does
    plain = _plain(given)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    results = run(checks, replace(given), {})
    seconds = time.process_time() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    found = ",".join(sorted(r.check for r in results if r.status == "problem")) or "-"
    unknown = ",".join(sorted(r.check for r in results if r.status == "unknown")) or "-"
    slow = sorted(results, key=lambda result: -result.duration_seconds)[:5]
    words = ",".join(f"{each.check}={each.duration_seconds:.2f}" for each in slow)
    print(seconds, plain, before * 1024, peak * 1024, found, unknown, words)


if __name__ == "__main__":
    main()
