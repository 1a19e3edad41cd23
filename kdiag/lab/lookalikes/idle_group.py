"""A group with living members has read everything and waits: no commits, and nothing wrong."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "alerts", "incidents"
_RECORDS = 100


def inject(lab: Lab) -> None:
    """Have a consumer read all there is, and write no more."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)


LOOKALIKE = Fault(
    name="idle-group",
    title="A group has nothing to read",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("stuck-consumer", "lag-growing", "slow-consumer", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
