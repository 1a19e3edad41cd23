"""A static member was restarted within its session: the group did not even rebalance."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import expel, remove, wait_committed, wait_members
from kdiag.lab.lab import Lab
from kdiag.lab.processes import Process

_GROUP, _TOPIC = "ledger-writer", "postings"
_INSTANCES = ("ledger-writer-0", "ledger-writer-1")


def inject(lab: Lab) -> None:
    """Kill one of two static members and start it again."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    members = [_start_member(lab, instance) for instance in _INSTANCES]
    wait_members(lab, _GROUP, 2)
    members[0].kill()
    _start_member(lab, _INSTANCES[0])
    wait_committed(lab, _GROUP, _TOPIC, 100)


def _start_member(lab: Lab, instance: str) -> Process:
    return lab.start_consumer(
        _GROUP, _TOPIC, instance_id=instance, session_timeout_seconds=20, client_id=instance
    )


def heal(lab: Lab) -> None:
    """End the load, remove the static members, and delete topic and group."""
    lab.end_load(f"consumer-{_GROUP}")
    for instance in _INSTANCES:
        expel(lab, _GROUP, instance)
    remove(lab, _GROUP, _TOPIC)


LOOKALIKE = Fault(
    name="static-bounce",
    title="A static member was restarted",
    inject=inject,
    heal=heal,
    forbids=("duplicate-static-id", "static-zombie", "rebalance-storm", "crash-looping-member"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=15,
)
