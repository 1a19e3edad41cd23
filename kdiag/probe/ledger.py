"""What became of every record: pure accounting, told what happens and when.

A record is sent for the broker that leads its partition then, and stays on the account of that
broker. Times are seconds of one monotonic clock.
"""

from collections import Counter
from collections.abc import Container
from dataclasses import dataclass, field

from kdiag.probe.latencies import Latencies

_REMEMBERED = 10_000
"""Records of a partition that are known after their end, to tell one that is read twice."""

_OPENING = 1
"""The first record of a partition opens connections: it counts, how long it takes does not."""


@dataclass
class Tally:
    """The records of one broker.

    failed: error, as Kafka's client names it → records that were not acknowledged. lost:
    acknowledged and passed over: a later record of the partition was read, they were not within the
    deadline. duplicated: read once more. out_of_order: read after a later one. is_writable: whether
    the last record whose fate is known was acknowledged.
    """

    produce: Latencies
    roundtrip: Latencies
    sent: int = 0
    acknowledged: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    received: int = 0
    lost: int = 0
    duplicated: int = 0
    out_of_order: int = 0
    is_writable: bool | None = None


@dataclass
class _Record:
    broker: int
    acknowledged_at: float | None = None


@dataclass
class _Lane:
    """The records of one partition by sequence.

    under_way: those whose fate is open. read: the last that were read, with their broker.
    """

    next_sequence: int = 0
    highest_read: int = -1
    under_way: dict[int, _Record] = field(default_factory=dict)
    read: dict[int, int] = field(default_factory=dict)


class Ledger:
    """The accounts of all brokers.

    deadline_seconds: within which an acknowledged record has to be read back. keeps_all: keep each
    latency.
    """

    def __init__(self, deadline_seconds: float, keeps_all: bool = False) -> None:
        self._deadline_seconds, self._keeps_all = deadline_seconds, keeps_all
        self._lanes: dict[int, _Lane] = {}
        self.tallies: dict[int, Tally] = {}

    def tally(self, broker: int) -> Tally:
        """Return the account of a broker."""
        if broker not in self.tallies:
            made = Tally(Latencies(self._keeps_all), Latencies(self._keeps_all))
            self.tallies[broker] = made
        return self.tallies[broker]

    def sent(self, partition: int, broker: int) -> int:
        """Count a record that is about to be sent; return its sequence in the partition."""
        lane = self._lanes.setdefault(partition, _Lane())
        sequence = lane.next_sequence
        lane.next_sequence += 1
        lane.under_way[sequence] = _Record(broker)
        self.tally(broker).sent += 1
        return sequence

    def acknowledged(self, partition: int, sequence: int, seconds: float, now: float) -> None:
        """Count a record that was acknowledged, after so many seconds."""
        lane = self._lanes[partition]
        record = lane.under_way[sequence]
        tally = self.tally(record.broker)
        tally.acknowledged += 1
        tally.is_writable = True
        if sequence >= _OPENING:
            tally.produce.add(seconds)
        record.acknowledged_at = now
        _end_if_whole(tally, lane, sequence)

    def failed(self, partition: int, sequence: int, error: str) -> None:
        """Count a record that will not be acknowledged; it may be in the log all the same."""
        record = self._lanes[partition].under_way.pop(sequence)
        tally = self.tally(record.broker)
        tally.failed[error] += 1
        tally.is_writable = False

    def received(self, partition: int, sequence: int, seconds: float) -> None:
        """Count a record that was read, so many seconds after it was sent.

        It may be read before its acknowledgement is known. One that failed, and was in the log all
        the same, is on no account.
        """
        lane = self._lanes[partition]
        if sequence in lane.read:
            self.tally(lane.read[sequence]).duplicated += 1
            return
        record = lane.under_way.get(sequence)
        if record is not None:
            tally = self.tally(record.broker)
            tally.out_of_order += sequence < lane.highest_read
            if sequence >= _OPENING:
                tally.roundtrip.add(seconds)
            lane.read[sequence] = record.broker
            _end_if_whole(tally, lane, sequence)
        lane.highest_read = max(lane.highest_read, sequence)
        while len(lane.read) > _REMEMBERED:
            del lane.read[next(iter(lane.read))]

    def settle(self, now: float) -> None:
        """Count as lost what was passed over and is still not read after the deadline.

        Of records that wait to be read the youngest are remembered.
        """
        for lane in self._lanes.values():
            overdue = self._overdue(lane, now)
            for sequence in overdue:
                if sequence < lane.highest_read:
                    self.tally(lane.under_way.pop(sequence).broker).lost += 1
            for sequence in overdue[:-_REMEMBERED]:
                lane.under_way.pop(sequence, None)

    def unread(self, now: float) -> Counter[int]:
        """Return broker → acknowledged records that were not read within the deadline.

        They are not lost as far as is known: reading has not come as far as to them.
        """
        return Counter(
            lane.under_way[sequence].broker
            for lane in self._lanes.values()
            for sequence in self._overdue(lane, now)
        )

    def open(self) -> Counter[int]:
        """Return broker → records that are neither acknowledged nor failed."""
        return Counter(
            record.broker
            for lane in self._lanes.values()
            for record in lane.under_way.values()
            if record.acknowledged_at is None
        )

    def is_settled(self, now: float) -> bool:
        """Tell whether no more is to come of any record: it ended, or its time is over."""
        return all(
            len(lane.under_way) == len(self._overdue(lane, now)) for lane in self._lanes.values()
        )

    def give_up(self, error: str) -> None:
        """Let all records fail that are neither acknowledged nor failed."""
        open_ = [
            (partition, sequence)
            for partition, lane in self._lanes.items()
            for sequence, record in lane.under_way.items()
            if record.acknowledged_at is None
        ]
        for partition, sequence in open_:
            self.failed(partition, sequence, error)

    def forget(self, brokers: Container[int]) -> None:
        """Close the accounts of all but some brokers."""
        self.tallies = {id_: tally for id_, tally in self.tallies.items() if id_ in brokers}

    def _overdue(self, lane: _Lane, now: float) -> list[int]:
        return [
            sequence
            for sequence, record in lane.under_way.items()
            if record.acknowledged_at is not None
            and sequence not in lane.read
            and now - record.acknowledged_at > self._deadline_seconds
        ]


def _end_if_whole(tally: Tally, lane: _Lane, sequence: int) -> None:
    """Let a record come to its end where it is both acknowledged and read."""
    is_acknowledged = lane.under_way[sequence].acknowledged_at is not None
    if is_acknowledged and sequence in lane.read:
        tally.received += 1
        del lane.under_way[sequence]
