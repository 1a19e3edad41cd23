"""One connection: many requests under way, each with its own deadline.

A broker answers the requests of one connection in order (SocketServer mutes the channel while it
works), so a slow request delays those behind it. If the oldest one gets no byte until its deadline,
the connection is given up with all that waits on it: a stopped broker costs one deadline, not one
per request.
"""

import asyncio
from dataclasses import dataclass
from typing import Any

from kdiag.errors import ConnectError, KdiagError, TimedOut, Unreachable
from kdiag.wire.addresses import Address
from kdiag.wire.reply import correlation_id, decode
from kdiag.wire.request import Request, encode
from kdiag.wire.stream import HearingReader
from kdiag.wire.traffic import Traffic

MAX_FRAME_BYTES = 100_000_000  # as librdkafka's receive.message.max.bytes
_MIN_FRAME_BYTES = 4  # the correlation id


@dataclass(slots=True)
class _Waiting:
    name: str
    sent_at: float
    deadline: float
    reply: "asyncio.Future[bytes | KdiagError]"


class Connection:
    """Requests and replies on an open stream.

    address is where it leads. closed is None while it is open, then the reason. hint, if set, is
    what a peer that closes before its first answer probably wanted instead; it makes that a
    ConnectError. The handshake keeps it up to date.
    """

    def __init__(
        self,
        address: Address,
        reader: HearingReader,
        transport: asyncio.Transport,
        client_id: str,
        traffic: Traffic,
    ) -> None:
        self.address = address
        self.closed: KdiagError | None = None
        self.hint = ""
        self._stream = reader
        self._transport = transport
        self._client_id = client_id
        self._traffic = traffic
        self._waiting: dict[int, _Waiting] = {}
        self._next_number = 0
        self._is_retired = False
        self._clock = asyncio.get_running_loop().time
        self._reading = asyncio.create_task(self._read(), name=f"kdiag reader of {address}")

    async def ask(self, request: Request, deadline: float) -> Any:
        """Return the reply to a request.

        deadline: in seconds of the running loop's clock.

        Raises: TimedOut, Unreachable, ConnectError (closed before its first answer), RequestError
        (the reply does not decode), SendRefused (not in the allow-list), Unsupported (a field that
        the version lacks); after the last two no byte was written.
        """
        frame = await self.ask_frame(request, deadline)
        return decode(request.api.key, request.version, frame)

    async def ask_frame(self, request: Request, deadline: float) -> bytes:
        """Return the undecoded reply, from its correlation id on; raises what `ask` raises."""
        if self.closed is not None:
            raise _again(self.closed)
        waiting, number = self._send(request, deadline)
        try:
            async with asyncio.timeout_at(deadline):
                reply = await waiting.reply
        except TimeoutError:
            raise self._late(number) from None
        finally:
            self._waiting.pop(number, None)
            if self._is_retired:
                self.close_when_idle()
        if isinstance(reply, KdiagError):
            raise reply
        return reply

    def close(self) -> None:
        """Drop the connection at once; needs no waiting and may be called twice."""
        self._fail(Unreachable, "the connection was closed")

    def close_when_idle(self) -> None:
        """Drop the connection as soon as no request waits on it; another one has taken over."""
        self._is_retired = True
        if not self._waiting:
            self.close()

    def _send(self, request: Request, deadline: float) -> tuple[_Waiting, int]:
        """Write a request: the only place in kdiag where bytes go to a broker."""
        number = self._next_number
        frame = encode(request, number, self._client_id)
        self._next_number += 1
        reply = asyncio.get_running_loop().create_future()
        waiting = _Waiting(request.api.name, self._clock(), deadline, reply)
        self._waiting[number] = waiting
        self._traffic.requests[request.api.name] += 1
        self._traffic.bytes_out += len(frame)
        self._transport.write(frame)
        return waiting, number

    def _late(self, number: int) -> KdiagError:
        """Return the error of a request whose deadline has passed; gives up a silent connection."""
        waiting = self._waiting[number]
        seconds = waiting.deadline - waiting.sent_at
        reason = f"no answer to {waiting.name} within {round(seconds, 1):g} s"
        is_oldest = number == min(self._waiting)
        if is_oldest and self._stream.heard_at < waiting.sent_at:
            self._fail(TimedOut, reason)
        return TimedOut(f"{self.address}: {reason}")

    async def _read(self) -> None:
        try:
            while True:
                prefix = await self._stream.readexactly(4)
                size = int.from_bytes(prefix, "big", signed=True)
                if not _MIN_FRAME_BYTES <= size <= MAX_FRAME_BYTES:
                    self.hint = ""
                    return self._fail(ConnectError, _what_answered(prefix))
                if not self._deliver(await self._stream.readexactly(size)):
                    return self._fail(Unreachable, "a reply came that nobody asked for")
        except asyncio.IncompleteReadError as error:
            inside = " in the middle of a reply" if error.partial else ""
            return self._fail(Unreachable, f"the broker closed the connection{inside}")
        except OSError as error:
            return self._fail(Unreachable, f"the connection broke: {_words(error)}")

    def _deliver(self, frame: bytes) -> bool:
        """Hand a reply to its request; False if it belongs to none that was ever sent."""
        number = correlation_id(frame)
        waiting = self._waiting.get(number)
        if waiting is not None and not waiting.reply.done():
            self.hint = ""
            waiting.reply.set_result(frame)
        return 0 <= number < self._next_number  # else it came after its deadline

    def _fail(self, error: type[KdiagError], reason: str) -> None:
        """Close, and give every waiting request the reason."""
        if self.closed is None:
            if self.hint and error is Unreachable:
                error, reason = ConnectError, f"{reason}; {self.hint}"
            self.closed = error(f"{self.address}: {reason}")
            self._transport.abort()
            if self._reading is not asyncio.current_task():
                self._reading.cancel()
            for waiting in self._waiting.values():
                if not waiting.reply.done():
                    waiting.reply.set_result(_again(self.closed))


def _again(error: KdiagError) -> KdiagError:
    """Return the same error as a fresh object: a raised one gathers tracebacks."""
    return type(error)(str(error))


def _words(error: OSError) -> str:
    reason = getattr(error, "reason", None)  # of an ssl.SSLError
    if reason:
        return str(reason).lower().replace("_", " ")
    return (error.strerror or str(error) or type(error).__name__).lower()


def _what_answered(prefix: bytes) -> str:
    """Who speaks like this instead of sending the size of a Kafka reply."""
    if prefix == b"HTTP":
        return "an HTTP server answers here, not a Kafka broker"
    if prefix[:2] == b"\x15\x03":
        return "this port answers with a TLS alert: it wants security.protocol=SSL or SASL_SSL"
    return f"what answers here is not a Kafka broker (its first bytes are {prefix.hex()})"
