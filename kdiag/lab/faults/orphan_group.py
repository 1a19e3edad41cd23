"""A group has no members and is never coming back."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed, wait_state
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "etl-v1", "exports"


def inject(lab: Lab) -> None:
    """Let a consumer leave early and for good."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 300, past_seconds=(9000, 8000))
    lab.start_consumer(_GROUP, _TOPIC, stop_after=100, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 100)
    wait_state(lab, _GROUP, "EMPTY")


FAULT = Fault(
    name="orphan-group",
    title="A group that nobody uses any more",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    expects=(("orphan-group", {"type": "group", "group": _GROUP}),),
    forbids=("stuck-consumer",),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=10,
    tunables={"orphan-group": {"min_idle_seconds": 5}},
)
