"""One of two disks of a broker is full: the broker takes its log directory offline."""

import errno
from pathlib import Path

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_BROKER, _TOPIC = 2, "waybills"
_PARTITIONS = 12
_BLOCK = bytes(1 << 16)
_OFFLINE = "Stopping serving logs in dir"


def inject(lab: Lab) -> None:
    """Fill the small disk of broker 2, and write until the broker notices."""
    broker = lab.brokers[_BROKER]
    lab.create_topic(_TOPIC, partitions=_PARTITIONS)
    lab.start_producer(_TOPIC, rate=200, size=1000, keys=100)
    disk = broker.log_dirs[-1].parent
    _fill(disk / "core.dump")
    wait_until(lambda: _OFFLINE in broker.log(), "the broker takes the directory offline", 60)


def _fill(file: Path) -> None:
    """Write until there is no room; how much there is changes meanwhile, as others write too."""
    with file.open("wb", buffering=0) as made:
        try:
            while made.write(_BLOCK):
                pass
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise


def heal(lab: Lab) -> None:
    """Make room, restart the broker, and delete the topic."""
    broker = lab.brokers[_BROKER]
    lab.end_load(f"producer-{_TOPIC}")
    (broker.log_dirs[-1].parent / "core.dump").unlink(missing_ok=True)
    broker.restart()
    lab.wait_ready()
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="disk-full",
    title="One of two disks of a broker is full",
    inject=inject,
    heal=heal,
    expects=(("log-dir-offline", {"type": "log_dir", "broker": _BROKER}),),
    forbids=("broker-down",),
    objects=(_TOPIC,),
    lab={"log_dirs": 2, "small_disks": {_BROKER: 1}},
    is_last=True,
)
