"""A group no longer subscribes to one of its topics, and its lag there grows for ever."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPICS = "notifications", ("emails", "faxes")


def inject(lab: Lab) -> None:
    """Let a consumer of two topics come back for one of them."""
    for topic in _TOPICS:
        lab.create_topic(topic)
        lab.start_producer(topic, rate=20, keys=100)
    both = lab.start_consumer(_GROUP, _TOPICS, client_id=_GROUP)
    for topic in _TOPICS:
        wait_committed(lab, _GROUP, topic, 1)
    both.terminate()
    lab.start_consumer(_GROUP, _TOPICS[0], client_id=_GROUP)
    wait_members(lab, _GROUP, 1)


FAULT = Fault(
    name="abandoned-topic",
    title="A group left one of its topics behind",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, *_TOPICS),
    expects=(("abandoned-topic", {"type": "group", "group": _GROUP, "topic": _TOPICS[1]}),),
    forbids=("stuck-consumer", "group-dead", "slow-consumer", "unowned-partition"),
    objects=(
        _GROUP,
        *_TOPICS,
    ),
    settle_seconds=40,
)
