"""A mirror whose source gets no records: its heartbeats go on."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.mirror import HEARTBEATS, SOURCE
from kdiag.lab.services import WITH_MIRROR

_TOPIC, _RECORDS = "catalogue", 20


def inject(lab: Lab) -> None:
    """Write to a topic of the source, wait until it is mirrored, and write no more."""
    source = lab.mirror.source
    source.create_topic(_TOPIC, 1)
    source.produce(_TOPIC, _RECORDS)
    lab.mirror.wait_topic(_TOPIC, _RECORDS)


def heal(lab: Lab) -> None:
    """Remove the topic, at the source first, from where it would be made again."""
    lab.mirror.source.delete_topic(_TOPIC)
    lab.delete_topic(f"{SOURCE}.{_TOPIC}")


LOOKALIKE = Fault(
    name="mirror-idle-source",
    title="A mirror of a cluster whose topics get nothing",
    inject=inject,
    heal=heal,
    forbids=("mirror-stalled",),
    objects=(HEARTBEATS, f"{SOURCE}.{_TOPIC}"),
    settle_seconds=2,
    lab=WITH_MIRROR,
)
