"""One of two disks of a broker holds nearly all that it has."""

import shutil

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_BROKER, _TOPIC = 2, "thumbnails"
_PARTITIONS = 6  # a broker spreads them over its directories
_RECORD_BYTES, _FULL_RATIO = 10_000, 0.7


def inject(lab: Lab) -> None:
    """Write to the partitions that the small disk holds until 70 % of it are in use."""
    disk = lab.brokers[_BROKER].log_dirs[-1]
    lab.create_topic(_TOPIC, partitions=_PARTITIONS)
    there = min(int(path.name.rpartition("-")[2]) for path in disk.glob(f"{_TOPIC}-?"))
    count = int(shutil.disk_usage(disk).total * _FULL_RATIO / _RECORD_BYTES)
    lab.produce(_TOPIC, count, size=_RECORD_BYTES, partition=there)


def heal(lab: Lab) -> None:
    """Delete the topic."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="one-disk-full",
    title="One disk of a broker fills and the other is empty",
    inject=inject,
    heal=heal,
    expects=(("log-dirs-unbalanced", {"type": "log_dir", "broker": _BROKER}),),
    settle_seconds=2,
    lab={"log_dirs": 2, "small_disk_broker": _BROKER},
    is_last=True,
)
