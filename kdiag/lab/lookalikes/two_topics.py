"""All members of a group read the same two topics, as is meant."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPICS = "timeline", ("likes", "follows")


def inject(lab: Lab) -> None:
    """Let two members subscribe to two topics."""
    for topic in _TOPICS:
        lab.create_topic(topic)
        lab.start_producer(topic, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPICS, members=2)
    for topic in _TOPICS:
        wait_committed(lab, _GROUP, topic, 1)


LOOKALIKE = Fault(
    name="two-topics",
    title="A group reads two topics",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, *_TOPICS),
    forbids=("shared-group-id", "abandoned-topic", "unowned-partition"),
    objects=(
        _GROUP,
        *_TOPICS,
    ),
    settle_seconds=10,
)
