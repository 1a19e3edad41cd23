"""The two processes of a Streams application were restarted one after the other."""

from kdiag.lab import counting
from kdiag.lab.fault import Fault
from kdiag.lab.groups import wait_committed, wait_members
from kdiag.lab.lab import Lab
from kdiag.lab.processes import Process

_APPLICATION, _TOPIC = "seat-counts", "seat-sales"


def inject(lab: Lab) -> None:
    """End and start again one of two processes, then the other."""
    lab.create_topic(_TOPIC, partitions=4)
    lab.start_producer(_TOPIC, rate=20)
    old = [_start(lab, number) for number in range(2)]
    wait_members(lab, _APPLICATION, 4)
    for number, process in enumerate(old):
        process.terminate()
        _start(lab, number)
        wait_members(lab, _APPLICATION, 4)
    wait_committed(lab, _APPLICATION, _TOPIC, 1)


def _start(lab: Lab, number: int) -> Process:
    return lab.start_application(
        _APPLICATION,
        [_TOPIC],
        threads=2,
        session_timeout_seconds=3,
        client_id=f"{_APPLICATION}-{number}",
    )


LOOKALIKE = Fault(
    name="streams-restarted",
    title="A rolling restart of a Streams application",
    inject=inject,
    heal=lambda lab: counting.remove(lab, _APPLICATION, _TOPIC),
    forbids=(
        "missing-stream-threads",
        "rebalance-storm",
        "crash-looping-member",
        "session-loss-storm",
    ),
    objects=(_APPLICATION, _TOPIC, *counting.internal_topics(_APPLICATION)),
    settle_seconds=10,
    tunables={"missing-stream-threads": {"min_missing_seconds": 5}},
)
