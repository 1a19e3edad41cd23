"""A sink passes over what it cannot read, and tells nobody."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK = "returns", "returns-sink"


def inject(lab: Lab) -> None:
    """Let a sink run that tolerates everything."""
    lab.create_topic(_TOPIC, 1)
    lab.connect.put(_SINK, topics=_TOPIC, errors_tolerance="all")
    lab.start_producer(_TOPIC, rate=10)


def heal(lab: Lab) -> None:
    """Remove the sink and its topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.connect.delete(_SINK)
    lab.delete_group(f"connect-{_SINK}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="connector-drops",
    title="A connector drops what it cannot read, and tells nobody",
    inject=inject,
    heal=heal,
    expects=(("connector-silent-drop", {"type": "connector", "connector": _SINK}),),
    objects=(_TOPIC, f"connect-{_SINK}"),
    lab=WITH_CONNECT,
)
