"""Sections of ksqlDB for tests."""

from kdiag.pipeline_sections import KsqlQueries, KsqlServers
from tests.tables import NOW

URL = "http://10.1.0.7:8088"
OTHER = "http://10.1.0.8:8088"


def ksql_servers(*rows, **fields):
    """Return servers of one cluster; a row says what is not as usual."""
    usual = {"url": URL, "service_id": "default_", "version": "0.29.0", "status": "RUNNING"}
    made = [{**usual, "unhealthy": "", "dead_hosts": (), **row} for row in rows or ({},)]
    return KsqlServers.from_rows(made, read_at=NOW, **fields)


def ksql_queries(*rows, **fields):
    """Return queries; each is RUNNING on one server unless it says otherwise."""
    usual = {
        "url": URL,
        "service_id": "default_",
        "query": "CTAS_TOTALS_7",
        "state": "RUNNING",
        "running_count": 1,
        "error_count": 0,
        "unresponsive_count": 0,
        "paused_count": 0,
        "sink_topics": ("TOTALS",),
        "group": "_confluent-ksql-default_query_CTAS_TOTALS_7",
        "error_hosts": (),
        "unresponsive_hosts": (),
    }
    return KsqlQueries.from_rows([{**usual, **row} for row in rows], read_at=NOW, **fields)
