"""Raw sections of ksqlDB."""

from kdiag.snapshot import Section, Table


class KsqlServers(Table):
    """One row a server that answers (GET /info, /healthcheck).

    service_id: ksql.service.id; servers with one and the same are one cluster. status: RUNNING, or
    what keeps it from running new statements (DEGRADED, ERROR); <NA> where the release does not
    tell. unhealthy: parts that its health check finds ill, comma-separated, none where it is well;
    <NA> where it was not told.
    """

    noun = "ksqlDB servers"
    columns = {
        "url": "str",
        "service_id": "str",
        "version": "str",
        "status": "str",
        "unhealthy": "str",
    }


class KsqlQueries(Table):
    """One row a cluster and persistent query (SHOW QUERIES; each server answers for its cluster).

    url: the server that told. *_count: servers on which it is in that state, <NA> where the release
    tells only one state of all. state: the worst of them. group: the consumer group that it reads
    with. error_at, error_type (USER, SYSTEM or UNKNOWN) and error (its first line): the last error
    that is told (SHOW QUERIES EXTENDED), asked for where a query is in ERROR. The statement itself
    is not kept.
    """

    noun = "persistent queries"
    needs_rows = False
    columns = {
        "url": "str",
        "service_id": "str",
        "query": "str",
        "state": "str",
        "running_count": "int",
        "error_count": "int",
        "unresponsive_count": "int",
        "paused_count": "int",
        "sink_topics": "object",
        "group": "str",
        "error_at": "time",
        "error_type": "str",
        "error": "str",
    }


KSQLDB_SECTIONS: tuple[type[Section], ...] = (KsqlServers, KsqlQueries)
"""All of them, in the order in which a snapshot lists them."""
