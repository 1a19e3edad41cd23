"""The disk of a broker is nearly full: of one topic, and of a file that is not Kafka's."""

import os
import shutil

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_BROKER, _TOPIC = 2, "access-log"
_RECORD_BYTES = 10_000
_OTHER_RATIO, _FULL_RATIO, _HEALED_RATIO = 0.56, 0.86, 0.5


def inject(lab: Lab) -> None:
    """Put a file on the small disk of broker 2, then write to a topic until 86 % are in use."""
    disk = lab.brokers[_BROKER].log_dirs[0].parent
    total, used, _ = shutil.disk_usage(disk)
    with (disk / "core.dump").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, int(total * _OTHER_RATIO) - used))
    lab.create_topic(_TOPIC, assignment=[[1, 2, 3], [2, 3, 1], [3, 1, 2]])
    count = int(total * (_FULL_RATIO - _OTHER_RATIO) / _RECORD_BYTES)
    lab.produce(_TOPIC, count, size=_RECORD_BYTES)


def heal(lab: Lab) -> None:
    """Delete the file and the topic, and wait until the disk has room."""
    disk = lab.brokers[_BROKER].log_dirs[0].parent
    (disk / "core.dump").unlink(missing_ok=True)
    lab.delete_topic(_TOPIC)
    wait_until(lambda: _used_ratio(lab) < _HEALED_RATIO, "the disk has room again", 60)


def _used_ratio(lab: Lab) -> float:
    total, used, _ = shutil.disk_usage(lab.brokers[_BROKER].log_dirs[0])
    return used / total


FAULT = Fault(
    name="disk-nearly-full",
    title="A broker's disk is nearly full",
    inject=inject,
    heal=heal,
    expects=(("disk-usage-high", {"type": "log_dir", "broker": _BROKER}),),
    settle_seconds=1,
    lab={"small_disks": {_BROKER: 1}},
)
