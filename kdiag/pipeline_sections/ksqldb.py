"""Raw sections of ksqlDB."""

from kdiag.snapshot import Section, Table


class KsqlServers(Table):
    """One row a server that answers (GET /info, /healthcheck, /clusterStatus).

    service_id: ksql.service.id; servers with one and the same are one cluster. status: of what runs
    its statements: RUNNING, ERROR (it hangs) or DEGRADED (it has stopped); <NA> where the release
    does not tell. unhealthy: parts that its health check finds ill, comma-separated, none where it
    is well; <NA> where the release has no health check, or it could not be read (`errors` has why).
    warning: first line of what it sends with each answer while it is DEGRADED. dead_hosts: tuple of
    HOST:PORT of which it hears no heartbeat, dead_since the first of the times at which it noticed;
    none where heartbeats are off (ksql.heartbeat.enable), as they are by default.
    """

    noun = "ksqlDB servers"
    columns = {
        "url": "str",
        "service_id": "str",
        "version": "str",
        "status": "str",
        "unhealthy": "str",
        "warning": "str",
        "dead_hosts": "object",
        "dead_since": "time",
    }


class KsqlQueries(Table):
    """One row a cluster and persistent query (SHOW QUERIES; each server answers for its cluster).

    url: the server that told its error, or that sees it worst. *_count: servers on which it is in
    that state, as many as one of those that were asked sees; <NA> where the release tells only one
    state of all. state: the worst of them. sink_topics: tuple. group: the consumer group that it
    reads with. error_hosts, unresponsive_hosts: tuples of HOST:PORT, as the servers call
    themselves.

    error_at, error_type (USER, SYSTEM or UNKNOWN), error (its first line) and root (the last cause
    of its trace): the last error that a server tells, asked for where a query is in ERROR or a
    server is UNRESPONSIVE (SHOW QUERIES EXTENDED). failing_since: the first of those before it
    which the pauses between two starts may explain. The statement itself is not kept.
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
        "error_hosts": "object",
        "unresponsive_hosts": "object",
        "failing_since": "time",
        "error_at": "time",
        "error_type": "str",
        "error": "str",
        "root": "str",
    }


KSQLDB_SECTIONS: tuple[type[Section], ...] = (KsqlServers, KsqlQueries)
"""All of them, in the order in which a snapshot lists them."""
