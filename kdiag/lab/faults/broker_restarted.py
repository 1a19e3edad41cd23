"""A broker restarts while it is looked at."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_BROKER, _TOPIC = 3, "bus-stops"


def inject(lab: Lab) -> None:
    """Create a topic that it has replicas of."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 300)


def restart(lab: Lab) -> None:
    """Shut broker 3 down in order and start it again."""
    lab.brokers[_BROKER].restart()
    lab.wait_ready()


FAULT = Fault(
    name="broker-restarted",
    title="A broker restarts while it is looked at",
    inject=inject,
    meanwhile=restart,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(("broker-restarts", {"type": "broker", "id": _BROKER}),),
    forbids=("broker-down", "offline-partition", "unclean-election-happened"),
    settle_seconds=1,
)
