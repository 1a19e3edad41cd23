"""All brokers were restarted one after the other while records were written and read."""

from kdiag.lab.fault import Fault
from kdiag.lab.groups import remove, wait_committed
from kdiag.lab.lab import Lab
from kdiag.lab.lookalikes.rolling_restart import inject as restart_all

_GROUP, _TOPIC = "parcel-board", "parcel-scans"


def inject(lab: Lab) -> None:
    """Write and read while broker after broker restarts, each once all replicas are in sync."""
    lab.create_topic(_TOPIC)
    lab.start_producer(_TOPIC, rate=100, keys=100)
    lab.start_consumer(_GROUP, _TOPIC, client_id=_GROUP)
    wait_committed(lab, _GROUP, _TOPIC, 1)
    restart_all(lab)


LOOKALIKE = Fault(
    name="rolled-brokers",
    title="A rolling restart under load has just finished",
    inject=inject,
    heal=lambda lab: remove(lab, _GROUP, _TOPIC),
    forbids=(
        "broker-down",
        "broker-restarts",
        "connection-storm",
        "isr-flapping",
        "log-recovery",
        "network-threads-saturated",
        "slow-follower",
        "unclean-election-happened",
    ),
    settle_seconds=3,
    is_last=True,
)
