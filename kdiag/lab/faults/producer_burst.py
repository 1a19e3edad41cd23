"""A producer writes ten times as much as before: its consumer works as it always did."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "mailing", "mails"


def inject(lab: Lab) -> None:
    """Write 20 records a second for 10 minutes, by their timestamps, and then 200."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 12_000, past_seconds=(600, 0))
    lab.start_consumer(_GROUP, _TOPIC, seconds_per_record=0.015, reset="latest", client_id=_GROUP)
    wait_members(lab, _GROUP, 1)
    lab.start_producer(_TOPIC, rate=20, keys=500)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    lab.start_producer(_TOPIC, rate=180, keys=500)


FAULT = Fault(
    name="producer-burst",
    title="A producer writes ten times as much as before",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("producer-burst", {"type": "group", "group": _GROUP, "topic": _TOPIC}),),
    forbids=("slow-consumer", "partition-ceiling", "stuck-consumer", "group-dead", "poison-record"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=60,
)
