"""What one snapshot holds for metrics: tables that are made once, and filtered once."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.analysis.durability import Durability
from kdiag.exporter.ages import Log
from kdiag.exporter.shown import Shown
from kdiag.finding import Report
from kdiag.pipeline_sections import (
    ConnectorTasks,
    ConnectWorkers,
    KsqlQueries,
    KsqlServers,
    PostgresServers,
    ReplicationSlots,
    SchemaRegistries,
)
from kdiag.sections import (
    Brokers,
    Cluster,
    Commits,
    Groups,
    LogDirs,
    Members,
    Offsets,
    Partitions,
    Quorum,
    Reassignments,
    Replicas,
    Topics,
)
from kdiag.snapshot import Section, Snapshot
from kdiag.view import View

_LOG = ["topic", "partition"]

READS: tuple[type[Section], ...] = (
    Brokers,
    Cluster,
    Commits,
    ConnectorRuns,
    ConnectorTasks,
    ConnectWorkers,
    Durability,
    Groups,
    KsqlQueries,
    KsqlServers,
    LogDirs,
    Members,
    Offsets,
    Partitions,
    PostgresServers,
    Quorum,
    Reassignments,
    Replicas,
    ReplicationSlots,
    SchemaRegistries,
    Topics,
)
"""What metrics are made of: sections, raw or derived."""

Ages = Callable[[Any, Any], Any]
"""Rows of groups, topics and partitions, and offsets → the age of the record there, in seconds."""


@dataclass(frozen=True)
class Seen:
    """Tables of a snapshot; None where a section could not be read.

    report: the last one that was made of this cluster, of this snapshot or an earlier one.
    committed_at: group of a sink → POSIX seconds of its last commit, where known. subjects: (URL of
    a schema registry, compatibility level) → how many have it, where known.
    """

    snapshot: Snapshot
    report: Report | None
    ages: Ages
    shown: Shown
    committed_at: Mapping[str, float] = field(default_factory=dict)
    subjects: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @cached_property
    def view(self) -> View:
        """The view that derived sections come from."""
        return View(self.snapshot)

    def held(self, section: type[Section]) -> Any | None:
        """Return a section, raw or derived; None where it was not read."""
        found = self.view.get(section)
        return found if isinstance(found, Section) else None

    @cached_property
    def lag(self) -> Any | None:
        """Rows of groups and partitions: offsets, lag_records, lost_records, lag_seconds.

        lag_records: to the end from where a reader can go on, the committed offset or the log
        start; <NA> where more is committed than there is. lost_records: from the committed offset
        to the log start. lag_seconds: age of the first of the lag, NaN where it is not known.
        """
        commits, offsets = self.held(Commits), self.held(Offsets)
        if commits is None or offsets is None:
            return None
        rows = self.shown.of_groups(commits.rows[commits.rows["committed_offset"].notna()])
        rows = self.shown.of_topics(rows)[["group", *_LOG, "committed_offset"]]
        ends = offsets.rows[[*_LOG, "log_start_offset", "end_offset"]].dropna()
        rows = rows.merge(ends, on=_LOG).reset_index(drop=True)
        reads_from = rows[["committed_offset", "log_start_offset"]].max(axis=1)
        lag = rows["end_offset"] - reads_from
        lost = (rows["log_start_offset"] - rows["committed_offset"]).clip(lower=0)
        ages = self.ages(rows, reads_from)
        rows = rows.assign(
            lag_records=lag.where(lag >= 0), lost_records=lost, lag_seconds=ages.round(3)
        )
        return rows.assign(lag_seconds=rows["lag_seconds"].where(lag != 0, 0.0).where(lag >= 0))

    @cached_property
    def lag_by_group(self) -> Any:
        """Rows of groups: `lag`, where there is one, summed up; see `_summed`."""
        return _summed(self.lag, ["group"])

    @cached_property
    def lag_by_topic(self) -> Any:
        """Rows of groups and topics: `lag`, where there is one, summed up; see `_summed`."""
        return _summed(self.lag, ["group", "topic"])

    @cached_property
    def topic_bytes(self) -> Any | None:
        """Rows of topics: size_bytes of all their replicas; None where some were not read."""
        replicas = self.held(Replicas)
        if replicas is None or replicas.errors:
            return None
        rows = self.shown.of_topics(replicas.rows)
        return rows.groupby("topic", as_index=False)["size_bytes"].sum()

    @cached_property
    def groups(self) -> Any | None:
        """Rows of groups, with `members` and `coordinator_id`.

        members: how many; <NA> where a group could not be described. coordinator_id: as a label,
        "" where it is not known.
        """
        groups, members = self.held(Groups), self.held(Members)
        if groups is None:
            return None
        rows = self.shown.of_groups(groups.rows)
        ids = ["" if id_ != id_ else str(int(id_)) for id_ in rows["coordinator"].astype("float64")]
        rows = rows.assign(coordinator_id=ids, members=None)
        if members is None:
            return rows
        counted = members.rows.groupby("group").size()
        number = rows["group"].map(counted).fillna(0).astype("int64").astype("Int64")
        return rows.assign(members=number.where(rows["error"].isna()))

    @cached_property
    def owners(self) -> Mapping[tuple[str, str, int], tuple[str, str, str]]:
        """Return (group, topic, partition) → host, member id and client id of who has it."""
        members = self.held(Members)
        if members is None:
            return {}
        rows = self.shown.of_groups(members.rows)
        names = ("group", "client_host", "member_id", "client_id", "assignment")
        return {
            (group, *log): (host or "", member, client or "")
            for group, host, member, client, held in zip(
                *(rows[name] for name in names), strict=True
            )
            for log in held or ()
        }

    @cached_property
    def partitions(self) -> Any | None:
        """Rows of partitions: 0 or 1 in the columns of FLAGS, counts, and offsets where known.

        replica_count, in_sync_count: how many replicas there are, and how many are in sync.
        """
        partitions = self.held(Partitions)
        if partitions is None:
            return None
        rows = self.shown.of_topics(partitions.rows).reset_index(drop=True)
        rows = rows.assign(
            **_flags(rows, self._adding),
            **self._limits(rows),
            replica_count=rows["replicas"].map(len),
            in_sync_count=rows["isr"].map(len),
        )
        offsets = self.held(Offsets)
        if offsets is None:
            return rows.assign(log_start_offset=None, end_offset=None)
        ends = offsets.rows[[*_LOG, "log_start_offset", "end_offset"]]
        return rows.merge(ends, how="left", on=_LOG)

    @cached_property
    def _adding(self) -> Mapping[Log, Sequence[int]]:
        """Return the brokers that a reassignment is adding to a partition."""
        moving = self.held(Reassignments)
        if moving is None:
            return {}
        logs = zip(moving.rows["topic"], moving.rows["partition"], strict=True)
        return dict(zip(logs, moving.rows["adding"], strict=True))

    def _limits(self, rows: Any) -> dict[str, Any]:
        """Return what min.insync.replicas and reassignments say; <NA> where not read."""
        logs = list(zip(rows["topic"], rows["partition"], strict=True))
        durable = self.held(Durability)
        found: dict[str, Any] = dict.fromkeys(("reassigning", "under_min_isr", "at_min_isr"))
        if self.held(Reassignments) is not None:
            found["reassigning"] = [int(log in self._adding) for log in logs]
        if durable is not None:
            table = durable.rows
            keys = zip(table["topic"], table["partition"], strict=True)
            pairs = zip(table["spare"], table["missing"], strict=True)
            spare = dict(zip(keys, pairs, strict=True))
            known = [spare.get(log) for log in logs]
            found["under_min_isr"] = [None if one is None else int(one[0] < 0) for one in known]
            found["at_min_isr"] = [
                None if one is None else int(one[0] == 0 and bool(one[1])) for one in known
            ]
        return found


FLAGS = (
    "offline",
    "under_replicated",
    "not_preferred",
    "under_min_isr",
    "at_min_isr",
    "reassigning",
)
"""What may be so of a partition, in the columns of Seen.partitions."""


def _summed(rows: Any, key: list[str]) -> Any:
    """Return one row a key: sums of lag_records, lost_records and committed_offset, and the worst.

    max_lag_records, lag_seconds: of the worst partition. What is not known of a part is not in it,
    and what is not known of any part is not known.
    """
    import pandas

    by_key = rows.groupby(key, sort=False)
    made = {
        "lag_records": by_key["lag_records"].sum(min_count=1),
        "max_lag_records": by_key["lag_records"].max(),
        "lost_records": by_key["lost_records"].sum(),
        "committed_offset": by_key["committed_offset"].sum(),
        "lag_seconds": by_key["lag_seconds"].max(),
    }
    return pandas.DataFrame(made).reset_index()


def _flags(rows: Any, adding: Mapping[Log, Sequence[int]]) -> dict[str, list[int]]:
    """Return what the metadata says of each partition: 0 or 1.

    Replicas that a reassignment is adding are not missed while they catch up (KIP-352).
    """
    leaders = [None if leader != leader else leader for leader in rows["leader"].astype("float64")]
    replicas, in_sync = rows["replicas"].tolist(), rows["isr"].tolist()
    coming = [adding.get(log, ()) for log in zip(rows["topic"], rows["partition"], strict=True)]
    return {
        "offline": [int(leader is None) for leader in leaders],
        "under_replicated": [
            int(len(isr) < len(all_) - len(set(new) & set(all_)))
            for isr, all_, new in zip(in_sync, replicas, coming, strict=True)
        ],
        "not_preferred": [
            int(leader is not None and bool(all_) and leader != all_[0])
            for leader, all_ in zip(leaders, replicas, strict=True)
        ],
    }
