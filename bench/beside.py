"""Services beside the brokers as a process of its own, which answers as fast as Python can.

`python -m bench.beside registry 5000` or `python -m bench.beside connect 200 5` prints its port.
`registry` knows pages of schemas as Confluent's does, `plain` does not, as Apicurio's.
"""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

Answer = Callable[[str, dict[str, list[str]]], object]

_RECORD = {"type": "record", "name": "Order", "namespace": "com.example"}


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """Yield the URL of a service that runs until the block ends."""
    with subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "bench.beside", *arguments], stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            yield f"http://127.0.0.1:{process.stdout.readline().strip() if process.stdout else ''}"
        finally:
            process.kill()


class _Connection(asyncio.Protocol):
    def __init__(self, answer: Answer, bodies: dict[bytes, bytes]) -> None:
        self._answer, self._bodies, self._read = answer, bodies, b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, _, self._read = self._read.partition(b"\r\n\r\n")
            target = head.split(b" ", 2)[1]
            self._transport.write(self._body(target))  # type: ignore[attr-defined]

    def _body(self, target: bytes) -> bytes:
        if target not in self._bodies:
            url = urlsplit(target.decode())
            told = self._answer(url.path, parse_qs(url.query))
            status = "404 Not Found" if told is None else "200 OK"
            body = json.dumps({"error_code": 40401} if told is None else told).encode()
            head = f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
            self._bodies[target] = f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body
        return self._bodies[target]


def _schema(number: int) -> str:
    fields = [
        {"name": f"field_{n}", "type": ["null", "string"], "default": None} for n in range(12)
    ]
    more = [{"name": f"added_{n}", "type": "long", "default": 0} for n in range(number)]
    return json.dumps({**_RECORD, "fields": [*fields, *more]})


_TEXTS = tuple(_schema(number) for number in (1, 2, 3))


@dataclass(frozen=True)
class _Registry:
    """Subjects with three versions each. has_pages: whether GET /schemas says whose they are."""

    subjects: int
    has_pages: bool

    def __call__(self, path: str, query: dict[str, list[str]]) -> object:
        at, most = int(query.get("offset", ["0"])[0]), int(query.get("limit", ["1000"])[0])
        match path.strip("/").split("/"):
            case ["subjects"]:
                return [f"topic-{number}-value" for number in range(self.subjects)][at : at + most]
            case ["schemas"]:
                return self._page(at, most)
            case ["subjects", name, "versions", version]:
                return _version(name, len(_TEXTS) if version == "latest" else int(version))
        is_level = path.startswith("/config")
        return {"compatibilityLevel": "BACKWARD"} if is_level else {"mode": "READWRITE"}

    def _page(self, at: int, most: int) -> object:
        if not self.has_pages:
            return [{"schema": _TEXTS[0]} for _ in range(most)]
        rows = range(at, min(at + most, self.subjects * len(_TEXTS)))
        each = (divmod(row, len(_TEXTS)) for row in rows)
        return [_version(f"topic-{number}-value", index + 1) for number, index in each]


def _version(name: str, number: int) -> object:
    return {"subject": name, "version": number, "id": 1, "schema": _TEXTS[number - 1]}


def _connect(connectors: int, tasks: int) -> Answer:
    config = {"connector.class": "com.example.Sink", "topics": "orders", "tasks.max": str(tasks)}
    one = {"state": "RUNNING", "worker_id": "w:8083"}
    told = {
        f"connector-{number}": {
            "info": {"name": f"connector-{number}", "config": config, "type": "sink"},
            "status": {"connector": one, "tasks": [{"id": n, **one} for n in range(tasks)]},
        }
        for number in range(connectors)
    }
    plugins = [
        {"class": f"com.example.Plugin{n}", "type": "sink", "version": "1"} for n in range(40)
    ]
    answers = {
        "/": {"version": "4.4.0", "commit": "x", "kafka_cluster_id": "c"},
        "/connectors": told,
        "/connector-plugins": plugins,
    }
    return lambda path, _query: answers.get(path)


async def _serve(answer: Answer) -> None:
    bodies: dict[bytes, bytes] = {}
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: _Connection(answer, bodies), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    kind, *numbers = sys.argv[1:]
    if kind == "connect":
        asyncio.run(_serve(_connect(*map(int, numbers))))
    asyncio.run(_serve(_Registry(int(numbers[0]), kind == "registry")))
