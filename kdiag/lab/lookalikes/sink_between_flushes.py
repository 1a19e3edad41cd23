"""A sink that closes its files every hour: between two of them it is behind."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK = "manifests", "manifests-sink"
_GROUP, _SIZE = f"connect-{_SINK}", 100


def inject(lab: Lab) -> None:
    """Let a sink fill one file, and begin another one."""
    lab.create_topic(_TOPIC, 1)
    lab.produce(_TOPIC, _SIZE, size=1, past_seconds=(5000, 4000))  # "0" is JSON
    lab.connect.put(
        _SINK, topics=_TOPIC, flush_size=str(_SIZE), rotate_schedule_interval_ms="3600000"
    )
    wait_committed(lab, _GROUP, _TOPIC, _SIZE)
    lab.produce(_TOPIC, 40, size=1, past_seconds=(1800, 1))


def heal(lab: Lab) -> None:
    """Remove the sink and its topic."""
    lab.connect.delete(_SINK)
    remove(lab, _GROUP, _TOPIC)


LOOKALIKE = Fault(
    name="sink-between-flushes",
    title="A sink between two files",
    inject=inject,
    heal=heal,
    forbids=("sink-never-flushes", "stuck-consumer", "slow-consumer", "lag-growing"),
    objects=(_TOPIC, _GROUP, _SINK),
    settle_seconds=35,  # a reader that stands for so long is stuck
    lab=WITH_CONNECT,
)
