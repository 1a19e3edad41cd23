"""Two instances use one transactional.id: each start fences the other, in turn."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC, _ID = "positions", "position-writer"


def inject(lab: Lab) -> None:
    """Start two producers with the same id that come back whenever they are fenced."""
    lab.create_topic(_TOPIC, partitions=1)
    for number in (1, 2):
        lab.start_producer(
            _TOPIC,
            rate=20,
            transactional_id=_ID,
            txn_records=20,
            returns_when_fenced=True,
            client_id=f"{_ID}-{number}",
        )


def heal(lab: Lab) -> None:
    """End both producers and delete the topic."""
    lab.end_load(f"producer-{_TOPIC}")
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="duplicate-transactional-id",
    title="Two producers share a transactional.id",
    inject=inject,
    heal=heal,
    expects=(("fenced-producers", {"type": "transactional_id", "transactional_id": _ID}),),
    forbids=("open-transaction-pins-lso", "hanging-transaction"),
    objects=(_TOPIC,),
    settle_seconds=30,
)
