"""Sinks that run and have never committed an offset, although there are records before them.

Of a group without offsets no lag is known, so nothing else speaks of it: connector and task are
RUNNING, the members hold their partitions, and nothing is written. A task whose first write hangs
is like that, one whose target throws everything away, and one whose consumer cannot read its topic.

Reads: GET /connectors?expand=info&expand=status of a worker, DescribeGroups, OffsetFetch,
ListOffsets, generations in `__consumer_offsets`.
"""

from typing import Any

from kdiag.api import (
    Action,
    ConnectorRuns,
    Finding,
    NotApplicable,
    Said,
    Subject,
    UncommittedSinks,
    check,
    connector_of,
    connector_url,
    count,
    group,
    lag_words,
    listed,
)


@check(area="pipelines", explained_by=lag_words.ROOTS)
def sink_without_commits(
    sinks: UncommittedSinks, runs: ConnectorRuns, *, min_unread_records: int = 1
) -> Said:
    """Sinks that run while their group has no committed offset at all.

    min_unread_records: a sink whose partitions hold fewer is not reported.
    """
    if not (runs.rows["type"] == "sink").any():
        yield NotApplicable(f"of {count(len(runs), 'connector')} none is a sink")
    for row in sinks.rows[sinks.rows["records_count"] >= min_unread_records].itertuples():
        yield _finding(row, connector_of(runs, row.connect_cluster, row.connector))


def _finding(row: Any, subject: Subject) -> Finding:
    return Finding(
        "warning",
        subject,
        f"Sink {row.connector} is RUNNING, but its group {row.group} has never committed an "
        f"offset, with {count(row.records_count, 'record')} in its partitions of "
        f"{listed(list(row.topics))}.",
        "Nothing is written there as far as its offsets tell, and retention deletes what is not "
        "read in time; after a restart it begins anew.",
        cause="Its first write hangs (the target does not answer), or it reads nothing.",
        evidence={
            "stands_at": "sink",
            "group": row.group,
            "topics": list(row.topics),
            "records_count": int(row.records_count),
        },
        actions=(
            Action(
                "Read the log of its worker, and take a thread dump of it: the task stands in the "
                "call that hangs.",
                "curl -s {url}",
                values={"url": connector_url(row.connect_cluster, row.connector, "/status")},
            ),
        ),
        since=row.since,
        covers=frozenset([group(row.group)]),
        confidence="likely",
    )
