"""A topic that is to keep a day closes a segment only once a year."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _DAY = "consent-log", 86400
_CONFIGS = {"retention.ms": str(_DAY * 1000), "segment.ms": str(365 * _DAY * 1000)}


def inject(lab: Lab) -> None:
    """Write records of the last twenty days to a topic that gets little."""
    lab.create_topic(_TOPIC, partitions=1, configs=_CONFIGS)
    lab.produce(_TOPIC, 300, past_seconds=(20 * _DAY, 0))


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="segment-never-closed",
    title="A segment that is never closed keeps old records",
    inject=inject,
    heal=heal,
    expects=(("retention-not-working", {"type": "topic", "topic": _TOPIC}),),
    objects=(_TOPIC,),
    settle_seconds=15,
)
