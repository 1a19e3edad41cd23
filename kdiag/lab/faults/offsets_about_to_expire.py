"""A group without members will soon have lost its place in a topic with unread records."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_state
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "monthly-report", "account-statements"


def inject(lab: Lab) -> None:
    """Let a consumer leave early, while the brokers keep offsets for one minute.

    One partition: of several it may read some to their end and commit nothing of another.
    """
    lab.create_topic(_TOPIC, partitions=1)
    lab.produce(_TOPIC, 300)
    lab.start_consumer(_GROUP, _TOPIC, stop_after=200, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 200)
    wait_state(lab, _GROUP, "EMPTY")


FAULT = Fault(
    name="offsets-about-to-expire",
    title="The offsets of an idle group are about to expire",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(
        ("group-dead", {"type": "group", "group": _GROUP, "topic": _TOPIC}),
        ("offsets-about-to-expire", {"type": "group", "group": _GROUP, "topic": _TOPIC}),
    ),
    forbids=("offsets-expired", "stuck-consumer"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=50,
    lab={
        "brokers": 1,
        "properties": {
            "offsets.retention.minutes": "1",
            "offsets.retention.check.interval.ms": "600000",
        },
    },
)
