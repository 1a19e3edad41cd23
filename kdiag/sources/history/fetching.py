"""The tails of all log partitions, read by Fetch from their leaders at the same time.

Each leader is read by its own loop: one that hangs costs its own partitions. In a round, all of a
leader's partitions get a window of the log right before what was read before, in shared requests;
windows grow, and their bytes come out of one pot for the whole topic.

Fetch v12 is the newest that names topics; brokers of all releases since 0.11 have a version up to
it. No session is opened on the broker, and nothing is waited for (min_bytes 0).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kdiag.errors import KdiagError, TimedOut
from kdiag.snapshot import Missing
from kdiag.sources.admin.outcome import missing, missing_for
from kdiag.sources.history.pot import Pot
from kdiag.sources.history.tail import Tail, Window
from kdiag.wire.cluster import Wire

_NEWEST = 12
_RESPONSE_BYTES = 1 << 23
_LEAST_BYTES = 1 << 16  # a smaller share of the pot is not worth a request
_LATEST, _EARLIEST = -1, -2

Sizes = Mapping[int, int]
"""Log partition → bytes of its log."""


@dataclass
class Outcome:
    """tails: what was read. errors: log partitions of which nothing is known, and why."""

    tails: list[Tail]
    errors: dict[int, Missing]


async def read_tails(
    wire: Wire,
    topic: str,
    led: Mapping[int, Sequence[int]],
    sizes: Sizes,
    budget_bytes: int,
    seconds: float,
) -> Outcome:
    """Read the tails of a topic's log partitions. led: leader → its log partitions."""
    unfinished = sum(map(len, led.values()))
    pot = Pot(budget_bytes, unfinished, asyncio.get_running_loop().time() + seconds)
    outcomes = await asyncio.gather(
        *(
            _Leader(wire, topic, leader, pot).read(partitions, sizes)
            for leader, partitions in led.items()
        )
    )
    return Outcome(
        [tail for outcome in outcomes for tail in outcome.tails],
        {number: why for outcome in outcomes for number, why in outcome.errors.items()},
    )


class _Leader:
    """The reading of the log partitions that one broker leads."""

    def __init__(self, wire: Wire, topic: str, broker: int, pot: Pot) -> None:
        self.wire, self.topic, self.broker, self.pot = wire, topic, broker, pot
        self.outcome = Outcome([], {})

    async def read(self, partitions: Sequence[int], sizes: Sizes) -> Outcome:
        """Read until nothing is left to read or to spend; errors end it and are noted."""
        errors = self.outcome.errors
        try:
            ends, starts = await asyncio.gather(
                self._offsets(partitions, _LATEST), self._offsets(partitions, _EARLIEST)
            )
        except KdiagError as error:
            self.pot.unfinished -= len(partitions)
            errors |= dict.fromkeys(partitions, missing(error))
            return self.outcome
        for number in partitions:
            (end, refused), (start, _) = ends[number], starts[number]
            if refused:
                self.pot.unfinished -= 1
                errors[number] = missing_for("Fetch", refused, self.topic)
            else:
                self.outcome.tails.append(_tail(number, max(0, start), end, sizes))
        await self._rounds()
        return self.outcome

    async def _rounds(self) -> None:
        reading = self._still([*self.outcome.tails])
        try:
            while reading:
                if self.pot.share() < _LEAST_BYTES:
                    _stop(reading, "budget")
                else:
                    await self._round(reading)
                reading = self._still(reading)
        except TimedOut as error:
            self._fail(reading, "time", missing(error))
        except KdiagError as error:
            self._fail(reading, "error", missing(error))

    async def _round(self, reading: list[Tail]) -> None:
        """Read one window of each partition."""
        share = self.pot.share()
        windows = {tail.partition: tail.next_window(share) for tail in reading}
        tails = {tail.partition: tail for tail in reading}
        waiting = windows
        while waiting:
            await self._request(waiting, tails)
            for number, window in waiting.items():
                if window.is_too_large:
                    tails[number].give_up(window)
                elif window.is_done and not tails[number].stopped_by:
                    tails[number].take(window)
            waiting = {
                number: window
                for number, window in waiting.items()
                if not (window.is_done or window.is_too_large or tails[number].stopped_by)
            }

    async def _request(self, waiting: Mapping[int, Window], tails: Mapping[int, Tail]) -> None:
        """Ask once for the next records of some windows.

        A reply has at least one batch of the first partition that has any: where all is empty and
        nothing was refused, the logs hold nothing further.
        """
        reply = await self.wire.ask(
            self.broker,
            "Fetch",
            _fields(self.topic, waiting),
            newest=_NEWEST,
            timeout_seconds=self.pot.seconds_left(),
        )
        has_news = False
        for row in (row for topic in reply.responses for row in topic.partitions):
            tail, window = tails[int(row.partition_index)], waiting[int(row.partition_index)]
            if row.error_code:
                self._fail([tail], "error", missing_for("Fetch", int(row.error_code), self.topic))
                has_news = True
            else:
                data = row.records or b""
                self.pot.left -= len(data)
                has_news |= window.add(data)
        if not has_news:
            for window in waiting.values():
                window.end()

    async def _offsets(self, partitions: Sequence[int], time: int) -> dict[int, tuple[int, int]]:
        """Return (offset, error code) of each log partition."""
        asked = [{"partition_index": number, "timestamp": time} for number in partitions]
        reply = await self.wire.ask(
            self.broker,
            "ListOffsets",
            {"topics": [{"name": self.topic, "partitions": asked}]},
            timeout_seconds=self.pot.seconds_left(),
        )
        told = {
            int(row.partition_index): (int(row.offset), int(row.error_code))
            for topic in reply.topics
            for row in topic.partitions
        }
        return {number: told.get(number, (-1, -1)) for number in partitions}

    def _still(self, reading: list[Tail]) -> list[Tail]:
        """Return those that are to be read further, and give back the share of the others."""
        left = [tail for tail in reading if not tail.stopped_by]
        self.pot.unfinished -= len(reading) - len(left)
        return left

    def _fail(self, tails: Sequence[Tail], reason: str, why: Missing) -> None:
        """Stop reading; where nothing was read so far, that is an error."""
        for tail in tails:
            tail.stop(reason)
            if tail.stopped_by == reason and (reason == "error" or not tail.batches):
                self.outcome.errors[tail.partition] = why


def _tail(number: int, start: int, end: int, sizes: Sizes) -> Tail:
    tail = Tail(number, start, end)
    if number in sizes and end > start:
        tail.bytes_per_offset = max(tail.bytes_per_offset, sizes[number] / (end - start))
    return tail


def _stop(tails: Sequence[Tail], reason: str) -> None:
    for tail in tails:
        tail.stop(reason)


def _fields(topic: str, waiting: Mapping[int, Window]) -> dict[str, Any]:
    """Return the fields of a request; the windows that have read least come first."""
    first = sorted(waiting, key=lambda number: waiting[number].bytes_read)
    return {
        "max_wait": 0,
        "min_bytes": 0,
        "max_bytes": _RESPONSE_BYTES,
        "topics": [
            {
                "topic": topic,
                "partitions": [
                    {
                        "partition": number,
                        "fetch_offset": waiting[number].position,
                        "partition_max_bytes": min(waiting[number].wanted_bytes, _RESPONSE_BYTES),
                    }
                    for number in first
                ],
            }
        ],
    }
