"""Loads: what a producer or a consumer beside the lab shall do."""

import json
import sys
from dataclasses import asdict, dataclass

MAX_SECONDS = 600.0
"""How long a load runs at most, whatever happens to its owner."""


@dataclass(frozen=True, kw_only=True)
class Produce:
    """A producer with a steady rate.

    keys: number of different keys, 0 for none; hot_key_ratio: share of records that have one and
    the same key. transactional_id: commit each txn_records records; open_txn_after: leave a
    transaction open after so many records and hang.
    """

    topic: str
    rate: float = 50.0
    size: int = 100
    keys: int = 0
    hot_key_ratio: float = 0.0
    partition: int | None = None
    acks: str = "all"
    transactional_id: str | None = None
    txn_records: int = 10
    open_txn_after: int | None = None
    txn_timeout_seconds: float = 60.0
    client_id: str = "lab-producer"
    count: int | None = None
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Consume:
    """A consumer, healthy by default.

    seconds_per_record: how long its work takes. block_after, pause_after: stop polling, or pause
    and keep polling, after so many records. stop_after: leave in order after so many records.
    crash_every_seconds: crash and come back. partitions: assign these instead of subscribing.
    commit_every_seconds: None never commits.
    """

    group: str
    topics: tuple[str, ...]
    seconds_per_record: float = 0.0
    block_after: int | None = None
    pause_after: int | None = None
    stop_after: int | None = None
    crash_every_seconds: float | None = None
    partitions: tuple[int, ...] | None = None
    instance_id: str | None = None
    protocol: str = "classic"
    commit_every_seconds: float | None = 0.5
    isolation: str = "read_uncommitted"
    reset: str = "earliest"
    session_timeout_seconds: float = 6.0
    max_poll_seconds: float = 3600.0
    client_id: str = "lab-consumer"
    max_seconds: float = MAX_SECONDS


def arguments(bootstrap: str, load: Produce | Consume) -> list[str]:
    """Return the command that runs a load, without environment."""
    described = {"kind": type(load).__name__, "bootstrap": bootstrap, **asdict(load)}
    return [sys.executable, "-m", "kdiag.lab.load", json.dumps(described)]
