"""Times as Kafka writes them."""

from datetime import UTC, datetime, timedelta

_LARGEST_MS = 2**63 // 10**6  # pandas counts nanoseconds
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_of(milliseconds: int) -> datetime | None:
    """Return milliseconds since 1970 as a time; None where it is none (Kafka writes -1)."""
    if not 0 <= milliseconds < _LARGEST_MS:
        return None
    return _EPOCH + timedelta(milliseconds=milliseconds)
