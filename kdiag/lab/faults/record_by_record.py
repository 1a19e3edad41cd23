"""A producer sends each record in a request of its own."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "keystrokes"


def inject(lab: Lab) -> None:
    """Write to one partition, record by record."""
    lab.create_topic(_TOPIC, partitions=1)
    settings = {"linger.ms": 0, "batch.num.messages": 1}
    lab.start_producer(_TOPIC, rate=300, settings=settings)


def heal(lab: Lab) -> None:
    """End the producer and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="record-by-record",
    title="Producers send each record by itself",
    inject=inject,
    heal=heal,
    expects=(("tiny-batches", {"type": "broker"}),),
    objects=(_TOPIC,),
    tunables={"tiny-batches": {"requests_per_second": 100}},
)
