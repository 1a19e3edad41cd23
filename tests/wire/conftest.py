"""A peer that speaks raw bytes: what a real broker never does, or does only when it is broken."""

import asyncio
import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from typing import Any

import pytest
from kio.index import load_response_schema
from kio.schema.errors import ErrorCode
from kio.serial import entity_writer

Script = Callable[["Peer"], Awaitable[None]]


class Peer:
    """One accepted connection, and the script's way to read requests and answer them."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def request(self) -> tuple[int, int, int, bytes]:
        """Key, version, correlation id and the rest of the next request."""
        size = int.from_bytes(await self.reader.readexactly(4), "big")
        frame = await self.reader.readexactly(size)
        numbers = [int.from_bytes(frame[i:j], "big") for i, j in ((0, 2), (2, 4), (4, 8))]
        return numbers[0], numbers[1], numbers[2], frame[8:]

    async def send(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    async def reply(self, correlation_id: int, reply: Any) -> None:
        await self.send(frame_of(correlation_id, reply))

    async def greet(self, ranges: dict[int, tuple[int, int]]) -> None:
        """Answer ApiVersions."""
        key, version, number, _ = await self.request()
        assert key == 18
        await self.reply(number, api_versions(version, ranges))

    async def serve(self, ranges: dict[int, tuple[int, int]], answers: dict[int, Any]) -> None:
        """Answer ApiVersions, then each request with the reply that is given for its key."""
        await self.greet(ranges)
        while True:
            key, version, number, _ = await self.request()
            answer = answers[key]
            await self.reply(number, answer(version) if callable(answer) else answer)


def frame_of(correlation_id: int, reply: Any) -> bytes:
    """A whole reply."""
    buffer = io.BytesIO()
    buffer.write(correlation_id.to_bytes(4, "big"))
    if reply.__header_schema__.__version__ == 1:
        buffer.write(b"\0")
    entity_writer(type(reply))(buffer, reply)
    return len(buffer.getvalue()).to_bytes(4, "big") + buffer.getvalue()


def entity(key: int, version: int, **fields: Any) -> Any:
    """A reply of kio; arrays of structures as lists of dicts."""
    schema = load_response_schema(key, version)
    module = sys.modules[schema.__module__]
    names = {f: fields[f] for f in fields if f in schema.__dataclass_fields__}
    if "error_code" in names:
        names["error_code"] = ErrorCode(names["error_code"])
    for name, value in names.items():
        if isinstance(value, list):
            kind = schema.__dataclass_fields__[name].type.__args__[0]
            names[name] = tuple(getattr(module, kind.__name__)(**item) for item in value)
    return schema(**names)


def api_versions(version: int, ranges: dict[int, tuple[int, int]], error_code: int = 0) -> Any:
    keys = [{"api_key": k, "min_version": lo, "max_version": hi} for k, (lo, hi) in ranges.items()]
    return entity(18, version, error_code=error_code, api_keys=keys, throttle_time=timedelta())


@asynccontextmanager
async def _listening(script: Script, **options: Any) -> AsyncIterator[int]:
    writers = []
    tasks = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        tasks.append(asyncio.current_task())
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            await script(Peer(reader, writer))
        writer.close()

    server = await asyncio.start_server(accept, "127.0.0.1", 0, **options)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        for writer in writers:
            writer.transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await server.wait_closed()
        await asyncio.sleep(0)


@pytest.fixture
def listening() -> Any:
    """`async with listening(script) as port`: a server on loopback that runs a script per peer."""
    return _listening


@pytest.fixture
def make_entity() -> Any:
    return entity


@pytest.fixture
def make_api_versions() -> Any:
    return api_versions
