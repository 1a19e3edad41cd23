"""ksqlDB: servers that answer, and queries by state, where servers are asked (`--ksqldb`)."""

from collections.abc import Iterator

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.pipeline_sections import KsqlQueries, KsqlServers

_STATES = ("RUNNING", "ERROR", "UNRESPONSIVE", "PAUSED")

_UP = Family(
    "kdiag_ksqldb_server_up",
    "1 for each server that told its queries, 0 for one that did not.",
    ("server",),
)
_QUERIES = Family(
    "kdiag_ksqldb_query_servers",
    "Servers on which the persistent query is in a state (SHOW QUERIES); none where the release "
    "counts none.",
    ("ksqldb_cluster", "query", "state"),
)


def ksqldb(seen: Seen) -> Iterator[Family]:
    """Yield what is told of servers and queries; nothing where none is asked."""
    servers, queries = seen.held(KsqlServers), seen.held(KsqlQueries)
    if servers is None or queries is None:
        return
    dead = [target.removeprefix("endpoint ") for target in queries.errors]
    yield _UP.rows([*((url, 1) for url in servers.rows["url"]), *((url, 0) for url in dead)])
    rows = queries.rows
    keys = list(zip(rows["service_id"], rows["query"], strict=True))
    counts = {state: rows[f"{state.lower()}_count"].tolist() for state in _STATES}
    yield _QUERIES.rows(
        [(*key, state, counts[state][at]) for at, key in enumerate(keys) for state in _STATES]
    )
