"""All partitions of a large topic were assigned by hand, with the same broker first."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _BROKER, _PARTITIONS = "toll-gates", 2, 300


def inject(lab: Lab) -> None:
    """Put one broker first in the assignment of each partition."""
    others = [id_ for id_ in (1, 2, 3) if id_ != _BROKER]
    lab.create_topic(_TOPIC, assignment=[[_BROKER, *others]] * _PARTITIONS)


FAULT = Fault(
    name="leaders-piled",
    title="One broker is the preferred leader of nearly everything",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(("leader-skew", {"type": "broker", "id": _BROKER}),),
    forbids=("leader-imbalance", "replica-skew"),
    objects=(_TOPIC,),
    settle_seconds=2,
    lab={"brokers": 3, "properties": {"num.partitions": "1"}},
)
