"""A topic is deleted while a group reads it, and its members go on waiting for it."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC, _OTHER = "tariff-sync", "tariffs", "tariff-notes"


def inject(lab: Lab) -> None:
    """Delete one of two topics of a group.

    With the consumer protocol members name it to the coordinator still; librdkafka leaves it out
    with the classic one, where Java's client does not.
    """
    for topic in (_TOPIC, _OTHER):
        lab.create_topic(topic)
        lab.produce(topic, 300)
    lab.start_consumer(_GROUP, (_TOPIC, _OTHER), protocol="consumer")
    wait_committed(lab, _GROUP, _TOPIC, 1)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="topic-deleted-under-group",
    title="Members wait for a topic that was deleted",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _OTHER),
    expects=(("subscribed-topic-missing", {"type": "group", "group": _GROUP}),),
    forbids=("group-dead", "stuck-consumer", "topic-recreated"),
    objects=(_GROUP, _TOPIC, _OTHER),
    settle_seconds=5,
)
