"""A consumer pauses when its target is busy: its lag goes up and down and stays small."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "es-indexer", "products"


def inject(lab: Lab) -> None:
    """Let a consumer pause 3 s after every 200 records."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=40, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, pause_after=200, pause_seconds=3, commits_unchanged=True)
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="back-pressure",
    title="A consumer pauses for a moment, again and again",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("stuck-consumer", "lag-growing", "slow-consumer", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=15,
)
