"""MirrorMaker stands: its process is there, and nothing arrives from the source any more."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.mirror import HEARTBEATS
from kdiag.lab.services import WITH_MIRROR


def inject(lab: Lab) -> None:
    """Freeze its process."""
    lab.mirror.stop()


FAULT = Fault(
    name="mirror-stalled",
    title="A mirror of another cluster stands",
    inject=inject,
    heal=lambda lab: lab.mirror.resume(),
    expects=(("mirror-stalled", {"type": "topic", "topic": HEARTBEATS}),),
    settle_seconds=2,
    lab=WITH_MIRROR,
    is_last=True,  # nothing arrives afterwards
)
