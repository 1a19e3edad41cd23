"""A replica that lacked records becomes the leader while it is looked at, after a crash."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.unclean import elect_uncleanly

_TOPIC, _OTHER = "card-payments", "card-limits"


def inject(lab: Lab) -> None:
    """Create another topic; the election is to come."""
    lab.create_topic(_OTHER)


def heal(lab: Lab) -> None:
    """Delete the topics; the controller counts the election until it restarts."""
    lab.delete_topic(_TOPIC)
    lab.delete_topic(_OTHER)


FAULT = Fault(
    name="unclean-election-now",
    title="An unclean election loses records while it is looked at",
    inject=inject,
    meanwhile=lambda lab: elect_uncleanly(lab, _TOPIC),
    heal=heal,
    expects=(
        ("unclean-election-happened", {"type": "cluster"}),
        ("broker-restarts", {"type": "broker", "id": 1}),
        ("broker-restarts", {"type": "broker", "id": 2}),
    ),
    forbids=("broker-down", "offline-partition"),
    settle_seconds=1,
    lab={"controllers": 1},
)
