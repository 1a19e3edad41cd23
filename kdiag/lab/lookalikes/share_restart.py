"""A share consumer is restarted while it holds records: they are delivered twice, and accepted."""

from kdiag.lab.coordinators import wait_share_lag
from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_GROUP, _TOPIC = "newsletters", "subscriptions"
_PARTITIONS, _RECORDS = 3, 100


def inject(lab: Lab) -> None:
    """End a consumer that has locked records without accepting them, and start a good one."""
    lab.create_topic(_TOPIC, _PARTITIONS)
    for number in range(_PARTITIONS):
        lab.produce(_TOPIC, _RECORDS, partition=number)
    first = lab.start_share_consumer(_GROUP, _TOPIC, abandons=True, client_id=_GROUP)
    wait_until(lambda: not first.is_running, f"the first consumer of {_GROUP} has left")
    lab.start_share_consumer(_GROUP, _TOPIC, client_id=_GROUP)
    wait_share_lag(lab, _GROUP, 0)


def heal(lab: Lab) -> None:
    """End the consumer and delete topic and group."""
    remove(lab, _GROUP, _TOPIC)


LOOKALIKE = Fault(
    name="share-restart",
    title="A share consumer is restarted in the midst of its work",
    inject=inject,
    heal=heal,
    forbids=("share-records-archived", "share-group-backlog"),
    objects=(_GROUP, _TOPIC),
    settle_seconds=10,
)
