"""Requests that no client library sends, over a socket of their own; only the lab may write."""

import io
import select
import socket
import struct
from types import TracebackType
from typing import Any, Self

_SECONDS = 10.0


class Peer:
    """A connection to one broker that sends any request of Kafka's protocol, one at a time."""

    def __init__(self, address: str, client_id: str, seconds: float = _SECONDS) -> None:
        host, _, port = address.rpartition(":")
        self._socket = socket.create_connection((host, int(port)), seconds)
        self._client_id = client_id
        self._sent = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()

    @property
    def is_closed(self) -> bool:
        """Tell whether the broker closed the connection, while no answer is awaited."""
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        return bool(poll.poll(0))

    def ask(self, request: Any) -> Any:
        """Send a request of kio's schema and return the answer in the same version.

        Raises: OSError where the broker does not answer in time or closes the connection.
        """
        from kio.index import load_response_schema
        from kio.serial import entity_reader

        self._sent += 1
        answer = self.exchange(frame(request, self._sent, self._client_id))
        schema: Any = load_response_schema(request.__api_key__, request.__version__)
        _, size = entity_reader(schema.__header_schema__)(answer, 0)
        found, _ = entity_reader(schema)(answer, size)
        return found

    def exchange(self, sent: bytes) -> bytes:
        """Send a request as bytes and return the answer as bytes, both without their length.

        Raises: OSError as `ask` does.
        """
        self._socket.sendall(len(sent).to_bytes(4, "big") + sent)
        return self._receive(int.from_bytes(self._receive(4), "big"))

    def _receive(self, size: int) -> bytes:
        parts = bytearray()
        while len(parts) < size:
            part = self._socket.recv(size - len(parts))
            if not part:
                raise ConnectionResetError("The broker closed the connection.")
            parts += part
        return bytes(parts)


def coordinator(bootstrap: str, group: str, client_id: str) -> str:
    """Return the address of the coordinator of a group.

    Raises: OSError where there is none now, or no broker that tells it.
    """
    from kio.schema.find_coordinator.v3.request import FindCoordinatorRequest

    with Peer(bootstrap.split(",")[0], client_id) as peer:
        found = peer.ask(FindCoordinatorRequest(key=group))
    if found.error_code:
        raise ConnectionError(f"Group {group} has no coordinator now.")
    return f"{found.host}:{found.port}"


def encode(entity: Any) -> bytes:
    """Return the bytes of a structure of kio's schema."""
    from kio.serial import entity_writer

    buffer = io.BytesIO()
    entity_writer(type(entity))(buffer, entity)
    return buffer.getvalue()


def frame(request: Any, number: int, client_id: str) -> bytes:
    """Return header and body of a request of kio's schema."""
    header = request.__header_schema__(
        request_api_key=request.__api_key__,
        request_api_version=request.__version__,
        correlation_id=number,
        client_id=client_id,
    )
    return encode(header) + encode(request)


def old_frame(key: int, version: int, body: bytes, client_id: str) -> bytes:
    """Return a request of a version that kio does not know any more, with its header (v1)."""
    name = client_id.encode()
    return struct.pack(f">hhih{len(name)}s", key, version, 1, len(name), name) + body
