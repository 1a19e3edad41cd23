"""A follower stalls for two seconds again and again: it leaves the ISR and comes back."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_VICTIM, _TOPIC = 3, "seat-bookings"


def inject(lab: Lab) -> None:
    """Freeze broker 3 for almost two seconds of three while records are written."""
    lab.create_topic(_TOPIC, assignment=[[1, 2, _VICTIM], [2, 1, _VICTIM]])
    lab.start_producer(_TOPIC, rate=50, keys=100, client_id="booking")
    lab.start_freezes(_VICTIM, every_seconds=1.0, freeze_seconds=1.8)


def heal(lab: Lab) -> None:
    """Let the broker work again, and delete the topic."""
    lab.end_load(f"freezes-{_VICTIM}")
    lab.end_load(f"producer-{_TOPIC}")
    lab.wait_ready()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="isr-flapping",
    title="A follower leaves the ISR and comes back, again and again",
    inject=inject,
    heal=heal,
    expects=(("isr-flapping", {"type": "broker"}),),
    forbids=("broker-down", "broker-restarts", "offline-partition"),
    settle_seconds=15,
    tunables={"isr-flapping": {"young_seconds": 0.0}},
    lab={
        "controllers": 1,
        "properties": {
            "replica.lag.time.max.ms": "1000",
            "replica.fetch.wait.max.ms": "250",
            "broker.session.timeout.ms": "18000",
        },
    },
    is_last=True,
)
