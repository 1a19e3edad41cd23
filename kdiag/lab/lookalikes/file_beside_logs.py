"""A disk is fuller than the other one of its broker, by a file that is not Kafka's."""

import os
import shutil

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab

_BROKER, _TOPIC = 1, "shelf-labels"
_RECORDS, _RECORD_BYTES = 5_000, 10_000
_USED_RATIO = 0.73


def inject(lab: Lab) -> None:
    """Write 50 MB to a partition of each broker, and a large file on a disk of broker 1."""
    configs = {"min.insync.replicas": "1"}
    lab.create_topic(_TOPIC, assignment=[[1], [2], [3]], configs=configs)
    for partition in range(3):
        lab.produce(_TOPIC, _RECORDS, size=_RECORD_BYTES, partition=partition)
    first, second = (path.parent for path in lab.brokers[_BROKER].log_dirs)
    disk = max(first, second, key=lambda path: shutil.disk_usage(path).free)
    total, used, _ = shutil.disk_usage(disk)
    with (disk / "backup.tar").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, int(total * _USED_RATIO) - used)


def heal(lab: Lab) -> None:
    """Delete the file and the topic."""
    for path in lab.brokers[_BROKER].log_dirs:
        (path.parent / "backup.tar").unlink(missing_ok=True)
    lab.delete_topic(_TOPIC)


LOOKALIKE = Fault(
    name="file-beside-logs",
    title="One of two disks is fuller by a file that is not Kafka's, and brokers hold the same",
    inject=inject,
    heal=heal,
    forbids=("log-dirs-unbalanced", "replica-skew", "disk-usage-high", "disk-headroom"),
    settle_seconds=2,
    lab={"log_dirs": 2, "small_disks": {_BROKER: 2}},
)
