"""Services beside the brokers: 5,000 subjects of a registry, 200 connectors on three workers.

Each service is a process of its own. The baseline sends as many requests on as many connections,
and looks at nothing of the answers.
"""

import asyncio
import gc
import importlib
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from urllib.parse import urlsplit

from bench.beside import serving
from kdiag.sources.http import Server
from kdiag.sources.rest.client import Asking
from kdiag.sources.rest.connect import read_connect
from kdiag.sources.rest.registry import read_registries

_SUBJECTS, _CONNECTORS, _TASKS, _WORKERS = 5_000, 200, 5, 3
_AT_ONCE = 8
_TIMES = 3


def run() -> None:
    """Measure both; pandas is there already, as it is read while doctor waits for the brokers."""
    importlib.import_module("pandas")
    gc.disable()  # as while a cluster is read
    try:
        _registry("registry", "with pages of schemas (limit 5 s)")
        _registry("plain", "without them, as Apicurio")
        _connect()
    finally:
        gc.enable()


def _registry(kind: str, words: str) -> None:
    with serving(kind, str(_SUBJECTS)) as url:
        servers = [Server("Schema Registry", url, "")]
        seconds, requests = _best(lambda asking: read_registries(servers, asking))
        bare = asyncio.run(_bare(url, requests))
    print(
        f"{_SUBJECTS:,} subjects of 3 versions, {words}: {seconds:.2f} s, {requests:,} requests, "
        f"{seconds / bare:.1f} x baseline of {bare:.2f} s"
    )


def _connect() -> None:
    with ExitStack() as open_:
        urls = [
            open_.enter_context(serving("connect", str(_CONNECTORS), str(_TASKS)))
            for _ in range(_WORKERS)
        ]
        servers = [Server("Kafka Connect", url, "") for url in urls]
        seconds, requests = _best(lambda asking: read_connect(servers, asking, "c"))
    print(
        f"{_CONNECTORS} connectors of {_TASKS} tasks on {_WORKERS} workers: {seconds:.2f} s "
        f"(limit 1 s), {requests / _WORKERS:g} requests a worker (limit 3)"
    )


def _best(read: Callable[[Asking], Awaitable[object]]) -> tuple[float, int]:
    """Return seconds and requests of the fastest of several times."""
    return min(asyncio.run(_once(read)) for _ in range(_TIMES))


async def _once(read: Callable[[Asking], Awaitable[object]]) -> tuple[float, int]:
    asking = Asking(20, 120)
    started = time.perf_counter()
    await read(asking)
    return time.perf_counter() - started, asking.requests.total()


async def _bare(url: str, requests: int) -> float:
    host = urlsplit(url)
    asked = b"GET /mode HTTP/1.1\r\nHost: x\r\n\r\n"
    waiting = iter(range(requests))

    async def ask() -> None:
        reader, writer = await asyncio.open_connection(host.hostname, host.port)
        for _ in waiting:
            writer.write(asked)
            head = await reader.readuntil(b"\r\n\r\n")
            await reader.readexactly(_length(head.split(b"\r\n")))
        writer.close()

    started = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(_AT_ONCE)))
    return time.perf_counter() - started


def _length(lines: Sequence[bytes]) -> int:
    return next(int(line.split(b":")[1]) for line in lines if line.startswith(b"Content-Length:"))
