"""Partitions of `__consumer_offsets` that take no writes, and so the groups that they hold.

Each holds the groups with one hash. Without a leader, or with fewer in-sync replicas than its
writes need, their coordinator can record neither commits nor generations: they stop in a rebalance
or read on without committing, and all other groups are well.

Reads: Metadata (leader, ISR), DescribeConfigs (min.insync.replicas), ListGroups, OffsetFetch.
"""

from typing import Any

from kdiag.api import (
    Action,
    Commits,
    Durability,
    Finding,
    Groups,
    NotApplicable,
    Said,
    check,
    count,
    group,
    groups_by_log,
    known,
    listed,
    partition,
)

_TOPIC = "__consumer_offsets"


@check(
    area="lag",
    configs=("min.insync.replicas",),
    explained_by=(
        "brokers-lost-together",
        "broker-down",
        "log-dir-offline",
        "offline-partition",
        "under-min-isr",
    ),
)
def coordinator_unavailable(
    durability: Durability, groups: Groups | None, commits: Commits | None
) -> Said:
    """Partitions of the offsets topic that refuse writes, with the groups that wait for them."""
    rows = durability.rows[durability.rows["topic"] == _TOPIC]
    if rows.empty:
        yield NotApplicable(f"the cluster has no {_TOPIC}: no group ever committed")
        return
    seen = [each.rows["group"] for each in (groups, commits) if each is not None]
    by_log = groups_by_log({name for names in seen for name in names}, len(rows))
    for row in rows[rows["leader"].isna() | (rows["spare"] < 0)].itertuples():
        yield _finding(row, sorted(by_log.get(row.partition, ())), len(rows))


def _finding(row: Any, names: list[str], partitions: int) -> Finding:
    who = listed(names) if names else f"about one in {partitions} groups"
    return Finding(
        "critical",
        partition(_TOPIC, row.partition),
        f"Partition {_TOPIC}-{row.partition} {_fault(row)}; it holds {who}.",
        "Their commits are refused and their rebalances do not end; after a restart they read "
        "again what they could not commit.",
        cause=f"Out of sync: {'brokers' if len(row.missing) > 1 else 'broker'} "
        f"{listed(row.missing)}.",
        evidence={
            "groups": names,
            "leader": known(row.leader),
            "in_sync_replicas": len(row.isr),
            "effective_min_isr": row.effective_min_isr,
            "replication_factor": row.replication_factor,
            "missing_brokers": list(row.missing),
        },
        actions=(
            Action(
                f"Bring back {listed(f'broker {id_}' for id_ in row.missing)}; the groups are not "
                "at fault, and restarting them does not help.",
                "kafka-topics.sh --bootstrap-server {bootstrap} --describe --topic {topic}",
                values={"topic": _TOPIC},
            ),
        ),
        covers=frozenset([partition(_TOPIC, row.partition), *(group(name) for name in names)]),
    )


def _fault(row: Any) -> str:
    if known(row.leader) is None:
        return "has no leader"
    return (
        f"has {count(len(row.isr), 'in-sync replica')}, and its writes need {row.effective_min_isr}"
    )
