"""The bytes that members of classic groups exchange: topics and assigned partitions.

ConsumerProtocolSubscription and ConsumerProtocolAssignment, versions 0 to 3: what is read here
comes first in all of them. Only groups of protocol type `consumer` use this format.
"""

import struct

Pairs = tuple[tuple[str, int], ...]


def subscribed_topics(data: bytes) -> tuple[str, ...] | None:
    """Return the topics of a subscription, or None where the bytes are not one."""
    try:
        [count], at = _numbers(data, 2, 1)
        topics = []
        for _ in range(count):
            topic, at = _text(data, at)
            topics.append(topic)
    except (struct.error, UnicodeDecodeError, ValueError):
        return None
    return tuple(topics)


def assigned_partitions(data: bytes) -> Pairs | None:
    """Return the (topic, partition) pairs of an assignment, or None where the bytes are not one."""
    if not data:
        return ()
    try:
        [count], at = _numbers(data, 2, 1)
        pairs: list[tuple[str, int]] = []
        for _ in range(count):
            topic, at = _text(data, at)
            [size], at = _numbers(data, at, 1)
            partitions, at = _numbers(data, at, size)
            pairs += [(topic, partition) for partition in partitions]
    except (struct.error, UnicodeDecodeError, ValueError):
        return None
    return tuple(pairs)


def _numbers(data: bytes, at: int, count: int) -> tuple[tuple[int, ...], int]:
    """Return that many int32 from an offset on, and the offset behind them."""
    if count < 0 or at + 4 * count > len(data):
        raise ValueError("the bytes end early")
    return struct.unpack_from(f">{count}i", data, at), at + 4 * count


def _text(data: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">h", data, at)
    if length < 0 or at + 2 + length > len(data):
        raise ValueError("the bytes end early")
    return data[at + 2 : at + 2 + length].decode(), at + 2 + length
