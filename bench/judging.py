"""Judges a synthetic cluster with a history of so many commits: `python -m bench.judging COMMITS`.

100,000 pairs of group and partition, all of them behind. Prints the seconds of the derivations,
and the bytes that they took at most above their input.
"""

import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pandas

import kdiag.api  # noqa: F401 - declares the derivations
from kdiag.analysis.triage import LagVerdicts
from kdiag.sections import (
    CommitHistory,
    Commits,
    EndOffsetHistory,
    GenerationHistory,
    Groups,
    Members,
    Offsets,
)
from kdiag.snapshot import Section, Snapshot
from kdiag.view import View

GROUPS, TOPICS, PARTITIONS = 2000, 100, 50
_NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
_AGES = (30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_RATE = 10.0


def sections(commits: int) -> dict[type[Section], Section]:
    """Return a cluster where each group reads one topic, at half of the rate of its input."""
    group = np.repeat(np.arange(GROUPS), PARTITIONS)
    partition = np.tile(np.arange(PARTITIONS), GROUPS)
    names = np.array([f"group-{n}" for n in range(GROUPS)], object)
    topics = np.array([f"topic-{n}" for n in range(TOPICS)], object)
    each: dict[str, Any] = {
        "group": names[group],
        "topic": topics[group % TOPICS],
        "partition": partition,
    }
    keys = pandas.MultiIndex.from_product([topics, range(PARTITIONS)]).to_frame(index=False)
    log: dict[str, Any] = {"topic": keys[0].tolist(), "partition": keys[1].tolist()}
    made: tuple[Section, ...] = (
        Groups.of(
            {
                "group": names.tolist(),
                "type": ["classic"] * GROUPS,
                "protocol_type": ["consumer"] * GROUPS,
                "state": ["Stable"] * GROUPS,
            },
            read_at=_NOW,
        ),
        Members.of({}, read_at=_NOW),
        Commits.of({**each, "committed_offset": [50_000] * len(group)}, read_at=_NOW),
        Offsets.of(
            {
                **log,
                "log_start_offset": [0] * len(keys),
                "end_offset": [100_000] * len(keys),
                "last_stable_offset": [100_000] * len(keys),
            },
            read_at=_NOW,
        ),
        _past(log, len(keys)),
        _history(each, commits),
        GenerationHistory.of({}, read_at=_NOW),
    )
    return {type(section): section for section in made}


def _past(log: dict[str, Any], length: int) -> EndOffsetHistory:
    ages = np.repeat(_AGES, length)
    return EndOffsetHistory.of(
        {
            **{name: values * len(_AGES) for name, values in log.items()},
            "at": [_NOW - timedelta(seconds=age) for age in ages],
            "age_seconds": ages.tolist(),
            "end_offset": (100_000 - _RATE * ages).astype(int).tolist(),
        },
        read_at=_NOW,
    )


def _history(each: dict[str, Any], commits: int) -> CommitHistory:
    """Return commits of all pairs in turn, over the last hour."""
    pairs = len(each["group"])
    order = np.arange(commits)
    age = 3600.0 * (commits - 1 - order) / commits
    at = np.datetime64(_NOW.replace(tzinfo=None), "ns") - (age * 1e9).astype("timedelta64[ns]")
    columns = {name: values[order % pairs] for name, values in each.items()}
    frame = CommitHistory.of({}).rows.reindex(range(commits))
    for name, values in columns.items():
        frame[name] = values
    frame["partition"] = frame["partition"].astype("Int64")
    frame["committed_at"] = pandas.Series(at).dt.tz_localize("UTC")
    frame["committed_offset"] = pandas.array((50_000 - _RATE / 2 * age).astype(int), dtype="Int64")
    frame["is_tombstone"] = False
    frame["log_partition"] = pandas.array(np.zeros(commits, int), dtype="Int64")
    frame["log_offset"] = pandas.array(order, dtype="Int64")
    return CommitHistory(rows=frame, read_at=_NOW)


def main() -> None:
    """Make the input, judge it, and print what that took."""
    held = sections(int(sys.argv[1]))
    earlier = Snapshot(taken_at=_NOW - timedelta(seconds=5), sections=held)
    snapshot = Snapshot(taken_at=_NOW, sections=held, earlier=earlier)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.perf_counter()
    verdicts = View(snapshot).get(LagVerdicts)
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    if not isinstance(verdicts, LagVerdicts):
        raise RuntimeError(str(verdicts))
    words = set(verdicts.rows["verdict"])
    print(seconds, (peak - before) * 1024, ",".join(sorted(words)))


if __name__ == "__main__":
    main()
