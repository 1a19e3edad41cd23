"""Persistent queries of ksqlDB that failed, and servers that do not answer or call themselves ill.

A query in ERROR is started again by its server, with longer and longer pauses (ksql.query.retry.
backoff.max.ms): an error of the system may pass so, one of a user's data does not. A server that
the others cannot ask is told as UNRESPONSIVE, query by query; that is said once.

Reads: GET /info and /healthcheck, SHOW QUERIES and, where one is in ERROR, SHOW QUERIES EXTENDED.
Source: KsqlQueryStatus, QueryError.Type; the developer guide of ksqlDB, SHOW QUERIES.
"""

from collections.abc import Iterator
from typing import Any

from kdiag.api import (
    Action,
    Finding,
    KsqlQueries,
    KsqlServers,
    NotApplicable,
    Said,
    Subject,
    check,
    count,
    group,
    listed,
)

_FAILED = ("ERROR", "PENDING_ERROR")
_KINDS = {
    "USER": "ksqlDB takes it for an error of the user's: a topic, a grant or a record.",
    "SYSTEM": "ksqlDB takes it for an error of the system, as of brokers or disks.",
}
_SHOW = "SHOW QUERIES EXTENDED;"


@check(area="pipelines")
def ksqldb_query_error(servers: KsqlServers, queries: KsqlQueries) -> Said:
    """Queries of ksqlDB in ERROR, and servers that do not answer the others or are ill."""
    yield from _ill(servers)
    yield from _unresponsive(queries)
    clusters = set(queries.rows["service_id"])
    counted = queries.rows.fillna({"running_count": 0, "error_count": 0})
    for row in counted[counted["state"].isin(_FAILED)].itertuples():
        yield _failed(row, row.service_id if len(clusters) > 1 else None)
    if len(servers) and not len(queries) and not queries.errors:
        yield NotApplicable("ksqlDB has no persistent query")


def _failed(row: Any, service_id: str | None) -> Finding:
    runs, fails = int(row.running_count), int(row.error_count)
    where = f" on {fails} of {count(fails + runs, 'server')}" if runs else ""
    sinks = listed(sorted(row.sink_topics)) if row.sink_topics else "its sink"
    return Finding(
        "warning",
        Subject.of("query", query=row.query, service_id=service_id),
        f"Query {row.query} of ksqlDB is in {row.state}{where}.",
        f"{sinks} {'gets less' if runs else 'gets nothing'} from it, and the lag of group "
        f"{row.group} grows until retention deletes what was not read.",
        cause=" ".join(filter(None, (row.error, _KINDS.get(row.error_type or ""))))
        or "The server does not tell why.",
        evidence={
            "state": row.state,
            "running_servers": runs,
            "sink_topics": sorted(row.sink_topics),
            "group": row.group,
            "error": row.error,
            "error_type": row.error_type,
        },
        actions=(
            _ask(row.url, "Read the whole error, and mend what it names."),
            Action(
                "The server starts the query again by itself, after longer and longer pauses; at "
                "once after PAUSE and RESUME, or a restart of the server.",
                effect="disruptive",
            ),
        ),
        since=None if row.error_at != row.error_at else row.error_at.to_pydatetime(),
        covers=frozenset() if runs else frozenset([group(row.group)]),
        confidence="certain" if row.error else "likely",
    )


def _unresponsive(queries: KsqlQueries) -> Iterator[Finding]:
    """Yield once what all queries of a cluster tell: servers that do not answer the others."""
    rows = queries.rows[queries.rows["unresponsive_count"].fillna(0) > 0]
    for service_id, part in rows.groupby("service_id", sort=True):
        missing, url = int(part["unresponsive_count"].max()), str(part["url"].iloc[0])
        names = sorted(part["query"])
        yield Finding(
            "warning",
            Subject.of("endpoint", url=url),
            f"{count(missing, 'server')} of ksqlDB cluster {service_id} "
            f"{'does' if missing == 1 else 'do'} not answer {url}.",
            f"{'Its' if missing == 1 else 'Their'} part of {listed(names)} stands until the others "
            "take it over; state that is kept there cannot be asked.",
            cause="A server is down or hangs, or ksql.advertised.listener is not its address.",
            evidence={"unresponsive_servers": missing, "queries": names[:100]},
            actions=(_ask(url, "See which host it is (ksqlHostQueryStatus), and look there."),),
            confidence="likely",
        )


def _ill(servers: KsqlServers) -> Iterator[Finding]:
    for row in servers.rows.itertuples():
        told = row.status not in (None, "RUNNING")
        if not told and not row.unhealthy:
            continue
        parts = f"its {row.unhealthy} ill" if row.unhealthy else f"itself {row.status}"
        yield Finding(
            "warning",
            Subject.of("endpoint", url=row.url),
            f"ksqlDB server {row.url} calls {parts}.",
            "Queries may run on, but new statements may wait or be refused, and a restart may not "
            "succeed.",
            cause="commandRunner, DEGRADED: the command topic was damaged, or has statements of a "
            "later release. kafka: the server does not reach the brokers, or its topic there.",
            evidence={"status": row.status, "unhealthy": row.unhealthy},
            actions=(
                Action(
                    "Ask it again, and read its log.",
                    "curl -s {url}",
                    values={"url": f"{row.url.rstrip('/')}/healthcheck"},
                ),
            ),
            confidence="likely",
        )


def _ask(url: str, words: str) -> Action:
    return Action(
        words,
        "curl -s -H Content-Type:application/json -d {body} {url}",
        values={"url": f"{url.rstrip('/')}/ksql", "body": f'{{"ksql": "{_SHOW}"}}'},
    )
