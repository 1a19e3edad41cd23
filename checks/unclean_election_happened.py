"""Elections of a leader that lacked records.

Where no in-sync replica is left, another one may become the leader, by
unclean.leader.election.enable or by hand. Records that only the lost replicas had are gone, and
were acknowledged. Every controller counts such elections since its own start, so an old event
stays in the counter; only its growth is news.

Without JMX, a log that was cut shows it: a committed offset of an earlier leader epoch that is
beyond the end of the log, in two samples, or beyond the end that this epoch has now. The latter
still shows it when new records have taken the place of the lost ones.

Reads: JMX of the controllers (UncleanLeaderElectionsPerSec, Kafka 3.9 and newer with KRaft),
OffsetFetch and ListOffsets in two samples, Metadata (leader epochs), OffsetForLeaderEpoch.
"""

from collections.abc import Iterator
from datetime import timedelta

from kdiag.api import (
    CLUSTER,
    Action,
    FactDeltas,
    Facts,
    Finding,
    Said,
    Truncations,
    check,
    count,
    group,
    known,
    partition,
    rows_of,
    span,
    value_by_target,
)

_FACT = "unclean-elections"
_LOST = "Acknowledged records are lost; consumers that had read them are ahead of the log."
_LOOK = Action(
    "Find the partition and the election in the log of the controller, then what its producers "
    "can send again.",
    "kafka-topics.sh --bootstrap-server {bootstrap} --describe --under-replicated-partitions",
)


@check(area="replication", facts=(_FACT, "uptime"), any_of=(Facts, Truncations))
def unclean_election_happened(
    facts: Facts | None,
    truncations: Truncations | None,
    deltas: FactDeltas | None,
    *,
    historic_days: float = 7,
) -> Said:
    """Elections of leaders that were not in sync.

    historic_days: an election counted by a controller that has been up for longer is a note only.
    """
    counted = {} if facts is None else value_by_target(facts, _FACT)
    cut = list(_cut_logs(truncations, any(counted.values())))
    yield from cut
    grown = 0.0 if deltas is None else rows_of(deltas, _FACT)["delta"].max()
    if grown > 0:
        symptom = f"{count(int(grown), 'unclean leader election')} happened just now."
        yield Finding(
            "critical",
            CLUSTER,
            symptom,
            _LOST,
            evidence={"elections": int(grown)},
            actions=(_LOOK,),
        )
    elif facts is not None and any(counted.values()) and not cut:
        yield _since_start(facts, counted, historic_days)


def _since_start(facts: Facts, counted: dict[str, float], historic_days: float) -> Finding:
    target = max(counted, key=lambda name: counted[name])
    up_seconds = value_by_target(facts, "uptime").get(target)
    is_old = up_seconds is not None and up_seconds > historic_days * 86400
    within = "its start" if up_seconds is None else f"its start {span(up_seconds)} ago"
    return Finding(
        "info" if is_old else "warning",
        CLUSTER,
        f"{count(int(counted[target]), 'unclean leader election')} since {target} counts, from "
        f"{within}; none just now.",
        _LOST,
        cause="When it was, the counter does not tell; it may be historic.",
        evidence={"elections": int(counted[target]), "up_seconds": up_seconds},
        actions=(_LOOK,),
        confidence="likely",
        since=None if up_seconds is None else facts.read_at - timedelta(seconds=up_seconds),
    )


def _cut_logs(truncations: Truncations | None, is_counted: bool) -> Iterator[Finding]:
    """Yield the logs that were cut below an offset that a group had committed."""
    for row in () if truncations is None else truncations.rows.itertuples():
        cut_at, end_offset = known(row.cut_at), known(row.end_offset)
        is_grown = cut_at is not None and end_offset is None
        yield Finding(
            "critical",
            partition(row.topic, row.partition),
            f"The log of {row.topic}-{row.partition} was cut "
            f"{count(row.lost_records, 'record')} before an offset that was read and committed in "
            f"an earlier leader epoch{', and other records are there now' if is_grown else ''}.",
            _LOST,
            cause="Its new leader lacked them: an unclean election, or a disk that lost writes.",
            evidence={
                "lost_records": int(row.lost_records),
                "cut_at_offset": cut_at,
                "end_offset": end_offset,
            },
            actions=(_LOOK,),
            confidence="certain" if is_counted else "likely",
            covers=frozenset(
                [
                    partition(row.topic, row.partition),
                    *(group(each, row.topic) for each in row.groups),
                ]
            ),
        )
