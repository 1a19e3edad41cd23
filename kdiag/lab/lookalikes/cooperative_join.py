"""A member joined a cooperative group: two generations, and nobody stopped."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "wishlist", "wishes"


def inject(lab: Lab) -> None:
    """Let a second member join."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    for number in (1, 2):
        lab.start_consumer(
            _GROUP, _TOPIC, assignor="cooperative-sticky", client_id=f"{_GROUP}-{number}"
        )
        wait_members(lab, _GROUP, number)
    wait_committed(lab, _GROUP, _TOPIC, 1)


LOOKALIKE = Fault(
    name="cooperative-join",
    title="A member joined a cooperative group",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("rebalance-storm", "rebalance-stuck", "eager-assignor", "no-static-membership"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
