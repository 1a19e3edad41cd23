"""Loads: what a producer or a consumer beside the lab shall do."""

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

MAX_SECONDS = 600.0
"""How long a load runs at most, whatever happens to its owner."""


@dataclass(frozen=True, kw_only=True)
class Produce:
    """A producer with a steady rate.

    keys: number of different keys, 0 for none; hot_key_ratio: share of records that have one and
    the same key. transactional_id: commit each txn_records records; open_txn_after: leave a
    transaction open after so many records and hang; abort_after: abort instead of committing, after
    so many records. returns_when_fenced: start again with the same id, as under a supervisor.
    is_varied: no two records are alike, so that compressing them is work. settings: of the client,
    over all others.
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
    abort_after: int | None = None
    returns_when_fenced: bool = False
    txn_timeout_seconds: float = 60.0
    is_varied: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    client_id: str = "lab-producer"
    count: int | None = None
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Consume:
    """Consumers of one group in one process, healthy by default.

    members: how many, each with a client id of its own. partitions: assign these instead of
    subscribing. assignor: partition.assignment.strategy of the classic protocol.

    How they work: seconds_per_record; delay_seconds leaves a record until it is so old;
    block_after so many records, stop polling; pause_after so many, pause and keep polling, for
    pause_seconds where they are given, and again after as many records; poison_offset: from there
    on no record can be processed, so they seek back to it again and again, on poison_partition or
    on all.

    How long they stay: stop_after so many records, or stay_seconds; away_seconds: when they come
    back, None for never. crash_every_seconds: the process is killed and started again;
    freeze_every_seconds: it is stopped for freeze_seconds.

    commit_every_seconds: None never commits. commits_unchanged: also what has been committed
    before, as the Java client does. fetch_bytes: of one partition at a time.
    """

    group: str
    topics: tuple[str, ...]
    members: int = 1
    partitions: tuple[int, ...] | None = None
    assignor: str = "range,roundrobin"
    seconds_per_record: float = 0.0
    delay_seconds: float = 0.0
    block_after: int | None = None
    pause_after: int | None = None
    pause_seconds: float | None = None
    poison_offset: int | None = None
    poison_partition: int | None = None
    stop_after: int | None = None
    stay_seconds: float | None = None
    away_seconds: float | None = None
    crash_every_seconds: float | None = None
    freeze_every_seconds: float | None = None
    freeze_seconds: float = 5.0
    instance_id: str | None = None
    protocol: str = "classic"
    commit_every_seconds: float | None = 0.5
    commits_unchanged: bool = False
    fetch_bytes: int = 1_048_576
    isolation: str = "read_uncommitted"
    reset: str = "earliest"
    session_timeout_seconds: float = 15.0
    max_poll_seconds: float = 3600.0
    client_id: str = "lab-consumer"
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Join:
    """Members of a classic group that speak its protocol themselves, read and commit nothing.

    protocol_type, protocol: what they join as. unowned: partitions that their leader leaves
    without an owner.
    """

    group: str
    topics: tuple[str, ...] = ()
    members: int = 1
    protocol_type: str = "consumer"
    protocol: str = "range"
    unowned: tuple[int, ...] = ()
    session_timeout_seconds: float = 15.0
    client_id: str = "lab-member"
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Share:
    """A share consumer that accepts each record, unless told otherwise.

    seconds_per_record: how long its work takes. releases_one_in, rejects_one_in: give back, or
    reject, the records whose offset is a multiple of this, each time. holds: lock the first records
    that come, and acknowledge none of them; abandons: and leave with them. stop_after: leave after
    so many accepted records. records_a_poll: at most.
    """

    group: str
    topics: tuple[str, ...]
    seconds_per_record: float = 0.0
    releases_one_in: int | None = None
    rejects_one_in: int | None = None
    holds: bool = False
    abandons: bool = False
    stop_after: int | None = None
    records_a_poll: int = 50
    client_id: str = "lab-share-consumer"
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A member of a streams group whose topology reads some topics and has some changelogs."""

    group: str
    topics: tuple[str, ...]
    changelog_topics: tuple[str, ...] = ()
    client_id: str = "lab-streams"
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Renew:
    """A client that makes an idempotent producer for each record, and ends it then."""

    topic: str
    rate: float = 20.0
    client_id: str = "lab-renewed"
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Connect:
    """A client that opens connections to one broker, asks for its versions, and closes them.

    address: of the broker. rate: new ones a second. held: keep so many open instead, and open
    those anew that the broker closes.
    """

    address: str
    rate: float = 100.0
    held: int = 0
    client_id: str = "lab-connections"
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """Freezes processes of the lab in turn, again and again, as long pauses do.

    processes: pid and start time of each. every_seconds: how long all of them work in between.
    """

    processes: tuple[tuple[int, int], ...]
    every_seconds: float
    freeze_seconds: float
    max_seconds: float = MAX_SECONDS


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """A client that sends the same requests to one broker again and again, in their order.

    address: of the broker. frames: requests with their headers, in hexadecimal digits.
    """

    address: str
    frames: tuple[str, ...]
    rate: float = 5.0
    client_id: str = "lab-repeater"
    max_seconds: float = MAX_SECONDS


Load = Produce | Consume | Join | Share | Stream | Renew | Connect | Freeze | Repeat


def arguments(bootstrap: str, load: Load) -> list[str]:
    """Return the command that runs a load, without environment."""
    described = {"kind": type(load).__name__, "bootstrap": bootstrap, **asdict(load)}
    return [sys.executable, "-m", "kdiag.lab.load", json.dumps(described)]
