"""A cluster still runs Kafka 2.8 with ZooKeeper."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="old-zookeeper",
    title="An old release with ZooKeeper",
    inject=inject,
    heal=lambda _: None,
    expects=(
        ("zookeeper-in-use", {"type": "cluster"}),
        ("eol-version", {"type": "cluster"}),
        ("known-bad-version", {"type": "cluster"}),
    ),
    settle_seconds=1,
    lab={"kafka": "2.8.2", "metadata": "zookeeper"},
)
