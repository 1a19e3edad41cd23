"""A record of the probe: which run wrote it, its place in the partition, when it was sent."""

from typing import NamedTuple

_WORD = "kdiag-probe"


class Mark(NamedTuple):
    """What a record carries. sent_at: seconds of the writer's monotonic clock."""

    sequence: int
    sent_at: float


def written(run_id: str, mark: Mark) -> bytes:
    """Return the value of a record."""
    return f"{_WORD} {run_id} {mark.sequence} {mark.sent_at!r}".encode()


def read(run_id: str, value: bytes | None) -> Mark | None:
    """Return the mark of a record of this run; None for a record of another one, or of others."""
    words = (value or b"").split()
    if len(words) != 4 or words[:2] != [_WORD.encode(), run_id.encode()]:
        return None
    return Mark(int(words[2]), float(words[3]))
