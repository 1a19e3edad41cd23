"""Most records have one key: its partition lags, and no other does."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "player-stats", "game-events"


def inject(lab: Lab) -> None:
    """Write 100 records a second, 80 of them with one key, to members that read 40 each."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=100, keys=500, hot_key_ratio=0.8)
    lab.start_consumer(_GROUP, _TOPIC, members=3, seconds_per_record=0.025, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    wait_members(lab, _GROUP, 3)


FAULT = Fault(
    name="hot-partition",
    title="Most records go to one partition",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("hot-partition", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=(
        "slow-consumer",
        "slow-member",
        "partition-ceiling",
        "stuck-consumer",
        "group-dead",
        "poison-record",
    ),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=60,
)
