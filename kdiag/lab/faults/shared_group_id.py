"""Two applications have one group id by mistake: each reads topics of its own."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPICS = "backoffice", ("refunds", "labels")


def inject(lab: Lab) -> None:
    """Let two clients join one group for different topics."""
    for topic in _TOPICS:
        lab.create_topic(topic)
        lab.produce(topic, 100)
    lab.start_consumer(_GROUP, _TOPICS[0], members=2, client_id="refund-service")
    lab.start_consumer(_GROUP, _TOPICS[1], members=2, client_id="label-printer")
    for topic in _TOPICS:
        wait_committed(lab, _GROUP, topic, 100)
    wait_members(lab, _GROUP, 4)


FAULT = Fault(
    name="shared-group-id",
    title="Two applications share a group",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, *_TOPICS),
    expects=(("shared-group-id", {"type": "group", "group": _GROUP}),),
    forbids=("abandoned-topic", "rebalance-storm"),
    objects=(
        _GROUP,
        *_TOPICS,
    ),
    settle_seconds=5,
)
