"""Times as Kafka writes them."""

from datetime import UTC, datetime, timedelta

_LARGEST_MS = 2**63 // 10**6  # pandas counts nanoseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

LATEST = _EPOCH + timedelta(milliseconds=_LARGEST_MS - 1)
"""The latest time that a table holds, in the year 2262; it stands for all later ones."""


def time_of(milliseconds: int) -> datetime | None:
    """Return milliseconds since 1970 as a time; None where it is none (Kafka writes -1)."""
    if not 0 <= milliseconds < _LARGEST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)
