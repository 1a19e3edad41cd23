"""A consumer keeps its offsets outside of Kafka and never commits."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "flink-sessions", "wire-transfers"


def inject(lab: Lab) -> None:
    """Let a consumer read and never commit."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, commit_every_seconds=None)
    wait_members(lab, _GROUP, 1)


LOOKALIKE = Fault(
    name="offsets-elsewhere",
    title="A consumer keeps its offsets elsewhere",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("stuck-consumer", "lag-growing", "slow-consumer", "group-dead", "offsets-expired"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
