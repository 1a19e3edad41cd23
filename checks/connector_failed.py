"""Connectors that have failed, wholly or in some of their tasks, or that have no task at all.

Connect starts no failed task again. While all of its tasks are FAILED the connector itself is
RUNNING, and so are the workers: whoever looks at these sees nothing. The consumer group of a sink
is Empty then, and its lag grows.

Reads: GET /connectors?expand=info&expand=status of a worker (states, traces).
"""

from typing import Any

from kdiag.api import (
    Action,
    Chains,
    ConnectorRuns,
    Finding,
    Said,
    Subject,
    check,
    connector_of,
    connector_url,
    count,
    group,
    lines_of,
)

_NO_TASKS = ("MirrorCheckpointConnector", "MirrorSourceConnector")
"""They have no task while there is nothing to mirror."""


@check(area="pipelines")
def connector_failed(runs: ConnectorRuns, chains: Chains | None) -> Said:
    """Connectors that are FAILED, have tasks that are, or are RUNNING without a task."""
    for row in runs.rows.itertuples():
        if row.state == "FAILED" or row.failed:
            yield _failed(row, connector_of(runs, row.connect_cluster, row.connector), chains)
        elif row.state == "RUNNING" and row.task_count == 0 and not _may_idle(row):
            yield _without_tasks(row, connector_of(runs, row.connect_cluster, row.connector))


def _may_idle(row: Any) -> bool:
    return (row.class_name or "").rpartition(".")[2] in _NO_TASKS


def _failed(row: Any, subject: Subject, chains: Chains | None) -> Finding:
    tasks = len(row.failed)
    if row.state == "FAILED":
        seen = f"Connector {row.connector} is FAILED."
    else:
        seen = (
            f"{tasks} of {count(int(row.task_count), 'task')} of connector {row.connector} "
            f"{'is' if tasks == 1 else 'are'} FAILED, while the connector is {row.state}."
        )
    stands = row.state == "FAILED" or not row.running
    why = " Caused by: ".join(text for text in (row.trace, row.root) if text)
    lines = lines_of(chains, row.connect_cluster, row.connector)
    return Finding(
        "critical",
        subject,
        seen,
        _impact(row, stands=stands),
        cause=" ".join([why or "No worker tells why.", *(f"Chain: {line}." for line in lines)]),
        evidence={
            "state": row.state,
            "failed_tasks": row.failed,
            "task_count": int(row.task_count),
            "worker": row.worker,
            "trace": row.trace,
            "root_cause": row.root,
        },
        actions=(
            Action(
                "Read the whole trace, and mend what it names.",
                "curl -s {url}",
                values={"url": _url(row, "/status")},
            ),
            Action(
                "Then start the failed tasks again; Connect does not do so by itself.",
                "curl -X POST {url}",
                "disruptive",
                {"url": _url(row, "/restart?includeTasks=true&onlyFailed=true")},
            ),
        ),
        covers=frozenset([group(row.group) if row.group else subject]) if stands else frozenset(),
    )


def _url(row: Any, path: str) -> str:
    return connector_url(row.connect_cluster, row.connector, path)


def _impact(row: Any, *, stands: bool) -> str:
    if not stands:
        return "The tasks that run have to do the work of all."
    if row.type == "sink":
        return f"Nothing is written any more; the lag of group {row.group} grows until retention."
    return "Nothing is read from its source any more; what depends on its topics gets old data."


def _without_tasks(row: Any, subject: Subject) -> Finding:
    return Finding(
        "warning",
        subject,
        f"Connector {row.connector} is RUNNING and has no task.",
        "It does nothing, although its state says otherwise.",
        cause="It gave the workers no settings for tasks: it may not reach its source, or find "
        "nothing to do there; or the workers are amid a rebalance.",
        evidence={"state": row.state, "task_count": 0, "worker": row.worker},
        actions=(
            Action(
                "Look again in a minute; then into the log of the worker that runs it "
                f"({row.worker or 'not told'}).",
                "curl -s {url}",
                values={"url": _url(row, "/status")},
            ),
        ),
        confidence="likely",
    )
