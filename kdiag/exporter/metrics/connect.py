"""Kafka Connect: connectors and tasks by state, where workers are asked (`--connect`)."""

from collections import Counter
from collections.abc import Iterator

from kdiag.analysis.connector_runs import ConnectorRuns
from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.pipeline_sections import ConnectorTasks, ConnectWorkers

_STATES = ("RUNNING", "PAUSED", "STOPPED", "FAILED", "UNASSIGNED", "RESTARTING")
"""States that connectors and tasks have (AbstractStatus of Connect)."""

_UP = Family(
    "kdiag_connect_worker_up",
    "1 for each worker that told its connectors, 0 for one that did not.",
    ("worker",),
)
_STATE = Family(
    "kdiag_connect_connector_state",
    "1 for the state that the connector is in; tasks may be in others (GET /connectors).",
    ("connect_cluster", "connector", "state"),
)
_TASKS = Family(
    "kdiag_connect_connector_tasks",
    "Tasks of the connector in a state (GET /connectors).",
    ("connect_cluster", "connector", "state"),
)
_COMMIT = Family(
    "kdiag_connect_sink_last_commit_timestamp_seconds",
    "When the group of the sink last committed: from its offsets that moved, seen at most one "
    "interval late, or from the log of commits; none until one of them tells.",
    ("connect_cluster", "connector", "consumergroup"),
)


def connect(seen: Seen) -> Iterator[Family]:
    """Yield what is told of workers and connectors; nothing where none is asked."""
    workers = seen.held(ConnectWorkers)
    if workers is None:
        return
    dead = workers.unread("worker")
    yield _UP.rows([*((url, 1) for url in workers.rows["url"]), *((url, 0) for url in dead)])
    yield from _connectors(seen)


def _connectors(seen: Seen) -> Iterator[Family]:
    runs, tasks = seen.held(ConnectorRuns), seen.held(ConnectorTasks)
    if runs is None or tasks is None:
        return
    rows = runs.rows
    keys = list(zip(rows["connect_cluster"], rows["connector"], strict=True))
    states = dict(zip(keys, rows["state"], strict=True))
    yield _STATE.rows(
        [
            (*key, state, int(is_ == state))
            for key, is_ in states.items()
            for state in _STATES
            if is_
        ]
    )
    each = tasks.rows
    counts = Counter(zip(each["connect_cluster"], each["connector"], each["state"], strict=True))
    yield _TASKS.rows([(*key, state, counts[*key, state]) for key in keys for state in _STATES])
    groups = [(*key, group) for key, group in zip(keys, rows["group"], strict=True) if group]
    yield _COMMIT.rows([(*each, seen.committed_at.get(each[-1])) for each in groups])
