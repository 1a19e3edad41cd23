"""In which mode the metadata is kept, for what exists in one of them only."""

from dataclasses import dataclass
from typing import ClassVar

from kdiag.check import derive
from kdiag.finding import NotApplicable
from kdiag.sections import Cluster
from kdiag.services import named
from kdiag.snapshot import Section


@dataclass(frozen=True, eq=False, kw_only=True)
class KRaftMode(Section):
    """The cluster has KRaft controllers, or may have them; not applicable with ZooKeeper only."""

    noun: ClassVar[str] = "cluster"


@dataclass(frozen=True, eq=False, kw_only=True)
class ZooKeeperMode(Section):
    """Brokers hold ZooKeeper sessions, or may hold them; not applicable with KRaft only."""

    noun: ClassVar[str] = "cluster"


def is_no_kafka(cluster: Cluster) -> bool:
    """Tell whether the cluster was recognised as one that runs no release of Apache Kafka."""
    service = named(cluster.service)
    return service is not None and not service.is_kafka


@derive()
def kraft_mode(cluster: Cluster) -> KRaftMode | NotApplicable:
    """Tell by the mode of the cluster; one that is not known rules nothing out."""
    if is_no_kafka(cluster):
        return NotApplicable(f"{cluster.service} shows no controllers")
    if cluster.mode == "zookeeper":
        return NotApplicable("the cluster runs on ZooKeeper, without KRaft controllers")
    return KRaftMode()


@derive()
def zookeeper_mode(cluster: Cluster) -> ZooKeeperMode | NotApplicable:
    """Tell by the mode of the cluster; one that is not known rules nothing out."""
    if is_no_kafka(cluster):
        return NotApplicable(f"{cluster.service} has no ZooKeeper to show")
    if cluster.mode == "kraft":
        return NotApplicable("the cluster runs on KRaft, without ZooKeeper")
    return ZooKeeperMode()
