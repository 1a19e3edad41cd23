"""What reading may cost: bytes that all log partitions share, and time."""

import asyncio
from dataclasses import dataclass

from kdiag.errors import TimedOut


@dataclass
class Pot:
    """What may still be read. left: bytes. unfinished: log partitions that share them.

    ends_at: in seconds of the loop's clock.
    """

    left: int
    unfinished: int
    ends_at: float

    def share(self) -> int:
        """Return the bytes that one log partition may take now."""
        return self.left // max(1, self.unfinished)

    def seconds_left(self) -> float:
        """Return the seconds until the end; raises TimedOut where there are none."""
        seconds = self.ends_at - asyncio.get_running_loop().time()
        if seconds <= 0:
            raise TimedOut("the time for reading history is used up")
        return seconds
