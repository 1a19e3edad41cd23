"""Records take longer than max.poll.interval.ms: members are thrown out and come back, for ever."""

from typing import Any

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "video-encoder", "videos"


def inject(lab: Lab) -> None:
    """Let members with a poll interval of 6 s work 9 s on each record."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=10, keys=100)
    _start(lab, client_id=f"{_GROUP}-fast")
    _start(lab, members=2, seconds_per_record=9, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)


def _start(lab: Lab, **options: Any) -> None:
    lab.start_consumer(_GROUP, _TOPIC, max_poll_seconds=6, session_timeout_seconds=6, **options)


FAULT = Fault(
    name="poll-eviction-storm",
    title="Members are evicted because their work takes too long",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("poll-eviction-storm", {"type": "group", "group": _GROUP}),),
    forbids=("session-loss-storm", "crash-looping-member", "rebalance-stuck", "stuck-consumer"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=45,
)
