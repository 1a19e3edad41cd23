"""A broker crashes that had the only copy of a topic, and a copy that others needed."""

from kdiag.lab.clients import broker_ids
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_VICTIM = 3
_TOPICS = {"badges": [[3]], "locks": [[1, 3]], "alarms": [[1, 2, 3]]}


def inject(lab: Lab) -> None:
    """Create topics with one, two and three copies, then kill broker 3."""
    for name, assignment in _TOPICS.items():
        lab.create_topic(name, configs={"min.insync.replicas": "2"}, assignment=assignment)
    lab.brokers[_VICTIM].kill()
    wait_until(lambda: _VICTIM not in broker_ids(lab.bootstrap), "the crashed broker is fenced", 40)


def heal(lab: Lab) -> None:
    """Start broker 3 again and delete the topics."""
    lab.brokers[_VICTIM].start()
    lab.wait_ready()
    for name in _TOPICS:
        lab.delete_topic(name)


FAULT = Fault(
    name="thin-topics-hit",
    title="A broker crashed, and thin topics are hit",
    inject=inject,
    heal=heal,
    expects=(
        ("broker-down", {"type": "broker", "id": _VICTIM}),
        ("offline-partition", {"type": "partition", "topic": "badges"}),
        ("under-min-isr", {"type": "partition", "topic": "locks"}),
        ("at-min-isr", {"type": "partition", "topic": "alarms"}),
        ("quorum-at-majority", {"type": "cluster"}),
        ("voter-lagging", {"type": "broker", "id": _VICTIM}),
    ),
    settle_seconds=15,
    is_last=True,
)
