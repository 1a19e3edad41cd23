"""A consumer works on records 35 s after they were made, by design: its lag is steady."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "delayed-retry", "retries"


def inject(lab: Lab) -> None:
    """Let a consumer leave each record until it is 35 s old."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 800, past_seconds=(40, 0))
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, delay_seconds=35)
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="steady-delay",
    title="A consumer that is late by design",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "stuck-consumer",
        "lag-growing",
        "slow-consumer",
        "group-dead",
        "producer-burst",
        "partition-ceiling",
    ),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
