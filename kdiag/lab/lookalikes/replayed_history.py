"""A topic was filled anew with records of long ago; the brokers delete them by and by."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _DAY = "replayed-orders", 86400


def inject(lab: Lab) -> None:
    """Write records of last month to a topic that keeps a week."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 3000, past_seconds=(40 * _DAY, 30 * _DAY))


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="replayed-history",
    title="Records were written with an old time",
    inject=inject,
    heal=heal,
    forbids=("retention-not-working", "segment-vs-retention", "retention-cut-by-size"),
    objects=(_TOPIC,),
    settle_seconds=1,
)
