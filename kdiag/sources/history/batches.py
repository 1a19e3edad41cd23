"""Record batches of a log: where they begin and end, and whether they are whole.

Format: message format 2 (KIP-98), org.apache.kafka.common.record.DefaultRecordBatch. A batch is a
header of 61 bytes and its records, which may be compressed; the checksum (CRC-32C) covers all that
comes after itself.
"""

import struct
from collections.abc import Iterable
from typing import NamedTuple

_HEADER = struct.Struct(">qiibIhiqqqhii")
_COUNTED_FROM, _CHECKED_FROM = 12, 21  # where length and checksum begin
_SMALLEST = _HEADER.size - _COUNTED_FROM
_MAGIC = 2
_CODEC, _LOG_APPEND_TIME, _TRANSACTIONAL, _CONTROL = 0x07, 0x08, 0x10, 0x20
_CONTROL_KEY = struct.Struct(">hh")  # version, and 0 abort or 1 commit
_COMMIT = 1


class Batch(NamedTuple):
    """One batch: what is needed of its header, and its records as they lie in the log.

    payload: None where the batch is damaged; then the other fields may mean nothing.
    Timestamps: milliseconds since 1970. max_timestamp is the broker's clock with LogAppendTime.
    """

    base_offset: int
    attributes: int
    last_offset_delta: int
    base_timestamp: int
    max_timestamp: int
    producer_id: int
    record_count: int
    payload: bytes | None

    @property
    def size_bytes(self) -> int:
        """Its size in the log."""
        return _HEADER.size + len(self.payload or b"")

    @property
    def next_offset(self) -> int:
        """The offset behind the batch."""
        return self.base_offset + self.last_offset_delta + 1

    @property
    def is_whole(self) -> bool:
        """Whether it is sound and no record of it was compacted away."""
        return self.payload is not None and self.record_count == self.last_offset_delta + 1

    @property
    def is_control(self) -> bool:
        """Whether it holds the marker that ends a transaction."""
        return bool(self.attributes & _CONTROL)

    @property
    def is_transactional(self) -> bool:
        """Whether its records count only if their transaction was committed."""
        return bool(self.attributes & _TRANSACTIONAL)

    @property
    def has_append_time(self) -> bool:
        """Whether all its records carry max_timestamp."""
        return bool(self.attributes & _LOG_APPEND_TIME)

    @property
    def codec(self) -> int:
        """How the payload is compressed: 0 not, 1 gzip, 2 snappy, 3 lz4, 4 zstd."""
        return self.attributes & _CODEC

    @property
    def first_time(self) -> int:
        """When its first record was written, in milliseconds since 1970."""
        return self.max_timestamp if self.has_append_time else self.base_timestamp


def batches_in(data: bytes) -> list[Batch]:
    """Return the batches of a reply to Fetch; what its end cuts off is left out.

    A damaged batch (its checksum, an older format) has no payload. Where the very length of one is
    impossible, it and all behind it are left out.
    """
    from crc32c import crc32c

    found, view, at, last = [], memoryview(data), 0, len(data) - _HEADER.size
    while at <= last:
        (
            base,
            length,
            _,
            magic,
            checksum,
            attributes,
            delta,
            first,
            newest,
            producer,
            _,
            _,
            count,
        ) = _HEADER.unpack_from(data, at)
        end = at + _COUNTED_FROM + length
        if length < _SMALLEST or end > len(data):
            break
        is_sound = magic == _MAGIC and crc32c(view[at + _CHECKED_FROM : end]) == checksum
        payload = data[at + _HEADER.size : end] if is_sound and min(count, delta) >= 0 else None
        found.append(Batch(base, attributes, delta, first, newest, producer, count, payload))
        at = end
    return found


def without_undecided(batches: Iterable[Batch]) -> tuple[list[Batch], int]:
    """Return the batches whose records count, in order, and how many records do not.

    Records of a transaction count where its marker follows and says commit. Markers and damaged
    batches are left out.
    """
    kept, left_out, is_commit = [], 0, {}
    for batch in reversed(list(batches)):
        if batch.payload is None:
            continue
        if batch.is_control:
            is_commit[batch.producer_id] = _commits(batch.payload)
        elif batch.is_transactional and not is_commit.get(batch.producer_id, False):
            left_out += batch.record_count
        else:
            kept.append(batch)
    kept.reverse()
    return kept, left_out


def _commits(payload: bytes) -> bool:
    """Tell whether a marker is COMMIT; one that cannot be read decides nothing.

    Its record: length, attributes, two deltas and the key's length, a byte each, and the key.
    """
    if len(payload) < 5 + _CONTROL_KEY.size or payload[0] & 0x80:
        return False
    return bool(_CONTROL_KEY.unpack_from(payload, 5)[1] == _COMMIT)
