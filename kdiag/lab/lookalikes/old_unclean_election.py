"""An unclean election of long ago: the controller has restarted since, and counts from 0."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.unclean import elect_uncleanly

_TOPIC, _CONTROLLER = "paid-invoices", 101


def inject(lab: Lab) -> None:
    """Have an unclean election, forbid the next one, and restart the controller."""
    elect_uncleanly(lab, _TOPIC)
    lab.alter_config("topic", _TOPIC, {"unclean.leader.election.enable": None})
    lab.controllers[_CONTROLLER].restart()
    lab.wait_ready()
    lab.produce(_TOPIC, 300)


LOOKALIKE = Fault(
    name="old-unclean-election",
    title="An unclean election was before the controller's restart",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    forbids=("unclean-election-happened", "unclean-election-enabled", "broker-restarts"),
    settle_seconds=3,
    lab={"controllers": 1},
    is_last=True,
)
