"""A broker stalls, is fenced, comes back, and takes its leaderships with it each time."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "scooters"


def inject(lab: Lab) -> None:
    """Let two tools move the leaders of a topic against each other."""
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3], [2, 3, 1], [3, 1, 2]])
    lab.start_freezes(3, every_seconds=2.0, freeze_seconds=7.0)


def heal(lab: Lab) -> None:
    """Let the broker work again, and delete the topic."""
    lab.end_load("freezes-3")
    lab.wait_ready()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="leaders-move",
    title="Leaders move again and again",
    inject=inject,
    heal=heal,
    expects=(("leader-churn", {"type": "partition"}),),
    settle_seconds=20,
    tunables={"leader-churn": {"young_seconds": 0, "moves_count": 2}},
    lab={
        "controllers": 1,
        "properties": {
            "leader.imbalance.check.interval.seconds": "1",
            "leader.imbalance.per.broker.percentage": "0",
        },
    },
    is_last=True,
)
