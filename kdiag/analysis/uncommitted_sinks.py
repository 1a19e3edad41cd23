"""Sinks that run, hold partitions with records, and have never committed an offset.

A sink commits what it has written every offset.flush.interval.ms (60 s) of its worker, from its
first record on (Connect, WorkerSinkTask); nothing is committed for a topic without records. Whose
first write never ends, or is thrown away, has a group without any offset: no lag is known of it.

Since when it runs is told by the generations of its group in `__consumer_offsets`. Left out are
sinks that run for less than `FRESH_SECONDS`; those that begin at the end of their topics
(auto.offset.reset), as what is there was not for them; and those that close files, and whose first
file may not be full yet.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from kdiag.analysis.connector_runs import ConnectorRuns, settings_by_connector
from kdiag.analysis.history_span import HistorySpan
from kdiag.analysis.sink_flushes import SinkFlushes
from kdiag.check import Whole, derive
from kdiag.pipeline_sections import ConnectorConfigs
from kdiag.sections import Commits, GenerationHistory, Groups, Members, Offsets
from kdiag.snapshot import Table

FRESH_SECONDS = 600
"""A sink that runs for less may not have written yet: ten times what commits are apart."""

_RESET = "consumer.override.auto.offset.reset"


class UncommittedSinks(Table):
    """One row a sink without any committed offset although its partitions have records.

    topics: tuple of those that have some. records_count: in them. since: from when on at the latest
    its group has had members.
    """

    noun = "sinks without commits"
    needs_rows = False
    columns = {
        "connect_cluster": "str",
        "connector": "str",
        "group": "str",
        "topics": "object",
        "records_count": "int",
        "since": "time",
    }


@derive()
def uncommitted_sinks(
    runs: ConnectorRuns,
    configs: ConnectorConfigs,
    flushes: SinkFlushes,
    groups: Groups,
    members: Members,
    commits: Whole[Commits],
    offsets: Offsets,
    generations: GenerationHistory,
    span: HistorySpan | None,
) -> UncommittedSinks:
    """Find the sinks that run whose group has no offset at all."""
    if not len(runs):
        return UncommittedSinks.of(read_at=offsets.read_at)
    settings = settings_by_connector(configs)
    committed, known = set(commits.rows["group"]), set(groups.rows["group"])
    files = {row.group: row for row in flushes.rows.itertuples()}
    sizes = _sizes(offsets)
    latest = offsets.read_at - timedelta(seconds=FRESH_SECONDS)
    rows = []
    for run in runs.rows.itertuples():
        own = settings.get((run.connect_cluster, run.connector), {})
        if not _is_at_work(run) or run.group not in known - committed or _begins_late(own):
            continue
        held = _held(members, run.group)
        found = {log: sizes[log] for log in held if sizes.get(log, 0) > 0}
        since = _since(generations, span, run.group)
        if not found or since is None or since > latest or _waits(files.get(run.group), found):
            continue
        rows.append(
            {
                "connect_cluster": run.connect_cluster,
                "connector": run.connector,
                "group": run.group,
                "topics": tuple(sorted({topic for topic, _ in found})),
                "records_count": sum(found.values()),
                "since": since,
            }
        )
    return UncommittedSinks.from_rows(rows, read_at=offsets.read_at)


def _is_at_work(run: Any) -> bool:
    return bool(run.group) and run.state == "RUNNING" and bool(run.running) and not run.failed


def _begins_late(settings: Mapping[str, str | None]) -> bool:
    return settings.get(_RESET, "earliest") != "earliest"


def _waits(files: Any, found: Mapping[tuple[str, int], int]) -> bool:
    """Tell whether no file of a sink needs to be full yet; one that rotates by time may wait."""
    if files is None:
        return False
    by_time = files.rotation_seconds == files.rotation_seconds
    return not files.is_known or by_time or max(found.values()) < files.flush_records


def _held(members: Members, group: str) -> set[tuple[str, int]]:
    rows = members.rows
    assigned = rows.loc[rows["group"] == group, "assignment"]
    return {(topic, number) for each in assigned if each is not None for topic, number in each}


def _sizes(offsets: Offsets) -> dict[tuple[str, int], int]:
    rows = offsets.rows[offsets.rows["end_offset"].notna()]
    rows = rows[rows["log_start_offset"].notna()]
    keys = zip(rows["topic"], rows["partition"].tolist(), strict=True)
    sizes = (rows["end_offset"] - rows["log_start_offset"]).astype("int64").tolist()
    return dict(zip(keys, sizes, strict=True))


def _since(generations: GenerationHistory, span: HistorySpan | None, group: str) -> datetime | None:
    """Return from when on at the latest a group has had members; None where nothing tells."""
    rows = generations.rows
    mine = rows[(rows["group"] == group) & ~rows["is_before_reach"]].sort_values("log_offset")
    since = None
    for row in mine.itertuples():
        is_empty = row.is_tombstone or (row.members is not None and not row.members)
        since = None if is_empty else since or row.written_at
    if len(mine) or span is None:
        return since
    known = span.rows.loc[span.rows["group"] == group, "known_from"].dropna()
    return known.iloc[0] if len(known) else None
