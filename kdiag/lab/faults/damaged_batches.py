"""Batches of a producer arrive damaged: their bytes do not fit their checksum."""

from kdiag.lab.clients import topic_metadata
from kdiag.lab.damaging import damaged_batch
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _LOAD = "turnstiles", "producer-turnstiles-damaged"


def inject(lab: Lab) -> None:
    """Send batches of which a byte was changed after the checksum was made."""
    lab.create_topic(_TOPIC, partitions=1)
    leader = topic_metadata(lab.admin(), _TOPIC).partitions[0].leader
    lab.start_repeater(leader, [damaged_batch(_TOPIC)], name=_LOAD)


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(_LOAD)
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="damaged-batches",
    title="Batches arrive damaged",
    inject=inject,
    heal=heal,
    expects=(("corrupt-records", {"type": "broker"}),),
    objects=(_TOPIC,),
)
