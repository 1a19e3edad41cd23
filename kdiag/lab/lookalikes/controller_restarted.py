"""One controller after the other was restarted: the active one moved as often as it had to."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab


def inject(lab: Lab) -> None:
    """Restart all controllers, each once the one before serves again."""
    for id_, controller in lab.controllers.items():
        if id_ not in lab.brokers:
            controller.restart()
    lab.wait_ready()


LOOKALIKE = Fault(
    name="controller-restarted",
    title="The controllers have just been restarted, one by one",
    inject=inject,
    heal=lambda _: None,
    forbids=(
        "broker-down",
        "broker-fenced",
        "controller-churn",
        "leader-churn",
        "quorum-at-majority",
        "quorum-lost",
        "voter-lagging",
    ),
    settle_seconds=12,
    lab={"controllers": 3},
    is_last=True,
)
