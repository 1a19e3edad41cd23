"""An application makes a producer for each record: producer ids pile up on the brokers."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "ad-impressions"


def inject(lab: Lab) -> None:
    """Make 20 producers a second, each for one record."""
    lab.create_topic(_TOPIC)
    lab.start_renewed_producers(_TOPIC, rate=20, client_id="web-frontend")


def heal(lab: Lab) -> None:
    """End the client and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="producer-id-explosion",
    title="A producer is made for each record",
    inject=inject,
    heal=heal,
    expects=(("producer-id-explosion", {"type": "broker"}),),
    forbids=("fenced-producers", "hanging-transaction"),
    objects=(_TOPIC,),
    settle_seconds=10,
    lab={"properties": {}},  # one of its own: what others write hides it
)
