"""A producer misspells its topic, and the brokers create it."""

from kdiag.lab.careless import CARELESS
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "ordres"


def inject(lab: Lab) -> None:
    """Write to a topic that nobody made."""
    lab.produce(_TOPIC, 10)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="misspelt-topic",
    title="A misspelt name made a topic",
    inject=inject,
    heal=heal,
    expects=(("auto-create-topics", {"type": "cluster"}),),
    lab=CARELESS,
    settle_seconds=2,
)
