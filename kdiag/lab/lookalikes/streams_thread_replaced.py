"""Threads of Streams applications failed, and were replaced by their handlers (KIP-671)."""

from kdiag.lab import counting
from kdiag.lab.coordinators import wait_listed
from kdiag.lab.fault import Fault
from kdiag.lab.groups import wait_committed, wait_members
from kdiag.lab.lab import Lab

_TOPICS = {"classic": "basket-events", "streams": "refund-events"}
_APPLICATIONS = {"classic": "basket-counts", "streams": "refund-counts"}


def inject(lab: Lab) -> None:
    """Let one of two threads fail in an application of each protocol, and be replaced."""
    for protocol, name in _APPLICATIONS.items():
        lab.create_topic(_TOPICS[protocol])
        lab.start_producer(_TOPICS[protocol], rate=20)
        lab.start_application(
            name,
            [_TOPICS[protocol]],
            threads=2,
            protocol=protocol,
            on_error="REPLACE_THREAD",
            session_timeout_seconds=3,
        )
    for protocol, name in _APPLICATIONS.items():
        wait_committed(lab, name, _TOPICS[protocol], 1)
        counting.poison(lab.bootstrap, _TOPICS[protocol])
        counting.wait_failed(lab, name)
        wait_listed(lab, name, "Stable")
    wait_members(lab, _APPLICATIONS["classic"], 2)


def heal(lab: Lab) -> None:
    """End both and delete all that was theirs."""
    for protocol, name in _APPLICATIONS.items():
        counting.remove(lab, name, _TOPICS[protocol])


LOOKALIKE = Fault(
    name="streams-thread-replaced",
    title="A thread of a Streams application failed and was replaced",
    inject=inject,
    heal=heal,
    forbids=("missing-stream-threads", "crash-looping-member", "rebalance-storm", "group-dead"),
    objects=tuple(
        name
        for protocol, application in _APPLICATIONS.items()
        for name in (application, _TOPICS[protocol], *counting.internal_topics(application))
    ),
    settle_seconds=10,
    tunables={"missing-stream-threads": {"min_missing_seconds": 5}},
)
