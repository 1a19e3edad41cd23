"""Two processes have one group.instance.id: each throws the other out."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "seat-allocator", "seats"


def inject(lab: Lab) -> None:
    """Let two consumers with one instance id come back whenever they are fenced."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    for host in ("a", "b"):
        lab.start_consumer(
            _GROUP, _TOPIC, instance_id=f"{_GROUP}-0", away_seconds=2, client_id=f"{_GROUP}-{host}"
        )
    wait_committed(lab, _GROUP, _TOPIC, 1)


FAULT = Fault(
    name="duplicate-static-id",
    title="Two processes have one group.instance.id",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("duplicate-static-id", {"type": "group", "group": _GROUP}),),
    forbids=("rebalance-storm", "crash-looping-member"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=20,
)
