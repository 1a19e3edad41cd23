"""A record dated decades ahead keeps its segment, and retention deletes nothing behind it."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "meter-readings"
_YEARS_SECONDS = -40 * 365 * 86400
_CONFIGS = {
    "retention.ms": "60000",
    "message.timestamp.after.max.ms": "9223372036854775807",
}


def inject(lab: Lab) -> None:
    """Write a few records with a time to come, as of a producer with another unit, then usual."""
    lab.create_topic(_TOPIC, partitions=1, configs=_CONFIGS)
    lab.produce(_TOPIC, 10, past_seconds=(_YEARS_SECONDS, _YEARS_SECONDS))
    lab.produce(_TOPIC, 200)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="record-of-the-future",
    title="A record dated in the future blocks retention",
    inject=inject,
    heal=heal,
    expects=(("retention-not-working", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=2,
)
