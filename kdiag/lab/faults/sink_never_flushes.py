"""A sink waits for a full file on a topic that has become quiet."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK = "till-rolls", "till-rolls-sink"
_GROUP, _SIZE = f"connect-{_SINK}", 100


def inject(lab: Lab) -> None:
    """Let a sink fill one file, and begin another one."""
    lab.create_topic(_TOPIC, 1)
    lab.produce(_TOPIC, _SIZE, size=1, past_seconds=(9000, 8000))  # "0" is JSON
    lab.connect.put(_SINK, topics=_TOPIC, flush_size=str(_SIZE))
    wait_committed(lab, _GROUP, _TOPIC, _SIZE)
    lab.produce(_TOPIC, 40, size=1, past_seconds=(5000, 4000))


def heal(lab: Lab) -> None:
    """Remove the sink and its topic."""
    lab.connect.delete(_SINK)
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="sink-never-flushes",
    title="A sink holds the last records of a quiet topic back",
    inject=inject,
    heal=heal,
    expects=(("sink-never-flushes", {"type": "connector", "connector": _SINK}),),
    forbids=("stuck-consumer", "connector-failed"),
    objects=(_TOPIC, _GROUP, _SINK),
    lab=WITH_CONNECT,
)
