"""One of two disks of a broker became read-only, as after an error of its file system."""

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.state import remount
from kdiag.lab.waiting import wait_until

_BROKER, _TOPIC = 2, "shipments"
_PARTITIONS = 12


def inject(lab: Lab) -> None:
    """Mount the small disk of broker 2 read-only, and write until the broker notices."""
    broker = lab.brokers[_BROKER]
    lab.create_topic(_TOPIC, partitions=_PARTITIONS)
    remount(broker.log_dirs[-1].parent, "ro")
    lab.start_producer(_TOPIC, rate=50, keys=100)
    lab.create_topic(f"{_TOPIC}-new", partitions=_PARTITIONS)
    wait_until(lambda: "offline" in broker.log(), "the broker takes the directory offline", 60)


def heal(lab: Lab) -> None:
    """Mount it for writing, restart the broker, and delete the topics."""
    broker = lab.brokers[_BROKER]
    lab.end_load(f"producer-{_TOPIC}")
    remount(broker.log_dirs[-1].parent, "rw")
    broker.restart()
    lab.wait_ready()
    for name in (_TOPIC, f"{_TOPIC}-new"):
        lab.delete_topic(name)


FAULT = Fault(
    name="disk-read-only",
    title="The disk of a log directory is read-only",
    inject=inject,
    heal=heal,
    expects=(("log-dir-offline", {"type": "log_dir", "broker": _BROKER}),),
    forbids=("broker-down",),
    settle_seconds=5,
    lab={"log_dirs": 2, "small_disk_broker": _BROKER},
    is_last=True,
)
