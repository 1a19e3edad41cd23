"""The target of a sink does not answer: its task waits in a write, RUNNING, and reads no more."""

from pathlib import Path

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_TOPIC, _SINK = "moorings", "moorings-sink"
_GROUP, _WRITTEN = f"connect-{_SINK}", 100


def _answered(lab: Lab) -> Path:
    """Return the file that is there once the target answers."""
    return lab.home / f"{_SINK}.answered"


def inject(lab: Lab) -> None:
    """Let a sink write some records, and wait in the next write."""
    until = str(_answered(lab))
    lab.create_topic(_TOPIC, 1)
    lab.produce(_TOPIC, _WRITTEN, size=1, past_seconds=(900, 600))  # "0" is JSON
    lab.connect.put(_SINK, topics=_TOPIC, lab_hangs_after=str(_WRITTEN), lab_hangs_until=until)
    wait_committed(lab, _GROUP, _TOPIC, _WRITTEN)
    lab.produce(_TOPIC, 500, size=1, past_seconds=(600, 1))


def heal(lab: Lab) -> None:
    """Let the write end, and remove the sink and its topic."""
    _answered(lab).touch()
    lab.connect.delete(_SINK)
    remove(lab, _GROUP, _TOPIC)
    _answered(lab).unlink()


FAULT = Fault(
    name="sink-hangs",
    title="The target of a sink does not answer, and its task waits in a write",
    inject=inject,
    heal=heal,
    expects=(("connector-idle", {"type": "connector", "connector": _SINK}),),
    forbids=("stuck-consumer", "group-dead", "connector-failed"),
    objects=(_TOPIC, _GROUP, _SINK),
    settle_seconds=35,  # a reader that stands for so long is stuck
    lab={"brokers": 1, "services": frozenset({"connect"})},  # no worker that takes its task over
)
