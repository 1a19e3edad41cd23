"""A second worker joins that has other plug-ins, one of them too old for it."""

from kdiag.lab.connect import SINK
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK, _WORKER = "pallets", "pallets-sink", "connect-2"


def inject(lab: Lab) -> None:
    """Start the worker, and have a connector that both know."""
    lab.create_topic(_TOPIC, 1)
    lab.connect.start_worker(_WORKER, version="1.1.0", old_plugins=True)
    lab.connect.put(_SINK, SINK, topics=_TOPIC)


def heal(lab: Lab) -> None:
    """End the worker, and remove the connector."""
    lab.connect.delete(_SINK)
    lab.connect.workers[_WORKER].shutdown()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="connect-plugins-differ",
    title="Two workers of Connect have different plug-ins, and one does not fit its worker",
    inject=inject,
    heal=heal,
    expects=(("connect-plugin-skew", {"type": "worker"}),),
    objects=(_TOPIC, f"connect-{_SINK}"),
    lab=WITH_CONNECT,
)
