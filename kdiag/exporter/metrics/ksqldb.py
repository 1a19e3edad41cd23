"""ksqlDB: queries by state, where servers are asked (`--ksqldb`)."""

from collections.abc import Iterator

from kdiag.exporter.family import Family
from kdiag.exporter.seen import Seen
from kdiag.pipeline_sections import KsqlQueries, KsqlServers

_UP = Family(
    "kdiag_ksqldb_server_up",
    "1 for each server of ksqlDB that answers, 0 for one that does not.",
    ("server",),
)
_STATE = Family(
    "kdiag_ksqldb_query_state",
    "1 for the state that the persistent query is in, the worst of its servers (SHOW QUERIES).",
    ("service_id", "query", "state"),
)
_STATES = ("RUNNING", "PAUSED", "UNRESPONSIVE", "ERROR")


def ksqldb(seen: Seen) -> Iterator[Family]:
    """Yield what is told of servers and queries; nothing where none is asked."""
    servers, queries = seen.held(KsqlServers), seen.held(KsqlQueries)
    if servers is None or queries is None:
        return
    dead = queries.unread("endpoint")
    yield _UP.rows([*((url, 1) for url in servers.rows["url"]), *((url, 0) for url in dead)])
    yield _STATE.rows(
        [
            (row.service_id, row.query, state, int(row.state == state))
            for row in queries.rows.itertuples()
            if row.state is not None
            for state in dict.fromkeys((*_STATES, row.state))
        ]
    )
