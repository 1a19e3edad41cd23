"""A thread of a Streams application died: the others are stable and do its work as well."""

from kdiag.lab import counting
from kdiag.lab.fault import Fault
from kdiag.lab.groups import wait_members
from kdiag.lab.lab import Lab

_APPLICATION, _TOPIC = "orders-enricher", "order-lines"


def inject(lab: Lab) -> None:
    """Let one of three threads fail at a record, and the handler of its exceptions as well."""
    lab.create_topic(_TOPIC)
    lab.start_application(
        _APPLICATION, [_TOPIC], threads=3, on_error="throw", session_timeout_seconds=3
    )
    wait_members(lab, _APPLICATION, 3)
    counting.poison(lab.bootstrap, _TOPIC)
    wait_members(lab, _APPLICATION, 2)


FAULT = Fault(
    name="missing-stream-threads",
    title="A Streams application lost a thread",
    inject=inject,
    heal=lambda lab: counting.remove(lab, _APPLICATION, _TOPIC),
    expects=(("missing-stream-threads", {"type": "group", "group": _APPLICATION}),),
    forbids=("rebalance-stuck", "crash-looping-member", "retention-unbounded"),
    objects=(_APPLICATION, _TOPIC, *counting.internal_topics(_APPLICATION)),
    settle_seconds=6,
    tunables={"missing-stream-threads": {"min_missing_seconds": 5}},
)
