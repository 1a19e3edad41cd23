"""One limit in time for all that is asked of others, however many there are."""

import time
from dataclasses import dataclass


@dataclass(frozen=True)
class Limit:
    """How long others are waited for. seconds: altogether. until: when that is over, monotonic."""

    seconds: float
    until: float

    @classmethod
    def of(cls, seconds: float) -> "Limit":
        """Return a limit that starts now."""
        return cls(seconds, time.monotonic() + seconds)

    @property
    def left(self) -> float:
        """Return the seconds that are left; 0 where it is over."""
        return max(0.0, self.until - time.monotonic())
