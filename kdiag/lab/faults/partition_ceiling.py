"""Each partition has a consumer of its own and all are saturated: no more can help."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "pricing", "price-updates"


def inject(lab: Lab) -> None:
    """Write 150 records a second to 3 partitions whose 3 members read 20 each."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=150, keys=500)
    lab.start_consumer(_GROUP, _TOPIC, members=3, seconds_per_record=0.05, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    wait_members(lab, _GROUP, 3)


FAULT = Fault(
    name="partition-ceiling",
    title="As many slow consumers as partitions",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("partition-ceiling", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=(
        "slow-consumer",
        "hot-partition",
        "slow-member",
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
