"""All members of a group crash and do not come back: lag grows and nobody complains."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_state
from kdiag.lab.lab import Lab
from kdiag.lab.processes import Process

_GROUP, _TOPIC = "fulfilment", "orders"


def inject(lab: Lab) -> None:
    """Have two consumers work, kill both, and wait until the group is empty."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    members = [_start_member(lab) for _ in range(2)]
    wait_committed(lab, _GROUP, _TOPIC, 50)
    for member in members:
        member.kill()
    wait_state(lab, _GROUP, "EMPTY")


def _start_member(lab: Lab) -> Process:
    return lab.start_consumer(_GROUP, _TOPIC, session_timeout_seconds=3.0, client_id=_GROUP)


def heal(lab: Lab) -> None:
    """End the producer and delete topic and group."""
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="group-dead",
    title="All members of a group crashed",
    inject=inject,
    heal=heal,
    expects=(("group-dead", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("stuck-consumer",),
    settle_seconds=5,
)
