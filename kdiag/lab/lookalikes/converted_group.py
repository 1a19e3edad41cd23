"""A group moved from the classic to the consumer protocol, and all of it did."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "ratings", "reviews"


def inject(lab: Lab) -> None:
    """Let a classic member leave and one of the consumer protocol join."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    old = lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    old.terminate()
    lab.start_consumer(_GROUP, _TOPIC, protocol="consumer")
    wait_members(lab, _GROUP, 1)


LOOKALIKE = Fault(
    name="converted-group",
    title="A group moved to the consumer protocol",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("mixed-protocol-group", "group-dead", "orphan-group", "offsets-expired"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
