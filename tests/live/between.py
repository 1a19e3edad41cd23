"""A proxy in front of a broker: it knows every request, and misbehaves at the answers to some."""

import asyncio
import io
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from kio.serial import entity_reader, entity_writer

from kdiag.wire.schemas import response_schema

Writer = asyncio.StreamWriter
Answer = Callable[["Between", Writer, bytes, int, int], Awaitable[None]]
"""Is given the proxy, the client's side, the whole frame, and key and version of its request."""


class Between:
    """Listens on a port and hands everything on, but the answers to `keys`, which `answer` gives.

    seen: requests by (key, version). Use as a context manager; it lives in a thread of its own.
    """

    def __init__(self, port: int, upstream: str = "") -> None:
        self.port, self.upstream = port, upstream
        self.address = f"127.0.0.1:{port}"
        self.seen: Counter[tuple[int, int]] = Counter()
        self.answered = 0
        self.open = 0
        self._answer: Answer | None = None
        self._keys: frozenset[int] = frozenset()
        self.is_silent = False
        self._loop = asyncio.new_event_loop()
        self._server: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    def __enter__(self) -> "Between":
        self._thread.start()
        self._run(self._listen())
        return self

    def __exit__(self, *_: object) -> None:
        self._run(self._end())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def misbehave(self, answer: Answer | None, *keys: int) -> None:
        """From now on let `answer` give the answers to requests with these keys; None: nothing."""
        self._run(self._reset(answer, frozenset(keys)))

    @property
    def keys(self) -> set[int]:
        """Return the keys of all requests that were seen."""
        return {key for key, _ in self.seen}

    def _run(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(20)

    async def _reset(self, answer: Answer | None, keys: frozenset[int]) -> None:
        self._answer, self._keys, self.answered, self.is_silent = answer, keys, 0, False
        self.seen.clear()
        await self.hang_up()
        await self._listen()

    async def _listen(self) -> None:
        if self._server is None:
            self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)

    async def _end(self) -> None:
        await self.leave()

    async def leave(self) -> None:
        """Listen no more, as if the process had been killed."""
        if self._server is not None:
            self._server.close()
            self._server = None
        await self.hang_up()

    def leave_soon(self) -> None:
        """Leave, beside the task that asks for it, which ends with its connection."""
        self._leaving = self._loop.create_task(self.leave())

    def vanish(self) -> None:
        """Listen no more, from now on."""
        self._run(self.leave())

    async def hang_up(self) -> None:
        """Close every connection."""
        for task in (tasks := list(self._tasks)):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: Writer) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        self.open += 1
        host, _, port = self.upstream.rpartition(":")
        asked: dict[int, tuple[int, int]] = {}
        far: Writer | None = None
        try:
            far_reader, far = await asyncio.open_connection(host, int(port))
            async with asyncio.TaskGroup() as group:
                group.create_task(self._requests(reader, far, asked))
                group.create_task(self._answers(far_reader, writer, asked))
        except (asyncio.CancelledError, ExceptionGroup, OSError):
            pass
        finally:
            self.open -= 1
            self._tasks.discard(task)
            for side in (writer, far):
                if side is not None:
                    side.transport.abort()

    async def _requests(
        self, reader: asyncio.StreamReader, far: Writer, asked: dict[int, tuple[int, int]]
    ) -> None:
        while True:
            frame = await _frame(reader)
            key, version, number = (int.from_bytes(frame[i:j]) for i, j in _HEADER)
            asked[number] = key, version
            self.seen[key, version] += 1
            far.write(frame)
            await far.drain()

    async def _answers(
        self, far: asyncio.StreamReader, writer: Writer, asked: dict[int, tuple[int, int]]
    ) -> None:
        while True:
            frame = await _frame(far)
            key, version = asked.pop(int.from_bytes(frame[4:8]))
            if self.is_silent:
                await asyncio.sleep(3600)
            if self._answer is not None and key in self._keys:
                self.answered += 1
                await self._answer(self, writer, frame, key, version)
            else:
                writer.write(frame)
                await writer.drain()


_HEADER = ((4, 6), (6, 8), (8, 12))


async def _frame(reader: asyncio.StreamReader) -> bytes:
    size = await reader.readexactly(4)
    return size + await reader.readexactly(int.from_bytes(size))


class _Over(Exception):
    """Ends a connection."""


async def closes(_: Between, writer: Writer, *_more: Any) -> None:
    """Close instead of answering."""
    raise _Over


async def half(_: Between, writer: Writer, frame: bytes, *_more: Any) -> None:
    """Send half of the answer, and close."""
    writer.write(frame[: max(5, len(frame) // 2)])
    await writer.drain()
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    raise _Over


async def garbage(_: Between, writer: Writer, frame: bytes, *_more: Any) -> None:
    """Send an answer of the right size and number whose body is nonsense."""
    body = bytes((i * 37 + 11) % 256 for i in range(len(frame) - 8))
    writer.write(frame[:8] + body)
    await writer.drain()


async def noise(_: Between, writer: Writer, *_more: Any) -> None:
    """Send bytes that are no frames."""
    writer.write(b"\xde\xad\xbe\xef" * 1000)
    await writer.drain()


async def huge(_: Between, writer: Writer, frame: bytes, *_more: Any) -> None:
    """Announce an answer of 2 GiB, and send it byte by byte."""
    writer.write((2**31 - 1).to_bytes(4) + frame[4:8])
    while True:
        writer.write(b"\0")
        await writer.drain()
        await asyncio.sleep(0.05)


async def stops(proxy: Between, *_: Any) -> None:
    """Fall silent from now on, on every connection, as a process that is stopped."""
    proxy.is_silent = True
    await asyncio.sleep(3600)


async def dies(proxy: Between, *_: Any) -> None:
    """Vanish: every connection is closed, and nothing listens any more."""
    proxy.leave_soon()
    await asyncio.sleep(3600)


async def late(_: Between, writer: Writer, frame: bytes, *_more: Any) -> None:
    """Answer rightly, a while later."""
    await asyncio.sleep(0.3)
    writer.write(frame)
    await writer.drain()


def rewritten(change: Callable[[Any], Any], times: int | None = None) -> Answer:
    """Return what gives the answer as `change` makes it of the right one, so many times."""

    async def answer(proxy: Between, writer: Writer, frame: bytes, key: int, version: int) -> None:
        if times is None or proxy.answered <= times:
            frame = _changed(frame, key, version, change)
        writer.write(frame)
        await writer.drain()

    return answer


def _changed(frame: bytes, key: int, version: int, change: Callable[[Any], Any]) -> bytes:
    schema = response_schema(key, version)
    _, size = entity_reader(schema.__header_schema__)(frame, 4)
    start = 4 + size
    reply, _ = entity_reader(schema)(frame, start)
    buffer = io.BytesIO()
    buffer.write(frame[4:start])
    entity_writer(schema)(buffer, change(reply))
    return len(buffer.getvalue()).to_bytes(4) + buffer.getvalue()
