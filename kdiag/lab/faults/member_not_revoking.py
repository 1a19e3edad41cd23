"""A member of a KIP-848 group is blocked and gives up no partition: the others wait for it."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_state
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "chat-history", "chats"
_RECORDS = 90
_RECONCILING = "UNKNOWN"  # confluent-kafka has no word for this state


def inject(lab: Lab) -> None:
    """Block the only member of a group of the consumer protocol, and let another join."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(
        _GROUP, _TOPIC, protocol="consumer", block_after=_RECORDS, client_id=f"{_GROUP}-old"
    )
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, protocol="consumer", client_id=f"{_GROUP}-new")
    wait_state(lab, _GROUP, _RECONCILING)


FAULT = Fault(
    name="member-not-revoking",
    title="A blocked member gives up no partitions",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("member-not-revoking", {"type": "group", "group": _GROUP}),),
    forbids=("rebalance-storm", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
