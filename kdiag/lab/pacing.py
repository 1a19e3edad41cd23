"""Work at a steady rate, in as many threads as it takes."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor


def at_rate(per_second: float, seconds: float) -> Iterator[int]:
    """Yield 0, 1, 2 and so on at a steady rate, later where the work between takes longer."""
    started, number = time.monotonic(), 0
    while time.monotonic() < started + seconds:
        yield number
        number += 1
        time.sleep(max(0.0, started + number / per_second - time.monotonic()))


def in_threads(threads: int, per_second: float, seconds: float, work: Callable[[], None]) -> None:
    """Do a piece of work again and again at a rate, shared by some threads."""

    def share() -> None:
        for _ in at_rate(per_second / threads, seconds):
            work()

    with ThreadPoolExecutor(threads) as pool:
        for done in [pool.submit(share) for _ in range(threads)]:
            done.result()
