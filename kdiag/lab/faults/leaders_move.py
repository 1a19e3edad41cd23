"""Two tools move the leader of a partition against each other."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.moving import prefer

_TOPIC, _LOAD = "scooters", "tools-scooters"


def inject(lab: Lab) -> None:
    """Make one broker the preferred leader, then another, and hold an election each time."""
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3]])
    frames = [*prefer(_TOPIC, (2, 3, 1)), *prefer(_TOPIC, (1, 2, 3))]
    lab.start_repeater(1, frames, name=_LOAD, rate=4.0)


def heal(lab: Lab) -> None:
    """End the tools and delete the topic."""
    lab.end_load(_LOAD)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="leaders-move",
    title="Tools move leaders against each other",
    inject=inject,
    heal=heal,
    expects=(("leader-churn", {"type": "partition", "topic": _TOPIC, "partition": 0}),),
    forbids=("controller-churn", "leader-imbalance"),
    objects=(_TOPIC,),
    tunables={"leader-churn": {"young_seconds": 0}},
)
