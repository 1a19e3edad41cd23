"""Whether the cluster still keeps its metadata in ZooKeeper, and what stands before KRaft."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from kdiag.check import derive
from kdiag.sections import BrokerConfigs, Cluster, Mode
from kdiag.snapshot import Missing, Section

BRIDGE = (3, 9)
"""The last release with ZooKeeper, and the only one to migrate from (upgrade notes of 4.0)."""

Release = tuple[int, int]


@dataclass(frozen=True, eq=False, kw_only=True)
class ZooKeeperUse(Section):
    """Where the metadata lives.

    release: as far as it could be told, else None. blockers: what must be done before the
    migration to KRaft can start, one sentence each, as far as the settings were read.
    """

    noun: ClassVar[str] = "cluster"

    mode: Mode
    release: Release | None = None
    blockers: tuple[str, ...] = ()

    @property
    def is_before_bridge(self) -> bool:
        """Tell whether the release is known to be older than the last one with ZooKeeper."""
        return self.release is not None and self.release < BRIDGE


@derive()
def zookeeper_use(cluster: Cluster, broker_configs: BrokerConfigs | None) -> ZooKeeperUse | Missing:
    """Tell from the mode of the cluster, never from a zookeeper.connect that was left behind."""
    if cluster.mode == "unknown":
        return Missing("no broker told whether it runs on KRaft or ZooKeeper")
    release = None if "older" in (cluster.version or "") else _release(cluster.version)
    blockers = () if cluster.mode == "kraft" else tuple(_blockers(release, broker_configs))
    return ZooKeeperUse(mode=cluster.mode, release=release, blockers=blockers)


def _release(version: str | None) -> Release | None:
    """Return the release of a version or protocol version: `3.5-IV2` → (3, 5)."""
    found = re.match(r"(\d+)\.(\d+)", version or "")
    return (int(found[1]), int(found[2])) if found else None


def _blockers(release: Release | None, configs: BrokerConfigs | None) -> Iterator[str]:
    if release is None:
        yield "The exact release could not be told; it must be 3.9."
    elif release < BRIDGE:
        yield f"The brokers run {release[0]}.{release[1]}; upgrade them to the latest 3.9 first."
    if configs is None:
        return
    rows = configs.rows[configs.rows["value"].notna()]
    protocols = rows.loc[rows["key"] == "inter.broker.protocol.version", "value"]
    low = min((found for value in protocols if (found := _release(value))), default=None)
    if low is not None and low < BRIDGE:
        yield f"inter.broker.protocol.version is {low[0]}.{low[1]}; raise it to 3.9."
    planes = rows[(rows["key"] == "control.plane.listener.name") & (rows["value"] != "")]
    if len(planes):
        yield "control.plane.listener.name is set; KRaft does not allow it."
