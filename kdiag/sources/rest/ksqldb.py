"""ksqlDB: what its servers say of themselves, and of the persistent queries of their clusters.

Source: ksqldb-rest-model (ServerInfo, HealthCheckResponse, Queries, RunningQuery, QueryDescription,
QueryError), ListQueriesExecutor, and the developer guide of its REST API. Not run against a server:
there is none that could be had; the answers in the tests are made from these.

A server asks the others of its cluster to list queries, and counts those that do not answer as
UNRESPONSIVE. It knows the others by the queries that run on it, so one whose queries all failed
tells of itself alone; and the errors that it tells are its own. So what all servers tell is put
together. With ksql.heartbeat.enable a server also tells which hosts sent it no heartbeat
(ClusterStatusResponse), and remembers those that no query runs on any more; without it there is no
such call. Queries that a client runs for itself (PUSH, PULL) are passed over.
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from kdiag.errors import KdiagError, RequestError, TimedOut
from kdiag.pipeline_sections import KsqlQueries, KsqlServers
from kdiag.snapshot import Missing, Section
from kdiag.sources.http import Server
from kdiag.sources.missing import missing
from kdiag.sources.rest.allowlist import (
    CLUSTER_STATUS,
    HEALTH,
    INFO,
    QUERIES,
    QUERY_ERRORS,
    STATEMENTS,
)
from kdiag.sources.rest.client import Answered, Asking, Rest, first_line, part, root_cause
from kdiag.sources.rest.endpoints import each, require_cluster
from kdiag.sources.tables import tables_ready

NAME = "ksqlDB"

_STATES = ("ERROR", "UNRESPONSIVE", "PAUSED", "RUNNING")  # the worst first
_PARTS = ("metastore", "kafka", "commandRunner")
_STARTING = 503
_NO_SUCH_CALL = (404, 405)
_YEAR_2100_MS = 4_102_444_800_000
_ONE_EPISODE = timedelta(minutes=30)
"""Between two errors of one failure: twice ksql.query.retry.backoff.max.ms, as it is by default."""

_HOSTS = {"ERROR": "error_hosts", "UNRESPONSIVE": "unresponsive_hosts"}
_TOLD = ("group", "failing_since", "error_at", "error_type", "error", "root")

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What one server tells: itself, query id → row of it; call → why it is not known."""

    service_id: str
    about: Row
    unseen: Mapping[str, Missing] = field(default_factory=dict)
    queries: Mapping[str, Row] = field(default_factory=dict)


async def read_ksqldb(
    servers: Sequence[Server], asking: Asking, cluster_id: str | None
) -> dict[type[Section], Section]:
    """Ask all servers; return the sections `KSQLDB_SECTIONS`.

    cluster_id: of the Kafka cluster; a server of another one is an error of its own.
    """

    async def read(rest: Rest) -> Told:
        return await _server(rest, cluster_id)

    told = await each(servers, asking, read)
    await tables_ready()
    return _sections(told)


async def _server(rest: Rest, cluster_id: str | None) -> Told:
    info, unhealthy, dead, (warning, queries) = await asyncio.gather(
        _started(rest.ask(INFO), rest.server), _unhealthy(rest), _dead(rest), _queries(rest)
    )
    calls = {HEALTH.path: unhealthy, CLUSTER_STATUS.path: dead}
    about = part(info, "KsqlServerInfo", dict)
    theirs = part(about, "kafkaClusterId", str | None)
    require_cluster(rest.server, theirs, cluster_id)
    service_id = part(about, "ksqlServiceId", str)
    return Told(
        service_id=service_id,
        about={
            "version": part(about, "version", str | None),
            "status": part(about, "serverStatus", str | None),
            "unhealthy": None if isinstance(unhealthy, Missing) else unhealthy,
            "warning": warning,
            **({"dead_hosts": ()} if isinstance(dead, Missing) else dead),
        },
        unseen={path: why for path, why in calls.items() if isinstance(why, Missing)},
        queries={row["query"]: {**row, "group": _group(service_id, row)} for row in queries},
    )


async def _started(asked: Any, server: Server) -> Any:
    """Return an answer; of a server that is not ready, say so."""
    try:
        return await asked
    except Answered as error:
        if error.status == _STARTING:
            raise RequestError(f"{error}: it is starting, or shutting down") from None
        raise


async def _unhealthy(rest: Rest) -> str | Missing | None:
    """Return the parts that the server finds ill; None where it has no such call, as older ones."""
    try:
        told = await rest.ask(HEALTH)
        details = part(told, "details", Mapping[str, Any])
        ill = {name for name, one in details.items() if not part(one, "isHealthy", bool)}
        if not part(told, "isHealthy", bool) and not ill:
            ill = {""}
        return ", ".join(sorted({name if name in _PARTS else "other parts" for name in ill}))
    except Answered as error:
        return None if error.status in _NO_SUCH_CALL else missing(error)
    except KdiagError as error:
        return missing(error)


async def _dead(rest: Rest) -> Row | Missing:
    """Return hosts without a heartbeat, and since when; none where heartbeats are off."""
    try:
        told = await rest.ask(CLUSTER_STATUS)
        hosts = part(told, "clusterStatus", Mapping[str, dict[str, Any]])
        dead = {host: one for host, one in hosts.items() if not part(one, "hostAlive", bool)}
        times = [_time(part(one, "lastStatusUpdateMs", float | None) or 0) for one in dead.values()]
    except Answered as error:
        return {"dead_hosts": ()} if error.status in _NO_SUCH_CALL else missing(error)
    except KdiagError as error:
        return missing(error)
    return {"dead_hosts": tuple(sorted(dead)), "dead_since": min(filter(None, times), default=None)}


async def _queries(rest: Rest) -> tuple[str | None, Sequence[Row]]:
    """Return what the server warns of, and its persistent queries."""
    try:
        listed = await _started(rest.ask(STATEMENTS, body=QUERIES), rest.server)
    except TimedOut as error:
        raise TimedOut(f"{error}; it waits for servers of its cluster that hang") from None
    warning = _warning(listed)
    rows = [_query(one) for one in _entities(listed, "queries") if _is_persistent(one)]
    if not any(row["state"] in _HOSTS for row in rows):
        return warning, rows
    more = await _described(rest)
    return warning, [{**row, **more.get(row["query"], {})} for row in rows]


def _warning(listed: Any) -> str | None:
    warnings = _entities(listed, "warnings", tuple[Any, ...] | None)
    lines = [first_line(part(one, "message", str)) for one in warnings]
    return next(filter(None, lines), None)


def _entities(listed: Any, name: str, hint: Any = tuple[Any, ...]) -> tuple[Any, ...]:
    """Return a list of the first entity of an answer, of which there is one a statement."""
    entities = part({"answer": listed}, "answer", tuple[Any, ...])
    return tuple(part(entities[0] if entities else {}, name, hint) or ())


def _is_persistent(one: Any) -> bool:
    return part(one, "queryType", str | None) in (None, "PERSISTENT")


def _query(one: Any) -> Row:
    counts = part(one, "statusCount", Mapping[str, int] | None)
    state = part(one, "state", str | None)
    if counts is not None:
        state = next((each for each in _STATES if counts.get(each)), state)
        counts = {f"{each.lower()}_count": counts.get(each, 0) for each in _STATES}
    return {
        "query": part(one, "id", str),
        "state": state,
        "sink_topics": tuple(part(one, "sinkKafkaTopics", tuple[str, ...] | None) or ()),
        **dict.fromkeys(_HOSTS.values(), ()),
        **(counts or {}),
    }


async def _described(rest: Rest) -> dict[str, Row]:
    """Return hosts and the last error of each query; without them the states still count."""
    try:
        listed = await rest.ask(STATEMENTS, body=QUERY_ERRORS)
        described = _entities(listed, "queryDescriptions")
        return {part(one, "id", str): _description(one) for one in described}
    except KdiagError:
        return {}


def _description(one: Any) -> Row:
    group = part(one, "consumerGroupId", str | None)
    hosts = part(one, "ksqlHostQueryStatus", Mapping[str, str] | None) or {}
    errors = part(one, "queryErrors", tuple[Any, ...] | None) or ()
    return {
        **({"group": group} if group else {}),
        **{
            column: tuple(sorted(host for host, status in hosts.items() if status == state))
            for state, column in _HOSTS.items()
        },
        **_last_error(errors),
    }


def _last_error(errors: Sequence[Any]) -> Row:
    last = max(errors, key=lambda error: part(error, "timestamp", float), default=None)
    if last is None:
        return {}
    message = part(last, "errorMessage", str)
    return {
        "failing_since": _since([_time(part(error, "timestamp", float)) for error in errors]),
        "error_at": _time(part(last, "timestamp", float)),
        "error_type": part(last, "type", str | None),
        "error": first_line(message) or None,
        "root": root_cause(message),
    }


def _since(times: Sequence[datetime | None]) -> datetime | None:
    """Return when the last failure began: the first error with no long time to the next one."""
    since = None
    for at in sorted(filter(None, times), reverse=True):
        if since is not None and since - at > _ONE_EPISODE:
            break
        since = at
    return since


def _time(milliseconds: float) -> datetime | None:
    is_one = 0 < milliseconds < _YEAR_2100_MS
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if is_one else None


def _group(service_id: str, row: Row) -> str:
    """Return the group of a query: as told, or as ksqlDB names it (QueryApplicationId)."""
    return row.get("group") or f"_confluent-ksql-{service_id}query_{row['query']}"


def _sections(told: Mapping[str, Told | Missing]) -> dict[type[Section], Section]:
    alive = {url: one for url, one in told.items() if isinstance(one, Told)}
    dead = {f"endpoint {url}": one for url, one in told.items() if isinstance(one, Missing)}
    unseen = {
        f"endpoint {url.rstrip('/')}{path}": why
        for url, one in alive.items()
        for path, why in one.unseen.items()
    }
    now = datetime.now(UTC)
    about = [{"url": url, "service_id": one.service_id, **one.about} for url, one in alive.items()]
    return {
        KsqlServers: KsqlServers.from_rows(about, read_at=now, errors={**dead, **unseen}),
        KsqlQueries: KsqlQueries.from_rows(_merged(alive), read_at=now, errors=dead),
    }


def _merged(alive: Mapping[str, Told]) -> list[Row]:
    """Return each query of each cluster once, out of what all of its servers tell."""
    found: dict[tuple[str, str], Row] = {}
    for url, one in alive.items():
        for name, told in one.queries.items():
            row = {"url": url, "service_id": one.service_id, **told}
            key = one.service_id, name
            found[key] = _both(found[key], row) if key in found else row
    return list(found.values())


def _both(first: Row, second: Row) -> Row:
    """Return a query as two servers of its cluster tell it: the worst, the most, the last error."""
    worse = min((first, second), key=_rank)
    last = max((first, second), key=_last)
    hosts = {name: tuple(sorted({*first[name], *second[name]})) for name in _HOSTS.values()}
    return {
        **worse,
        **({"url": last["url"], **{name: last.get(name) for name in _TOLD}} if _last(last) else {}),
        **{name: _most(name, first, second, hosts) for name in first if name.endswith("_count")},
        **hosts,
    }


def _most(count: str, first: Row, second: Row, hosts: Mapping[str, Sequence[str]]) -> int:
    """Return how many servers are in a state: not fewer than a server counts, or are known."""
    known = hosts.get(count.replace("_count", "_hosts"), ())
    most: int = max(first[count], second.get(count, 0), len(known))
    return most


def _last(row: Row) -> float:
    """Return when the error of a query was, to compare; 0 where none is told."""
    if not row.get("error"):
        return 0
    return row["error_at"].timestamp() if row["error_at"] else 1


def _rank(row: Row) -> int:
    return _STATES.index(row["state"]) if row["state"] in _STATES else len(_STATES)
