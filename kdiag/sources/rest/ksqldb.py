"""ksqlDB: what its servers say of themselves, and of the persistent queries of their clusters.

Source: ksqldb-rest-model (ServerInfo, HealthCheckResponse, Queries, RunningQuery, QueryDescription,
QueryError) and the developer guide of its REST API. Not run against a server: there is none that
could be had; the answers in the tests are made from these.

A server asks the others of its cluster to list queries, and counts those that do not answer as
UNRESPONSIVE. Queries that a client runs for itself (PUSH, PULL) are passed over.
"""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from kdiag.errors import KdiagError, RequestError
from kdiag.pipeline_sections import KsqlQueries, KsqlServers
from kdiag.snapshot import Missing, Section
from kdiag.sources.http import Server
from kdiag.sources.rest.allowlist import HEALTH, INFO, QUERIES, QUERY_ERRORS, STATEMENTS
from kdiag.sources.rest.client import Answered, Asking, Rest, first_line, part
from kdiag.sources.rest.endpoints import each
from kdiag.sources.tables import tables_ready

NAME = "ksqlDB"

_STATES = ("ERROR", "UNRESPONSIVE", "PAUSED", "RUNNING")  # the worst first
_PARTS = ("metastore", "kafka", "commandRunner")
_STARTING = 503
_YEAR_2100_MS = 4_102_444_800_000

Row = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """What one server tells: itself, and query id → row of it."""

    service_id: str
    about: Row
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
    info, unhealthy, queries = await asyncio.gather(
        _started(rest.ask(INFO), rest.server), _unhealthy(rest), _queries(rest)
    )
    about = part(info, "KsqlServerInfo", dict)
    theirs = part(about, "kafkaClusterId", str | None)
    if cluster_id and theirs and theirs != cluster_id:
        raise RequestError(f"{rest.server.shown} works for another Kafka cluster, {theirs}")
    service_id = part(about, "ksqlServiceId", str)
    return Told(
        service_id=service_id,
        about={
            "version": part(about, "version", str | None),
            "status": part(about, "serverStatus", str | None),
            "unhealthy": unhealthy,
        },
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


async def _unhealthy(rest: Rest) -> str | None:
    """Return the parts that the server finds ill; None where it does not tell, as older ones."""
    try:
        told = await rest.ask(HEALTH)
        details = part(told, "details", Mapping[str, Any])
        ill = {name for name, one in details.items() if not part(one, "isHealthy", bool)}
        return ", ".join(sorted(name if name in _PARTS else "other parts" for name in ill))
    except KdiagError:
        return None


async def _queries(rest: Rest) -> Sequence[Row]:
    listed = await _started(rest.ask(STATEMENTS, body=QUERIES), rest.server)
    rows = [_query(one) for one in _entities(listed, "queries") if _is_persistent(one)]
    if not any(row["state"] == "ERROR" for row in rows):
        return rows
    errors = await _errors(rest)
    return [{**row, **errors.get(row["query"], {})} for row in rows]


def _entities(listed: Any, name: str) -> tuple[Any, ...]:
    """Return a list of the first entity of an answer, of which there is one a statement."""
    entities = part({"answer": listed}, "answer", tuple[Any, ...])
    return tuple(part(entities[0] if entities else {}, name, tuple[Any, ...]))


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
        **(counts or {}),
    }


async def _errors(rest: Rest) -> dict[str, Row]:
    """Return the last error of each query that has one; without them the states still count."""
    try:
        listed = await rest.ask(STATEMENTS, body=QUERY_ERRORS)
        described = _entities(listed, "queryDescriptions")
        return {part(one, "id", str): _last_error(one) for one in described}
    except KdiagError:
        return {}


def _last_error(one: Any) -> Row:
    group = part(one, "consumerGroupId", str | None)
    known = {"group": group} if group else {}
    errors = part(one, "queryErrors", tuple[Any, ...] | None) or ()
    last = max(errors, key=lambda error: part(error, "timestamp", int), default=None)
    if last is None:
        return known
    return {
        **known,
        "error_at": _time(part(last, "timestamp", int)),
        "error_type": part(last, "type", str | None),
        "error": first_line(part(last, "errorMessage", str)) or None,
    }


def _time(milliseconds: int) -> datetime | None:
    is_one = 0 < milliseconds < _YEAR_2100_MS
    return datetime.fromtimestamp(milliseconds / 1000, UTC) if is_one else None


def _group(service_id: str, row: Row) -> str:
    """Return the group of a query: as told, or as ksqlDB names it (QueryApplicationId)."""
    return row.get("group") or f"_confluent-ksql-{service_id}query_{row['query']}"


def _sections(told: Mapping[str, Told | Missing]) -> dict[type[Section], Section]:
    alive = {url: one for url, one in told.items() if isinstance(one, Told)}
    dead = {f"endpoint {url}": one for url, one in told.items() if isinstance(one, Missing)}
    now = datetime.now(UTC)
    about = [{"url": url, "service_id": one.service_id, **one.about} for url, one in alive.items()]
    return {
        KsqlServers: KsqlServers.from_rows(about, read_at=now, errors=dead),
        KsqlQueries: KsqlQueries.from_rows(list(_merged(alive)), read_at=now, errors=dead),
    }


def _merged(alive: Mapping[str, Told]) -> Iterator[Row]:
    """Yield each query of each cluster once, as the server tells that sees it worst."""
    found: dict[tuple[str, str], Row] = {}
    for url, one in alive.items():
        for name, row in one.queries.items():
            key = one.service_id, name
            if key not in found or _rank(row) < _rank(found[key]):
                found[key] = {"url": url, "service_id": one.service_id, **row}
    yield from found.values()


def _rank(row: Row) -> int:
    return _STATES.index(row["state"]) if row["state"] in _STATES else len(_STATES)
