"""A server that answers as a service is documented to; every request that it lacks, in no way."""

import asyncio
import dataclasses
import enum
import sys
import threading
import typing
from contextlib import suppress
from datetime import timedelta
from types import UnionType
from typing import Any

from kio.index import load_request_schema
from kio.schema.errors import ErrorCode
from kio.serial import entity_reader

from kdiag.wire.schemas import response_schema
from tests.wire.conftest import api_versions, frame_of

TOPIC = "orders"


class Answering:
    """Listens on loopback for one cluster; a context manager.

    hosts: names of its brokers, which are numbered from 0. ranges: as ApiVersions tells them.
    refused: keys of requests that are answered with CLUSTER_AUTHORIZATION_FAILED.
    """

    def __init__(
        self,
        cluster_id: str | None,
        hosts: tuple[str, ...],
        ranges: dict[int, tuple[int, int]],
        refused: tuple[int, ...] = (),
    ) -> None:
        self.cluster_id, self.hosts, self.ranges = cluster_id, hosts, ranges
        self.refused = refused
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Answering":
        self._thread.start()
        start = asyncio.start_server(self._serve, "127.0.0.1", 0)
        self._server = asyncio.run_coroutine_threadsafe(start, self._loop).result(10)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _end(self) -> None:
        self._server.close()
        mine = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not mine]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            while True:
                size = int.from_bytes(await reader.readexactly(4))
                frame = await reader.readexactly(size)
                key, version = int.from_bytes(frame[:2]), int.from_bytes(frame[2:4])
                number = int.from_bytes(frame[4:8])
                if key == 18:
                    answer = api_versions(version, self.ranges)
                else:
                    answer = self._answer(key, version, frame)
                writer.write(frame_of(number, answer))
        writer.close()

    def _answer(self, key: int, version: int, frame: bytes) -> Any:
        schema = load_request_schema(key, version)
        _, start = entity_reader(schema.__header_schema__)(frame, 0)
        asked, _ = entity_reader(schema)(frame, start)
        reply = blank(response_schema(key, version))
        if key in self.refused:
            return refusing(reply)
        made = {3: self._metadata, 60: self._described, 2: self._ends, 32: self._configs}
        made |= {55: self._quorum}
        return made[key](reply, asked) if key in made else reply

    def _brokers(self, kind: Any, id_name: str) -> tuple[Any, ...]:
        return tuple(
            dataclasses.replace(blank(kind), **{id_name: number, "host": host, "port": self.port})
            for number, host in enumerate(self.hosts)
        )

    def _metadata(self, reply: Any, _: Any) -> Any:
        topic_kind, part_kind = item(reply, "topics"), None
        part_kind = item(blank(topic_kind), "partitions")
        part = dataclasses.replace(
            blank(part_kind), leader_id=0, replica_nodes=(0,), isr_nodes=(0,)
        )
        topic = dataclasses.replace(blank(topic_kind), name=TOPIC, partitions=(part,))
        brokers = self._brokers(item(reply, "brokers"), "node_id")
        return dataclasses.replace(
            reply, cluster_id=self.cluster_id, brokers=brokers, topics=(topic,), controller_id=0
        )

    def _described(self, reply: Any, _: Any) -> Any:
        brokers = self._brokers(item(reply, "brokers"), "broker_id")
        return dataclasses.replace(
            reply,
            cluster_id=self.cluster_id or "",
            brokers=brokers,
            cluster_authorized_operations=0x7FFF,
        )

    def _quorum(self, reply: Any, _: Any) -> Any:
        kind = item(reply, "topics")
        part_kind = item(blank(kind), "partitions")
        voter = blank(item(blank(part_kind), "current_voters"))
        part = dataclasses.replace(blank(part_kind), current_voters=(voter,))
        return dataclasses.replace(
            reply, topics=(dataclasses.replace(blank(kind), partitions=(part,)),)
        )

    def _ends(self, reply: Any, _: Any) -> Any:
        kind = item(reply, "topics")
        part = dataclasses.replace(blank(item(blank(kind), "partitions")), offset=10)
        topic = dataclasses.replace(blank(kind), name=TOPIC, partitions=(part,))
        return dataclasses.replace(reply, topics=(topic,))

    def _configs(self, reply: Any, asked: Any) -> Any:
        kind = item(reply, "results")
        value_kind = item(blank(kind), "configs")
        results = []
        for resource in asked.resources:
            keys = resource.configuration_keys or ("message.max.bytes",)
            values = tuple(
                dataclasses.replace(blank(value_kind), name=name, value="1000000") for name in keys
            )
            results.append(
                dataclasses.replace(
                    blank(kind),
                    resource_type=resource.resource_type,
                    resource_name=resource.resource_name,
                    configs=values,
                )
            )
        return dataclasses.replace(reply, results=tuple(results))


def item(reply: Any, name: str) -> Any:
    """Return the kind of the items of a field."""
    hint = _hints(type(reply))[name]
    return next(one for one in _parts(hint) if dataclasses.is_dataclass(one))


def _parts(hint: Any) -> list[Any]:
    inner = typing.get_args(hint)
    return [hint] if not inner else [one for each in inner for one in _parts(each)]


def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind, vars(sys.modules[kind.__module__]))


def blank(kind: Any) -> Any:
    """Return an entity of which each field says nothing."""
    hints = _hints(kind)
    names = [field.name for field in dataclasses.fields(kind)]
    return kind(**{name: _nothing(hints[name]) for name in names})


def _nothing(hint: Any) -> Any:
    if typing.get_origin(hint) in (typing.Union, UnionType):
        return None
    if typing.get_origin(hint) is tuple:
        return ()
    kind = getattr(hint, "__supertype__", hint)
    while hasattr(kind, "__supertype__"):
        kind = kind.__supertype__
    if dataclasses.is_dataclass(kind):
        return blank(kind)
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return kind(0)
    plain: tuple[Any, ...] = (0, "", b"", 0.0, False, timedelta())
    for value in plain:
        if kind is type(value) or (isinstance(kind, type) and issubclass(kind, type(value))):
            return value
    return next((value for value in plain if isinstance(value, kind)), None)


def refusing(reply: Any) -> Any:
    """Return the reply with CLUSTER_AUTHORIZATION_FAILED."""
    if hasattr(reply, "error_code"):
        return dataclasses.replace(reply, error_code=ErrorCode(31))
    kind = item(reply, "results")
    row = dataclasses.replace(blank(kind), error_code=ErrorCode(31))
    return dataclasses.replace(reply, results=(row,))
