"""An administrator reset the offsets of an empty group, which then read everything again."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import commit, remove, wait_committed, wait_state
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "replayer", "journal"
_RECORDS = 300


def inject(lab: Lab) -> None:
    """Let a consumer leave, set its group back to the start, and let it return."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, _RECORDS)
    lab.start_consumer(_GROUP, _TOPIC, stop_after=_RECORDS)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)
    wait_state(lab, _GROUP, "EMPTY")
    commit(lab, _GROUP, _TOPIC, dict.fromkeys(range(3), 0))
    lab.start_consumer(_GROUP, _TOPIC)
    wait_committed(lab, _GROUP, _TOPIC, _RECORDS)


LOOKALIKE = Fault(
    name="admin-reset",
    title="An administrator reset a group on purpose",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("offset-jump", "offsets-expired", "rebalance-storm", "crash-looping-member"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
