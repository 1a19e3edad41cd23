"""Which partitions miss a replica that they already had.

A replica that a reassignment is only adding is not missing: it never was in sync. Brokers count
alike (KIP-352). Without the list of reassignments the two cannot be told apart, so partitions that
look short are then neither reported nor taken as healthy.
"""

from kdiag.check import derive
from kdiag.sections import Partitions, Reassignments
from kdiag.snapshot import Missing, Table
from kdiag.wording import count


class UnderReplicated(Table):
    """One row a partition that has a leader and misses a replica.

    missing: replicas out of the ISR, without those that a reassignment is adding.
    """

    noun = "under-replicated partitions"
    needs_rows = False
    columns = {
        "topic": "str",
        "partition": "int",
        "replicas": "object",
        "isr": "object",
        "missing": "object",
    }


@derive()
def under_replicated(
    partitions: Partitions, reassignments: Reassignments | None
) -> UnderReplicated:
    """Keep the partitions with a leader whose ISR lacks a replica that is not just being added."""
    rows = partitions.rows
    in_sync, assigned = rows["isr"].map(len), rows["replicas"].map(len)
    short = rows[rows["leader"].notna() & (in_sync < assigned)]
    if short.empty:
        return UnderReplicated.of()
    if reassignments is None or reassignments.errors:
        return UnderReplicated.of(errors={"reassignments": _undecided(len(short))})
    moving = reassignments.rows
    keys = zip(moving["topic"], moving["partition"], strict=True)
    adding = dict(zip(keys, moving["adding"], strict=True))
    found = [
        {
            "topic": row.topic,
            "partition": row.partition,
            "replicas": row.replicas,
            "isr": row.isr,
            "missing": missing,
        }
        for row in short.itertuples()
        if (missing := _missing(row.replicas, row.isr, adding.get((row.topic, row.partition))))
    ]
    return UnderReplicated.from_rows(found)


def _missing(
    replicas: tuple[int, ...], isr: tuple[int, ...], adding: tuple[int, ...] | None
) -> tuple[int, ...]:
    there = {*isr, *(adding or ())}
    return tuple(replica for replica in replicas if replica not in there)


def _undecided(number: int) -> Missing:
    return Missing(
        f"{count(number, 'partition')} with a replica out of the ISR could not be told from a "
        "reassignment",
        "Describe on the cluster",
    )
