"""Values that begin with a zero byte and have no schema: small numbers of eight bytes."""

from kdiag.lab import clients
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "counters"


def inject(lab: Lab) -> None:
    """Write numbers as Kafka's serialiser of longs does."""
    lab.create_topic(_TOPIC, 1)
    values = ((7_000 << 24 | number).to_bytes(8, "big") for number in range(10))
    clients.write(lab.bootstrap, _TOPIC, [{"value": value} for value in values])


LOOKALIKE = Fault(
    name="numbers-as-values",
    title="Records without a schema whose first byte is zero",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    forbids=("schema-id-unknown",),
    objects=(_TOPIC,),
    lab={"services": frozenset({"registry"})},
    is_in_records=True,
)
