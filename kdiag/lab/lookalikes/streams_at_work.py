"""Two Streams applications at work, one of each protocol, and their internal topics."""

from kdiag.lab import counting
from kdiag.lab.fault import Fault
from kdiag.lab.groups import wait_committed
from kdiag.lab.lab import Lab

_CLASSIC, _STREAMS = "page-counts", "visit-counts"
_PAGES, _VISITS = "page-hits", "shop-visits"
_EXACT = {"processing.guarantee": "exactly_once_v2"}


def inject(lab: Lab) -> None:
    """Count with exactly-once what was written once, and what goes on being written."""
    lab.create_topic(_PAGES)
    lab.create_topic(_VISITS)
    lab.produce(_PAGES, 100, past_seconds=(9000, 8000))
    lab.start_producer(_VISITS, rate=20)
    lab.start_application(_CLASSIC, [_PAGES], threads=2, settings=_EXACT)
    lab.start_application(_STREAMS, [_VISITS], threads=2, protocol="streams", settings=_EXACT)
    wait_committed(lab, _CLASSIC, _PAGES, 100)
    wait_committed(lab, _STREAMS, _VISITS, 100)


def heal(lab: Lab) -> None:
    """End both and delete all that was theirs."""
    counting.remove(lab, _CLASSIC, _PAGES)
    counting.remove(lab, _STREAMS, _VISITS)


LOOKALIKE = Fault(
    name="streams-at-work",
    title="Streams applications of both protocols at work with exactly-once",
    inject=inject,
    heal=heal,
    forbids=(
        "retention-unbounded",
        "streams-group-not-ready",
        "missing-stream-threads",
        "abandoned-topic",
        "naming-policy",
    ),
    objects=(
        *(_CLASSIC, _PAGES, *counting.internal_topics(_CLASSIC)),
        *(_STREAMS, _VISITS, *counting.internal_topics(_STREAMS)),
    ),
    settle_seconds=5,
)
