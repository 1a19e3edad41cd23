"""One partition that a transaction holds back, in two samples six seconds apart."""

from tests.tables import ago, commits, groups, offsets, producers, transactions

LOG = ("orders", 0)


def scene(
    *,
    stable=(100, 100),
    ends=(180, 200),
    open_seconds=400.0,
    silent_seconds=390.0,
    timeout=3600.0,
    state="Ongoing",
    sequences=(40, 40),
    start=100,
):
    """A transaction of `writer` on one partition in two samples, and a group that waits."""
    listed = {
        "transactional_id": "writer",
        "state": state,
        "producer_epoch": 3,
        "timeout_seconds": timeout,
        "started_at": ago(open_seconds),
        "partitions": (LOG,),
    }
    held = {"topic": "orders", "last_timestamp": ago(silent_seconds), "open_since_offset": start}
    now = [
        offsets({LOG: ends[1]}, stable={LOG: stable[1]}),
        transactions(listed),
        producers({**held, "last_sequence": sequences[1]}),
        groups({"group": "app"}),
        commits({("app", *LOG): 100}),
    ]
    then = [
        offsets({LOG: ends[0]}, ago(6), stable={LOG: stable[0]}),
        transactions(listed, at=ago(6)),
        producers({**held, "last_sequence": sequences[0]}, at=ago(6)),
        commits({("app", *LOG): 100}, at=ago(6)),
    ]
    return now, then
