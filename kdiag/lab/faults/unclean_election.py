"""A replica that lacked records became the leader: they are gone, and nobody was told."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.unclean import elect_uncleanly

_TOPIC = "wire-transfers"


def inject(lab: Lab) -> None:
    """Lose 100 records that were acknowledged."""
    elect_uncleanly(lab, _TOPIC)


def heal(lab: Lab) -> None:
    """Delete the topic; the controller counts the election until it restarts."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="unclean-election",
    title="An unclean election lost records",
    inject=inject,
    heal=heal,
    expects=(("unclean-election-happened", {"type": "cluster"}),),
    forbids=("broker-down", "offline-partition"),
    settle_seconds=2,
    lab={"controllers": 1},
    is_last=True,
)
