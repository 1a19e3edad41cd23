"""Remote storage of a lab (KIP-405): a directory, by the plug-in of Kafka's own tests."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kdiag.lab.compiling import locked
from kdiag.lab.java import Runtime
from kdiag.lab.plan import INTERNAL, TIERED
from kdiag.lab.waiting import wait_until

WITH_TIERS: Mapping[str, Any] = {"kafka": TIERED, "is_tiered": True}
"""Arguments of `Lab` for remote storage; the plug-in is of that release."""

TOPIC: Mapping[str, str] = {
    "remote.storage.enable": "true",
    "segment.bytes": "1048576",
    "local.retention.ms": "1000",
}
"""Settings of a topic that is tiered, and soon keeps no more than the open segment on disks."""

SEGMENT_BYTES = 1_048_576
_PLUGIN = "org.apache.kafka.server.log.remote.storage.LocalTieredStorage"
_METADATA = "rlmm.config.remote.log.metadata.topic"


def with_plugin(runtime: Runtime) -> Runtime:
    """Return a runtime with the plug-in on its class path."""
    [jar] = locked("tiered")
    return runtime.with_jar(jar)


def directory(home: Path) -> Path:
    """Return where a lab keeps what is tiered; the plug-in makes it."""
    return home / "tiered" / "kafka-tiered-storage"


def properties(home: Path, brokers: int) -> dict[str, str]:
    """Return the properties of a broker that copies closed segments every half second."""
    return {
        "remote.log.storage.system.enable": "true",
        "remote.log.storage.manager.class.name": _PLUGIN,
        "remote.log.storage.manager.impl.prefix": "rsm.config.",
        "rsm.config.dir": str(directory(home).parent),
        "remote.log.metadata.manager.listener.name": INTERNAL,
        "remote.log.manager.task.interval.ms": "500",
        f"{_METADATA}.replication.factor": str(min(3, brokers)),
        f"{_METADATA}.num.partitions": "5",
    }


def wait_copied(home: Path, topic: str, segments: int) -> None:
    """Wait until so many segments of a topic are in remote storage."""

    def are_copied() -> bool:
        return len(list(directory(home).glob(f"{topic}-*/*.log"))) >= segments

    wait_until(are_copied, f"{segments} segments of {topic} are in remote storage", 60)


def break_(home: Path) -> None:
    """Put a file in the place of the directory: nothing can be written there."""
    directory(home).rename(directory(home).with_suffix(".away"))
    directory(home).touch()


def repair(home: Path) -> None:
    """Put the directory back."""
    away = directory(home).with_suffix(".away")
    if away.is_dir():
        directory(home).unlink(missing_ok=True)
        away.rename(directory(home))
