"""A thread of a Streams application died: the others are stable and do its work as well."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_members
from kdiag.lab.lab import Lab
from kdiag.lab.processes import Process

_GROUP, _TOPIC = "orders-enricher", "order-lines"


def inject(lab: Lab) -> None:
    """Let three members join as Streams does, and one of them vanish."""
    lab.create_topic(_TOPIC)
    _start_threads(lab, 2)
    dying = _start_threads(lab, 1)
    wait_members(lab, _GROUP, 3)
    dying.kill()
    wait_members(lab, _GROUP, 2)


def _start_threads(lab: Lab, count: int) -> Process:
    return lab.start_members(
        _GROUP,
        topics=(_TOPIC,),
        members=count,
        protocol="stream",
        session_timeout_seconds=3,
        client_id=f"{_GROUP}-StreamThread",
    )


FAULT = Fault(
    name="missing-stream-threads",
    title="A Streams application lost a thread",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("missing-stream-threads", {"type": "group", "group": _GROUP}),),
    forbids=("rebalance-stuck", "crash-looping-member"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
