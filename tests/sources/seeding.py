"""Many commits quickly: raw OffsetCommit requests, each with a thousand partitions and more.

The product cannot send these: they are packed here, for a socket of the test's own.
"""

import asyncio
import struct

_VERSION = 7
_FIND_VERSION = 2
_RETRIED = {3, 14, 15, 16}  # unknown topic, coordinator loading, not available, not coordinator


def _text(value):
    return struct.pack(">h", len(value)) + value.encode()


class Commits:
    """Commits of one group, to its coordinator."""

    def __init__(self, reader, writer):
        self._reader, self._writer, self._number = reader, writer, 0

    @classmethod
    async def to(cls, bootstrap, group):
        host, port = bootstrap.split(",")[0].rsplit(":", 1)
        while True:
            any_broker = cls(*await asyncio.open_connection(host, int(port)))
            frame = await any_broker._ask(10, _FIND_VERSION, _text(group) + b"\0")
            any_broker.close()
            _, error = struct.unpack_from(">ih", frame, 4)
            if not error:
                break
            await asyncio.sleep(0.2)
        at = 10
        (size,) = struct.unpack_from(">h", frame, at)
        at += 2 + max(0, size) + 4
        (size,) = struct.unpack_from(">h", frame, at)
        host = frame[at + 2 : at + 2 + size].decode()
        (port,) = struct.unpack_from(">i", frame, at + 2 + size)
        return cls(*await asyncio.open_connection(host, port))

    async def _ask(self, key, version, body):
        self._number += 1
        header = struct.pack(">hhi", key, version, self._number) + _text("seed")
        self._writer.write(struct.pack(">i", len(header + body)) + header + body)
        size = struct.unpack(">i", await self._reader.readexactly(4))[0]
        return await self._reader.readexactly(size)

    async def commit(self, group, topic, offsets):
        """Commit (partition, offset) pairs; return the error codes that came back."""
        body = _text(group) + struct.pack(">i", -1) + _text("") + b"\xff\xff"
        body += struct.pack(">i", 1) + _text(topic) + struct.pack(">i", len(offsets))
        body += b"".join(struct.pack(">iqih", *each, -1, 0) for each in offsets)
        frame = await self._ask(8, _VERSION, body)
        return {struct.unpack_from(">h", frame, at)[0] for at in _errors_at(frame)}

    def close(self):
        self._writer.close()


def _errors_at(frame):
    at = 8 + 4
    (size,) = struct.unpack_from(">h", frame, at)
    (count,) = struct.unpack_from(">i", frame, at + 2 + size)
    return [at + 2 + size + 4 + 6 * n + 4 for n in range(count)]


async def seed_commits(bootstrap, group, topic, requests, commits, partitions=3):
    """Commit offsets of existing partitions again and again, so many in each request."""
    connection = await Commits.to(bootstrap, group)
    for number in range(requests):
        offsets = [(n % partitions, number * commits + n) for n in range(commits)]
        while (codes := await connection.commit(group, topic, offsets)) & _RETRIED:
            await asyncio.sleep(0.2)
        assert codes == {0}, codes
    connection.close()
