"""A cluster runs Kafka 3.3, the first release of KRaft for production."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="old-kraft",
    title="An early release of KRaft",
    inject=inject,
    heal=lambda _: None,
    expects=(
        ("known-bad-version", {"type": "cluster"}),
        ("eol-version", {"type": "cluster"}),
    ),
    forbids=("zookeeper-in-use",),
    settle_seconds=1,
    lab={"kafka": "3.3.2"},
)
