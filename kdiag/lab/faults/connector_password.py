"""A connector whose settings have a password written out."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.services import WITH_CONNECT

_TOPIC, _SINK = "payouts", "payouts-sink"


def inject(lab: Lab) -> None:
    """Let a sink run with a password of nobody."""
    lab.create_topic(_TOPIC, 1)
    lab.connect.put(_SINK, topics=_TOPIC, lab_password="correct-horse")  # noqa: S106


def heal(lab: Lab) -> None:
    """Remove the sink and its topic."""
    lab.connect.delete(_SINK)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="connector-password",
    title="A connector has a password written out in its settings",
    inject=inject,
    heal=heal,
    expects=(("secrets-in-connectors", {"type": "connector", "connector": _SINK}),),
    objects=(_TOPIC, f"connect-{_SINK}"),
    lab=WITH_CONNECT,
)
