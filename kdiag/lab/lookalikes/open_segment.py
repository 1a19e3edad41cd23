"""A topic keeps records for longer than retention.ms, by no more than a segment takes."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _DAY = "banner-views", 86400


def inject(lab: Lab) -> None:
    """Write records of the last six days to a topic that keeps a day, with Kafka's segments."""
    lab.create_topic(_TOPIC, configs={"retention.ms": str(_DAY * 1000)})
    lab.produce(_TOPIC, 300, past_seconds=(6 * _DAY, 0))


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="open-segment",
    title="An open segment holds records beyond retention",
    inject=inject,
    heal=heal,
    forbids=("retention-not-working", "retention-unbounded"),
    objects=(_TOPIC,),
    settle_seconds=10,
)
