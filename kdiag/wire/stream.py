"""A byte stream over TCP or TLS that knows when it last heard something."""

import asyncio
import ssl
from socket import socket

from kdiag.wire.traffic import Traffic

_BUFFER_BYTES = 4 << 20  # the transport pauses at twice this; large frames should not stutter


class HearingReader(asyncio.StreamReader):
    """A StreamReader that counts bytes and notes the loop's time of the last ones.

    heard_at tells a broker that is silent from one whose large answer is still on its way.
    """

    def __init__(self, traffic: Traffic) -> None:
        super().__init__(limit=_BUFFER_BYTES)
        self.heard_at = 0.0
        self._traffic = traffic
        self._clock = asyncio.get_running_loop().time

    def feed_data(self, data: bytes) -> None:  # type: ignore[override]
        """Take bytes from the transport."""
        self.heard_at = self._clock()
        self._traffic.bytes_in += len(data)
        super().feed_data(data)


async def open_stream(
    sock: socket, traffic: Traffic, context: ssl.SSLContext | None = None, host: str | None = None
) -> tuple[HearingReader, asyncio.Transport]:
    """Reader and transport on a connected socket, after the TLS handshake if there is a context.

    host: the name that the certificate must carry.
    Raises: OSError, which ssl.SSLError is.
    """
    loop = asyncio.get_running_loop()
    reader = HearingReader(traffic)
    transport, _ = await loop.create_connection(
        lambda: asyncio.StreamReaderProtocol(reader),
        sock=sock,
        ssl=context,
        server_hostname=host if context is not None else None,
    )
    return reader, transport
