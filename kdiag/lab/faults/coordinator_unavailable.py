"""The offsets of some groups cannot be written any more: their coordinator is unavailable.

One partition of `__consumer_offsets` is below min.insync.replicas; groups of the others work.
"""

from kdiag.lab.clients import broker_ids
from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.offsets_topic import create_offsets_topic, partition_of
from kdiag.lab.waiting import wait_until

_GROUP, _TOPIC = "claims-intake", "claims"
_OTHER_GROUP = "claims-report"
_PARTITIONS = 5
_VICTIM = 3


def inject(lab: Lab) -> None:
    """Place the offsets of one group on a broker that is then killed."""
    theirs = partition_of(_GROUP, _PARTITIONS)
    create_offsets_topic(
        lab, [[1, _VICTIM] if number == theirs else [1, 2] for number in range(_PARTITIONS)]
    )
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    for group in (_GROUP, _OTHER_GROUP):
        lab.start_consumer(group, _TOPIC, client_id=group)
        wait_committed(lab, group, _TOPIC, 1)
    lab.brokers[_VICTIM].kill()
    wait_until(lambda: _VICTIM not in broker_ids(lab.bootstrap), "the killed broker is fenced", 40)


def heal(lab: Lab) -> None:
    """Start the broker again and delete topic and groups."""
    lab.brokers[_VICTIM].start()
    lab.wait_ready()
    remove(lab, _OTHER_GROUP)
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="coordinator-unavailable",
    title="The coordinator of some groups cannot write",
    inject=inject,
    heal=heal,
    expects=(
        ("broker-down", {"type": "broker", "id": _VICTIM}),
        ("coordinator-unavailable", {"type": "partition", "topic": "__consumer_offsets"}),
    ),
    settle_seconds=40,
    lab={
        "properties": {
            "offsets.topic.num.partitions": str(_PARTITIONS),
            "offsets.topic.replication.factor": "2",
        }
    },
    is_last=True,
)
