"""Broker 3 has a smaller heap and fewer processors, and its heap starts small."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="small-heap",
    title="A broker has a smaller heap than the others",
    inject=inject,
    heal=lambda _: None,
    expects=(
        ("uneven-hardware", {"type": "cluster"}),
        ("heap-sizing", {"type": "broker", "id": 3}),
    ),
    settle_seconds=2,
    lab={"node_flags": {3: ("-Xmx300m", "-Xms64m", "-XX:ActiveProcessorCount=1")}},
)
