"""Saves, loads or redacts a synthetic snapshot: `python -m bench.filed save|load|redact COMMITS`.

10,000 partitions in 100 topics with three replicas each, 2,000 groups with five members and 50
committed offsets each, end offsets at seven times of the past, and so many commits of the past.
Prints seconds, those at work, and bytes; loading needs a file that was saved before.
"""

import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas

from kdiag.sections import (
    CommitHistory,
    Commits,
    EndOffsetHistory,
    Groups,
    Members,
    Offsets,
    Partitions,
    Replicas,
    TopicConfigs,
    Topics,
)
from kdiag.snapshot import Section, Snapshot
from kdiag.sources.saved import load, save

TOPICS, PARTITIONS, GROUPS, OFFSETS, MEMBERS = 100, 100, 2000, 50, 5
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_AGES = (30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_KEYS = 8
_chance = np.random.default_rng(7)


def snapshot(commits: int) -> Snapshot:
    """Return the snapshot; the same in every run."""
    topics = np.array([f"team-{n % 13}.orders-{n:03}.events" for n in range(TOPICS)], object)
    groups = np.array([f"team-{n % 13}.service-{n:04}" for n in range(GROUPS)], object)
    ends = _chance.integers(1_000_000, 900_000_000, (TOPICS, PARTITIONS))
    group = np.repeat(np.arange(GROUPS), OFFSETS)
    partition = np.tile(np.arange(OFFSETS), GROUPS)
    committed = ends[group % TOPICS, partition] - _chance.integers(0, 5000, len(group))
    each: dict[str, Any] = {
        "group": groups[group],
        "topic": topics[group % TOPICS],
        "partition": partition,
        "committed_offset": committed,
        "leader_epoch": _chance.integers(0, 40, len(group)),
    }
    made = (
        *_logs(topics, ends),
        *_groups(groups, topics),
        Commits.of({**each, "metadata": [""] * len(group)}, read_at=_NOW),
        _history(each, commits),
    )
    return Snapshot(taken_at=_NOW, sections={type(section): section for section in made})


def _logs(topics: Any, ends: Any) -> tuple[Section, ...]:
    """Return the topics, their partitions, offsets, replicas and settings."""
    log: dict[str, Any] = {
        "topic": np.repeat(topics, PARTITIONS),
        "partition": np.tile(range(PARTITIONS), TOPICS),
    }
    first = _chance.integers(0, 3, ends.size)
    replicas: list[Any] = [tuple(int(n + k) % 3 + 1 for k in range(3)) for n in first]
    sizes: Any = _chance.integers(0, 10**10, ends.size)
    ages: Any = np.repeat(_AGES, ends.size)
    past: dict[str, Any] = {name: np.tile(values, len(_AGES)) for name, values in log.items()}
    thrice: dict[str, Any] = {name: np.repeat(values, 3) for name, values in log.items()}
    flat: Any = ends.ravel()
    return (
        Topics.of({"topic": topics, "partition_count": [PARTITIONS] * TOPICS}, read_at=_NOW),
        Partitions.of(
            {**log, "leader": (first + 1).tolist(), "replicas": replicas, "isr": replicas},
            read_at=_NOW,
        ),
        Offsets.of(
            {**log, "log_start_offset": flat // 2, "end_offset": flat, "last_stable_offset": flat},
            read_at=_NOW,
        ),
        Replicas.of(
            {
                **thrice,
                "broker": [broker for each in replicas for broker in each],
                "path": ["/var/lib/kafka"] * 3 * ends.size,
                "size_bytes": np.repeat(sizes, 3).tolist(),
            },
            read_at=_NOW,
        ),
        EndOffsetHistory.of(
            {
                **past,
                "age_seconds": ages,
                "at": [_NOW - timedelta(seconds=age) for age in ages],
                "end_offset": (np.tile(flat, len(_AGES)) - (10 * ages).astype(int)).tolist(),
            },
            read_at=_NOW,
        ),
        TopicConfigs.of(
            {
                "topic": np.repeat(topics, _KEYS).tolist(),
                "key": [f"key.{n}" for n in range(_KEYS)] * TOPICS,
                "value": ["1"] * TOPICS * _KEYS,
                "source": ["default"] * TOPICS * _KEYS,
            },
            read_at=_NOW,
        ),
    )


def _groups(groups: Any, topics: Any) -> tuple[Section, ...]:
    """Return the groups and their members, each with ten partitions of one topic."""
    rows = [
        {
            "group": group,
            "member_id": f"service-{member}-{_chance.bytes(16).hex()}",
            "client_id": f"service-{member}",
            "client_host": f"/10.0.{member}.{number % 250}",
            "subscription": (topics[number % TOPICS],),
            "assignment": tuple(
                (topics[number % TOPICS], at) for at in range(member * 10, member * 10 + 10)
            ),
        }
        for number, group in enumerate(groups)
        for member in range(MEMBERS)
    ]
    kinds = {"type": "classic", "protocol_type": "consumer", "state": "Stable"}
    columns = {name: [word] * GROUPS for name, word in kinds.items()}
    return (
        Groups.of({"group": groups, **columns}, read_at=_NOW),
        Members.from_rows(rows, read_at=_NOW),
    )


def _history(each: dict[str, Any], commits: int) -> Section:
    """Return commits of the last hour, of groups and partitions by chance."""
    row = _chance.integers(0, len(each["group"]), commits)
    behind = _chance.integers(0, 5000, commits)
    at = 1_772_362_800_000 + np.sort(_chance.integers(0, 3_600_000, commits))
    return CommitHistory.of(
        {
            **{name: values[row] for name, values in each.items()},
            "committed_offset": each["committed_offset"][row] - behind,
            "committed_at": pandas.to_datetime(at, unit="ms", utc=True),
            "log_partition": np.sort(_chance.integers(0, 50, commits)).tolist(),
            "log_offset": range(commits),
        },
        read_at=_NOW,
    )


def main() -> None:
    """Do one of the three, and print what it took."""
    what, commits = sys.argv[1], int(sys.argv[2])
    path = Path(tempfile.gettempdir()) / f"kdiag-bench-{commits}.json.gz"
    given = None if what == "load" else snapshot(commits)
    started, at_work = time.perf_counter(), time.process_time()
    if given is None:
        load(path)
    elif what == "save":
        save(given, path)
    else:
        from kdiag.redaction import KINDS, redacted

        redacted(given, KINDS, b"k" * 32)
    took, worked = time.perf_counter() - started, time.process_time() - at_work
    print(took, worked, path.stat().st_size)


if __name__ == "__main__":
    main()
