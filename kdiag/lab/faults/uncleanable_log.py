"""A batch of a compacted topic is corrupt: the cleaner gives its partition up."""

import time
from pathlib import Path

from kdiag.lab.fault import Fault
from kdiag.lab.lab import Lab
from kdiag.lab.waiting import wait_until

_BROKER, _TOPIC = 1, "device-settings"
_CONFIGS = {
    "cleanup.policy": "compact",
    "segment.ms": "1000",
    "min.cleanable.dirty.ratio": "0.01",
    "min.compaction.lag.ms": "3600000",
}
_RECORDS, _SEGMENTS = 200, 3
_SEGMENT_SECONDS = 1.2
_BATCH_HEADER_BYTES, _GARBAGE_BYTES = 61, 200


def inject(lab: Lab) -> None:
    """Corrupt a closed segment while its broker is down, then let the cleaner meet it."""
    lab.create_topic(_TOPIC, partitions=1, configs=_CONFIGS)
    for _ in range(_SEGMENTS):
        lab.produce(_TOPIC, _RECORDS, key="device")
        time.sleep(_SEGMENT_SECONDS)
    broker = lab.brokers[_BROKER]
    broker.shutdown()
    _corrupt(min((broker.log_dirs[0] / f"{_TOPIC}-0").glob("*.log")))
    broker.start()
    lab.wait_ready()
    lab.alter_config("topic", _TOPIC, {"min.compaction.lag.ms": None})
    wait_until(lambda: "ncleanable" in broker.log(), "the cleaner gives the partition up", 40)


def _corrupt(segment: Path) -> None:
    """Write garbage over records in the first batch of a segment; its header stays."""
    with segment.open("r+b") as file:
        file.seek(_BATCH_HEADER_BYTES)
        file.write(b"\xff" * _GARBAGE_BYTES)


def heal(lab: Lab) -> None:
    """Delete the topic, which the cleaner then forgets."""
    lab.delete_topic(_TOPIC)


FAULT = Fault(
    name="uncleanable-log",
    title="A corrupt batch stops the compaction of its partition",
    inject=inject,
    heal=heal,
    expects=(("compaction-stopped", {"type": "log_dir", "broker": _BROKER}),),
    settle_seconds=2,
    lab={"brokers": 1},
    is_last=True,
)
