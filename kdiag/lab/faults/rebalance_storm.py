"""Members come and go all the time, in order: the group rebalances again and again."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "autoscaled-workers", "tasks"


def inject(lab: Lab) -> None:
    """Let four members leave every few seconds and come back at once."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, client_id=f"{_GROUP}-base")
    lab.start_consumer(_GROUP, _TOPIC, members=4, stay_seconds=4, away_seconds=1, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)


FAULT = Fault(
    name="rebalance-storm",
    title="Members of a group come and go all the time",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("rebalance-storm", {"type": "group", "group": _GROUP}),),
    forbids=(
        "poll-eviction-storm",
        "session-loss-storm",
        "crash-looping-member",
        "rebalance-stuck",
    ),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
