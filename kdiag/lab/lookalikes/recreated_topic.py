"""A topic was deleted and made anew before its group ever committed an offset."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "fleet-map", "vehicle-positions"


def inject(lab: Lab) -> None:
    """Make a topic twice, and only then let a group read it."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 300)
    lab.delete_topic(_TOPIC)
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="recreated-topic",
    title="A topic was made anew before anybody read it",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("topic-recreated", "commit-beyond-end", "offset-jump", "records-lost-unread"),
    objects=(_GROUP, _TOPIC),
    settle_seconds=10,
)
