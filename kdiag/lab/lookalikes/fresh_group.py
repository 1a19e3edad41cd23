"""A new group reads a topic from its beginning: its lag is large and falls."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "search-index", "catalogue"
_RECORDS = 100_000


def inject(lab: Lab) -> None:
    """Start a consumer on a topic with a backlog that takes it minutes to read."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, seconds_per_record=0.001)
    wait_committed(lab, _GROUP, _TOPIC, 500)


LOOKALIKE = Fault(
    name="fresh-group",
    title="A new group drains a backlog",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("lag-growing", "slow-consumer", "stuck-consumer", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
