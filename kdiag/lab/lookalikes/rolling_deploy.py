"""All members of a group were replaced one after the other, and it is stable again."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_members
from kdiag.lab.lab import Lab
from kdiag.lab.processes import Process

_GROUP, _TOPIC = "web-hooks", "hooks"


def inject(lab: Lab) -> None:
    """Replace three members by three others, one by one."""
    lab.create_topic(_TOPIC, partitions=6)
    lab.start_producer(_TOPIC, rate=20, keys=100)
    old = [_start_member(lab, number) for number in range(3)]
    wait_members(lab, _GROUP, 3)
    for number, member in enumerate(old):
        member.terminate()
        _start_member(lab, number)
        wait_members(lab, _GROUP, 3)
    wait_committed(lab, _GROUP, _TOPIC, 1)


def _start_member(lab: Lab, number: int) -> Process:
    return lab.start_consumer(_GROUP, _TOPIC, client_id=f"{_GROUP}-{number}")


LOOKALIKE = Fault(
    name="rolling-deploy",
    title="A rolling deploy of a group has just finished",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "rebalance-storm",
        "crash-looping-member",
        "poll-eviction-storm",
        "session-loss-storm",
    ),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
