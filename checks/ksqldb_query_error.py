"""Persistent queries of ksqlDB that failed, and servers that do not answer or call themselves ill.

A query in ERROR is started again by its server, with longer and longer pauses (ksql.query.retry.
backoff.max.ms): an error of the system may pass so, one of a user's data does not. A server that
the others cannot ask is told as UNRESPONSIVE, query by query; that is said once.

Reads: GET /info, /healthcheck and /clusterStatus, SHOW QUERIES and, where one is in ERROR or a
server UNRESPONSIVE, SHOW QUERIES EXTENDED.
Source: KsqlQueryStatus, QueryError.Type, CommandRunner.CommandRunnerStatus, HealthCheckAgent; the
developer guide of ksqlDB, SHOW QUERIES.
"""

from collections.abc import Iterator
from datetime import datetime
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
_RUNNERS = {
    "ERROR": "A statement has kept it for longer than ksql.server.command.blocked.threshold.error."
    "ms, or it does not read its command topic; either may pass.",
    "DEGRADED": "Its command topic was deleted or changed, or has a statement of a later release; "
    "it runs none any more until it is started again.",
}
_ILL = {
    "commandRunner": "What runs its statements hangs, or has stopped.",
    "kafka": "It does not reach the brokers.",
    "metastore": "It cannot list its own streams, tables and queries.",
}
_SHOW = "SHOW QUERIES EXTENDED;"


@check(area="pipelines")
def ksqldb_query_error(servers: KsqlServers, queries: KsqlQueries) -> Said:
    """Queries of ksqlDB in ERROR, and servers that do not answer the others or are ill."""
    yield from _ill(servers)
    yield from _unresponsive(queries)
    yield from _dead(servers, queries)
    clusters = set(queries.rows["service_id"])
    counted = queries.rows.fillna({"running_count": 0, "error_count": 0})
    for row in counted[counted["state"].isin(_FAILED)].itertuples():
        yield _failed(row, row.service_id if len(clusters) > 1 else None)
    if len(servers) and not len(queries) and not servers.errors:
        yield NotApplicable("ksqlDB has no persistent query")


def _failed(row: Any, service_id: str | None) -> Finding:
    runs, fails = int(row.running_count), int(row.error_count)
    where = f" on {fails} of {count(fails + runs, 'server')}" if runs else ""
    hosts = f" ({listed(list(row.error_hosts))})" if row.error_hosts else ""
    error = " Caused by: ".join(text for text in (row.error, row.root) if text)
    return Finding(
        "warning",
        Subject.of("query", query=row.query, service_id=service_id),
        f"Query {row.query} of ksqlDB is in {row.state}{where}{hosts}.",
        _impact(row, runs),
        cause=" ".join(filter(None, (error, _KINDS.get(row.error_type or ""))))
        or "No server that was asked tells why: each tells only errors of its own.",
        evidence={
            "state": row.state,
            "running_servers": runs,
            "error_hosts": list(row.error_hosts),
            "sink_topics": sorted(row.sink_topics),
            "group": row.group,
            "error": row.error,
            "root_cause": row.root,
            "error_type": row.error_type,
            "error_at": _time(row.error_at),
        },
        actions=(
            _ask(row.url, "Read the whole error, and mend what it names."),
            Action(
                "The server starts the query again by itself, after longer and longer pauses; at "
                "once after PAUSE and RESUME, or a restart of the server.",
                effect="disruptive",
            ),
        ),
        since=_time(row.failing_since),
        covers=frozenset() if runs else frozenset([group(row.group)]),
        confidence="certain" if row.error else "likely",
    )


def _impact(row: Any, runs: int) -> str:
    sinks = listed(sorted(row.sink_topics)) if row.sink_topics else "Its sink"
    if runs:
        have = "server has" if runs == 1 else "servers have"
        return (
            f"{sinks} gets less from it: {runs} {have} to do the work of all, and group "
            f"{row.group} may fall behind."
        )
    return (
        f"No server that was asked knows one that runs it: {sinks} gets nothing from it, and the "
        f"lag of group {row.group} grows until retention deletes what was not read."
    )


def _time(at: Any) -> datetime | None:
    return None if at != at else at.to_pydatetime()


def _unresponsive(queries: KsqlQueries) -> Iterator[Finding]:
    """Yield once what all queries of a cluster tell: servers that do not answer the others."""
    rows = queries.rows[queries.rows["unresponsive_count"].fillna(0) > 0]
    for service_id, part in rows.groupby("service_id", sort=True):
        missing, url = int(part["unresponsive_count"].max()), str(part["url"].iloc[0])
        names = sorted(part["query"])
        hosts = sorted({host for each in part["unresponsive_hosts"] for host in each})
        own = [f"{host}: {why}." for host in hosts if (why := _told_us(queries, host))]
        yield Finding(
            "warning",
            Subject.of("endpoint", url=url),
            f"{count(missing, 'server')} of ksqlDB cluster {service_id} "
            f"{'does' if missing == 1 else 'do'} not answer {url}"
            f"{f': {listed(hosts)}' if hosts else ''}.",
            f"{'Its' if missing == 1 else 'Their'} part of {listed(names)} stands until the others "
            "take it over; state that is kept there cannot be asked.",
            cause=" ".join(own)
            or "A server is down, starts or hangs, or ksql.advertised.listener is not its address.",
            evidence={"unresponsive_servers": missing, "hosts": hosts, "queries": names[:100]},
            actions=(
                _ask(url, "Ask again in a minute, as one may be starting; then look at that host.")
                if hosts
                else _ask(url, "See which host it is (ksqlHostQueryStatus), and look there."),
            ),
            confidence="likely",
        )


def _dead(servers: KsqlServers, queries: KsqlQueries) -> Iterator[Finding]:
    """Yield hosts without a heartbeat that no query tells of: down, or taken away on purpose."""
    told = {host for each in queries.rows["unresponsive_hosts"] for host in each}
    for service_id, part in servers.rows.groupby("service_id", sort=True):
        hosts = sorted({host for each in part["dead_hosts"] for host in each or ()} - told)
        if not hosts:
            continue
        url = str(part.loc[part["dead_hosts"].map(bool), "url"].iloc[0])
        is_one = len(hosts) == 1
        yield Finding(
            "info",
            Subject.of("endpoint", url=url),
            f"{listed(hosts)} of ksqlDB cluster {service_id} {'sends' if is_one else 'send'} no "
            "heartbeat.",
            "The others do the work of all; state for which there is no standby is built anew.",
            cause="It is down, or was taken away on purpose: servers remember it until they are "
            "started again.",
            evidence={"hosts": hosts},
            actions=(
                Action(
                    "Ask which hosts are alive.",
                    "curl -s {url}",
                    values={"url": f"{url.rstrip('/')}/clusterStatus"},
                ),
            ),
            since=_time(part["dead_since"].min()),
            confidence="possible",
        )


def _told_us(queries: KsqlQueries, host: str) -> str | None:
    """Return why a server that does not answer the others told us nothing, if it was asked."""
    ours = {target.rstrip("/"): why.reason for target, why in queries.errors.items()}
    return next((why for target, why in ours.items() if target.endswith(f"//{host}")), None)


def _ill(servers: KsqlServers) -> Iterator[Finding]:
    for row in servers.rows.itertuples():
        told = row.status not in (None, "RUNNING")
        if not told and not row.unhealthy and not row.warning:
            continue
        words = [f"its {row.unhealthy} ill"] if row.unhealthy else []
        words += [f"what runs its statements {row.status}"] if told else []
        yield Finding(
            "warning",
            Subject.of("endpoint", url=row.url),
            f"ksqlDB server {row.url} calls {' and '.join(words)}."
            if words
            else f"ksqlDB server {row.url} warns with each answer.",
            "Queries may run on, but new statements may wait or be refused, and a restart may not "
            "succeed.",
            cause=_why(row),
            evidence={
                "status": row.status,
                "unhealthy": row.unhealthy,
                "warning": row.warning,
                "command_topic": f"_confluent-ksql-{row.service_id}_command_topic",
            },
            actions=(
                Action(
                    "Ask it again, and read its log.",
                    "curl -s {url}",
                    values={"url": f"{row.url.rstrip('/')}/healthcheck"},
                ),
            ),
            confidence="likely",
        )


def _why(row: Any) -> str:
    """Return what it says itself, then what its status and each part that is ill mean."""
    said = f"It says: {row.warning}" if row.warning else _RUNNERS.get(row.status or "")
    parts = row.unhealthy.split(", ") if row.unhealthy else []
    known = [_ILL.get(name) for name in parts if not (said and name == "commandRunner")]
    return " ".join(filter(None, [said, *known])) or "It does not say why."


def _ask(url: str, words: str) -> Action:
    return Action(
        words,
        "curl -s -H Content-Type:application/json -d {body} {url}",
        values={"url": f"{url.rstrip('/')}/ksql", "body": f'{{"ksql": "{_SHOW}"}}'},
    )
