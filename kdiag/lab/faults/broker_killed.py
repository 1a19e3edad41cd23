"""A broker crashes: its partitions lose a replica, its leaders move."""

from kdiag.errors import LabError
from kdiag.lab.clients import broker_ids
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_VICTIM = 3


def inject(lab: Lab) -> None:
    """Kill broker 3 and wait until the others have noticed."""
    if _VICTIM not in lab.brokers:
        raise LabError("broker-killed needs a lab of 3 brokers.")
    lab.brokers[_VICTIM].kill()
    wait_until(lambda: _VICTIM not in broker_ids(lab.bootstrap), "the crashed broker is fenced", 40)


def heal(lab: Lab) -> None:
    """Start broker 3 again."""
    lab.brokers[_VICTIM].start()
    lab.wait_ready()


FAULT = Fault(
    name="broker-killed",
    title="A broker crashed",
    inject=inject,
    heal=heal,
    expects=(("broker-down", {"type": "broker", "id": _VICTIM}),),
    settle_seconds=2,
    is_last=True,
)
