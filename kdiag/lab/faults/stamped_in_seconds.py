"""A producer stamps records in seconds instead of milliseconds: they are of January 1970.

Brokers delete them at their next look, which is far away in this lab.
"""

import time

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_TOPIC = "gas-meter-stamps"
_LATE_MS = "600000"


def inject(lab: Lab) -> None:
    """Write records whose time is that of now, divided by a thousand."""
    lab.create_topic(_TOPIC)
    lab.alter_config("topic", _TOPIC, {"retention.ms": "604800000"})
    off_seconds = time.time() * 0.999
    lab.produce(_TOPIC, 300, past_seconds=(off_seconds, off_seconds))


FAULT = Fault(
    name="stamped-in-seconds",
    title="Records stamped in seconds expire as they arrive",
    inject=inject,
    heal=lambda lab: lab.delete_topic(_TOPIC),
    expects=(("expired-on-arrival", {"type": "topic", "topic": _TOPIC}),),
    forbids=("segment-vs-retention", "retention-not-effective"),
    objects=(_TOPIC,),
    settle_seconds=2,
    lab={
        "brokers": 1,
        "properties": {
            "log.retention.check.interval.ms": _LATE_MS,
            "log.initial.task.delay.ms": _LATE_MS,
        },
    },
)
