"""A new group waits at the end of a quiet topic: it has not committed anything yet."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_members
from kdiag.lab.lab import Lab

_GROUP, _TOPIC = "push-gateway", "device-tokens"


def inject(lab: Lab) -> None:
    """Let a consumer begin at the end of a topic to which nobody writes."""
    lab.create_topic(_TOPIC)
    lab.produce(_TOPIC, 100)
    lab.start_consumer(_GROUP, _TOPIC, reset="latest")
    wait_members(lab, _GROUP, 1)


LOOKALIKE = Fault(
    name="quiet-newcomers",
    title="A new group has committed nothing yet",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=("offsets-expired", "stuck-consumer", "unowned-partition", "lag-growing"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=5,
)
