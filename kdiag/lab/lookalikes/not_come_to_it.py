"""A slow group drains a backlog and has not come to one of its partitions yet: no offset there."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "blueprint-render", "blueprints"
_RECORDS = 60_000


def inject(lab: Lab) -> None:
    """Let a consumer work slowly on a backlog; its client fetches one partition after another."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS, past_seconds=(900, 300))
    lab.start_producer(_TOPIC, rate=30, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, seconds_per_record=0.01)
    wait_committed(lab, _GROUP, _TOPIC, 300)


LOOKALIKE = Fault(
    name="not-come-to-it",
    title="A group that drains a backlog has not come to one of its partitions",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("never-committed", "stuck-consumer", "poison-record", "slow-member", "group-dead"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=100,
)
