"""Elections of a leader that lacked records.

Where no in-sync replica is left, another one may become the leader, by
unclean.leader.election.enable or by hand. Records that only the lost replicas had are gone, and
were acknowledged. Every controller counts such elections since its own start, so an old event
stays in the counter; only its growth is news.

Without JMX, a log that is cut shows it: a committed offset of an earlier leader epoch beyond the
end of the log, in two samples.

Reads: JMX of the controllers (UncleanLeaderElectionsPerSec, Kafka 3.9 and newer with KRaft),
OffsetFetch and ListOffsets in two samples, Metadata (leader epochs).
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from kdiag.api import (
    CLUSTER,
    Action,
    FactDeltas,
    Facts,
    Finding,
    OutsideCommits,
    Partitions,
    Said,
    check,
    count,
    group,
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


@check(area="replication", facts=(_FACT, "uptime"), any_of=(Facts, OutsideCommits))
def unclean_election_happened(
    facts: Facts | None,
    outside: OutsideCommits | None,
    deltas: FactDeltas | None,
    partitions: Partitions | None,
    *,
    historic_days: float = 7,
) -> Said:
    """Elections of leaders that were not in sync.

    historic_days: an election counted by a controller that has been up for longer is a note only.
    """
    counted = {} if facts is None else value_by_target(facts, _FACT)
    cut = _cut(outside, partitions)
    yield from _cut_logs(cut, outside, any(counted.values()))
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
    elif facts is not None and any(counted.values()) and not len(cut):
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


def _cut(outside: OutsideCommits | None, partitions: Partitions | None) -> Any:
    """Return the commits beyond logs that were cut and have more than one replica."""
    if outside is None or partitions is None:
        return ()
    rows = outside.rows[
        (outside.rows["side"] == "beyond") & (outside.rows["origin"] == "truncated")
    ]
    several = partitions.rows[partitions.rows["replicas"].map(len) > 1]
    return rows.merge(several[["topic", "partition"]], on=["topic", "partition"])


def _cut_logs(cut: Any, outside: OutsideCommits | None, is_counted: bool) -> Iterator[Finding]:
    if outside is None or not len(cut):
        return
    for (name, number), rows in cut.groupby(["topic", "partition"]):
        lost = int(rows["records"].max())
        yield Finding(
            "critical",
            partition(name, number),
            f"The log of {name}-{number} ends {count(lost, 'record')} before an offset that was "
            "read and committed in an earlier leader epoch.",
            _LOST,
            cause="Its new leader lacked them: an unclean election, or a disk that lost writes.",
            evidence={"lost_records": lost, "end_offset": int(rows["end_offset"].max())},
            actions=(_LOOK,),
            confidence="certain" if is_counted else "likely",
            covers=frozenset(
                [partition(name, number), *(group(each, name) for each in rows["group"])]
            ),
        )
