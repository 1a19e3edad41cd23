"""A record that its converter cannot read ends the only task of a sink."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK = "consignments", "consignments-sink"
_GROUP = f"connect-{_SINK}"


def inject(lab: Lab) -> None:
    """Let a sink commit what it can read, then write what it cannot."""
    lab.create_topic(_TOPIC, 1)
    lab.connect.put(_SINK, topics=_TOPIC)
    lab.produce(_TOPIC, 100, size=1, past_seconds=(900, 600))  # "0" is JSON
    wait_committed(lab, _GROUP, _TOPIC, 100)
    lab.produce(_TOPIC, 500, past_seconds=(600, 1))
    lab.start_producer(_TOPIC, rate=20)
    lab.connect.wait_state(_SINK, "FAILED")


def heal(lab: Lab) -> None:
    """Remove the sink and its topic."""
    lab.connect.delete(_SINK)
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="connector-bad-record",
    title="A record that cannot be read ends the task of a connector",
    inject=inject,
    heal=heal,
    expects=(("connector-failed", {"type": "connector", "connector": _SINK}),),
    objects=(_TOPIC, _GROUP),
    settle_seconds=5,
    lab=WITH_CONNECT,
)
