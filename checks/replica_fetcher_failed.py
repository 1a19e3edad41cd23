"""Followers that have given up copying some partitions.

After an error that it cannot get over (a record too large or corrupt, a log that diverges) a
replica fetcher marks the partition as failed and goes on with the others; nobody tries it again
until the broker restarts or its leader changes. A thread that dies takes all its partitions along.

Reads: JMX (FailedPartitionsCount and DeadThreadCount of ReplicaFetcherManager), Metadata (ISR).
"""

from kdiag.api import (
    Action,
    Facts,
    Finding,
    Said,
    Subject,
    UnderReplicated,
    check,
    count,
    listed,
    partition,
    subject_of,
    value_by_target,
)

_FAILED, _DEAD = "replica-failed-partitions", "replica-dead-threads"


@check(area="replication", facts=(_FAILED, _DEAD), explained_by=("log-dir-offline",))
def replica_fetcher_failed(facts: Facts, under: UnderReplicated | None) -> Said:
    """Followers with failed partitions or dead fetcher threads."""
    failed, dead = value_by_target(facts, _FAILED), value_by_target(facts, _DEAD)
    for target in sorted({*failed, *dead}):
        partitions, threads = int(failed.get(target, 0)), int(dead.get(target, 0))
        if partitions or threads:
            yield _finding(target, partitions, threads, _missing(under, target))


def _missing(under: UnderReplicated | None, target: str) -> list[Subject]:
    """Return the partitions that miss this follower and no other."""
    if under is None:
        return []
    id_ = int(target.partition(" ")[2])
    rows = under.rows[[tuple(missing) == (id_,) for missing in under.rows["missing"]]]
    return [partition(row.topic, row.partition) for row in rows.itertuples()]


def _finding(target: str, failed: int, dead: int, missing: list[Subject]) -> Finding:
    said = [
        *([f"gave up {count(failed, 'partition')}"] if failed else []),
        *([f"lost {count(dead, 'fetcher thread')}"] if dead else []),
    ]
    named = f" Out of sync there: {listed(missing)}." if missing else ""
    is_explained = bool(dead) or len(missing) <= failed
    explained = frozenset(missing) if is_explained else frozenset()
    return Finding(
        "critical",
        subject_of(target),
        f"The replica fetcher of {target} {' and '.join(said)}.{named}",
        "These replicas are not copied any more. They stay out of sync, and grow older, until the "
        "broker is restarted.",
        cause="server.log there has the error: a corrupt or too large batch, a diverging log, or "
        "a full or failing disk.",
        evidence={
            "failed_partitions": failed,
            "dead_threads": dead,
            "missing_partitions": [f"{each['topic']}-{each['partition']}" for each in missing],
        },
        actions=(
            Action(
                f"Find the first error on {target}.",
                "grep -E 'marked as failed|ERROR.*ReplicaFetcher' server.log | head",
            ),
            Action(
                "Repair what it names, then restart this broker; where the log is damaged, move "
                "the directory of that partition away first, and it is copied anew.",
                effect="disruptive",
            ),
        ),
        covers=explained,
        because_of=explained,
    )
