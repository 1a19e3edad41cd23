"""A job comes, reads all that has gathered, and leaves: most of the time its group is empty."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "night-batch", "receipts"


def inject(lab: Lab) -> None:
    """Let a consumer stay 5 s and be away 12 s, again and again."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, stay_seconds=5, away_seconds=12)
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="nightly-job",
    title="A job comes and goes",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "stuck-consumer",
        "lag-growing",
        "slow-consumer",
        "group-dead",
        "rebalance-storm",
        "crash-looping-member",
        "orphan-group",
        "no-static-membership",
    ),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=45,
)
