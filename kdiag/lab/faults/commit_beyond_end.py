"""A group has committed an offset that its topic does not have yet: it will skip what comes."""

from kdiag.lab.clients import offsets
from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "archive-writer", "contracts"


def inject(lab: Lab) -> None:
    """Commit 1,000 beyond the end of each partition."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 300)
    ends = offsets(lab.admin(), _TOPIC, "latest")
    commit(lab, _GROUP, _TOPIC, {partition: end + 1_000 for partition, end in ends.items()})
    lab.start_producer(_TOPIC, rate=5, keys=100)


FAULT = Fault(
    name="commit-beyond-end",
    title="A group committed beyond the end of its topic",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("commit-beyond-end", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("records-lost-unread", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
