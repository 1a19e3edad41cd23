"""Mirrors of MirrorMaker 2 into this cluster whose heartbeats do not arrive any more.

MirrorHeartbeatConnector writes to topic `heartbeats` of the source cluster once a second
(emit.heartbeats.interval.seconds); MirrorSourceConnector copies it like any topic, to
SOURCE.heartbeats. Nothing on the source cluster stops it, so where it stands the mirror does. Where
other topics of that source still get records only the heartbeats are switched off, and all is well.
SOURCE.checkpoints.internal is not one of them: MirrorCheckpointConnector goes on writing to it.

Reads: ListOffsets by time and in two samples (heartbeats, and topics of the same prefix).
Source: KIP-382, DefaultReplicationPolicy. Not with IdentityReplicationPolicy, which has no prefix.
"""

from collections.abc import Mapping

from kdiag.api import (
    CHECKPOINTS,
    HEARTBEATS,
    Action,
    Earlier,
    Finding,
    NotApplicable,
    Offsets,
    PastEnds,
    Said,
    check,
    listed,
    span,
    topic,
)

_BEATS, _HOUR, _WEEK = f".{HEARTBEATS}", 3600.0, 604_800.0


@check(area="pipelines")
def mirror_stalled(
    past: PastEnds,
    offsets: Offsets,
    before: Earlier[Offsets] | None,
    *,
    missed_beats_count: float = 4,
) -> Said:
    """Mirrors whose heartbeats stand, while no topic of their source gets a record.

    missed_beats_count: heartbeats that should have come between two samples, at their own rate of
    the last hour; none of them came.
    """
    ends, then = _ends(offsets), {} if before is None else _ends(before)
    sources = [name.removesuffix(_BEATS) for name in ends if name.endswith(_BEATS) and ends[name]]
    if not sources:
        yield NotApplicable("no topic is a mirror's SOURCE.heartbeats")
        return
    seconds = 0.0 if before is None else (offsets.read_at - before.read_at).total_seconds()
    quiet = {source: _quiet_seconds(past, f"{source}{_BEATS}") for source in sources}
    for source in sorted(sources):
        own = f"{source}.{CHECKPOINTS}"
        mirrored = [name for name in ends if name.startswith(f"{source}.") and name != own]
        moves = any(ends[name] > then.get(name, ends[name]) for name in mirrored)
        writes = any(not _quiet_seconds(past, name) for name in mirrored)
        if moves or quiet.get(source.rpartition(".")[0]):
            continue
        if quiet[source] and not writes:
            yield _finding(source, quiet[source], mirrored)
        elif not quiet[source] and _expected(past, ends, source, seconds) >= missed_beats_count:
            yield _finding(source, seconds, mirrored)


def _ends(offsets: Offsets) -> dict[str, int]:
    """Return the end offsets of each topic, summed; topics with one that is not known are left."""
    rows = offsets.rows
    known = rows.groupby("topic")["end_offset"].agg(["sum", "count", "size"])
    known = known[known["count"] == known["size"]]
    return {str(name): int(end) for name, end in known["sum"].items()}


def _quiet_seconds(past: PastEnds, name: str) -> float:
    """Return for how long a topic got no record at least, of the ages that were asked for."""
    rows = past.rows[past.rows["topic"] == name]
    written = rows.loc[rows["end_offset"].notna(), "age_seconds"].min()
    ages = rows.loc[rows["end_offset"].isna(), "age_seconds"]
    return float(ages[~(ages >= written)].max()) if len(ages) else 0.0


def _expected(past: PastEnds, ends: Mapping[str, int], source: str, seconds: float) -> float:
    """Return how many heartbeats the last hour lets expect within some seconds."""
    name = f"{source}{_BEATS}"
    rows = past.rows[(past.rows["topic"] == name) & (past.rows["age_seconds"] == _HOUR)]
    written = ends[name] - int(rows["end_offset"].sum()) if len(rows) else 0
    return written / _HOUR * seconds


def _finding(source: str, quiet_seconds: float, mirrored: list[str]) -> Finding:
    name, is_long = f"{source}{_BEATS}", quiet_seconds >= _HOUR
    is_old = quiet_seconds >= _WEEK
    return Finding(
        "info" if is_old else "warning",
        topic(name),
        f"The mirror of cluster {source} stands: {name} got no heartbeat for "
        f"{'over ' if is_long else ''}{span(quiet_seconds)}.",
        f"What is written there does not arrive here, in {listed(mirrored)}; who fails over to "
        "this cluster misses it.",
        cause="It may have been given up: nothing came for a week." if is_old else "",
        evidence={
            "source_cluster": source,
            "quiet_seconds_at_least": round(quiet_seconds, 1),
            "mirrored_topics": sorted(mirrored)[:100],
        },
        actions=(
            Action(
                "See whether the end moves; look for failed tasks of MirrorSourceConnector, and "
                "whether its worker reaches both clusters.",
                "kafka-get-offsets.sh --bootstrap-server {bootstrap} --topic {topic}",
                values={"topic": name},
            ),
        ),
        confidence="likely" if is_long else "possible",
    )
