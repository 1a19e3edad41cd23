"""The clock of broker 3 is two minutes ahead of the others."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "ticket-gates", "tickets"


def inject(lab: Lab) -> None:
    """Let a healthy group read a topic: nothing must be said of it."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, 1)


def heal(lab: Lab) -> None:
    """End the group and delete its topic; the clock stays as it is."""
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="clock-ahead",
    title="The clock of a broker is ahead",
    inject=inject,
    heal=heal,
    expects=(("clock-skew", {"type": "broker", "id": 3}),),
    forbids=(
        "offset-jump",
        "group-dead",
        "stuck-consumer",
        "voter-lagging",
        "orphan-group",
        "retention-not-working",
    ),
    settle_seconds=10,
    lab={"clocks_ahead": {3: 120}},
)
