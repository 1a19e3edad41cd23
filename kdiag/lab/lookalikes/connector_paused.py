"""A connector that was paused on purpose, with nothing waiting for it."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK = "brochures", "brochures-sink"


def inject(lab: Lab) -> None:
    """Let a sink begin, and pause it."""
    lab.create_topic(_TOPIC, 1)
    lab.connect.put(_SINK, topics=_TOPIC)
    lab.connect.pause(_SINK)


def heal(lab: Lab) -> None:
    """Remove the sink and its topic."""
    lab.connect.delete(_SINK)
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="connector-paused",
    title="A connector that is paused on purpose",
    inject=inject,
    heal=heal,
    forbids=("connector-failed", "connector-silent-drop", "secrets-in-connectors", "group-dead"),
    objects=(_SINK, _TOPIC, f"connect-{_SINK}"),
    lab=WITH_CONNECT,
)
