"""The links of each pipeline of changes, from the database to the sinks, and the first that stands.

The WAL waits in a replication slot, the source reads it and writes to the topics under its
topic.prefix, sinks read these. What stands up the chain leaves the rest without work: a sink that
is not behind is no sign that changes arrive. A database that changes nothing is no fault, either;
so a topic without new records stands for nothing by itself, and no link is said to move that was
not read.

A source is taken for the reader of a slot as in `SlotStates`, and of a database by the host and
port in its settings; topics are those of a source as in `SourceTopics`. A sink is one whose group
has committed for a topic of the source, or that should have long ago (`UncommittedSinks`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from kdiag.analysis.connector_runs import ConnectorRuns, settings_by_connector
from kdiag.analysis.slot_states import SlotStates, slot_of
from kdiag.analysis.source_delays import SourceDelays
from kdiag.analysis.source_topics import SourceTopics
from kdiag.analysis.triage import LagVerdicts
from kdiag.analysis.uncommitted_sinks import UncommittedSinks
from kdiag.check import Earlier, derive
from kdiag.pipeline_sections import ConnectorConfigs, PostgresServers
from kdiag.sections import Offsets
from kdiag.snapshot import Table
from kdiag.wording import count, size, span

Key = tuple[str, str]
"""Connect cluster and name of a connector."""

DATABASE, SOURCE, SINK = "database", "source", "sink"
_POSTGRES_PORT = "5432"


class Chains(Table):
    """One row a source of changes (topic.prefix) and its links.

    state: FAILED where all its tasks are, too. endpoint: its database, <NA> where none of it was
    given; unreachable: why the database does not answer, <NA> where it does. slot, kept_bytes,
    is_read, was_read, is_visited: as SlotStates, None where not read. behind_seconds: as
    SourceDelays, NaN where not read. partitions_count: of its topics; moved_records, over_seconds:
    what these got between two samples, NaN where it is not known of all of them. sinks: (Connect
    cluster, connector, state, lag in records, whether it stands) each. stands_at: DATABASE, SOURCE,
    SINK, or <NA>: none of the links that were read. line: all of it in one line.
    """

    noun = "sources of changes"
    needs_rows = False
    columns = {
        "connect_cluster": "str",
        "connector": "str",
        "state": "str",
        "endpoint": "str",
        "unreachable": "str",
        "slot": "str",
        "kept_bytes": "float",
        "is_read": "object",
        "was_read": "object",
        "is_visited": "object",
        "behind_seconds": "float",
        "partitions_count": "int",
        "moved_records": "float",
        "over_seconds": "float",
        "sinks": "object",
        "stands_at": "str",
        "line": "str",
    }


@derive()
def chains(
    runs: ConnectorRuns,
    configs: ConnectorConfigs,
    servers: PostgresServers | None,
    slots: SlotStates | None,
    offsets: Offsets | None,
    before: Earlier[Offsets] | None,
    verdicts: LagVerdicts | None,
    delays: SourceDelays | None,
    uncommitted: UncommittedSinks | None,
) -> Chains:
    """Join each source with what stands before and behind it."""
    if not len(runs):
        return Chains.of(read_at=runs.read_at)
    settings = settings_by_connector(configs)
    down = {} if servers is None else _unreachable(servers)
    read = {} if slots is None else _slots(slots)
    sinks = {row.group: row for row in runs.rows.itertuples() if row.group}
    behind = {} if delays is None else dict(delays.rows.itertuples(index=False, name=None))
    sources = runs.rows[runs.rows["type"] == SOURCE]
    keys = zip(sources["connect_cluster"], sources["connector"], strict=True)
    topics = SourceTopics({key: settings.get(key, {}) for key in keys})
    ends = None if offsets is None else _ends(offsets, topics)
    then = None if before is None else _ends(before, topics)
    lags = _Lags.of(verdicts, topics, uncommitted)
    rows = []
    for run in runs.rows.itertuples():
        key = (run.connect_cluster, run.connector)
        own = settings.get(key, {})
        prefix = own.get("topic.prefix")
        if run.type != SOURCE or not (prefix or key in read):
            continue
        row = {
            "connect_cluster": run.connect_cluster,
            "connector": run.connector,
            "state": state_of(run),
            **_database(own, down),
            **read.get(key, {}),
            "behind_seconds": behind.get(prefix),
            **({} if prefix is None else _topics(key, ends, then)),
            "sinks": tuple(_sinks(sinks, lags, key)),
        }
        row["stands_at"] = _stands_at(row)
        row["line"] = _line(row) + ("" if verdicts is not None else " → sinks not read")
        rows.append(row)
    return Chains.from_rows(rows, read_at=runs.read_at)


def state_of(run: Any) -> str:
    """Return the state of a connector, FAILED where no task of it is left."""
    return "FAILED" if run.failed and not run.running else str(run.state)


def _unreachable(servers: PostgresServers) -> dict[tuple[str, str], tuple[str, str]]:
    """Return host and port of each database that does not answer → its endpoint, and why."""
    found = {}
    for endpoint, missing in servers.unread("endpoint").items():
        parts = urlsplit(endpoint)
        if missing.grant is None and parts.hostname:
            port = str(parts.port or _POSTGRES_PORT)
            found[parts.hostname, port] = (endpoint, missing.reason)
    return found


def _database(
    settings: Mapping[str, str | None], down: Mapping[tuple[str, str], tuple[str, str]]
) -> dict[str, Any]:
    if (slot := slot_of(settings)) is None:
        return {}
    host = (settings.get("database.hostname") or "").lower()
    endpoint, why = down.get((host, settings.get("database.port") or _POSTGRES_PORT), (None, None))
    return {"endpoint": endpoint, "unreachable": why, "slot": slot}


def _slots(slots: SlotStates) -> dict[tuple[str, str], dict[str, Any]]:
    return {
        (row.connect_cluster, row.connector): {
            "endpoint": row.endpoint,
            "slot": row.slot,
            "kept_bytes": row.kept_bytes,
            "is_read": bool(row.is_active),
            "was_read": row.was_active,
            "is_visited": bool(row.is_visited),
        }
        for row in slots.rows[slots.rows["connector"].notna()].itertuples()
    }


@dataclass(frozen=True)
class _Ends:
    """The end offset of each partition of the sources' topics, None where it was not told.

    is_whole: a partition that is not among them was not there. topics: of each source.
    """

    at: datetime
    is_whole: bool
    by_log: Mapping[tuple[str, int], int | None]
    topics: Mapping[Key, frozenset[str]]


def _topics(key: Key, ends: _Ends | None, then: _Ends | None) -> dict[str, Any]:
    """Return how many partitions the topics have, and what they got between two samples."""
    if ends is None:
        return {}
    own = ends.topics.get(key, frozenset())
    mine = {log: end for log, end in ends.by_log.items() if log[0] in own}
    if then is None:
        return {"partitions_count": len(mine)}
    return {
        "partitions_count": len(mine),
        "moved_records": _moved(mine, then),
        "over_seconds": (ends.at - then.at).total_seconds(),
    }


def _moved(ends: Mapping[tuple[str, int], int | None], then: _Ends) -> int | None:
    """Return the records of all partitions since then; None where one was not read both times."""
    moved = 0
    for log, end in ends.items():
        start = then.by_log.get(log, 0 if then.is_whole else None)
        if end is None or start is None:
            return None
        moved += max(0, end - start)
    return moved


def _ends(offsets: Offsets, topics: SourceTopics[Key]) -> _Ends:
    """Read the ends of the topics of all sources, in one pass whatever the sources are."""
    rows = offsets.rows[offsets.rows["topic"].str.startswith(topics.begins)]
    keys = zip(rows["topic"], rows["partition"].tolist(), strict=True)
    ends = zip(keys, rows["end_offset"].astype("float64").tolist(), strict=True)
    by_log = {key: None if end != end else int(end) for key, end in ends}
    of_each = topics.of_each({topic for topic, _ in by_log})
    return _Ends(offsets.read_at, not offsets.errors, by_log, of_each)


@dataclass(frozen=True)
class _Lags:
    """What sinks have before them. verdicts: as LagVerdicts. topics: of each source."""

    verdicts: Any
    uncommitted: tuple[Any, ...]
    topics: Mapping[Key, frozenset[str]]

    @classmethod
    def of(
        cls,
        verdicts: LagVerdicts | None,
        topics: SourceTopics[Key],
        uncommitted: UncommittedSinks | None,
    ) -> "_Lags | None":
        if verdicts is None:
            return None
        rows = verdicts.rows[verdicts.rows["topic"].str.startswith(topics.begins)]
        never = () if uncommitted is None else tuple(uncommitted.rows.itertuples())
        names = {*rows["topic"], *(topic for row in never for topic in row.topics)}
        return cls(rows, never, topics.of_each(names))


def _sinks(
    sinks: Mapping[str, Any], lags: _Lags | None, source: Key
) -> Iterator[tuple[str, str, str, int, bool]]:
    if lags is None:
        return
    own = lags.topics.get(source, frozenset())
    rows = lags.verdicts[lags.verdicts["topic"].isin(own)]
    for group, part in rows[rows["group"].isin(list(sinks))].groupby("group", sort=True):
        run = sinks[str(group)]
        state, lag = state_of(run), int(part["lag_records"].sum())
        hangs = state == "RUNNING" and bool((part["verdict"] == "stuck-consumer").any())
        yield run.connect_cluster, run.connector, state, lag, hangs or state == "FAILED"
    for row in lags.uncommitted:
        if own.intersection(row.topics):
            yield row.connect_cluster, row.connector, "RUNNING", int(row.records_count), True


def _stands_at(row: Mapping[str, Any]) -> str | None:
    """Return the first link that stands, of those that were read."""
    if row.get("unreachable"):
        return DATABASE
    is_left = row.get("is_read") is False and row.get("was_read") is False
    if row["state"] == "FAILED" or (row["state"] == "RUNNING" and is_left):
        return SOURCE
    return SINK if any(stands for *_, stands in row["sinks"]) else None


def _line(row: Mapping[str, Any]) -> str:
    links = [_slot_link(row), _source_link(row), _topics_link(row)]
    links += [
        f"sink {name} {state}, {count(lag, 'record')} behind"
        for _, name, state, lag, _ in row["sinks"]
    ]
    at = {DATABASE: 0, SOURCE: 1}.get(row["stands_at"] or "")
    if row["stands_at"] == SINK:
        at = 3 + next(index for index, sink in enumerate(row["sinks"]) if sink[-1])
    if at is not None:
        links[at] += " (stands)"
    return " → ".join(links)


def _source_link(row: Mapping[str, Any]) -> str:
    late = row.get("behind_seconds")
    words = "" if late is None else f", its last change {late:.3g} s late"
    return f"source {row['connector']} {row['state']}{words}"


def _slot_link(row: Mapping[str, Any]) -> str:
    if row.get("unreachable"):
        return f"{row['endpoint']} does not answer"
    kept, is_read = row.get("kept_bytes"), row.get("is_read")
    if is_read is None:
        return "slot not read" if row.get("slot") else "database not asked"
    held = "" if kept is None or kept != kept else f"holds {size(kept)}, "
    return f"slot {row['slot']} {held}{'read' if is_read else 'read by nobody'}"


def _topics_link(row: Mapping[str, Any]) -> str:
    partitions = row.get("partitions_count")
    if not partitions:
        return "topics not read" if partitions is None else "no topic under its topic.prefix"
    name = f"topics with {count(partitions, 'partition')}"
    if "moved_records" not in row:
        return f"{name}, not looked at twice"
    if row["moved_records"] is None:
        return f"{name}, not all read"
    return f"{name}, {count(row['moved_records'], 'record')} in {span(row['over_seconds'])}"


def lines_of(known: Chains | None, connect_cluster: str, name: str) -> tuple[str, ...]:
    """Return the lines of the chains that a connector is a link of."""
    if known is None:
        return ()
    key = (connect_cluster, name)
    return tuple(
        row.line
        for row in known.rows.itertuples()
        if key in ((row.connect_cluster, row.connector), *(sink[:2] for sink in row.sinks))
    )
