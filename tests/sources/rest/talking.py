"""A TCP server on loopback that says byte by byte what a test gives it."""

import asyncio
import contextlib
from contextlib import asynccontextmanager

from kdiag.sources.rest.endpoints import each
from tests.sources.rest.serving import asking, server

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"


class Talker:
    """asked: heads of the requests that came. url: where it listens."""

    def __init__(self):
        self.asked, self.connections = [], 0

    @property
    def lines(self):
        """First lines of the requests."""
        return [head.split(b"\r\n")[0].decode() for head in self.asked]

    async def request(self, reader):
        """Wait for a request, and take it."""
        head = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in head.split(b"\r\n")[1:-2])
        await reader.readexactly(int(fields.get(b"content-length", 0)))
        self.asked.append(head)


@asynccontextmanager
async def talking(say, host="127.0.0.1", tls=None):
    """Serve; say: takes the talker, a reader and a writer, for each connection."""
    talker, tasks = Talker(), set()

    async def serve(reader, writer):
        tasks.add(asyncio.current_task())
        talker.connections += 1
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            await say(talker, reader, writer)
        writer.close()

    listening = await asyncio.start_server(serve, host, 0, ssl=tls)
    shown = f"[{host}]" if ":" in host else host
    port = listening.sockets[0].getsockname()[1]
    talker.url = f"{'https' if tls else 'http'}://{shown}:{port}"
    try:
        yield talker
    finally:
        listening.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks)


def answering(*data, times=1, keeps=False):
    """Answer so many requests of a connection with these bytes, then close it, or keep it open."""

    async def say(talker, reader, writer):
        for _ in range(times):
            await talker.request(reader)
            for piece in data:
                writer.write(piece)
                await writer.drain()
        if keeps:
            await asyncio.sleep(60)

    return say


def run(doing):
    """Run it; nothing may be left that the loop complains of."""
    complaints = []

    async def watched():
        asyncio.get_running_loop().set_exception_handler(lambda _, what: complaints.append(what))
        return await doing

    found = asyncio.run(watched())
    assert not complaints
    return found


async def told(url, read, seconds=5.0, name="Kafka Connect", **more):
    """What one endpoint tells, or why not."""
    return (await each([server(url, name, **more)], asking(seconds), read))[url]
