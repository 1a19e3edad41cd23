"""What has been read of one log partition, newest first, and how far it can be trusted.

Compaction leaves gaps between offsets, and only below the active segment. So the records are
complete from that offset on behind which none is missing.
"""

from dataclasses import dataclass, field

from kdiag.sources.history.batches import Batch, batches_in

_GUESS_BYTES = 80.0  # for one offset; a commit of one partition takes 82 to 101 uncompressed
_FIRST_BYTES, _GROWTH, _LARGEST_BYTES = 1 << 17, 8, 1 << 24  # of a window
_LEAST_BYTES, _BATCH_BYTES = 1 << 14, (1 << 20) + (1 << 16)  # a batch fits (message.max.bytes)
_SLACK = 1.1  # what comes behind a window was read before: ask for little of it
_SANE_DELTA = 1 << 20  # offsets in one batch, where its header may be damaged


@dataclass
class Window:
    """A piece of log that is read from low up to high, in as many requests as it takes.

    position: what to ask for next. limit_bytes: where to give up, as it is larger than estimated.
    bytes_per_offset: the estimate.
    damaged: offsets of batches that are.
    """

    low: int
    high: int
    limit_bytes: int
    bytes_per_offset: float
    batches: list[Batch] = field(default_factory=list)
    damaged: list[int] = field(default_factory=list)
    bytes_read: int = 0

    def __post_init__(self) -> None:
        self.position = self.low
        self._is_stuck, self._least_bytes = False, _LEAST_BYTES

    @property
    def is_done(self) -> bool:
        """Whether it was read to its end."""
        return self.position >= self.high

    @property
    def is_too_large(self) -> bool:
        """Whether it was not, although it has used up its bytes."""
        return self.bytes_read >= self.limit_bytes and not self.is_done

    @property
    def wanted_bytes(self) -> int:
        """How much to ask for next."""
        estimate = int((self.high - self.position) * self.bytes_per_offset * _SLACK)
        return max(self._least_bytes, min(estimate, self.limit_bytes - self.bytes_read))

    def add(self, data: bytes) -> bool:
        """Take the batches of a reply; False if they bring nothing new."""
        before = self.position
        self.bytes_read += len(data)
        for batch in batches_in(data):
            if batch.payload is not None:
                behind = batch.next_offset
                if behind > self.position:
                    self.batches.append(batch)
            elif self.position <= batch.base_offset < self.high:
                self.damaged.append(batch.base_offset)
                is_sane = 0 <= batch.last_offset_delta < _SANE_DELTA
                behind = batch.next_offset if is_sane else batch.base_offset + 1
            else:
                continue
            self.position = max(self.position, behind)
        if self.position == before:
            self._is_stuck, self._least_bytes = bool(data), _BATCH_BYTES
        return self.position > before

    def end(self) -> None:
        """Take note that the log has nothing further up to high, or nothing that can be read."""
        if self._is_stuck:
            self.damaged.append(self.position)
        self.position = self.high


@dataclass
class Tail:
    """One log partition. start, end: its first offset, and the one behind its last.

    bytes_per_offset: an estimate, better after each window. trusted_from: no offset is missing
    from there to the end, and `batches` has them all. older: batches right before, which have lost
    some neighbours. stopped_by: as in HistoryReach; "" while there is more to read. error: why its
    leader did not tell.
    """

    partition: int
    start: int
    end: int
    bytes_per_offset: float = _GUESS_BYTES
    batches: list[Batch] = field(default_factory=list)
    older: list[Batch] = field(default_factory=list)
    bytes_read: int = 0
    corrupt_batches: int = 0
    stopped_by: str = ""
    error: str = ""

    def __post_init__(self) -> None:
        self.trusted_from = self.end
        self._window_bytes = _FIRST_BYTES
        if self.start >= self.end:
            self.stopped_by = "start"

    def next_window(self, most_bytes: int) -> Window:
        """Return the piece of log right before what was read, of at most so many bytes."""
        wanted = min(self._window_bytes, most_bytes)
        offsets = max(1, int(wanted / self.bytes_per_offset))
        low = max(self.start, self.trusted_from - offsets)
        return Window(low, self.trusted_from, 2 * wanted, self.bytes_per_offset)

    def take(self, window: Window) -> None:
        """Add a window that was read to its end, and stop if it shows a reason."""
        self._measure(window)
        self._window_bytes = min(self._window_bytes * _GROWTH, _LARGEST_BYTES)
        self.corrupt_batches += len(window.damaged)
        batches = [b for b in window.batches if b.base_offset < self.trusted_from]
        kept = len(batches)
        while kept and batches[kept - 1].is_whole:
            if batches[kept - 1].next_offset < self.trusted_from:
                break
            kept -= 1
            self.trusted_from = batches[kept].base_offset
        self.older, self.batches = batches[:kept], batches[kept:] + self.batches
        if self.trusted_from > window.low:
            behind = self.older[-1].next_offset if self.older else window.low
            is_damage = any(behind <= at < self.trusted_from for at in window.damaged)
            self.stopped_by = "corruption" if is_damage else "compaction"
        elif self.trusted_from <= self.start:
            self.stopped_by = "start"

    def give_up(self, window: Window) -> None:
        """Drop a window that is larger than estimated; the next one begins closer to the end."""
        before = self.bytes_per_offset
        self._measure(window)
        self.bytes_per_offset = max(self.bytes_per_offset, 2 * before)

    def stop(self, reason: str) -> None:
        """Read no further, if it was not stopped before."""
        self.stopped_by = self.stopped_by or reason

    def distrust(self, batch: Batch) -> None:
        """Take note that a batch whose checksum is right cannot be taken apart."""
        self.corrupt_batches += 1
        if self.trusted_from < batch.next_offset:
            self.trusted_from, self.stopped_by = batch.next_offset, "corruption"

    def _measure(self, window: Window) -> None:
        self.bytes_read += window.bytes_read
        offsets = window.position - window.low
        if offsets > 0 and window.bytes_read:
            self.bytes_per_offset = window.bytes_read / offsets
