"""A static member is dead and its session is long: its partitions are not read meanwhile."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import expel, remove, wait_committed, wait_members
from kdiag.lab.lab import Lab
from kdiag.lab.processes import Process

_GROUP, _TOPIC = "warehouse", "stock-moves"
_INSTANCES = ("warehouse-0", "warehouse-1", "warehouse-2")


def inject(lab: Lab) -> None:
    """Kill one of three static members whose sessions last 10 minutes."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=50, keys=100)
    members = [_start_member(lab, instance) for instance in _INSTANCES]
    wait_members(lab, _GROUP, 3)
    wait_committed(lab, _GROUP, _TOPIC, 50)
    members[0].kill()


def _start_member(lab: Lab, instance: str) -> Process:
    return lab.start_consumer(
        _GROUP, _TOPIC, instance_id=instance, session_timeout_seconds=600, client_id=instance
    )


def heal(lab: Lab) -> None:
    """End the load, remove the static members, and delete topic and group."""
    lab.end_load(f"consumer-{_GROUP}")
    for instance in _INSTANCES:
        expel(lab, _GROUP, instance)
    remove(lab, _GROUP, _TOPIC)


FAULT = Fault(
    name="static-zombie",
    title="A dead static member keeps its partitions",
    inject=inject,
    heal=heal,
    expects=(("static-zombie", {"type": "group", "group": _GROUP}),),
    forbids=("stuck-consumer", "slow-member", "poison-record", "hot-partition"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
