"""A job has read everything and left: its group is empty, without lag."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_state
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "nightly-import", "uploads"
_RECORDS = 100


def inject(lab: Lab) -> None:
    """Have a consumer read all there is and leave in order."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(_GROUP, _TOPIC, stop_after=_RECORDS)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    wait_state(lab, _GROUP, "EMPTY")


LOOKALIKE = Fault(
    name="finished-job",
    title="A job is finished",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("group-dead", "stuck-consumer", "orphan-group", "unowned-partition"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=2,
)
