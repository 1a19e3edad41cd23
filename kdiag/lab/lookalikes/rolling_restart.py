"""All brokers were restarted one after the other, and everything is back in sync."""

from kdiag.lab.clients import is_led, topic_names
from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until


def inject(lab: Lab) -> None:
    """Restart broker after broker, each time waiting until all replicas are in sync."""
    for broker in lab.brokers.values():
        broker.restart()
        lab.wait_ready()
        wait_until(lambda: _is_whole(lab), "all replicas are in sync again", 60)


def _is_whole(lab: Lab) -> bool:
    return all(is_led(lab.admin(), topic, 1) for topic in topic_names(lab.admin()))


LOOKALIKE = Fault(
    name="rolling-restart",
    title="A rolling restart has just finished",
    inject=inject,
    heal=lambda _: None,
    forbids=(
        "broker-down",
        "offline-partition",
        "under-min-isr",
        "under-replicated",
        "leader-imbalance",
        "controller-churn",
    ),
    settle_seconds=20,
    is_last=True,
)
