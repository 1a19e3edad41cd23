"""What several processes of tests must not do at the same time: fetch and unpack into the cache."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from kdiag.lab.jars import cache_directory


@contextmanager
def alone(what: str) -> Iterator[None]:
    """Wait until no other process does the same."""
    home = cache_directory().parent
    home.mkdir(parents=True, exist_ok=True)
    with (home / f".{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
