"""A compacted topic is told to keep every record for years before it may compact."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.topics import override

_TOPIC = "loyalty-cards"
_TWO_YEARS_MS = str(2 * 365 * 86_400_000)


def inject(lab: Lab) -> None:
    """Compact a topic, two years from now."""
    configs = {"cleanup.policy": "compact", "min.compaction.lag.ms": _TWO_YEARS_MS}
    lab.create_topic(_TOPIC, configs={"cleanup.policy": "compact"})
    lab.produce(_TOPIC, 300, key="user")
    override(lab, _TOPIC, configs)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="compaction-held",
    title="A compacted topic keeps everything",
    inject=inject,
    heal=heal,
    expects=(("compaction-pinned", {"type": "topic", "topic": _TOPIC}),),
    forbids=("compaction-stopped", "retention-unbounded"),
    objects=(_TOPIC,),
    settle_seconds=1,
)
