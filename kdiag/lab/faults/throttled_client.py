"""A quota slows a consumer down: its lag grows, and no log says why."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.quotas import set_quota

_GROUP, _TOPIC = "bulk-export", "blobs"
_BYTES_PER_SECOND = 20_000.0


def inject(lab: Lab) -> None:
    """Write 200 KB a second and let the client read 20 KB from each broker."""
    lab.create_topic(_TOPIC)
    set_quota(lab, _GROUP, _BYTES_PER_SECOND)
    lab.start_producer(_TOPIC, rate=100, size=2_000, keys=500)
    lab.start_consumer(_GROUP, _TOPIC, fetch_bytes=20_000, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)


def heal(lab: Lab) -> None:
    """End the load, delete topic and group, and remove the quota."""
    remove(lab, _GROUP, _TOPIC)
    set_quota(lab, _GROUP, None)


FAULT = Fault(
    name="throttled-client",
    title="A quota slows a consumer down",
    inject=inject,
    heal=heal,
    expects=(("throttled-client", {"type": "client", "client_id": _GROUP}),),
    forbids=("partition-ceiling", "stuck-consumer", "group-dead", "poison-record"),
    objects=(
        _GROUP,
        _TOPIC,
    ),
    settle_seconds=40,
)
