"""A member stands still for longer than its session lasts, and is thrown out, again and again."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "risk-engine", "market-quotes"


def inject(lab: Lab) -> None:
    """Stop one member of three for 5 s at a time; its session lasts 3 s."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, members=2, session_timeout_seconds=3, client_id=_GROUP)
    lab.start_consumer(
        _GROUP,
        _TOPIC,
        session_timeout_seconds=3,
        freeze_every_seconds=5,
        freeze_seconds=5,
        client_id=f"{_GROUP}-small-host",
    )
    wait_committed(lab, _GROUP, _TOPIC, 1)


FAULT = Fault(
    name="session-loss-storm",
    title="A member loses its session again and again",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("session-loss-storm", {"type": "group", "group": _GROUP}),),
    forbids=("poll-eviction-storm", "crash-looping-member", "rebalance-stuck"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=45,
)
