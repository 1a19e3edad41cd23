"""Kafka Connect: three requests a worker, all workers at once, one picture of each cluster of them.

Source: Kafka, connect/runtime rest/resources (`/`, `/connectors` with expand, KIP-465;
`/connector-plugins` with connectorsOnly, KIP-769). Every worker answers for its whole cluster, out
of what it has read of the internal topics; so the first one that answers is believed, and what
others tell otherwise is noted.
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from kdiag.errors import KdiagError, RequestError
from kdiag.pipeline_sections import (
    ConnectorConfigs,
    Connectors,
    ConnectorTasks,
    ConnectPlugins,
    ConnectWorkers,
)
from kdiag.snapshot import Missing, Section
from kdiag.sources.http import Server
from kdiag.sources.missing import missing
from kdiag.sources.rest.allowlist import CONNECTORS, PLUGINS, WORKER
from kdiag.sources.rest.client import Answered, Asking, Odd, Rest, first_line, part, root_cause
from kdiag.sources.rest.connector_settings import settings_of
from kdiag.sources.rest.endpoints import each, require_cluster
from kdiag.sources.tables import tables_ready

NAME = "Kafka Connect"

Row = dict[str, Any]


@dataclass(frozen=True)
class Status:
    """State of a connector or task, as a worker has it."""

    state: str | None = None
    worker: str | None = None
    version: str | None = None
    trace: str = ""

    def row(self) -> Row:
        """Return it as columns."""
        return {
            "state": self.state,
            "worker": self.worker,
            "version": self.version,
            "trace": first_line(self.trace) or None,
        }


@dataclass(frozen=True)
class Connector:
    """One connector: type, status, its tasks by number, and its settings as they are."""

    type: str | None
    status: Status
    tasks: Mapping[int, Status]
    config: Mapping[str, Any]

    def workers(self) -> set[str]:
        """Return the workers that it runs on."""
        all_ = [self.status, *self.tasks.values()]
        return {status.worker for status in all_ if status.worker}


@dataclass(frozen=True)
class Worker:
    """What one worker told."""

    version: str | None
    connectors: Mapping[str, Connector]
    plugins: Sequence[Row] | Missing

    def names(self) -> set[str]:
        """Return the workers that it knows of, itself among them if something runs on it."""
        return set().union(*(one.workers() for one in self.connectors.values()))


async def read_connect(
    servers: Sequence[Server], asking: Asking, cluster_id: str | None
) -> dict[type[Section], Section]:
    """Ask all workers; return the sections `CONNECT_SECTIONS`.

    cluster_id: of the Kafka cluster; a worker of another one is an error of its own.
    """

    async def read(rest: Rest) -> Worker:
        return await _worker(rest, cluster_id)

    told = await each(servers, asking, read)
    await tables_ready()
    return sections(told)


async def _worker(rest: Rest, cluster_id: str | None) -> Worker:
    about, connectors, plugins = await asyncio.gather(
        _started(rest.ask(WORKER), rest.server),
        _started(
            rest.ask(CONNECTORS, query=(("expand", "info"), ("expand", "status"))), rest.server
        ),
        _plugins(rest),
    )
    theirs = part(about, "kafka_cluster_id", str | None)
    require_cluster(rest.server, theirs, cluster_id)
    if not isinstance(connectors, dict):
        raise Odd("its connectors are no object")
    return Worker(
        version=part(about, "version", str),
        connectors={name: _connector(one) for name, one in connectors.items()},
        plugins=plugins,
    )


async def _started(asked: Any, server: Server) -> Any:
    """Return an answer; a web page with 404 is no "not found", but the server before Connect."""
    try:
        return await asked
    except Answered as error:
        if error.status == 404 and error.is_page:
            raise RequestError(
                f"{server.shown} is starting (HTTP 404 and a web page), or is not Kafka Connect"
            ) from None
        raise


async def _plugins(rest: Rest) -> Sequence[Row] | Missing:
    """Return the plug-ins of a worker; without them the rest still counts."""
    try:
        listed = await rest.ask(PLUGINS, query=(("connectorsOnly", "false"),))
        return [_plugin(one) for one in part({"plug-ins": listed}, "plug-ins", tuple[Any, ...])]
    except KdiagError as error:
        return missing(error)


def _plugin(told: Any) -> Row:
    version = part(told, "version", str | None)
    return {
        "class_name": part(told, "class", str),
        "type": part(told, "type", str),
        "version": None if version in ("", "null", "undefined") else version,
    }


def _connector(told: Any) -> Connector:
    info = part(told, "info", dict)
    status = part(told, "status", dict | None) or {}
    tasks = part(status, "tasks", tuple[Any, ...] | None) or ()
    return Connector(
        type=part(info, "type", str | None),
        status=_status(status.get("connector") or {}),
        tasks={part(task, "id", int): _status(task) for task in tasks},
        config=part(info, "config", Mapping[str, str | None]),
    )


def _status(told: Any) -> Status:
    return Status(
        state=part(told, "state", str | None),
        worker=part(told, "worker_id", str | None),
        version=part(told, "version", str | None),
        trace=part(told, "trace", str | None) or "",
    )


def sections(told: Mapping[str, Worker | Missing]) -> dict[type[Section], Section]:
    """Return the sections that workers make together: URL → what it told, or why it did not."""
    workers = {url: one for url, one in told.items() if isinstance(one, Worker)}
    dead = {f"worker {url}": one for url, one in told.items() if isinstance(one, Missing)}
    clusters = _clusters(workers)
    now = datetime.now(UTC)
    deaf = {
        f"worker {url}": one.plugins
        for url, one in workers.items()
        if isinstance(one.plugins, Missing)
    }
    about = [
        {
            "url": url,
            "connect_cluster": clusters[url],
            "version": one.version,
            "connectors_count": len(one.connectors),
        }
        for url, one in workers.items()
    ]
    merged = list(_merged(workers, clusters))
    return {
        ConnectWorkers: ConnectWorkers.from_rows(about, read_at=now, errors=dead),
        Connectors: Connectors.from_rows(
            [row for one in merged for row in one.connector_rows()], read_at=now, errors=dead
        ),
        ConnectorTasks: ConnectorTasks.from_rows(
            [row for one in merged for row in one.task_rows()], read_at=now, errors=dead
        ),
        ConnectorConfigs: ConnectorConfigs.from_rows(
            [row for one in merged for row in one.config_rows()], read_at=now, errors=dead
        ),
        ConnectPlugins: ConnectPlugins.from_rows(
            list(_plugin_rows(workers)), read_at=now, errors={**dead, **deaf}
        ),
    }


def _clusters(workers: Mapping[str, Worker]) -> dict[str, str]:
    """Return which workers belong together: URL → the first URL of its cluster.

    Those belong together that know of one and the same worker, and of a connector in common:
    workers of two clusters may call themselves alike, as localhost:8083. One that knows of no
    connector has nothing to be compared by, and stands alone.
    """
    found: list[tuple[set[str], set[str], list[str]]] = []
    for url in sorted(workers):
        names, connectors, urls = workers[url].names(), set(workers[url].connectors), [url]
        apart = []
        for one in found:
            if one[0] & names and one[1] & connectors:
                names, connectors, urls = names | one[0], connectors | one[1], [*one[2], *urls]
            else:
                apart.append(one)
        found = [*apart, (names, connectors, urls)]
    return {url: min(urls) for *_, urls in found for url in urls}


@dataclass(frozen=True)
class _Merged:
    """A connector of a Connect cluster, as the first worker told that knows it."""

    connect_cluster: str
    name: str
    one: Connector
    differs_on: tuple[str, ...]

    def _key(self) -> Row:
        return {"connect_cluster": self.connect_cluster, "connector": self.name}

    def connector_rows(self) -> Iterable[Row]:
        yield {
            **self._key(),
            **self.one.status.row(),
            "type": self.one.type,
            "task_count": len(self.one.tasks),
            "differs_on": self.differs_on,
        }

    def task_rows(self) -> Iterable[Row]:
        for number, status in sorted(self.one.tasks.items()):
            yield {**self._key(), "task": number, **status.row(), "root": root_cause(status.trace)}

    def config_rows(self) -> Iterable[Row]:
        for setting in settings_of(self.one.config):
            yield {**self._key(), **setting}


def _merged(workers: Mapping[str, Worker], clusters: Mapping[str, str]) -> Iterator[_Merged]:
    known: dict[tuple[str, str], dict[str, Connector]] = {}
    for url, worker in workers.items():
        for name, one in worker.connectors.items():
            known.setdefault((clusters[url], name), {})[url] = one
    for (cluster, name), by_url in sorted(known.items()):
        first = next(iter(by_url.values()))
        differs_on = tuple(url for url, one in by_url.items() if one.config != first.config)
        yield _Merged(cluster, name, first, differs_on)


def _plugin_rows(workers: Mapping[str, Worker]) -> Iterator[Row]:
    for url, worker in workers.items():
        if not isinstance(worker.plugins, Missing):
            yield from ({"url": url, **plugin} for plugin in worker.plugins)
