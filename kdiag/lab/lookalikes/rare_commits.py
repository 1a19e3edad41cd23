"""A consumer commits every 25 s and keeps up: between two commits it looks as if it stood."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "ml-features", "impressions"


def inject(lab: Lab) -> None:
    """Let a consumer commit every 25 s."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, commit_every_seconds=25)
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="rare-commits",
    title="A consumer commits rarely",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("stuck-consumer", "lag-growing", "slow-consumer", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=30,
)
