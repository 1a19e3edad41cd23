"""One member of a group crashes and is started again, for ever."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "pdf-renderer", "prints"


def inject(lab: Lab) -> None:
    """Kill one member of three every 6 s and start it again."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, members=2, session_timeout_seconds=3, client_id=_GROUP)
    lab.start_consumer(
        _GROUP,
        _TOPIC,
        session_timeout_seconds=3,
        crash_every_seconds=6,
        client_id=f"{_GROUP}-canary",
    )
    wait_committed(lab, _GROUP, _TOPIC, 1)


FAULT = Fault(
    name="crash-looping-member",
    title="One member crashes again and again",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("crash-looping-member", {"type": "group", "group": _GROUP}),),
    forbids=("poll-eviction-storm", "rebalance-stuck", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=45,
)
