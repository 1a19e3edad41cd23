"""A consumer can process no record any more and seeks back to the same ones for ever."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "duty-reports", "duty-events"
_OFFSET = 20


def inject(lab: Lab) -> None:
    """Have a consumer seek back from offset 20 of each partition on."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    lab.start_consumer(
        _GROUP, _TOPIC, poison_offset=_OFFSET, commits_unchanged=True, client_id=_GROUP
    )
    wait_committed(lab, _GROUP, _TOPIC, 3 * _OFFSET)


FAULT = Fault(
    name="consumer-seeking-back",
    title="A consumer reads the same records again and again",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("stuck-consumer", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("group-dead", "slow-consumer", "poison-record"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
