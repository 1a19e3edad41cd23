"""The store of another registry, which is not compacted, and from which nothing is deleted."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "kafkasql-journal"
_KEPT = {"cleanup.policy": "delete", "retention.ms": "-1", "retention.bytes": "-1"}


def inject(lab: Lab) -> None:
    """Make the topic as Apicurio does, and write to it."""
    lab.create_topic(_TOPIC, 1, configs=_KEPT)
    lab.produce(_TOPIC, 20)


LOOKALIKE = Fault(
    name="schemas-in-journal",
    title="A registry's journal that keeps everything",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    forbids=("schema-topic-not-compacted", "retention-unbounded"),
    objects=(_TOPIC,),
)
