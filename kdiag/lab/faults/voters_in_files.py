"""The quorum was set up with voters that are fixed in files, as before Kafka 3.9."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Leave the lab as it was set up."""


FAULT = Fault(
    name="voters-in-files",
    title="Voters stand in the files of the controllers",
    inject=inject,
    heal=lambda _: None,
    expects=(("static-voters", {"type": "cluster"}),),
    settle_seconds=1,
    lab={"static_voters": True},
)
